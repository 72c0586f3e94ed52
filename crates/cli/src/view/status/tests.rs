use std::time::{Duration, SystemTime};

use statewright_planner::RefusalKind;

use super::*;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn execution(name: &str, status: ExecutionStatus, start: u64, stop: Option<u64>) -> Execution {
    let arn = |kind: &str, rest: &str| {
        Arn::parse(&format!("arn:aws:states:eu-west-1:123456789012:{kind}:shop{rest}")).unwrap()
    };
    Execution {
        arn: arn("execution", &format!(":{name}")),
        machine: arn("stateMachine", ""),
        name: name.to_owned(),
        status,
        started_at: at(start),
        stopped_at: stop.map(at),
        input: None,
        output: None,
        error: None,
        cause: None,
    }
}

fn machine(name: &str, action: Option<Action>, runs: Runs) -> MachineStatus {
    let arn = Arn::parse(&format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{name}")).unwrap();
    MachineStatus { name: name.to_owned(), arn, machine_type: MachineType::Standard, action, runs }
}

fn stacks() -> Vec<StackStatus> {
    use ExecutionStatus::{Aborted, Failed, Running, Succeeded, TimedOut};
    let ran = vec![
        execution("f", Running, 9_000, None),
        execution("e", Succeeded, 8_000, Some(8_080)),
        execution("d", Failed, 7_000, Some(7_001)),
        execution("c", Aborted, 6_000, Some(6_001)),
        execution("b", TimedOut, 5_000, Some(5_001)),
        execution("a", Succeeded, 4_000, Some(4_001)),
    ];
    let refusal = Refusal {
        kind: RefusalKind::Denied,
        call: "states:ListExecutions".into(),
        code: "AccessDeniedException".into(),
        message: "not you\u{1b}[31m".into(),
        request_id: None,
    };
    let stack = |stack: &str, drift, machines| StackStatus {
        stack: stack.into(),
        owner: format!("{stack}@-@eu-west-1"),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        drift,
        machines,
    };
    vec![
        stack(
            "shop",
            0,
            vec![
                machine("shop", None, Runs::of(ran.clone(), 5, 100)),
                machine("quiet", None, Runs::of(Vec::new(), 5, 100)),
                machine("busy", None, Runs::of(vec![ran[0].clone(); 3], 5, 3)),
            ],
        ),
        stack(
            "billing",
            3,
            vec![
                machine("invoice", Some(Action::Update), Runs::of(vec![ran[1].clone()], 5, 100)),
                machine("new", Some(Action::Create), Runs::Absent),
                machine("fast", None, Runs::Express),
                machine("hidden", None, Runs::Unreadable(refusal)),
            ],
        ),
        stack("roles-only", 1, Vec::new()),
    ]
}

#[test]
fn in_a_terminal() {
    let text = table(&stacks(), at(9_061));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn for_programs() {
    insta::assert_json_snapshot!(json(&stacks()));
}
