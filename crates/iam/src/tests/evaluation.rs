//! Decisions, case by case.

use serde_json::{Value, json};

use crate::{
    Document, Principal,
    evaluate::{Context, Decision, Policies, Policy, Request, ResourcePolicy},
};

const ROLE: &str = "arn:aws:iam::123456789012:role/run";

fn policy(statements: &Value) -> Policy {
    Policy::new(&Document::of(&json!({"Version": "2012-10-17", "Statement": statements})).unwrap())
}

fn identity(statements: &Value) -> Policies {
    Policies { identity: vec![policy(statements)], ..Policies::default() }
}

fn decide(policies: &Policies, action: &str, resource: &str, context: &Context) -> Decision {
    decide_for(ROLE, policies, action, resource, context)
}

fn decide_for(who: &str, policies: &Policies, action: &str, resource: &str, context: &Context) -> Decision {
    let principal = Principal::new("AWS", who);
    policies.evaluate(&Request { principal: &principal, action, resource, resource_account: None, context })
}

/// The decision in a word, with what it depends on.
fn word(decision: &Decision) -> String {
    match decision {
        Decision::Allowed { by } => format!("allowed by {:?} {}.{}", by.layer, by.policy, by.statement),
        Decision::ExplicitDeny { by } => format!("denied by {:?} {}.{}", by.layer, by.policy, by.statement),
        Decision::ImplicitDeny { missing } => format!("not allowed by {missing:?}"),
        Decision::Depends { on, .. } => format!("depends on {}", on.join("; ")),
    }
}

#[test]
fn the_order_is_that_of_iam() {
    let job = "arn:aws:glue:eu-west-1:123456789012:job/a";
    let check = |policies: &Policies, expect: &str| {
        assert_eq!(word(&decide(policies, "glue:StartJobRun", job, &Context::complete())), expect);
    };
    let allow = json!([{"Effect": "Allow", "Action": "GLUE:start*", "Resource": "arn:aws:glue:*:*:job/?"}]);
    let deny = json!([{"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::*"}]);
    check(&identity(&allow), "allowed by Identity 0.0");
    check(&identity(&json!([])), "not allowed by Identity");
    check(&Policies { identity: vec![policy(&allow), policy(&deny)], ..Policies::default() }, "denied by Identity 1.0");
    let with = |change: &dyn Fn(&mut Policies)| {
        let mut policies = identity(&allow);
        change(&mut policies);
        policies
    };
    check(&with(&|p| p.boundary = vec![policy(&allow)]), "allowed by Identity 0.0");
    check(
        &with(&|p| p.boundary = vec![policy(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))]),
        "not allowed by Boundary",
    );
    check(&with(&|p| p.control = vec![vec![policy(&allow)], vec![policy(&json!([]))]]), "not allowed by Control");
    check(&with(&|p| p.control = vec![vec![policy(&allow), policy(&deny)]]), "denied by Control 1.0");
    // Statements that IAM would refuse say nothing.
    check(
        &identity(
            &json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*", "Condition": {"StringEqual": {"a:b": "c"}}}]),
        ),
        "not allowed by Identity",
    );
}

#[test]
fn resource_policies_grant_in_their_account_and_must_grant_across() {
    let here = "arn:aws:sqs:eu-west-1:123456789012:q";
    let there = "arn:aws:sqs:eu-west-1:210987654321:q";
    let own = json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]);
    let named = |who: &str| json!([{"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sqs:SendMessage", "Resource": "*"}]);
    let check = |mine: &Value, theirs: ResourcePolicy, queue: &str, expect: &str| {
        let policies = Policies { identity: vec![policy(mine)], resource: theirs, ..Policies::default() };
        assert_eq!(word(&decide(&policies, "sqs:SendMessage", queue, &Context::complete())), expect, "{queue}");
    };
    let known = |statements: &Value| ResourcePolicy::Known(policy(statements));
    let nothing = json!([]);
    check(&nothing, known(&named(ROLE)), here, "allowed by Resource 0.0");
    check(&nothing, known(&named("*")), here, "allowed by Resource 0.0");
    check(&nothing, known(&named("123456789012")), here, "not allowed by Identity");
    check(&own, known(&named("123456789012")), here, "allowed by Identity 0.0");
    check(&own, ResourcePolicy::None, there, "not allowed by Resource");
    check(&own, known(&named("arn:aws:iam::123456789012:root")), there, "allowed by Identity 0.0");
    check(&nothing, known(&named(ROLE)), there, "not allowed by Identity");
    check(&own, ResourcePolicy::Unknown, there, "depends on the resource's own policy in account 210987654321");
    let trust = Policies {
        identity: vec![policy(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]))],
        resource: known(
            &json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        ),
        ..Policies::default()
    };
    let role = "arn:aws:iam::123456789012:role/other";
    assert_eq!(word(&decide(&trust, "sts:AssumeRole", role, &Context::complete())), "not allowed by Resource");
}

#[test]
fn who_is_meant() {
    let queue = "arn:aws:sqs:eu-west-1:123456789012:q";
    let check = |who: &str, statement: Value, limits: &[Policy], expect: &str| {
        let resource = ResourcePolicy::Known(policy(&json!([statement])));
        let policies = Policies { boundary: limits.to_vec(), resource, ..Policies::default() };
        assert_eq!(word(&decide_for(who, &policies, "sqs:SendMessage", queue, &Context::complete())), expect, "{who}");
    };
    let of = |effect: &str, element: &str, who: Value| json!({"Effect": effect, element: who, "Action": "sqs:*", "Resource": "*"});
    let (bob, eve) = ("arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:user/eve");
    let root = "arn:aws:iam::123456789012:root";
    // All but Bob, who stands there beside his account.
    let all_but_bob = json!({"AWS": [bob, root]});
    check(bob, of("Deny", "NotPrincipal", all_but_bob.clone()), &[], "not allowed by Identity");
    check(eve, of("Deny", "NotPrincipal", all_but_bob.clone()), &[], "denied by Resource 0.0");
    check("123456789012", of("Deny", "NotPrincipal", all_but_bob), &[], "not allowed by Identity");
    check(eve, of("Allow", "NotPrincipal", json!({"AWS": bob})), &[], "not allowed by Identity");
    // A session is named by its role too; what names the session itself no boundary takes.
    let session = "arn:aws:sts::123456789012:assumed-role/run/today";
    let nothing = [policy(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))];
    check(session, of("Allow", "Principal", json!({"AWS": ROLE})), &[], "allowed by Resource 0.0");
    check(session, of("Allow", "Principal", json!({"AWS": ROLE})), &nothing, "not allowed by Boundary");
    check(session, of("Allow", "Principal", json!({"AWS": session})), &nothing, "allowed by Resource 0.0");
    check(ROLE, of("Allow", "Principal", json!({"AWS": session})), &[], "not allowed by Identity");
    check(bob, of("Allow", "Principal", json!({"AWS": bob})), &nothing, "allowed by Resource 0.0");
    // What is known of who calls.
    let if_role = |key: &str, value: &str| json!({"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {key: value}}});
    check(session, if_role("aws:PrincipalArn", ROLE), &[], "allowed by Resource 0.0");
    check(session, if_role("aws:PrincipalType", "AssumedRole"), &[], "allowed by Resource 0.0");
    check(bob, if_role("aws:PrincipalType", "User"), &[], "allowed by Resource 0.0");
}

#[test]
fn a_short_arn_leaves_the_rest_open() {
    let check = |resource: &str, expect: &str| {
        let policies = identity(&json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": resource}]));
        let decision =
            decide(&policies, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q", &Context::complete());
        assert_eq!(word(&decision), expect, "{resource}");
    };
    check("arn:aws:sqs", "allowed by Identity 0.0");
    check("arn:aws:sqs:eu-west-1", "allowed by Identity 0.0");
    check("arn:aws:sns", "not allowed by Identity");
}

#[test]
fn what_is_not_known_stays_open() {
    let check = |statements: Value, action: &str, resource: &str, expect: &str| {
        assert_eq!(word(&decide(&identity(&statements), action, resource, &Context::unknown())), expect);
    };
    let glue = |resource: &str| json!([{"Effect": "Allow", "Action": "glue:*", "Resource": resource}]);
    check(
        glue("arn:aws:glue:*:*:job/a"),
        "glue:StartJobRun",
        "arn:aws:glue:eu-west-1:123456789012:job/*",
        "depends on only on arn:aws:glue:*:*:job/a",
    );
    check(
        glue("arn:aws:glue:*:*:job/*"),
        "glue:StartJobRun",
        "arn:aws:glue:eu-west-1:123456789012:job/*",
        "allowed by Identity 0.0",
    );
    check(glue("arn:aws:glue:*:*:crawler/a"), "glue:StartJobRun", "*", "not allowed by Identity");
    check(glue("*"), "glue:*", "*", "allowed by Identity 0.0");
    check(
        json!([{"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}]),
        "glue:*",
        "*",
        "depends on only for glue:get*",
    );
    // An action without resources is granted on `*` alone.
    check(
        json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}]),
        "s3:ListAllMyBuckets",
        "*",
        "not allowed by Identity",
    );
    check(
        json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}, {"Effect": "Deny", "Action": "glue:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]),
        "glue:GetJob",
        "arn:aws:glue:eu-west-1:123456789012:job/a",
        "depends on not (Bool aws:SecureTransport = false); StringEquals aws:ResourceTag/a = b",
    );
    let user = "arn:aws:s3:::b/${aws:username}/*";
    check(
        json!([{"Effect": "Allow", "Action": "s3:*", "Resource": user}]),
        "s3:GetObject",
        "arn:aws:s3:::b/bob/x",
        "not allowed by Identity",
    );
    check(
        json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:userid}/*"}]),
        "s3:GetObject",
        "arn:aws:s3:::b/bob/x",
        &format!("depends on only on {}", "arn:aws:s3:::b/${aws:userid}/*"),
    );
}

#[test]
fn variables_are_filled_in() {
    let check = |version: &str, resource: &str, who: &str, asked: &str, expect: bool| {
        let document =
            json!({"Version": version, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": resource}});
        let policies =
            Policies { identity: vec![Policy::new(&Document::of(&document).unwrap())], ..Policies::default() };
        let context = Context::complete().with("aws:PrincipalTag/team", ["red"]);
        let allowed = matches!(decide_for(who, &policies, "s3:GetObject", asked, &context), Decision::Allowed { .. });
        assert_eq!(allowed, expect, "{resource} {asked}");
    };
    let bob = "arn:aws:iam::123456789012:user/people/bob";
    let own = "arn:aws:s3:::b/${aws:username}/*";
    check("2012-10-17", own, bob, "arn:aws:s3:::b/bob/x", true);
    check("2012-10-17", own, bob, "arn:aws:s3:::b/eve/x", false);
    check("2012-10-17", own, ROLE, "arn:aws:s3:::b/bob/x", false);
    check("2008-10-17", own, bob, "arn:aws:s3:::b/bob/x", false);
    check("2008-10-17", own, bob, "arn:aws:s3:::b/${aws:username}/x", true);
    check("2012-10-17", "arn:aws:s3:::b/${aws:username, 'all'}/*", ROLE, "arn:aws:s3:::b/all/x", true);
    check("2012-10-17", "arn:aws:s3:::b/${AWS:PrincipalTag/Team}/*", ROLE, "arn:aws:s3:::b/red/x", true);
    check("2012-10-17", "arn:aws:s3:::b/${*}", ROLE, "arn:aws:s3:::b/x", false);
}

#[test]
fn every_operator() {
    let check = |operator: &str, wanted: Value, given: Option<&[&str]>, expect: bool| {
        let statements =
            json!([{"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {operator: {"x:Key": wanted}}}]);
        let context =
            given.map_or(Context::complete(), |values| Context::complete().with("X:key", values.iter().copied()));
        let allowed =
            matches!(decide(&identity(&statements), "a:b", "arn:aws:a:::r", &context), Decision::Allowed { .. });
        assert_eq!(allowed, expect, "{operator} {wanted} {given:?}");
    };
    let one = |text: &'static str| -> Option<&'static [&'static str]> { Some(Box::leak(Box::new([text]))) };
    check("StringEquals", json!(["a", "b"]), one("b"), true);
    check("StringEquals", json!("a"), one("A"), false);
    check("StringEquals", json!("a*"), one("ab"), false);
    check("StringEqualsIgnoreCase", json!("a"), one("A"), true);
    check("StringNotEquals", json!(["a", "b"]), one("b"), false);
    check("StringNotEquals", json!(["a", "b"]), one("c"), true);
    check("StringNotEquals", json!("a"), None, true);
    check("StringEquals", json!("a"), None, false);
    check("StringEqualsIfExists", json!("a"), None, true);
    check("StringEqualsIfExists", json!("a"), one("b"), false);
    check("StringLike", json!("a*c?"), one("abbbcd"), true);
    check("StringNotLike", json!("a*"), one("abc"), false);
    check("NumericLessThan", json!("10"), one("9.5"), true);
    check("NumericLessThanEquals", json!(10), one("10"), true);
    check("NumericGreaterThan", json!("10"), one("x"), false);
    check("NumericNotEquals", json!("10"), one("10.0"), false);
    check("DateLessThan", json!("2024-01-01T00:00:00Z"), one("1704067199"), true);
    check("DateGreaterThanEquals", json!("2024-01-01"), one("2023-12-31T23:00:00-01:00"), true);
    check("Bool", json!(true), one("TRUE"), true);
    check("BinaryEquals", json!("aGk="), one("aGk="), true);
    check("IpAddress", json!(["203.0.113.0/24", "2001:db8::/32"]), one("203.0.113.9"), true);
    check("IpAddress", json!("2001:db8::/32"), one("2001:db8:1::1"), true);
    check("IpAddress", json!("203.0.113.9"), one("203.0.113.9"), true);
    check("NotIpAddress", json!("203.0.113.0/24"), one("203.0.114.1"), true);
    check("IpAddress", json!("0.0.0.0/0"), one("8.8.8.8"), true);
    check("ArnEquals", json!("arn:aws:sns:*:123456789012:*"), one("arn:aws:sns:eu-west-1:123456789012:t"), true);
    check("ArnLike", json!("arn:aws:sns:*"), one("arn:aws:sns:eu-west-1:123456789012:t"), false);
    check("ArnNotLike", json!("arn:aws:sns:*:*:t"), one("arn:aws:sns:eu-west-1:123456789012:t"), false);
    check("Null", json!("true"), None, true);
    check("Null", json!("false"), one("a"), true);
    check("Null", json!("true"), one("a"), false);
    check("ForAllValues:StringEquals", json!(["a", "b"]), Some(&["a", "b"]), true);
    check("ForAllValues:StringEquals", json!(["a", "b"]), Some(&["a", "c"]), false);
    check("ForAllValues:StringEquals", json!(["a"]), None, true);
    check("ForAnyValue:StringEquals", json!(["a", "b"]), Some(&["c", "a"]), true);
    check("ForAnyValue:StringEquals", json!(["a"]), None, false);
    check("ForAnyValue:StringEqualsIfExists", json!(["a"]), None, true);
    check("ForAllValues:StringNotEquals", json!(["a"]), Some(&["b", "c"]), true);
    check("ForAnyValue:StringNotEquals", json!(["a"]), Some(&["a", "c"]), true);
    check("ForAnyValue:StringNotEquals", json!(["a"]), Some(&["a"]), false);
    check("StringEquals", json!("${x:key}"), one("z"), true);
    check("StringEqualsIgnoreCase", json!("P-${x:Key}"), one("z"), false);
    check("NumericEquals", json!("0"), one("-0"), true);
    check("NumericEquals", json!("5"), one("5.0"), true);
    check("NumericEquals", json!("NaN"), one("NaN"), false);
    check(
        "ArnLike",
        json!("arn:aws:sns:*:${aws:PrincipalAccount}:t*"),
        one("arn:aws:sns:eu-west-1:123456789012:top"),
        true,
    );
    check(
        "ArnLike",
        json!("arn:aws:*:${aws:PrincipalAccount}:t*"),
        one("arn:aws:sns:eu-west-1:123456789012:top"),
        false,
    );
    check("ArnEquals", json!("${aws:PrincipalArn}"), one(ROLE), true);
    check("ArnEquals", json!("*"), one("anything"), true);
    check("ArnLike", json!("arn:aws:sns:eu-west-1:123456789012:t"), one("arn:aws:sns:eu-west-1:123456789012:T"), false);
    check("IpAddress", json!("203.0.113.0/24"), one("2001:db8::1"), false);
    check("NotIpAddress", json!("203.0.113.0/24"), None, true);
    check("DateEquals", json!("2024-01-01T00:00:00Z"), one("2024-01-01T01:00:00+01:00"), true);
    check("DateNotEquals", json!("2024-01-01T00:00:00Z"), None, true);
    check("BoolIfExists", json!("true"), None, true);
    check("BoolIfExists", json!("true"), one("false"), false);
    check("StringNotEqualsIfExists", json!("a"), one("a"), false);
    check("Null", json!(["true", "false"]), None, true);
    check("ForAllValues:StringLike", json!(["a*"]), Some(&["ab", "ac"]), true);
    check("ForAllValues:StringLike", json!(["a*"]), Some(&[]), true);
    check("ForAnyValue:StringLike", json!(["a*"]), Some(&[]), false);
    check("StringLike", json!("*"), Some(&[]), false);
    check("StringNotLike", json!("a*"), Some(&["b", "ac"]), false);
    check("StringLike", json!("a${*}"), one("a*"), true);
    check("StringLike", json!("a${*}"), one("ab"), false);
    check("StringLike", json!("${x:other, 'de'}*"), one("default"), true);
}
