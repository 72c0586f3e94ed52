//! What a state has to do with elsewhere.

use std::sync::Arc;

use serde_json::json;

use super::{History, outline};
use crate::{Linked, Outline};

fn task(resource: &str, parameters: Option<&str>, ended: &str, told: &str) -> History {
    History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "TaskStateEntered", "Do")
        .event(2, "TaskScheduled", |event| {
            event.resource = Some(resource.to_owned());
            event.input = parameters.map(str::to_owned);
        })
        .event(3, ended, |event| {
            let told = Some(told.to_owned());
            if ended.ends_with("Failed") { event.cause = told } else { event.output = told }
        })
}

fn linked(history: &History, outline: &Arc<Outline>) -> Option<Linked> {
    let execution = history.fold(outline);
    execution.linked(&execution.visits()[0])
}

#[test]
fn a_call_of_a_function_tells_its_request() {
    let unknown = Arc::new(Outline::unknown());
    let told = r#"{"Payload": 1, "SdkResponseMetadata": {"RequestId": "r-1"}}"#;
    let cases = [
        (task("lambda:invoke", Some(r#"{"FunctionName": "f:live"}"#), "TaskSucceeded", told), Some("r-1")),
        (
            task(
                "arn:aws:states:::lambda:invoke",
                Some(r#"{"FunctionName": "arn:aws:lambda:r:1:function:f"}"#),
                "TaskSucceeded",
                "{}",
            ),
            None,
        ),
        (
            task(
                "arn:aws:lambda:us-east-1:123456789012:function:f",
                None,
                "LambdaFunctionFailed",
                r#"{"requestId": "r-2"}"#,
            ),
            Some("r-2"),
        ),
    ];
    for (history, expect) in cases {
        let Some(Linked::Call { function, request, .. }) = linked(&history, &unknown) else { panic!("{history:?}") };
        assert_eq!((function.as_str(), request.as_deref()), ("f", expect));
    }
}

#[test]
fn where_the_history_has_no_parameters_the_definition_helps() {
    let outline = outline(&json!({"StartAt": "Do", "States": {"Do": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "arn:aws:lambda:r:1:function:f:1", "Payload.$": "$"}}}}));
    let history = task("arn:aws:states:::lambda:invoke", None, "TaskSucceeded", "{}");
    assert!(matches!(linked(&history, &outline), Some(Linked::Call { function, .. }) if function == "f"));
}

#[test]
fn a_job_run_tells_its_state_and_error() {
    let unknown = Arc::new(Outline::unknown());
    let check = |history: History, expect: (Option<&str>, &str, Option<&str>, Option<&str>)| {
        let Some(Linked::JobRun { job, run, status, error }) = linked(&history, &unknown) else {
            panic!("{history:?}")
        };
        assert_eq!((job.as_deref(), run.as_str(), status.as_deref(), error.as_deref()), expect);
    };
    let named = Some(r#"{"JobName": "j", "RunId": "jr_1"}"#);
    check(
        task("glue:startJobRun.sync", named, "TaskSubmitted", r#"{"JobRunId": "jr_1"}"#),
        (Some("j"), "jr_1", None, None),
    );
    let run = r#"{"Id": "jr_1", "JobName": "j", "JobRunState": "FAILED", "ErrorMessage": "no bucket"}"#;
    check(
        task("glue:startJobRun.sync", named, "TaskFailed", run),
        (Some("j"), "jr_1", Some("FAILED"), Some("no bucket")),
    );
    let answer = r#"{"JobRun": {"Id": "jr_1", "JobName": "j", "JobRunState": "RUNNING"}}"#;
    check(task("aws-sdk:glue:getJobRun", None, "TaskSucceeded", answer), (Some("j"), "jr_1", Some("RUNNING"), None));
}
