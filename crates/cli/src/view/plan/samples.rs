//! A plan with one change of every form, some of it hostile: for tests.

use serde_json::{Value, json};
use statewright_asl::{ChangeKind, EdgeChange};
use statewright_iam::access::change as change_in_access;
use statewright_planner::{
    AccessChanges, Action, Change, DefinitionChanges, Fingerprint, Operation, Plan, Shown, StateChanges, Step, StepId,
    operation::{role::RoleOperation, state_machine::StateMachineOperation},
};
use statewright_spec::{AccountId, Address, Arn, Identity, Kind, Owner, Partition, Region};

fn change(path: &str, before: Shown, after: Shown) -> Change {
    Change { path: path.to_owned(), before, after }
}

fn value(value: Value) -> Shown {
    Shown::Value(value)
}

fn step(id: u32, address: Address, action: Action, changes: Vec<Change>, operations: Vec<Operation>) -> Step {
    Step {
        id: StepId(id),
        address,
        action,
        title: if action == Action::Update { "definition, tags".to_owned() } else { action.as_str().to_owned() },
        changes,
        needs: (1..id).map(StepId).collect(),
        expects: Fingerprint::default(),
        before: None,
        why: "live differs from the spec".to_owned(),
        risk: (action == Action::Replace).then(|| "its history, versions and aliases are lost".to_owned()),
        operations,
        read_back: None,
        ours: statewright_spec::Tags::new(),
    }
}

/// A definition with a change of every form.
fn definition(machine: &Address) -> DefinitionChanges {
    let before = "line 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\nline 9\n";
    let after = before.replace("line 5", "line five");
    let state = |name: &str, change, changes: Vec<Change>| StateChanges {
        name: name.to_owned(),
        change,
        was: (change == ChangeKind::Renamed).then(|| "Former".to_owned()),
        fields: Vec::new(),
        summary: "Task arn:aws:states:::sns:publish".to_owned(),
        changes,
    };
    let edge = |kind: &str, before: Option<&str>, after: Option<&str>| EdgeChange {
        from: if kind == "start" { String::new() } else { "A".to_owned() },
        kind: kind.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    DefinitionChanges {
        machine: machine.clone(),
        fields: vec![change("Comment", value(json!(before)), value(json!(after)))],
        states: vec![
            state("A", ChangeKind::Changed, vec![change("TimeoutSeconds", value(json!(60)), value(json!(300)))]),
            state(
                "Long | `name`",
                ChangeKind::Changed,
                vec![change("Parameters/Key", Shown::Sensitive, Shown::Sensitive)],
            ),
            state("Moved", ChangeKind::Changed, Vec::new()),
            state("Later", ChangeKind::Renamed, Vec::new()),
            state("Notify", ChangeKind::Added, Vec::new()),
            state("Gone", ChangeKind::Removed, Vec::new()),
        ],
        edges: vec![
            edge("next", Some("Done"), Some("Notify")),
            edge("catch[0]", None, Some("Notify")),
            edge("start", Some("B"), Some("A")),
        ],
    }
}

/// What the role gains and loses, in every form.
fn access(role: &Address) -> Vec<(Address, AccessChanges)> {
    let policy = |statements: &Value| json!({"Version": "2012-10-17", "Statement": statements});
    let before = policy(&json!([
        {"Effect": "Allow", "Action": ["glue:Get*", "s3:GetObject"], "Resource": ["*"]},
        {"Effect": "Deny", "Action": "glue:DeleteJob", "Resource": "*"}]));
    let after = policy(&json!([
        {"Effect": "Allow", "Action": "glue:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/\u{1b}[31m": "| `x` <b>"}}}]));
    let trust = |who: &Value| policy(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who}]));
    let changes = AccessChanges {
        grants: change_in_access(&before, &after),
        boundary: change_in_access(&policy(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])), &before),
        trust: change_in_access(&trust(&json!({"Service": "states.amazonaws.com"})), &trust(&json!("*"))),
        unread: vec!["the policy Theirs, which AWS would not show: no".to_owned()],
        unread_gives: true,
        through: std::collections::BTreeSet::new(),
    };
    let policy = AccessChanges { through: [role.clone()].into(), ..changes.clone() };
    vec![(Address::new(Kind::Policy, "P"), policy), (role.clone(), changes)]
}

/// A plan with one change of every form, some of it hostile.
pub(crate) fn plan() -> Plan {
    let region = Region::new("us-east-1");
    let arn = Arn::parse("arn:aws:states:us-east-1:123456789012:stateMachine:m").unwrap();
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["glue:StartJobRun", "glue:GetJobRun"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}]});
    let before = "line 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\nline 9\n";
    let after = before.replace("line 5", "line five");
    let role = Address::new(Kind::Role, "Etl");
    let machine = Address::new(Kind::StateMachine, "m");
    let attach = |n| RoleOperation::Attach {
        name: "Etl".into(),
        policy: Arn::parse(&format!("arn:aws:iam::1:policy/{n}")).unwrap(),
    };
    Plan {
        stack: "etl".to_owned(),
        owner: Owner::new("etl", Some("prod"), &region),
        identity: Identity { partition: Partition::new("aws"), account: AccountId::new("123456789012"), region },
        spec_name: "specs/etl.yaml".to_owned(),
        spec_hash: "0".repeat(64),
        spec_parts: [("the spec specs/etl.yaml".to_owned(), "1".repeat(64))].into(),
        definitions: vec![definition(&machine)],
        steps: vec![
            step(
                1,
                role.clone(),
                Action::Create,
                vec![
                    change("inline.Run", Shown::Absent, value(document)),
                    change("tags.a", Shown::Absent, value(json!("b"))),
                ],
                vec![Operation::Role(attach(1)), Operation::Role(attach(2))],
            ),
            step(
                2,
                machine.clone(),
                Action::Update,
                vec![
                    change("definition/States/A/TimeoutSeconds", value(json!(60)), value(json!(300))),
                    change("definition/Comment", value(json!(before)), value(json!(after))),
                    change("tracing", value(json!(true)), Shown::Default(json!(false))),
                    change("tags.old", value(json!("\u{1b}[31mred | `code` <b>")), Shown::Absent),
                ],
                vec![Operation::StateMachine(StateMachineOperation::Untag {
                    arn: arn.clone(),
                    keys: vec!["old".into()],
                })],
            ),
            step(
                3,
                Address::new(Kind::Function, "f"),
                Action::Replace,
                vec![change("environment.TOKEN", Shown::Sensitive, Shown::Sensitive)],
                Vec::new(),
            ),
        ],
        unchanged: [Address::new(Kind::Policy, "P")].into(),
        permissions: Vec::new(),
        access: access(&role),
        guard: None,
        findings: Vec::new(),
    }
}
