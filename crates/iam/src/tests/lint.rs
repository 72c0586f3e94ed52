//! Lints, case by case, and what they say of the policies that AWS publishes.

use serde_json::{Value, json};
use statewright_source::{Sources, parse_json};

use crate::{Document, Kind, lint::lint};

fn found(text: &str, kind: Kind) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("policy.json", text);
    let root = parse_json(file, text).root.unwrap();
    let document = Document::read(&root).0.unwrap();
    lint(&document, kind)
        .into_iter()
        .map(|d| {
            let place = d.primary.as_ref().map_or("-", |label| sources.text(label.span));
            let help = d.help.map(|h| format!(" ({h})")).unwrap_or_default();
            format!("{} {} {place}: {}{help}", d.severity, d.code, d.title)
        })
        .collect()
}

fn statement(inside: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{inside}}}]}}"#)
}

#[test]
fn lints_say_what_is_meant() {
    let identity = [
        r#""Action":["gleu:StartJobRun","glue:StartJobRum","glue:Nope*","GLUE:startjobrun"],"Resource":"*""#,
        r#""Action":["glue:StartJobRun","s3:ListAllMyBuckets"],"Resource":"arn:aws:glue:eu-west-1:123456789012:crawler/c""#,
        r#""Action":"glue:StartJobRun","Resource":["arn:aws:glue:eu-west-1:123456789012:jobs/x","arn:aws:glue:*:*:job/*"]"#,
        r#""Action":["s3:Get*","s3:GetObject","s3:getobject"],"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/x"]"#,
        r#""Action":"*","Resource":"*""#,
        r#""Action":["iam:Pass*","iam:PutRolePolicy","s3:GetObject"],"Resource":"*""#,
        r#""NotAction":"iam:*","Resource":"*""#,
        r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:PrincipalArm":"x","s3:prefixx":"a","aws:PrincipalArn":"arn:aws:iam::123456789012:role/*","aws:TagKeys":"k"},"Bool":{"aws:MultiFactorAuthPresent":"false","aws:CurrentTime":"true"},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.7/24"]},"ForAllValues:StringEquals":{"aws:TagKeys":["k"],"aws:PrincipalAccount":"1"},"ForAnyValue:Null":{"aws:TagKeys":"true"},"ArnLike":{"aws:ARN":"arn:aws:iam::123456789012:role/x"}}"#,
    ];
    let mut text: Vec<String> = identity.iter().flat_map(|inside| found(&statement(inside), Kind::Identity)).collect();
    text.push("trust".to_owned());
    text.extend(found(
        &statement(r#""Action":"sts:AssumeRole","Principal":{"Service":["states.amazonaws.com","lambda.amazonaws.com"],"AWS":"*"}"#),
        Kind::Trust,
    ));
    text.push("together".to_owned());
    text.extend(found(
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"All","Effect":"Allow","Action":"glue:*","Resource":"*"},
            {"Sid":"Some","Effect":"Allow","Action":"glue:GetJob","Resource":"*"},
            {"Sid":"Idle","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#,
        Kind::Identity,
    ));
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn nothing_is_said_of_what_is_right() {
    for (inside, kind) in [
        (
            r#""Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*","s3:RequestObjectTag/team":"x"},"Bool":{"aws:SecureTransport":"true"},"DateLessThan":{"aws:CurrentTime":"2030-01-01"},"NumericLessThan":{"aws:MultiFactorAuthAge":"300"},"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]},"StringEquals":{"aws:ResourceTag/team":"x","token.actions.githubusercontent.com:sub":"y"}}"#,
            Kind::Identity,
        ),
        (
            r#""Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"glue.amazonaws.com"}}"#,
            Kind::Identity,
        ),
        (
            r#""Action":"sts:AssumeRole","Principal":{"Service":"states.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}"#,
            Kind::Trust,
        ),
    ] {
        assert_eq!(found(&statement(inside), kind), Vec::<String>::new(), "{inside}");
    }
}

#[test]
fn access_that_changes_is_named() {
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let before = policy(json!([
        {"Effect": "Allow", "Action": ["glue:*", "s3:GetObject"], "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:DeleteJob", "Resource": "*"}]));
    let after = policy(json!([
        {"Effect": "Allow", "Action": ["glue:StartJobRun", "s3:GetObject"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:PassRole", "sts:TagSession"], "Resource": "*"}]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&crate::access::change(&before, &after)).unwrap());
    assert_eq!(crate::access::change(&after, &after), crate::access::AccessChange::default());
    let named =
        policy(json!([{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/x"}]));
    let given = crate::access::change(&Value::Null, &named);
    assert!(!given.broadens[0].danger && given.narrows.is_empty(), "{given:?}");
}

#[test]
fn quotas_are_foreseen() {
    let say = |size, kind, total| {
        crate::lint::forecast(size, kind, total).map(|d| format!("{} {}: {}", d.severity, d.code, d.title))
    };
    assert_eq!(say(100, Kind::Identity, false), None);
    assert_eq!(
        say(6_000, Kind::Identity, false).unwrap(),
        "note IAM120: 6000 of the 6144 characters of a managed policy are used (97 %)"
    );
    assert_eq!(
        say(6_145, Kind::Identity, false).unwrap(),
        "error IAM019: 6145 characters are more than the 6144 of a managed policy"
    );
    assert_eq!(say(6_145, Kind::Identity, true), None);
    assert_eq!(
        say(2_049, Kind::Trust, false).unwrap(),
        "error IAM019: 2049 characters are more than the 2048 of a trust policy"
    );
}
