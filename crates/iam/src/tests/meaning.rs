//! Equality, the diff, the union and trust, case by case.

use serde_json::{Value, json};

use crate::{
    Assumable, broadens, canonical, describe, diff, equivalent, evaluate::Context, narrows, service_can_assume, size,
    together, union,
};

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &Value, resource: &Value) -> Value {
    policy(&json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
}

#[test]
fn equality_is_by_meaning() {
    let check = |a: &Value, b: &Value, expect: bool| {
        assert_eq!(equivalent(a, b), expect, "{a}\n{b}");
        assert_eq!(equivalent(b, a), expect, "{b}\n{a}");
    };
    let one = allow(&json!("glue:StartJobRun"), &json!("*"));
    check(&one, &allow(&json!(["GLUE:startjobrun"]), &json!(["*"])), true);
    check(&one, &Value::String(one.to_string()), true);
    check(&one, &Value::String("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22glue%3AStartJobRun%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D".to_owned()), true);
    check(&one, &allow(&json!("glue:StartJobRun"), &json!("arn:aws:glue:*:*:job/a")), false);
    check(&json!({"Statement": []}), &json!({"Version": "2008-10-17", "Statement": []}), true);
    check(&json!(null), &json!(null), true);
    check(&json!(1), &json!("1"), true);
    check(&json!([1, 2]), &json!([2, 1]), false);
    check(&json!("no document"), &json!("no document"), true);
    check(&one, &json!("no document"), false);
    // What is granted twice is granted once.
    check(&allow(&json!(["s3:Get*", "s3:GetObject"]), &json!("*")), &allow(&json!("s3:Get*"), &json!("*")), true);
    check(&allow(&json!("s3:Get?"), &json!("*")), &allow(&json!("s3:Get*"), &json!("*")), false);
    // A variable is not the text that it looks like.
    check(
        &allow(&json!("s3:GetObject"), &json!("arn:aws:s3:::b/${aws:username}")),
        &allow(&json!("s3:GetObject"), &json!("arn:aws:s3:::b/${AWS:username}")),
        true,
    );
    let extra =
        |key: &str| policy(&json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", key: ["b", "a"]}]));
    check(&extra("Sids"), &extra("Sids"), true);
    check(&extra("Sids"), &extra("Other"), false);
}

#[test]
fn grants_are_compared() {
    let check = |before: &Value, after: &Value, expect: (bool, bool)| {
        assert_eq!((broadens(before, after), narrows(before, after)), expect, "{before}\n{after}");
    };
    let star = allow(&json!("glue:*"), &json!("*"));
    let one = allow(&json!("glue:StartJobRun"), &json!("arn:aws:glue:eu-west-1:123456789012:job/a"));
    check(&star, &one, (false, true));
    check(&one, &star, (true, false));
    check(&one, &one, (false, false));
    check(&Value::Null, &one, (true, false));
    check(&one, &Value::Null, (false, true));
    let conditional = policy(&json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/team": ["a", "b"]}}}]));
    check(&conditional, &star, (true, false));
    let tighter = policy(&json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}, "Bool": {"aws:SecureTransport": true}}}]));
    check(&conditional, &tighter, (false, true));
    let denied = policy(&json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:DeleteJob", "Resource": "*"}]));
    check(&star, &denied, (false, true));
    let elsewhere = policy(&json!([{"Effect": "Allow", "Action": "glue:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]));
    check(&star, &elsewhere, (false, false));
    let all_but = policy(&json!([{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}]));
    check(&all_but, &star, (false, true));
    check(
        &all_but,
        &policy(&json!([{"Effect": "Allow", "NotAction": ["iam:*", "sts:*", "s3:*"], "Resource": "*"}])),
        (false, true),
    );
    check(&json!("x"), &json!("y"), (true, true));
}

#[test]
fn union_allows_either_and_no_more() {
    let before = allow(&json!("glue:*"), &json!("*"));
    let after = policy(&json!([{"Sid": "Run", "Effect": "Allow", "Action": "glue:StartJobRun", "Resource": "*"}]));
    let both = union(&before, &after).unwrap();
    assert!(!narrows(&before, &both) && !narrows(&after, &both) && !broadens(&before, &both));
    assert_eq!(both["Statement"].as_array().unwrap().len(), 2);
    assert_eq!(union(&after, &before).unwrap(), before, "what is granted already is not repeated");
    assert_eq!(union(&Value::Null, &after).unwrap(), after);
    let deny = policy(&json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}]));
    assert_eq!(union(&before, &deny), None);
    assert_eq!(union(&deny, &deny), Some(deny));
    assert_eq!(union(&before, &json!({"Statement": [{"Effect": "Allow", "Actoin": "*"}]})), None);
}

#[test]
fn a_role_is_what_its_policies_say_together() {
    let glue = json!({"Effect": "Allow", "Action": "glue:*", "Resource": "*"});
    let s3 = json!({"Sid": "S", "Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let (one, other, both) = (policy(&glue), policy(&json!([s3])), policy(&json!([s3, glue])));
    let role = together([&one, &other]).unwrap();
    assert!(equivalent(&role, &both) && role["Statement"][1].get("Sid").is_none());
    assert_eq!(together([&one, &json!({"Statement": 4})]), None);
    assert_eq!(together([]), Some(policy(&json!([]))));
    let user = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"});
    assert_eq!(together([&policy(&user), &json!({"Statement": glue})]), None);
}

#[test]
fn diff_speaks_in_statements() {
    let lines = |a: &Value, b: &Value| describe(&diff(a, b)).join("\n");
    let before = json!({"Statement": [
        {"Sid": "Invoke", "Effect": "Allow", "Action": ["lambda:InvokeFunction", "lambda:GetFunction"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]});
    let after = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Invoke", "Effect": "Allow", "Action": "LAMBDA:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f",
         "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
        {"Effect": "Deny", "NotAction": "glue:*", "NotResource": ["arn:aws:glue:*:*:a", "arn:aws:glue:*:*:b"]}]});
    insta::assert_snapshot!(lines(&before, &after));
    insta::assert_snapshot!(serde_json::to_string_pretty(&diff(&before, &after)).unwrap());
    assert!(diff(&before, &before).is_empty());
    assert!(diff(&before, &canonical(&before)).is_empty());
    insta::assert_snapshot!(lines(
        &Value::Null,
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com", "AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}})
    ));
}

#[test]
fn services_assume_roles() {
    let trust = |principal: Value, rest: Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal});
        statement.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        policy(&json!([statement]))
    };
    let check = |trust: &Value, region: Option<&str>, expect: &Assumable| {
        assert_eq!(&service_can_assume(trust, "states.amazonaws.com", region, &Context::unknown()), expect, "{trust}");
    };
    let depends = |text: &str| Assumable::Depends { conditions: vec![text.to_owned()] };
    let states = json!({"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]});
    check(&trust(states.clone(), json!({})), None, &Assumable::Yes);
    check(&trust(json!({"Service": "lambda.amazonaws.com"}), json!({})), None, &Assumable::No);
    check(&trust(json!("*"), json!({})), None, &Assumable::Yes);
    let regional = trust(json!({"Service": "states.eu-west-1.amazonaws.com"}), json!({}));
    check(&regional, Some("eu-west-1"), &Assumable::Yes);
    check(&regional, Some("us-east-1"), &Assumable::No);
    check(&regional, None, &depends("the service runs in the region of states.eu-west-1.amazonaws.com"));
    check(&trust(states.clone(), json!({"Action": "sts:TagSession"})), None, &Assumable::No);
    check(
        &trust(states.clone(), json!({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}})),
        None,
        &depends("StringEquals aws:SourceAccount = 123456789012"),
    );
    let of = |account: &str| {
        let trust =
            trust(states.clone(), json!({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}));
        service_can_assume(
            &trust,
            "states.amazonaws.com",
            None,
            &Context::unknown().with("aws:SourceAccount", [account]),
        )
    };
    assert_eq!((of("123456789012"), of("210987654321")), (Assumable::Yes, Assumable::No));
    check(&trust(states.clone(), json!({"Effect": "Deny"})), None, &Assumable::No);
    check(&Value::Null, None, &Assumable::No);
    check(&json!({"Statement": 4}), None, &Assumable::No);
}

#[test]
fn size_counts_no_white_space_between_elements() {
    assert_eq!(size(&json!({"Version": "2012-10-17", "Statement": []})), 39);
    assert_eq!(size(&Value::String("{ \"Sid\" : \"a b\" }".to_owned())), 13);
}

#[test]
fn what_is_odd_ends_soon() {
    let stars = "a*".repeat(20_000);
    assert!(!crate::pattern::matches(&stars, &"a".repeat(10_000), crate::pattern::Case::Sensitive));
    let wide = allow(&json!("s3:GetObject"), &json!(format!("arn:aws:s3:::{stars}")));
    let many: Vec<Value> = (0..10_000)
        .map(|n| json!({"Effect": "Allow", "Action": format!("s3:Get{n}"), "Resource": format!("arn:aws:s3:::{n}*")}))
        .collect();
    let many = policy(&Value::Array(many));
    assert!(broadens(&wide, &many));
    assert!(equivalent(&many, &many));
    assert!(!diff(&wide, &many).is_empty());
    assert!(union(&wide, &many).is_some());
    let document = crate::Document::of(&many).unwrap();
    assert!(crate::lint::lint(&document, crate::Kind::Identity).len() > 1_000);
    let text = many.to_string();
    let file = statewright_source::Sources::default().add("p", text.clone());
    let root = statewright_source::parse_json(file, &text).root.unwrap();
    assert_eq!(crate::validate(&root, crate::Kind::Identity), []);
}

#[test]
fn a_grant_to_everyone_is_public_unless_it_asks_who_calls() {
    let check = |statements: Value, expect: bool| {
        assert_eq!(crate::access::is_public(&policy(&statements), crate::Kind::Resource), expect, "{statements}");
    };
    let grant = |condition: Value| json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": condition});
    let deny = |condition: Value| json!({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*", "Condition": condition});
    check(json!([grant(json!({}))]), true);
    check(json!([{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]), false);
    check(
        json!([{"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]),
        true,
    );
    check(json!([grant(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))]), false);
    check(json!([grant(json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}))]), true);
    check(json!([grant(json!({"StringNotEquals": {"aws:PrincipalAccount": "1"}}))]), true);
    check(json!([grant(json!({"StringLike": {"aws:PrincipalArn": "*"}}))]), true);
    check(json!([grant(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))]), false);
    check(json!([grant(json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}))]), true);
    check(json!([grant(json!({"Bool": {"aws:SecureTransport": "true"}}))]), true);
    check(json!([grant(json!({})), deny(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}))]), false);
    check(json!([grant(json!({})), deny(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))]), true);
}
