//! What a saved plan is refused for, in words.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Made, Saved, SavedStack, compare, file};

fn document() -> Value {
    json!({
        "format_version": "1.0",
        "stack": "etl", "owner": "etl@us-east-1", "account": "123456789012", "region": "us-east-1",
        "spec": "specs/etl.yaml", "spec_hash": "0",
        "spec_parts": { "the spec specs/etl.yaml": "1", "the file p.json": "2", "the variable bucket": "3" },
        "steps": [
            { "id": 1, "address": "policy.P", "action": "update", "needs": [], "title": "document", "why": "",
              "changes": [
                  { "path": "document/Statement[0]/Action", "before": "s3:*", "after": "s3:GetObject", "sensitive": false },
                  { "path": "tags.team", "before": "a", "after": "b", "sensitive": false },
              ],
              "expects": { "version": "v3" }, "calls": ["iam:CreatePolicyVersion", "iam:TagPolicy"] },
            { "id": 2, "address": "state_machine.m", "action": "create", "needs": [1], "title": "create", "why": "",
              "changes": [], "expects": {}, "calls": ["states:CreateStateMachine"] },
        ],
    })
}

fn stack(of: Value) -> SavedStack {
    serde_json::from_value(of).unwrap()
}

/// The reasons after a change of the document.
fn reasons(change: impl FnOnce(&mut Value)) -> String {
    let mut now = document();
    change(&mut now);
    compare::plans(&[stack(document())], &[stack(now)]).join("\n")
}

#[test]
fn the_same_plan_is_the_same() {
    assert_eq!(reasons(|_| ()), "");
    // How it is told may change with the version.
    assert_eq!(reasons(|d| d["steps"][0]["title"] = "other words".into()), "");
}

#[test]
fn what_differs_is_said_in_words() {
    assert_snapshot!(reasons(|d| d["account"] = "210987654321".into()), @"the plan is of account 123456789012, and this is account 210987654321");
    assert_snapshot!(reasons(|d| d["region"] = "eu-west-1".into()), @"the plan is of region us-east-1, and this is region eu-west-1");
    assert_snapshot!(reasons(|d| d["stack"] = "other".into()), @"the plan is of stack etl, and this is stack other");
    assert_snapshot!(reasons(|d| d["owner"] = "etl/prod@us-east-1".into()), @"the plan is of etl@us-east-1, and this is etl/prod@us-east-1");
    let parts = reasons(|d| {
        d["spec_hash"] = "9".into();
        d["spec_parts"] = json!({ "the spec specs/etl.yaml": "1", "the file p.json": "9", "the variable day": "4" });
    });
    assert_snapshot!(parts, @"the file p.json changed; the variable bucket is no longer there; the variable day is new");
    assert_snapshot!(reasons(|d| d["spec_hash"] = "9".into()), @"the spec, a file that it names or a variable changed");
    assert_snapshot!(reasons(|d| d["steps"][0]["changes"][1]["before"] = "\u{1b}[31mred".into()), @r#"policy.P: tags.team was "a" and is "\u001b[31mred""#);
    assert_snapshot!(reasons(|d| d["steps"][0]["changes"][1]["after"] = "x".repeat(99).into()), @r#"policy.P: tags.team was to become "b" and would become "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"#);
    assert_snapshot!(reasons(|d| drop(d["steps"][0]["changes"].as_array_mut().unwrap().pop())), @"policy.P: tags.team no longer differs from the spec");
    let more = reasons(|d| {
        let change = json!({ "path": "description", "before": null, "after": "x", "sensitive": false });
        d["steps"][0]["changes"].as_array_mut().unwrap().push(change);
    });
    assert_snapshot!(more, @"policy.P: description differs from the spec now");
    assert_snapshot!(reasons(|d| d["steps"][0]["expects"]["version"] = "v4".into()), @r#"policy.P: somebody changed it since (version "v3" → "v4")"#);
    assert_snapshot!(reasons(|d| d["steps"][0]["calls"] = json!(["iam:DeletePolicy"])), @"policy.P: the plan is to call iam:CreatePolicyVersion, iam:TagPolicy, it would be iam:DeletePolicy");
    assert_snapshot!(reasons(|d| d["steps"][1]["action"] = "update".into()), @"state_machine.m: the plan was to create it, now it is to update it");
    assert_snapshot!(reasons(|d| drop(d["steps"].as_array_mut().unwrap().pop())), @"state_machine.m: there is nothing left to create");
    let more = reasons(|d| {
        let mut step = d["steps"][0].clone();
        step["address"] = "role.R".into();
        d["steps"].as_array_mut().unwrap().push(step);
    });
    assert_snapshot!(more, @"role.R: it would now be updated (document/Statement[0]/Action; tags.team) as well");
    assert_snapshot!(reasons(|d| d["steps"][1]["needs"] = json!([])), @"the steps come in another order");
    let two = |a: &str, b: &str| {
        [a, b].map(|name| {
            let mut one = document();
            (one["stack"], one["spec"], one["owner"]) = (name.into(), name.into(), name.into());
            stack(one)
        })
    };
    assert_snapshot!(compare::plans(&two("a", "b"), &two("b", "a")).join("\n"), @"the stacks come in another order");
    assert_snapshot!(compare::plans(&two("a", "b"), &two("a", "c")).join("\n"), @r"
    the plan is of stack b too, which no spec here declares
    the plan is not of stack c, which c declares
    ");
}

fn made() -> Made {
    Made {
        tool: "0.1.0".to_owned(),
        environment: None,
        targets: std::collections::BTreeSet::new(),
        executions: "fail".to_owned(),
        deep: false,
        drain: false,
        allow_delete_all: false,
        checksum: String::new(),
    }
}

#[test]
fn other_options_are_named() {
    let saved = Made {
        environment: Some("prod".to_owned()),
        targets: ["role.R".to_owned(), "policy.P".to_owned()].into(),
        executions: "stop".to_owned(),
        deep: true,
        drain: true,
        ..made()
    };
    let given = Made { allow_delete_all: true, ..made() };
    assert_snapshot!(compare::flags(&saved, &given).join("\n"), @r"
    the plan was made with --env prod
    the plan was made with --target policy.P --target role.R
    the plan was made with --executions stop
    the plan was made with --deep
    the plan was made with --drain
    the plan was made without --allow-delete-all
    ");
    assert_eq!(compare::flags(&saved, &saved.clone()), [""; 0]);
}

#[test]
fn another_version_is_named() {
    let ours = Made { tool: "0.2.0".to_owned(), ..made() };
    assert_snapshot!(compare::version(&made(), &ours).unwrap_or_default(), @"it was made by Statewright 0.1.0, and this is 0.2.0");
    assert_eq!(compare::version(&ours, &ours), None);
}

/// A file with the right checksum.
fn written() -> (tempfile::TempDir, std::path::PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    let plan = crate::view::plan::samples::plan();
    let output = super::SavedOutput::of(&[plan], &statewright_source::Sources::default(), made());
    file::check_target(&path).unwrap();
    file::write(&path, &output).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    (folder, path, text)
}

#[track_caller]
fn refused(text: &str) -> String {
    let error = file::parse(text.as_bytes()).map(|saved: Saved| panic!("{saved:?}")).unwrap_err();
    let shown = error.of(std::path::Path::new("plan.json")).render();
    anstream::adapter::strip_str(&shown).to_string().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_written_is_read_and_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path, text) = written();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let saved = file::read(&path).unwrap();
    assert_eq!(saved.stacks.len(), 1);
    // The layout is nothing: a program that reads and prints it again changes nothing.
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(file::parse(value.to_string().as_bytes()).is_ok());
    // Over a saved plan another one may be saved, even over one that was edited.
    file::check_target(&path).unwrap();
    std::fs::write(&path, text.replace("etl", "elt")).unwrap();
    file::check_target(&path).unwrap();
}

#[test]
fn what_is_no_saved_plan_is_refused() {
    let (folder, path, text) = written();
    assert_snapshot!(refused(""), @"error: plan.json is not a saved plan: it is empty");
    assert_snapshot!(refused("stack: a"), @"error: plan.json is not a saved plan: it is not JSON (expected value at line 1 column 1)");
    assert_snapshot!(refused("[]"), @"error: plan.json is not a saved plan: it is some other JSON");
    assert_snapshot!(refused(r#"{"format_version": "1.0", "steps": []}"#), @"error: plan.json is not a saved plan: it is what --format json prints");
    assert_snapshot!(refused(&text.replace(r#""format_version": "1.0""#, r#""format_version": "2.0""#)), @"error: plan.json is of version 2.0; this program reads 1.0");
    assert_snapshot!(refused(&text.replace("iam:AttachRolePolicy", "iam:DeleteRole")), @"error: the saved plan plan.json was changed after it was saved; nothing was done");
    assert_snapshot!(refused(&"[".repeat(1000)), @"error: plan.json is not a saved plan: it is not JSON (recursion limit exceeded at line 1 column 128)");
    // Every cut is a cut.
    for end in (1..text.trim_end().len()).step_by(37).filter(|end| text.is_char_boundary(*end)) {
        assert!(refused(&text[..end]).contains("cut short"), "{end}");
    }
    let large = std::fs::File::create(&path).unwrap();
    large.set_len(100 * 1024 * 1024).unwrap();
    let error = file::read(&path).unwrap_err().of(std::path::Path::new("plan.json")).render();
    assert!(error.contains("plan.json has 104857600 bytes; a saved plan has at most 16 MiB"), "{error}");
    drop(folder);
}

#[test]
fn a_plan_is_saved_over_nothing_that_is_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        file::check_target(&folder.path().join(name)).is_ok()
    };
    assert!(!check("spec.yaml", "statewright: 1\nstack: a\n"));
    assert!(!check("package.json", "{}"));
    assert!(check("made-by-mktemp", ""));
    assert!(file::check_target(folder.path()).is_err());
    assert!(file::check_target(std::path::Path::new("/dev/null")).is_err());
    assert!(file::check_target(&folder.path().join("no/such/folder.json")).is_err());
    std::os::unix::fs::symlink(folder.path().join("spec.yaml"), folder.path().join("link")).unwrap();
    assert!(file::check_target(&folder.path().join("link")).is_err());
    assert_eq!(std::fs::read_to_string(folder.path().join("spec.yaml")).unwrap(), "statewright: 1\nstack: a\n");
}
