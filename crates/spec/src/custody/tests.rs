use super::{Adopt, Attachments, Custody, IgnoredTags, TagPattern};
use crate::{Kind, Owner, kind::testing::Case};

#[track_caller]
fn custody(kind: Kind, body: &str) -> Custody {
    let all = Case::new().desired(kind, body).resources;
    all.into_values().find(|d| d.arn.as_str().ends_with("NAME")).unwrap().custody
}

#[track_caller]
fn check(kind: Kind, body: &str, expect: &str) {
    assert_eq!(Case::new().lines(kind, body).trim(), expect, "{body}");
}

#[test]
fn every_kind_has_the_keys() {
    let bodies = [
        (Kind::Role, "trust: states.amazonaws.com"),
        (
            Kind::Policy,
            "document: { Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: \"s3:GetObject\", Resource: \"*\" }] }",
        ),
        (Kind::LogGroup, ""),
        (Kind::Function, "runtime: python3.12\nhandler: a.b\nrole: R\ncode: { s3: { bucket: my-bucket, key: k } }"),
        (Kind::Job, "role: R\nglue_version: \"5.0\"\nscript: s3://my-bucket/k.py"),
        (Kind::StateMachine, "role: R\ndefinition: { StartAt: A, States: { A: { Type: Succeed } } }"),
    ];
    assert_eq!(bodies.len(), Kind::ALL.len());
    for (kind, body) in bodies {
        let keys = "adopt: { from: other/prod@eu-west-1 }\nprotect: true\nretain: true\nwas: OLD\nignore_tags: [cost-*, owner]\n";
        let expect = Custody {
            adopt: Adopt::From(Owner::from_tag("other/prod@eu-west-1")),
            protect: true,
            retain: true,
            was: Some("OLD".to_owned()),
            attachments: Attachments::Exclusive,
            ignore_tags: ["cost-*", "owner"].map(TagPattern::parse).into_iter().collect(),
        };
        assert_eq!(custody(kind, &format!("{keys}{body}")), expect, "{kind}");
    }
}

#[test]
fn nothing_is_taken_kept_or_let_go_unless_asked() {
    let nothing = custody(Kind::Role, "trust: states.amazonaws.com\nadopt: false\nattachments: exclusive");
    assert_eq!(nothing, Custody::default());
    assert_eq!(nothing.tags(), crate::Tags::new());
    let some = custody(Kind::Role, "trust: states.amazonaws.com\nadopt: true\nattachments: report");
    assert_eq!((some.adopt, some.attachments), (Adopt::Unowned, Attachments::Report));
}

#[test]
fn owners_have_a_form() {
    for wrong in ["orders", "@eu-west-1", "orders@", "orders/@eu-west-1", "a/b/c@eu-west-1", "a b@eu-west-1", "o@EU"] {
        let lines = Case::new().lines(Kind::LogGroup, &format!("adopt: {{ from: '{wrong}' }}"));
        assert!(lines.contains("is not an owner"), "{wrong}: {lines}");
    }
    let case = Case::new().given("env", "{}", "prod");
    assert_eq!(case.lines(Kind::LogGroup, "adopt: { from: 'other/${var.env}@${aws.region}' }"), "");
    assert_eq!(Case::new().offline().lines(Kind::LogGroup, "adopt: { from: 'other@${aws.region}' }"), "");
    let secret = Case::new().given("env", "{ sensitive: true }", "prod");
    let lines = secret.lines(Kind::LogGroup, "adopt: { from: 'other/${var.env}@eu-west-1' }");
    assert!(lines.contains("SPEC043") && !lines.contains("prod"), "{lines}");
}

#[test]
fn what_adopt_may_be() {
    check(
        Kind::LogGroup,
        "adopt: yes please",
        "error SPEC007 5:12 `yes please` `adopt` must be true or false or a map, not a string",
    );
    check(Kind::LogGroup, "adopt: { form: x@y }", "error SPEC005 5:14 `form` `form` is not a key of `adopt`");
    check(
        Kind::LogGroup,
        "attachments: report",
        "error SPEC005 5:5 `attachments` `attachments` is not a key of log group `NAME`",
    );
}

#[test]
fn former_names() {
    check(Kind::LogGroup, "was: NAME", "error SPEC055 5:10 `NAME` `NAME` has had this name before");
    check(Kind::LogGroup, "was: ''", "error SPEC008 5:10 `''` `was` is empty");
    check(
        Kind::LogGroup,
        "was: /aws/vendedlogs/states/m",
        "error SPEC055 5:10 `/aws/vendedlogs/states/m` `/aws/vendedlogs/states/m` was renamed and is still declared",
    );
    check(Kind::Role, "trust: states.amazonaws.com\nwas: OLD", "");
}

/// Who still uses the old name is told the new one.
#[test]
fn references_by_a_former_name() {
    let told = crate::tests::told(&crate::tests::with(
        "roles: { NewRole: { trust: states.amazonaws.com, was: OldRole }, Other: { trust: states.amazonaws.com, was: OldRole } }\n\
         state_machines: { m: { role: OldRole, definition: { StartAt: A, States: { A: { Type: Succeed } } }, tags: { arn: '${roles.OldRole.arn}' } } }\n",
    ));
    insta::assert_snapshot!(told, @r"
    error[SPEC055] role.NewRole and role.Other both were `OldRole`
      spec.yaml:3:109 `OldRole` again here
      spec.yaml:3:55 `OldRole` first here
      = keep one of the two
    error[SPEC044] the spec declares no role `OldRole`
      spec.yaml:4:30 `OldRole` not declared
      = did you mean `NewRole`?
    error[SPEC041] the spec declares no role `OldRole`
      spec.yaml:4:115 `${roles.OldRole.arn}` not declared
      = did you mean `${roles.NewRole.arn}`?
    ");
}

#[test]
fn patterns_of_tags() {
    check(
        Kind::LogGroup,
        "ignore_tags: ['', 'a*b', 'statewright:*', 'stat*', 'aws:*', '*']\ntags: { team: data }",
        "error SPEC008 5:19 `''` a pattern of tags is empty\n\
         error SPEC008 5:23 `'a*b'` `a*b` is not a pattern of tags\n\
         error SPEC008 5:30 `'statewright:*'` `statewright:*` cannot be ignored\n\
         error SPEC064 6:13 `team` the tag `team` is set here and ignored",
    );
}

#[test]
fn patterns_cover_keys() {
    let ignored: IgnoredTags = ["cost-*", "owner"].map(TagPattern::parse).into_iter().collect();
    for (key, covered) in [("cost-centre", true), ("cost-", true), ("cost", false), ("owner", true), ("owners", false)]
    {
        assert_eq!(ignored.covers(key), covered, "{key}");
    }
    // Ours are nobody else's, however wide the pattern.
    let all: IgnoredTags = std::iter::once(TagPattern::parse("*")).collect();
    assert!(all.covers("team") && !all.covers(Owner::TAG) && !all.covers(Custody::PROTECT));
}

#[test]
fn a_tag_set_by_hand_is_a_yes_unless_it_says_no() {
    for (text, yes) in [("true", true), ("TRUE", true), ("", true), ("please", true), ("false", false), (" No ", false)]
    {
        assert_eq!(Custody::says_yes(Some(&text.to_owned())), yes, "{text}");
    }
    assert!(!Custody::says_yes(None));
}
