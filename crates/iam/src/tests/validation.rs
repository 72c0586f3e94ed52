//! Findings, case by case: what is said, where.

use statewright_source::{Severity, Sources, parse_json};

use crate::{Kind, validate};

/// The findings as `severity CODE "text at the place": title`.
fn found(text: &str, kind: Kind) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("policy.json", text);
    let parsed = parse_json(file, text);
    let Some(root) = parsed.root else { return vec!["no tree".to_owned()] };
    validate(&root, kind)
        .into_iter()
        .map(|d| {
            let place = d.primary.as_ref().map_or("-", |label| sources.text(label.span));
            let help = d.help.map(|h| format!(" ({h})")).unwrap_or_default();
            format!("{} {} {place}: {}{help}", d.severity, d.code, d.title)
        })
        .collect()
}

fn codes(text: &str, kind: Kind) -> Vec<String> {
    found(text, kind).iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect()
}

const HEAD: &str = r#"{"Version":"2012-10-17","Statement":"#;

#[test]
fn a_sound_document_has_no_findings() {
    for (text, kind) in [
        (
            format!(
                r#"{HEAD}[{{"Sid":"Run1","Effect":"Allow","Action":["glue:StartJobRun","s3:*"],"Resource":["*","arn:aws:s3:::b/${{aws:username}}/*"],"Condition":{{"DateLessThan":{{"aws:CurrentTime":"2030-01-01T00:00:00Z"}},"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}},"Bool":{{"aws:SecureTransport":true}},"NumericLessThan":{{"aws:MultiFactorAuthAge":3600}},"ForAnyValue:StringLikeIfExists":{{"aws:TagKeys":["a*"]}}}}}}]}}"#
            ),
            Kind::Identity,
        ),
        (
            format!(
                r#"{HEAD}{{"Effect":"Allow","Principal":{{"Service":["states.amazonaws.com","lambda.amazonaws.com"],"AWS":["123456789012","arn:aws:iam::123456789012:role/x"]}},"Action":"sts:AssumeRole"}}}}"#
            ),
            Kind::Trust,
        ),
        (
            format!(
                r#"{HEAD}[{{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:123456789012:q"}}]}}"#
            ),
            Kind::Resource,
        ),
    ] {
        assert_eq!(found(&text, kind), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn findings_say_what_where_and_what_next() {
    let text = format!(
        r#"{HEAD}[{{"Sid":"a b","Effect":"allow","Actoin":"s3:Get*","Action":"s3","NotAction":"x:y","Resource":["arn:aws:s3::x","bucket"],"Condition":{{"StringEqual":{{"aws:SourceAccount":"1"}},"DateLessThan":{{"now":"soon"}}}},"Principal":"*"}},{{"Effect":"Allow","Action":"s3:Get–Object"}}]}}"#
    );
    insta::assert_snapshot!(found(&text, Kind::Identity).join("\n"));
}

#[test]
fn codes_by_document() {
    let check = |text: &str, kind, expect: &[&str]| assert_eq!(codes(text, kind), expect, "{text}");
    check("[]", Kind::Identity, &["IAM001"]);
    check("{}", Kind::Trust, &["IAM007", "IAM004"]);
    check(
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
        Kind::Identity,
        &["IAM007"],
    );
    check(
        r#"{"Version":"2012-10-18","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
        Kind::Identity,
        &["IAM007"],
    );
    let statement = |inside: &str| format!("{HEAD}[{{{inside}}}]}}");
    check(&statement(r#""Effect":"Allow","Action":[],"Resource":[]"#), Kind::Identity, &["IAM004", "IAM004"]);
    check(&statement(r#""Effect":"Allow","Action":"a:b:c","Resource":"*""#), Kind::Identity, &["IAM012"]);
    check(&statement(r#""Effect":"Allow","Action":"a:${aws:x}","Resource":"*""#), Kind::Identity, &["IAM012"]);
    check(&statement(r#""Effect":"Allow","Action":{},"Resource":"*""#), Kind::Identity, &["IAM003"]);
    check(&statement(r#""Effect":"Allow","Action":"a:b","Resource":["*",null]"#), Kind::Identity, &["IAM021"]);
    check(&statement(r#""Effect":"Allow","Action":"a:b","Resource":"arn:was:s3:::x""#), Kind::Identity, &["IAM017"]);
    check(&statement(r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws-us-gov:s3:::x""#), Kind::Identity, &[]);
    check(
        &statement(r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws:lambda:eu-west-1:1234:function:f""#),
        Kind::Identity,
        &["IAM017"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::${aws:username""#),
        Kind::Identity,
        &["IAM018"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"*"}"#),
        Kind::Trust,
        &["IAM016"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Servcie":"x"}"#),
        Kind::Trust,
        &["IAM016"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"states"}"#),
        Kind::Trust,
        &["IAM016"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"AROAEXAMPLEEXAMPLE12"}"#),
        Kind::Trust,
        &["IAM022"],
    );
    check(
        &statement(r#""Effect":"Allow","Action":"s3:Get","Principal":{"AWS":"*"},"Resource":"*""#),
        Kind::Trust,
        &["IAM012", "IAM006"],
    );
    check(&statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#), Kind::Trust, &["IAM004"]);
    check(
        &statement(r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"NullIfExists":{"a:b":"true"}}"#),
        Kind::Identity,
        &["IAM014"],
    );
    check(
        &statement(
            r#""Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"NumericEquals":{"a:b":["1","x"]},"Bool":{"a:b":"yes"}}"#,
        ),
        Kind::Identity,
        &["IAM015", "IAM015"],
    );
}

#[test]
fn dates_are_those_of_iam() {
    let date = |text: &str| crate::date::instant(text);
    for (text, seconds) in [
        ("0", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01Z", 1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2024-02-29T12:00:00-0800", 1_709_236_800),
        ("2016-12-13T21:20:37.593194+00:00", 1_481_664_037),
        ("-0001-01-01", -62_198_755_200),
    ] {
        assert_eq!(date(text).map(|n| n.div_euclid(1_000_000_000)), Some(seconds), "{text}");
    }
    assert!(date("01T").is_some(), "AWS takes it");
    for text in [
        "",
        "soon",
        "2024-13-01",
        "2024-1-1",
        "9223372036854775808",
        "2016-12-13t2:00:00.593194+1",
        "2016-12-13t2:00:00.1999999999+10:59",
        "2024-01-01T00:00:00ZZ",
        "2024-01-01T00:00:00+é",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn severities_follow_the_catalogue() {
    for pair in crate::CODES.windows(2) {
        assert!(pair[0].code < pair[1].code, "codes are in order and never twice");
    }
    assert!(crate::CODES.iter().all(|r| r.severity != Severity::Runtime || r.code.0 == "IAM201"));
}
