//! What IAM's answers mean for a call that AWS refused.

use std::time::Duration;

use serde_json::{Value, json};
use statewright_spec::{
    AccountId, Partition, Region,
    kind::{
        policy::Policy,
        role::Role,
        state_machine::{LogLevel, Logging},
    },
};

use super::*;
use crate::{
    Refusal, RefusalKind, Unseen,
    operation::{policy::PolicyOperation, role::RoleOperation, state_machine::StateMachineOperation},
    tests::samples,
};

const LOGS: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
];

/// A case: what AWS refused, what IAM shows, what this apply wrote.
struct Case {
    call: Operation,
    unseen: Unseen,
    message: &'static str,
    answers: BTreeMap<Question, Answer>,
    written: Vec<Written>,
}

fn identity() -> Identity {
    Identity {
        partition: Partition::new("aws"),
        account: AccountId::new("123456789012"),
        region: Region::new("us-east-1"),
    }
}

fn arn(text: &str) -> Arn {
    samples::arn(&format!("arn:aws:iam::123456789012:{text}"))
}

fn machine(logging: bool) -> Operation {
    let mut machine = samples::machine("R");
    machine.logging = logging.then(|| Logging {
        level: LogLevel::Error,
        include_execution_data: false,
        log_group: samples::arn("arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/m"),
    });
    Operation::StateMachine(StateMachineOperation::Create {
        name: "m".to_owned(),
        machine: Box::new(machine),
        tags: BTreeMap::new(),
    })
}

fn role(services: &[&str]) -> Role {
    Role { trust: samples::trust(services), ..samples::role(&[]) }
}

fn allow(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

fn made(role: Role) -> Operation {
    Operation::Role(RoleOperation::Create { name: "R".to_owned(), role: Box::new(role), tags: BTreeMap::new() })
}

impl Case {
    fn new(call: Operation, unseen: Unseen) -> Self {
        Self { call, unseen, message: "no", answers: BTreeMap::new(), written: Vec::new() }
    }

    fn saying(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    /// IAM shows the role `R`, or that there is none.
    fn shows(mut self, role: Option<Role>, age: u64) -> Self {
        let there = role.is_some();
        self.answers.insert(Question::RoleGrants(arn("role/R")), Answer::RoleGrants(role.map(Box::new)));
        let age = there.then(|| Duration::from_secs(age));
        self.answers.insert(Question::RoleAge(arn("role/R")), Answer::RoleAge(age));
        self
    }

    fn policy(mut self, name: &str, document: Option<Value>) -> Self {
        self.answers.insert(Question::PolicyDocument(arn(name)), Answer::PolicyDocument(document));
        self
    }

    fn wrote(mut self, operation: Operation) -> Self {
        self.written.push(Written { operation, seconds: 3, is_shown: false });
        self
    }

    fn wrote_long_ago(mut self, operation: Operation) -> Self {
        self.written.push(Written { operation, seconds: 33, is_shown: true });
        self
    }

    fn prospect(&self) -> Prospect {
        let refusal = Refusal {
            kind: RefusalKind::Propagating(self.unseen),
            call: "x:Y".into(),
            code: "No".into(),
            message: self.message.into(),
            request_id: None,
        };
        let reliance = Reliance::of(&self.call, &refusal, &identity()).unwrap();
        let unasked = reliance.questions(&self.answers, &self.written);
        assert!(unasked.is_empty(), "not in this case: {unasked:?}");
        reliance.prospect(&self.answers, &self.written)
    }

    #[track_caller]
    fn passes(&self, why: &str) {
        assert_eq!(self.prospect(), Prospect::Passing(why.to_owned()));
    }

    #[track_caller]
    fn never(&self, why: &str) {
        let Prospect::Never { why: said, .. } = self.prospect() else { panic!("{:?}", self.prospect()) };
        assert_eq!(said, why);
    }

    #[track_caller]
    fn is_doubtful(&self) {
        assert!(matches!(self.prospect(), Prospect::Doubtful(_)), "{:?}", self.prospect());
    }
}

#[test]
fn a_role_that_is_trusted_right_passes_while_it_is_young_or_ours() {
    let good = || role(&["states.amazonaws.com"]);
    let case = || Case::new(machine(false), Unseen::Trust);
    case().shows(Some(good()), 40).passes("the role was made 40 s ago");
    case().shows(Some(good()), 90_000).is_doubtful();
    let trust = RoleOperation::UpdateTrust { name: "R".to_owned(), document: good().trust };
    case().shows(Some(good()), 90_000).wrote(Operation::Role(trust)).passes("this apply wrote it 3 s ago");
}

#[test]
fn a_role_that_does_not_trust_the_service_never_passes_however_young() {
    let bad = || role(&["lambda.amazonaws.com"]);
    let why = "the trust of the role R does not let states.amazonaws.com assume it";
    Case::new(machine(false), Unseen::Trust).shows(Some(bad()), 2).never(why);
    Case::new(machine(false), Unseen::Trust).shows(Some(bad()), 90_000).never(why);
    // Not even where this apply wrote it so.
    Case::new(machine(false), Unseen::Trust).shows(None, 0).wrote(made(bad())).never(why);
}

#[test]
fn what_this_apply_wrote_outranks_a_stale_read() {
    let good = || role(&["states.amazonaws.com"]);
    let ours = "this apply wrote it 3 s ago";
    Case::new(machine(false), Unseen::Trust).shows(None, 0).wrote(made(good())).passes(ours);
    let old = role(&["lambda.amazonaws.com"]);
    let trust = RoleOperation::UpdateTrust { name: "R".to_owned(), document: good().trust };
    Case::new(machine(false), Unseen::Trust).shows(Some(old), 90_000).wrote(Operation::Role(trust)).passes(ours);
    Case::new(machine(false), Unseen::Trust).shows(None, 0).never("the role R does not exist");
}

#[test]
fn the_rights_of_a_machine_that_logs_are_looked_up() {
    let with = |document: Value| {
        let mut role = role(&["states.amazonaws.com"]);
        role.inline.insert("logs".to_owned(), document);
        role
    };
    let case = || Case::new(machine(true), Unseen::Rights);
    case().shows(Some(with(allow(&LOGS))), 90_000).is_doubtful();
    case().shows(Some(with(allow(&LOGS))), 20).passes("the role was made 20 s ago");
    case().shows(Some(with(allow(&LOGS[1..]))), 20).never("the role R does not allow logs:CreateLogDelivery on *");
    // Another's right does not help.
    let put = RoleOperation::PutInline {
        name: "R".to_owned(),
        policy: "more".to_owned(),
        document: allow(&["logs:CreateLogDelivery"]),
    };
    case()
        .shows(Some(with(allow(&LOGS[1..]))), 90_000)
        .wrote(Operation::Role(put))
        .passes("this apply wrote it 3 s ago");
}

#[test]
fn the_rights_of_a_policy_that_hangs_on_the_role_count() {
    let hung = || Role { attachments: [arn("policy/P")].into(), ..role(&["states.amazonaws.com"]) };
    let case = || Case::new(machine(true), Unseen::Rights).shows(Some(hung()), 90_000);
    case().policy("policy/P", Some(allow(&LOGS))).is_doubtful();
    let lacks = format!("the role R does not allow {} on *", LOGS.join(", "));
    case().policy("policy/P", Some(allow(&["s3:GetObject"]))).never(&lacks);
    let version = PolicyOperation::CreateVersion { arn: arn("policy/P"), document: allow(&["logs:*"]) };
    case()
        .policy("policy/P", Some(allow(&["s3:GetObject"])))
        .wrote(Operation::Policy(version))
        .passes("this apply wrote it 3 s ago");
}

#[test]
fn lambda_says_which_right_it_looked_for() {
    let mut function = samples::function("f", arn("role/R"));
    function.dead_letter = Some(samples::arn("arn:aws:sqs:us-east-1:123456789012:dead"));
    let call = Operation::Function(crate::operation::function::FunctionOperation::Create {
        name: "f".to_owned(),
        function: Box::new(function),
        tags: BTreeMap::new(),
    });
    let with = |action: &str| {
        let mut role = role(&["lambda.amazonaws.com"]);
        role.inline.insert("i".to_owned(), allow(&[action]));
        Some(role)
    };
    let sqs = "The provided execution role does not have permissions to call SendMessage on SQS";
    let case = || Case::new(call.clone(), Unseen::Rights).saying(sqs);
    case().shows(with("sqs:SendMessage"), 9).passes("the role was made 9 s ago");
    case()
        .shows(with("s3:GetObject"), 9)
        .never("the role R does not allow sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:dead");
    let ec2 = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2";
    Case::new(call.clone(), Unseen::Rights)
        .saying(ec2)
        .shows(with("s3:GetObject"), 9)
        .never("the role R does not allow ec2:CreateNetworkInterface on *");
}

#[test]
fn what_a_call_of_iam_adds_to_is_there_or_ours() {
    let attach = || Operation::Role(RoleOperation::Attach { name: "R".to_owned(), policy: arn("policy/P") });
    let case = || {
        let mut case = Case::new(attach(), Unseen::Entity);
        case.answers.insert(Question::RoleAge(arn("role/R")), Answer::RoleAge(Some(Duration::from_hours(25))));
        case
    };
    case().policy("policy/P", Some(allow(&["s3:GetObject"]))).passes("IAM itself shows it");
    case().policy("policy/P", None).never("the policy P does not exist");
    let policy = Policy {
        document: allow(&["s3:GetObject"]),
        path: "/".to_owned(),
        description: String::new(),
        tags: BTreeMap::new(),
    };
    let create = PolicyOperation::Create { name: "P".to_owned(), policy: Box::new(policy), tags: BTreeMap::new() };
    case().policy("policy/P", None).wrote(Operation::Policy(create)).passes("this apply wrote it 3 s ago");
}

#[test]
fn a_principal_is_looked_up_where_it_can_be() {
    let call = || made(role(&["states.amazonaws.com"]));
    let own = "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/R\"";
    let case = || Case::new(call(), Unseen::Principal).saying(own);
    case().shows(Some(role(&[])), 5).passes("the role was made 5 s ago");
    case().shows(None, 0).never("the role R does not exist");
    case().shows(None, 0).wrote(call()).passes("this apply wrote it 3 s ago");
    let foreign = "Invalid principal in policy: \"AWS\":\"arn:aws:iam::210987654321:role/x\"";
    Case::new(call(), Unseen::Principal)
        .saying(foreign)
        .never("no call of this apply makes the principal arn:aws:iam::210987654321:role/x");
    let service = "Invalid principal in policy: \"SERVICE\":\"steps.amazonaws.com\"";
    Case::new(call(), Unseen::Principal)
        .saying(service)
        .never("no call of this apply makes the principal steps.amazonaws.com");
}

#[test]
fn where_iam_does_not_say_there_is_hope() {
    let denied = Refusal {
        kind: RefusalKind::Denied,
        call: "iam:GetRole".into(),
        code: "AccessDenied".into(),
        message: "no".into(),
        request_id: None,
    };
    let mut case = Case::new(machine(false), Unseen::Trust);
    case.answers.insert(Question::RoleGrants(arn("role/R")), Answer::Unreadable(denied.clone()));
    case.answers.insert(Question::RoleAge(arn("role/R")), Answer::Unreadable(denied));
    case.passes("IAM would not say how the role is: iam:GetRole: AccessDenied: no");
}

#[test]
fn a_key_passes_with_the_role() {
    let case = || Case::new(machine(false), Unseen::Key);
    case().shows(Some(role(&["states.amazonaws.com"])), 5).passes("the role was made 5 s ago");
    case().shows(Some(role(&["states.amazonaws.com"])), 90_000).is_doubtful();
}

#[test]
fn what_was_written_to_and_is_gone_since_never_comes() {
    let document = allow(&["s3:GetObject"]);
    let version =
        || Operation::Policy(PolicyOperation::CreateVersion { arn: arn("policy/P"), document: document.clone() });
    let tag = Operation::Policy(PolicyOperation::Tag { arn: arn("policy/P"), tags: BTreeMap::new() });
    let case = || Case::new(tag.clone(), Unseen::Entity).policy("policy/P", None);
    // IAM may not show the version yet.
    case().wrote(version()).passes("this apply wrote it 3 s ago");
    case().wrote_long_ago(version()).never("the policy P does not exist");
}
