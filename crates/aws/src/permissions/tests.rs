use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

use super::*;

/// The client's field in `Connection` → the prefix of its calls.
const CLIENTS: &[(&str, &str)] = &[
    ("analyzer", "access-analyzer"),
    ("iam", "iam"),
    ("sfn", "states"),
    ("lambda", "lambda"),
    ("glue", "glue"),
    ("logs", "logs"),
    ("s3", "s3"),
    ("client", "tag"),
    ("tagging", "tag"),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without its tests, white space taken out.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.split_whitespace().collect()
}

fn pascal(snake: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    snake.split('_').map(word).collect()
}

/// `c.iam.get_role()` → `iam:GetRole`, in every source of this crate.
fn calls() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let fields: Vec<&str> = CLIENTS.iter().map(|(field, _)| *field).collect();
    let call = Regex::new(&format!(r"\b({})\.([a-z_0-9]+)\(\)", fields.join("|"))).unwrap();
    let mut found = BTreeSet::new();
    for path in sources(&src) {
        let code = code(&path);
        for hit in call.captures_iter(&code) {
            let prefix = CLIENTS.iter().find(|(field, _)| *field == &hit[1]).unwrap().1;
            if &hit[2] != "clone" {
                found.insert(format!("{prefix}:{}", pascal(&hit[2])));
            }
        }
        if code.contains(".get_caller_identity()") {
            found.insert("sts:GetCallerIdentity".to_owned());
        }
        if code.contains("AssumeRoleProvider::builder") {
            found.insert("sts:AssumeRole".to_owned());
        }
    }
    found
}

/// A client that this test does not know would make calls unseen.
#[test]
fn every_client_is_known() {
    let client = Regex::new(r"pub\(crate\)([a-z_0-9]+):aws_sdk_\w+::Client").unwrap();
    let code = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/connect.rs"));
    let fields: BTreeSet<&str> = client.captures_iter(&code).map(|hit| hit.get(1).unwrap().as_str()).collect();
    let known: BTreeSet<&str> = CLIENTS.iter().map(|(field, _)| *field).filter(|field| *field != "client").collect();
    assert_eq!(fields, known);
}

#[test]
fn the_table_lists_every_call_and_no_other() {
    let listed: BTreeSet<String> = ACTIONS.iter().map(|action| action.call.to_owned()).collect();
    assert_eq!(calls(), listed);
    assert!(ACTIONS.is_sorted_by_key(|action| action.call));
    assert_eq!(listed.len(), ACTIONS.len(), "a call stands twice");
}

/// What a refusal names is what is called: the label stands beside its call.
#[test]
fn every_label_is_a_call() {
    let prefixes: BTreeSet<&str> = CLIENTS.iter().map(|(_, prefix)| *prefix).chain(["sts"]).collect();
    let prefixes = prefixes.into_iter().collect::<Vec<_>>().join("|");
    let label = Regex::new(&format!(r#""((?:{prefixes}):[A-Z][A-Za-z]+)""#)).unwrap();
    let listed: BTreeSet<&str> = ACTIONS.iter().map(|action| action.call).collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&src).into_iter().filter(|path| !path.ends_with("permissions.rs")) {
        // The key of a condition is no call.
        for hit in label.captures_iter(&code(&path)).filter(|hit| &hit[1] != "iam:PassedToService") {
            assert!(listed.contains(hit.get(1).unwrap().as_str()), "{}: {}", path.display(), &hit[1]);
        }
    }
}

/// What a plan says that its operations need is in the table.
#[test]
fn the_plans_calls_are_in_the_table() {
    let literal = Regex::new(r#""([a-z0-9]+:[A-Z][A-Za-z]+)""#).unwrap();
    let all: BTreeSet<&str> =
        ACTIONS.iter().flat_map(|a| a.actions.iter().chain(a.sometimes.iter().map(|(n, _)| n))).copied().collect();
    let operations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../planner/src/operation");
    let mut seen = 0;
    for path in sources(&operations) {
        for hit in literal.captures_iter(&code(&path)) {
            assert!(all.contains(hit.get(1).unwrap().as_str()), "{}: {}", path.display(), &hit[1]);
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} actions were found in the planner's operations");
}

#[test]
fn every_call_needs_its_own_action_first() {
    // The calls whose action has another name, or none.
    let others = ["lambda:GetLayerVersionByArn", "s3:HeadObject", "sts:AssumeRole", "sts:GetCallerIdentity"];
    for action in ACTIONS.iter().filter(|action| !others.contains(&action.call)) {
        assert_eq!(action.actions.first(), Some(&action.call));
    }
}

#[test]
fn a_plan_writes_nothing() {
    const READS: [&str; 5] = ["Get", "List", "Describe", "Validate", "Simulate"];
    let all = [Connect, Read, Judge, Search, Machine, Grants, Execution];
    let conditional = sometimes(&all).into_iter().map(|(name, _)| name).filter(|name| *name != "sts:AssumeRole");
    for name in always(&all).into_iter().chain(conditional) {
        let action = name.split_once(':').unwrap().1;
        assert!(READS.iter().any(|verb| action.starts_with(verb)) || name == "kms:Decrypt", "{name}");
    }
    let read = always(&all);
    assert!(!read.contains("iam:PassRole"));
    assert!(always(&[Apply]).contains("iam:PassRole"));
    assert!(!sometimes(&[Apply]).iter().any(|(name, _)| *name == "logs:AssociateKmsKey"));
}
