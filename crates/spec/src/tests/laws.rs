//! What holds for any spec.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Repository, live};
use crate::{Identity, load, schema};

/// Pieces that specs are made of, right and wrong.
fn value(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("5".to_owned()),
        Just("true".to_owned()),
        Just("~".to_owned()),
        Just("'${var.a}'".to_owned()),
        Just("'${roles.R.arn}'".to_owned()),
        Just("'${roles.${var.a}.arn}'".to_owned()),
        Just("'${'".to_owned()),
        Just("states.amazonaws.com".to_owned()),
        Just("arn:aws:iam::123456789012:role/x".to_owned()),
        Just("STANDARD".to_owned()),
        "[a-z${}./:\\[\\]]{0,8}".prop_map(|s| format!("\"{s}\"")),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![
        3 => leaf,
        2 => prop::collection::vec((key(), value(depth - 1)), 0..4).prop_map(|entries| {
            let entries: Vec<String> = entries.into_iter().map(|(k, v)| format!("{k}: {v}")).collect();
            format!("{{ {} }}", entries.join(", "))
        }),
        1 => prop::collection::vec(value(depth - 1), 0..3).prop_map(|items| format!("[ {} ]", items.join(", "))),
    ]
    .boxed()
}

fn key() -> impl Strategy<Value = String> {
    const KEYS: [&str; 41] = [
        "a",
        "R",
        "'${var.a}'",
        "'${roles.R.arn}'",
        "'${aws.region}'",
        "trust",
        "policies",
        "inline",
        "path",
        "tags",
        "allow",
        "replace",
        "document",
        "file",
        "substitutions",
        "definition",
        "role",
        "logging",
        "level",
        "log_group",
        "type",
        "code",
        "s3",
        "bucket",
        "key",
        "runtime",
        "handler",
        "memory",
        "environment",
        "script",
        "to",
        "arguments",
        "retention_days",
        "kms_key",
        "class",
        "Statement",
        "Version",
        "Principal",
        "AWS",
        "adopt",
        "grants",
    ];
    prop::sample::select(KEYS.as_slice()).prop_map(str::to_owned)
}

fn spec() -> impl Strategy<Value = String> {
    const SECTIONS: [&str; 10] = [
        "policies",
        "roles",
        "log_groups",
        "functions",
        "jobs",
        "state_machines",
        "variables",
        "environments",
        "tags",
        "aws",
    ];
    let section = (prop::sample::select(SECTIONS.as_slice()), value(4));
    prop::collection::btree_map(section.clone().prop_map(|s| s.0), section.prop_map(|s| s.1), 0..8).prop_map(
        |sections| {
            let mut out = "statewright: 1\nstack: s\n".to_owned();
            for (name, body) in sections {
                writeln!(out, "{name}: {body}").unwrap();
            }
            out
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// No spec panics, the same spec gives the same, and an error means that there is no state.
    #[test]
    fn any_spec_is_answered(text in spec()) {
        let repository = Repository::new(&text).var("a", "v");
        let outcome = repository.outcome();
        let failed = outcome.findings.iter().any(|d| d.severity == statewright_source::Severity::Error);
        prop_assert_eq!(outcome.desired.is_none(), failed, "{}", outcome.told());
        let again = repository.outcome();
        prop_assert_eq!(outcome.told(), again.told());
        prop_assert_eq!(format!("{:?}", outcome.desired), format!("{:?}", again.desired));
        for label in outcome.findings.iter().filter_map(|d| d.primary.as_ref()) {
            let text = &outcome.sources.file(label.span.file).text;
            prop_assert!(text.get(label.span.start..label.span.end).is_some());
        }
    }

    /// A spec that was read can be resolved at several places, and each answer is what a fresh reading gives.
    #[test]
    fn places_do_not_touch_each_other(text in spec()) {
        let repository = Repository::new(&text).var("a", "v");
        let mut sources = statewright_source::Sources::default();
        if let Ok(loaded) = load(&mut sources, &repository.request) {
            let first = format!("{:?}", loaded.resolve(&live()));
            let _ = loaded.resolve(&Identity::unknown());
            prop_assert_eq!(first, format!("{:?}", loaded.resolve(&live())));
        }
    }

    /// No bytes panic.
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let repository = Repository::new("").file("spec.yaml", bytes);
        let outcome = repository.outcome();
        prop_assert!(outcome.desired.is_none());
        prop_assert!(!outcome.findings.is_empty());
    }
}

#[test]
fn the_published_schema_takes_what_we_take() {
    let schema = schema();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    for name in ["lambda-glue", "nightly-etl"] {
        let path = format!("{}/../../specs/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let root = statewright_source::parse_yaml(statewright_source::FileId(0), &text).root.unwrap();
        let errors: Vec<String> = validator.iter_errors(&root.to_json()).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
    }
    let wrong = serde_json::json!({ "statewright": 1, "stack": "s", "log_groups": { "/a": { "retention": 3 } } });
    assert!(!validator.is_valid(&wrong));
    let by_variable = serde_json::json!({ "statewright": 1, "stack": "s", "log_groups": { "/a": { "retention_days": "${var.days}", "class": "${var.class}" } } });
    assert!(validator.is_valid(&by_variable));
}

#[test]
fn codes_are_unique() {
    let mut seen = std::collections::BTreeSet::new();
    for (code, meaning) in crate::codes::CODES {
        assert!(seen.insert(code.0), "{code} twice");
        assert!(code.0.starts_with("SPEC") && code.0.len() == 7 && meaning.ends_with('.'));
    }
}
