//! Tables and findings of small stacks.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use statewright_spec::{
    AccountId, Address, Arn, Desired, Identity, Kind, Partition, Region, Resource,
    kind::state_machine::{LogLevel, Logging},
};

use super::{permissions, questions};
use crate::{
    Answer, Live, Question, Refusal, RefusalKind,
    model::Stack,
    tests::samples::{self, policy_arn, role_arn},
};

fn here() -> Identity {
    Identity {
        partition: Partition::new("aws"),
        account: AccountId::new("123456789012"),
        region: Region::new("us-east-1"),
    }
}

fn live(answers: impl IntoIterator<Item = (Question, Answer)>) -> Live {
    Live {
        identity: here(),
        observed: BTreeMap::new(),
        lookups: BTreeMap::new(),
        answers: answers.into_iter().collect(),
        search: crate::Search::default(),
    }
}

fn told(desired: &Desired, live: Option<&Live>) -> Vec<String> {
    let found = permissions(desired, live).findings;
    found.iter().map(|d| format!("{}[{}] {}", d.severity, d.code, d.title)).collect()
}

/// A machine `m` with the role `R`, on which one inline policy hangs.
fn stack(statements: &Value) -> Stack {
    let mut role = samples::role(&[]);
    role.inline.insert("Own".to_owned(), json!({"Version": "2012-10-17", "Statement": statements}));
    Stack::new("etl").with("R", Resource::Role(role)).with("m", Resource::StateMachine(samples::machine("R")))
}

const EXTRACT: &str = "arn:aws:lambda:us-east-1:123456789012:function:extract";

#[test]
fn granted_missing_denied_and_too_much() {
    let check =
        |statements: Value, expect: &[&str]| assert_eq!(told(&stack(&statements).desired(&here()), None), expect);
    let invoke = json!({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": EXTRACT});
    check(json!([invoke]), &[]);
    check(
        json!([]),
        &[
            "runtime[IAM201] state `Call` will fail: role.R does not allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract",
        ],
    );
    check(
        json!([invoke, {"Effect": "Deny", "Action": "*", "Resource": "*"}]),
        &[
            "runtime[IAM201] state `Call` will fail: role.R may not do lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract (denied by Own, statement 2)",
        ],
    );
    check(
        json!([invoke, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]),
        &[
            "warning[IAM202] the inline policy Own of role.R grants more than state_machine.m uses: `s3:GetObject` on `*`: 1 action, none used",
        ],
    );
    check(
        json!([{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": EXTRACT, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]),
        &[
            "note[IAM203] whether state `Call` may do lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract depends: Bool aws:SecureTransport = true",
        ],
    );
}

#[test]
fn what_else_uses_the_role_may_use_the_rest() {
    let all = json!([{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}]);
    let trust = |services: &[&str]| {
        let mut stack = stack(&all);
        let address = Address::new(Kind::Role, "R");
        let Some(Resource::Role(role)) = stack.resources.get_mut(&address) else { unreachable!() };
        role.trust = samples::trust(services);
        told(&stack.desired(&here()), None)
    };
    assert!(trust(&["states.amazonaws.com"])[0].starts_with("warning[IAM202]"));
    assert_eq!(trust(&["states.amazonaws.com", "lambda.amazonaws.com"]), Vec::<String>::new());
    assert_eq!(
        trust(&["lambda.amazonaws.com"]),
        ["error[IAM204] AWS refuses state_machine.m: role.R does not trust states.amazonaws.com"]
    );
}

#[test]
fn a_machine_that_logs_needs_log_delivery() {
    let mut stack = stack(&json!([{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": EXTRACT}]));
    let Some(Resource::StateMachine(machine)) = stack.resources.get_mut(&Address::new(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    let log_group = Arn::parse("arn:aws:logs:us-east-1:123456789012:log-group:g").unwrap();
    machine.logging = Some(Logging { level: LogLevel::Error, include_execution_data: false, log_group });
    machine.tracing = true;
    let told = told(&stack.desired(&here()), None);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with(
            "error[IAM205] AWS refuses state_machine.m because of its logging: role.R does not allow logs:"
        )
    );
    assert!(told[1].starts_with("warning[IAM201] traces of state_machine.m are lost: role.R does not allow xray:"));
}

#[test]
fn what_is_only_named_is_read_and_never_guessed() {
    let role = samples::role(&["Theirs"]);
    let desired = Stack::new("etl").with("m", Resource::StateMachine(samples::machine("R"))).desired(&here());
    let ask = |live: &Live| questions(&desired, live).into_iter().collect::<Vec<_>>();
    let offline = told(&desired, None);
    assert_eq!(
        offline,
        [
            "note[IAM203] whether the role R grants what 1 state of state_machine.m needs depends on the role R, which is not read offline"
        ]
    );

    let (whole, policy) = (Question::RoleGrants(role_arn("R")), Question::PolicyDocument(policy_arn("Theirs")));
    assert_eq!(ask(&live([])), std::slice::from_ref(&whole));
    let there = (whole.clone(), Answer::RoleGrants(Some(Box::new(role))));
    assert_eq!(ask(&live([there.clone()])), std::slice::from_ref(&policy));
    let refused = Refusal {
        kind: RefusalKind::Denied,
        call: "iam:GetPolicy".to_owned(),
        code: "AccessDenied".to_owned(),
        message: "no".to_owned(),
        request_id: None,
    };
    let unread = told(&desired, Some(&live([there.clone(), (policy.clone(), Answer::Unreadable(refused))])));
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert!(unread[0].starts_with("note[IAM203] "), "{unread:?}");

    let document = |actions: &[&str]| Answer::PolicyDocument(Some(samples::allow(actions)));
    let read = live([there.clone(), (policy.clone(), document(&["lambda:InvokeFunction"]))]);
    assert_eq!(ask(&read), []);
    assert_eq!(told(&desired, Some(&read)), Vec::<String>::new());
    let lacking = live([there, (policy, document(&["lambda:GetFunction"]))]);
    let lacks = told(&desired, Some(&lacking));
    assert!(lacks[0].starts_with("runtime[IAM201] state `Call` will fail: the role R does not allow"), "{lacks:?}");
}

#[test]
fn secrets_are_not_shown() {
    let mut stack = stack(&json!([]));
    stack.secrets = vec![statewright_spec::Secret::new("extract")];
    let found = permissions(&stack.desired(&here()), None);
    assert!(!format!("{:?}{:?}", found.findings, found.roles[0].rows).contains("extract"));
}

#[test]
fn a_resource_may_allow_a_finding_but_no_error() {
    let mut stack = stack(&json!([]));
    stack.allow = ["IAM201".to_owned(), "IAM204".to_owned()].into();
    let Some(Resource::Role(role)) = stack.resources.get_mut(&Address::new(Kind::Role, "R")) else { unreachable!() };
    role.trust = samples::trust(&["glue.amazonaws.com"]);
    let told = told(&stack.desired(&here()), None);
    assert_eq!(told, ["error[IAM204] AWS refuses state_machine.m: role.R does not trust states.amazonaws.com"]);
}
