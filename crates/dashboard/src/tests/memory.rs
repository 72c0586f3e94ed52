//! Specs and an AWS that are no more than values.

use std::{
    sync::Mutex,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use statewright_execution::{ExecutionStatus, HistoryEvent, Linked, MapRun};
use statewright_planner::{Refusal, RefusalKind};

use crate::{
    Backend, Beside, Described, Drift, JobRun, LogLine, Machine, Permission, Recent, Stack, Survey, Verdict, Version,
};

#[derive(Default)]
pub(super) struct Memory {
    /// Said of every machine in place of its own definition.
    pub(super) definition: Option<Value>,
    /// What AWS says to everything that is asked of executions.
    pub(super) refuses: Option<Refusal>,
    /// What was started: the machine, the name, the input.
    pub(super) started: Mutex<Vec<(String, Option<String>, String)>>,
}

pub(super) const OWNER: &str = "etl/prod@eu-west-1";
/// What a name may be at its worst.
pub(super) const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{1b}[2J";

pub(super) fn arn(machine: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{machine}")
}

pub(super) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_336_200 + seconds)
}

fn definition() -> Value {
    json!({
        "StartAt": "Extract",
        "States": {
            "Extract": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": "extract", "Payload.$": "$.day"},
                "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], "Next": "Transform"},
            "Transform": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
                "Parameters": {"JobName": "transform"}, "Next": "Done"},
            "Done": {"Type": "Succeed", "Comment": HOSTILE},
        },
    })
}

impl Memory {
    fn machine(&self, name: &str, live: Option<Value>) -> Machine {
        let need = |state: &str, action: &str, verdict, why: &str| Permission {
            state: state.to_owned(),
            action: action.to_owned(),
            resource: "arn:aws:lambda:eu-west-1:123456789012:function:extract".to_owned(),
            verdict,
            why: why.to_owned(),
        };
        Machine {
            name: name.to_owned(),
            arn: arn(name),
            express: false,
            role: "role.Machine".to_owned(),
            exists: true,
            wanted: self.definition.clone().unwrap_or_else(definition),
            live,
            text: Some(("etl.asl.yaml".to_owned(), "StartAt: Extract\n".to_owned())),
            permissions: vec![
                need("Extract", "lambda:InvokeFunction", Verdict::Granted, "by Invoke, 1"),
                need("Transform", "glue:StartJobRun", Verdict::Missing, "no statement allows it"),
            ],
        }
    }
}

impl Backend for Memory {
    type Reader = (String, i64);

    async fn survey(&self) -> Survey {
        let mut before = definition();
        before["States"]["Transform"]["TimeoutSeconds"] = json!(60);
        Survey {
            stacks: vec![Stack {
                owner: OWNER.to_owned(),
                spec: "specs/etl.yaml".to_owned(),
                account: "123456789012".to_owned(),
                drift: Drift::Differs(1),
                plan: "\u{1b}[1metl\u{1b}[0m\n  1 \u{1b}[33m~\u{1b}[0m state_machine.nightly <b>\n".to_owned(),
                machines: vec![self.machine("broken", None), self.machine("nightly", Some(before))],
            }],
            faults: Some("error: specs/other.yaml <i>\n".to_owned()),
            at: at(0),
        }
    }

    async fn recent(&self, machine: &str, _: usize) -> Result<Vec<Recent>, Refusal> {
        if let Some(refusal) = &self.refuses {
            return Err(refusal.clone());
        }
        let recent = |name: &str, status, stopped| Recent {
            arn: format!("{}:{name}", machine.replace(":stateMachine:", ":execution:")),
            name: name.to_owned(),
            status,
            started: at(0),
            stopped,
        };
        Ok(if machine.ends_with(":broken") {
            vec![recent("bad", ExecutionStatus::Failed, Some(at(31)))]
        } else {
            vec![
                recent("now", ExecutionStatus::Running, None),
                recent("good", ExecutionStatus::Succeeded, Some(at(9))),
                recent(HOSTILE, ExecutionStatus::Failed, Some(at(9))),
            ]
        })
    }

    async fn describe(&self, execution: &str) -> Result<Described, Refusal> {
        if let Some(refusal) = &self.refuses {
            return Err(refusal.clone());
        }
        let name = execution.rsplit(':').next().unwrap();
        let (status, stopped) = match name {
            "bad" => (ExecutionStatus::Failed, Some(at(31))),
            "now" => (ExecutionStatus::Running, None),
            "good" => (ExecutionStatus::Succeeded, Some(at(9))),
            _ => return Err(refusal(RefusalKind::NotFound, "ExecutionDoesNotExist")),
        };
        Ok(Described {
            recent: Recent { arn: execution.to_owned(), name: name.to_owned(), status, started: at(0), stopped },
            input: Some("{\"day\": \"2026-11-22\"}".to_owned()),
            output: None,
            error: (status == ExecutionStatus::Failed).then(|| "Glue.AWSGlueException".to_owned()),
            cause: (status == ExecutionStatus::Failed).then(|| format!("the job run failed {HOSTILE}")),
        })
    }

    async fn definition(&self, _: &str) -> Result<Option<Value>, Refusal> {
        Ok(None)
    }

    fn reader(&self, execution: &str, _: SystemTime) -> Self::Reader {
        (execution.to_owned(), 0)
    }

    async fn look(&self, (execution, after): &mut Self::Reader) -> Result<(Vec<HistoryEvent>, bool), Refusal> {
        let event = |id, kind: &str, state: Option<&str>| {
            let mut event = HistoryEvent::new(id, id - 1, at(id.unsigned_abs()), kind);
            event.state = state.map(str::to_owned);
            event
        };
        let mut events = vec![
            event(1, "ExecutionStarted", None),
            event(2, "TaskStateEntered", Some("Extract")),
            event(3, "TaskScheduled", None),
            event(4, "TaskSucceeded", None),
            event(5, "TaskStateExited", Some("Extract")),
            event(6, "TaskStateEntered", Some("Transform")),
            event(7, "TaskScheduled", None),
        ];
        events[2].resource = Some("lambda:invoke".to_owned());
        events[2].input = Some("{\"FunctionName\": \"extract\"}".to_owned());
        events[6].resource = Some("glue:startJobRun.sync".to_owned());
        if execution.ends_with(":bad") {
            for (id, kind) in [(8, "TaskFailed"), (9, "ExecutionFailed")] {
                let mut failed = event(id, kind, None);
                failed.error = Some("Glue.AWSGlueException".to_owned());
                failed.cause = Some(format!("the job run failed {HOSTILE}"));
                events.push(failed);
            }
        }
        events.retain(|event| event.id > *after);
        *after = events.last().map_or(*after, |event| event.id);
        Ok((events, false))
    }

    async fn map_run(&self, _: &str) -> Result<MapRun, Refusal> {
        Err(refusal(RefusalKind::NotFound, "ResourceNotFound"))
    }

    async fn beside(&self, _: &str, linked: &Linked) -> Result<Beside, Refusal> {
        Ok(match linked {
            Linked::Call { function, .. } => Beside {
                log: vec![LogLine { at: at(3), message: format!("three orders {HOSTILE}") }],
                log_group: Some(format!("/aws/lambda/{function}")),
                job_run: None,
            },
            _ => Beside {
                job_run: Some(JobRun {
                    job: "transform".to_owned(),
                    id: "jr_1".to_owned(),
                    state: "FAILED".to_owned(),
                    error: Some("out of memory".to_owned()),
                }),
                ..Beside::default()
            },
        })
    }

    async fn versions(&self, _: &str) -> Result<Vec<Version>, Refusal> {
        Ok(vec![Version { number: "7".to_owned(), created: at(0), aliases: vec!["live".to_owned()] }])
    }

    async fn start(&self, machine: &str, name: Option<&str>, input: &str) -> Result<String, Refusal> {
        if name == Some("taken") {
            return Err(refusal(RefusalKind::Exists, "ExecutionAlreadyExists"));
        }
        self.started.lock().unwrap().push((machine.to_owned(), name.map(str::to_owned), input.to_owned()));
        Ok(format!("{}:{}", machine.replace(":stateMachine:", ":execution:"), name.unwrap_or("made-up")))
    }
}

pub(super) fn refusal(kind: RefusalKind, code: &str) -> Refusal {
    Refusal {
        kind,
        call: "states:DescribeExecution".to_owned(),
        code: code.to_owned(),
        message: "said AWS".to_owned(),
        request_id: None,
    }
}
