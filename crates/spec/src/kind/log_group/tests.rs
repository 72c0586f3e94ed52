use super::*;
use crate::{Kind, Resource, kind::testing::Case};

fn log_group(name: &str, body: &str) -> LogGroup {
    match Case::new().called(name).resource(Kind::LogGroup, body) {
        Resource::LogGroup(log_group) => log_group,
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults() {
    let wanted = LogGroup {
        retention_days: None,
        kms_key: None,
        class: "STANDARD".to_owned(),
        deletion_protection: false,
        tags: Tags::new(),
    };
    assert_eq!(log_group("/aws/lambda/x", "tags: {}"), wanted);
}

#[test]
fn every_field() {
    let found = log_group(
        "/team/a#b_c.d-e",
        "
        retention_days: 545
        kms_key: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
        class: INFREQUENT_ACCESS
        deletion_protection: true
        tags: { team: data }
        replace: allowed
        ",
    );
    assert_eq!(found.retention_days, Some(545));
    assert_eq!(found.kms_key.unwrap().name(), "1234abcd-12ab-34cd-56ef-1234567890ab");
    assert_eq!(found.class, "INFREQUENT_ACCESS");
    assert!(found.deletion_protection);
    assert_eq!(found.tags["team"], "data");
    assert_eq!(log_group("x", "class: DELIVERY").class, "DELIVERY");
}

#[test]
fn every_day_that_aws_takes() {
    for days in (0..420).chain(RETENTION.into_iter().flat_map(|d| [d - 1, d, d + 1])) {
        let body = format!("retention_days: {days}");
        let taken = Case::new().lines(Kind::LogGroup, &body).is_empty();
        assert_eq!(taken, RETENTION.contains(&days), "{days}");
    }
}

#[test]
fn every_mistake() {
    let body = "
        retention_days: 45
        kms_key: arn:aws:kms:eu-west-1:123456789012:alias/logs
        class: INFREQUENT
    ";
    insta::assert_snapshot!(Case::new().called("/a b").faults(Kind::LogGroup, body), @r"
    error[SPEC070]: a space may not stand in the name of a log group
     --> spec.yaml:4:5
      |
    4 |   /a b:
      |     ^ not taken
      |
      = help: AWS takes letters, digits and `.-_/#`

    error[SPEC008]: events cannot be kept for 45 days
     --> spec.yaml:5:21
      |
    5 |     retention_days: 45
      |                     ^^ CloudWatch Logs knows certain numbers only
      |
      = help: the nearest are 30 and 60

    error[SPEC045]: `arn:aws:kms:eu-west-1:123456789012:alias/logs` is not the ARN of a key
     --> spec.yaml:6:14
      |
    6 |     kms_key: arn:aws:kms:eu-west-1:123456789012:alias/logs
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource does not begin with `key/`
      |
      = help: write the key's own ARN; `aws kms describe-key --key-id ALIAS` shows it

    error[SPEC008]: `class` cannot be `INFREQUENT`
     --> spec.yaml:7:12
      |
    7 |     class: INFREQUENT
      |            ^^^^^^^^^^ not known
      |
      = help: there are `STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`
    ");
    insta::assert_snapshot!(Case::new().called("aws/x").faults(Kind::LogGroup, "{ class: DELIVERY, retention_days: 1, kms_key: key }"), @r"
    error[SPEC070]: a log group's name may not begin with `aws/`
     --> spec.yaml:4:3
      |
    4 |   aws/x:
      |   ^^^^^ reserved
      |
      = help: groups of AWS services begin with a slash: `/aws/x`

    error[SPEC074]: `retention_days` and `class` exclude each other: a group of class DELIVERY keeps events as long as AWS says
     --> spec.yaml:5:24
      |
    5 |     { class: DELIVERY, retention_days: 1, kms_key: key }
      |       ----- the other  ^^^^^^^^^^^^^^ not beside the other
      |
      = help: remove `retention_days`

    error[SPEC045]: `key` is not an ARN
     --> spec.yaml:5:52
      |
    5 |     { class: DELIVERY, retention_days: 1, kms_key: key }
      |                                                    ^^^ an ARN must stand here
      |
      = help: it looks like `arn:aws:kms:REGION:ACCOUNT:…`
    ");
}

#[test]
fn retention_that_nobody_has() {
    let help = |days: &str| {
        let text = Case::new().faults(Kind::LogGroup, &format!("retention_days: {days}"));
        let lines = text.lines().filter(|l| l.starts_with("error") || l.contains("help"));
        format!("{days}: {}", lines.map(str::trim).collect::<Vec<_>>().join(" "))
    };
    insta::assert_snapshot!([help("0"), help("2"), help("4000"), help("-1"), help("1.5"), help("week")].join("\n"), @r"
    0: error[SPEC008]: events cannot be kept for 0 days = help: to keep events for ever leave `retention_days` out
    2: error[SPEC008]: events cannot be kept for 2 days = help: the nearest are 1 and 3
    4000: error[SPEC008]: events cannot be kept for 4000 days = help: the most is 3653; to keep events for ever leave `retention_days` out
    -1: error[SPEC008]: `retention_days` must be at least 0 = help: How many days events are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653
    1.5: error[SPEC007]: `retention_days` must be a whole number, not a number = help: write it without a fraction
    week: error[SPEC007]: `retention_days` must be a whole number, not a string
    ");
}
