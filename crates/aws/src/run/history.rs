//! An execution's history: AWS's record of each type of event becomes a flat one.

use aws_sdk_sfn::types::HistoryEvent as Raw;
use statewright_execution::HistoryEvent;
use statewright_planner::Refusal;
use statewright_spec::Arn;

use super::time;
use crate::{
    Connection,
    pages::{self, Page},
};

/// Events a page, at most; AWS takes no more.
const PAGE: i32 = 1000;
/// Events a page where few are new.
const SHORT_PAGE: i32 = 100;

impl Connection {
    /// A page of a history from its beginning, and where the next one begins.
    pub(super) async fn history_page(
        &self,
        execution: &Arn,
        token: Option<String>,
    ) -> Result<(Vec<HistoryEvent>, Option<String>), Refusal> {
        let request = self
            .sfn
            .get_execution_history()
            .execution_arn(execution.as_str())
            .include_execution_data(true)
            .max_results(PAGE)
            .set_next_token(token);
        let answer = self.send("states:GetExecutionHistory", request.send()).await?;
        let next = answer.next_token.filter(|token| !token.is_empty());
        Ok((answer.events.into_iter().map(event).collect(), next))
    }

    /// The events after `after`, in order. The newest are read first and no page further than needed, so following a long
    /// execution costs one call a look.
    pub(super) async fn history_after(
        &self,
        execution: &Arn,
        after: i64,
        many: bool,
    ) -> Result<Vec<HistoryEvent>, Refusal> {
        let page = if many { PAGE } else { SHORT_PAGE };
        let events = pages::all("states:GetExecutionHistory", |token| async move {
            let request = self
                .sfn
                .get_execution_history()
                .execution_arn(execution.as_str())
                .reverse_order(true)
                .include_execution_data(true)
                .max_results(page)
                .set_next_token(token);
            let answer = self.send("states:GetExecutionHistory", request.send()).await?;
            let reached = answer.events.iter().any(|event| event.id <= after + 1);
            let new = answer.events.into_iter().filter(|event| event.id > after).map(event).collect();
            Ok(Page::new(new, answer.next_token.filter(|_| !reached)))
        });
        let mut events: Vec<_> = events.await?;
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        Ok(events)
    }
}

/// Fills in what the record of the event's type holds.
fn event(raw: Raw) -> HistoryEvent {
    let mut event = HistoryEvent::new(raw.id, raw.previous_event_id, time(&raw.timestamp), raw.r#type.as_str());
    macro_rules! failure {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.error = details.error;
                event.cause = details.cause;
            })+
        };
    }
    failure!(
        activity_failed_event_details,
        activity_schedule_failed_event_details,
        activity_timed_out_event_details,
        execution_failed_event_details,
        execution_aborted_event_details,
        execution_timed_out_event_details,
        lambda_function_failed_event_details,
        lambda_function_schedule_failed_event_details,
        lambda_function_start_failed_event_details,
        lambda_function_timed_out_event_details,
        map_run_failed_event_details
    );
    macro_rules! task_failure {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.resource = Some(task(&details.resource_type, &details.resource));
                event.error = details.error;
                event.cause = details.cause;
            })+
        };
    }
    task_failure!(
        task_failed_event_details,
        task_start_failed_event_details,
        task_submit_failed_event_details,
        task_timed_out_event_details
    );
    macro_rules! task_output {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.resource = Some(task(&details.resource_type, &details.resource));
                event.output = details.output;
            })+
        };
    }
    task_output!(task_submitted_event_details, task_succeeded_event_details);
    macro_rules! output {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.output = details.output;
            })+
        };
    }
    output!(
        activity_succeeded_event_details,
        execution_succeeded_event_details,
        lambda_function_succeeded_event_details
    );
    macro_rules! scheduled {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.resource = Some(details.resource);
                event.input = details.input;
            })+
        };
    }
    scheduled!(activity_scheduled_event_details, lambda_function_scheduled_event_details);
    macro_rules! iteration {
        ($($record:ident),+) => {
            $(if let Some(details) = raw.$record {
                event.state = details.name;
                event.index = Some(details.index);
            })+
        };
    }
    iteration!(
        map_iteration_started_event_details,
        map_iteration_succeeded_event_details,
        map_iteration_failed_event_details,
        map_iteration_aborted_event_details
    );
    if let Some(details) = raw.task_scheduled_event_details {
        event.resource = Some(task(&details.resource_type, &details.resource));
        event.input = Some(details.parameters);
    }
    if let Some(details) = raw.task_started_event_details {
        event.resource = Some(task(&details.resource_type, &details.resource));
    }
    if let Some(details) = raw.execution_started_event_details {
        event.input = details.input;
    }
    if let Some(details) = raw.state_entered_event_details {
        event.state = Some(details.name);
        event.input = details.input;
    }
    if let Some(details) = raw.state_exited_event_details {
        event.state = Some(details.name);
        event.output = details.output;
    }
    if let Some(details) = raw.map_state_started_event_details {
        event.length = Some(details.length);
    }
    if let Some(details) = raw.map_run_started_event_details {
        event.resource = details.map_run_arn;
    }
    if let Some(details) = raw.map_run_redriven_event_details {
        event.resource = details.map_run_arn;
    }
    if let Some(details) = raw.evaluation_failed_event_details {
        event.state = Some(details.state);
        event.error = details.error;
        event.cause = details.cause;
    }
    event
}

fn task(resource_type: &str, resource: &str) -> String {
    if resource_type.is_empty() { resource.to_owned() } else { format!("{resource_type}:{resource}") }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use aws_sdk_sfn::types::{HistoryEventType, StateEnteredEventDetails, TaskFailedEventDetails};
    use aws_smithy_types::DateTime;

    use super::*;

    fn raw(kind: &str) -> aws_sdk_sfn::types::builders::HistoryEventBuilder {
        Raw::builder()
            .id(2)
            .previous_event_id(1)
            .timestamp(DateTime::from_millis(1_500))
            .r#type(HistoryEventType::from(kind))
    }

    #[test]
    fn events_are_flattened() {
        let entered = StateEnteredEventDetails::builder().name("Extract").input("{}").build().unwrap();
        let told = event(raw("TaskStateEntered").state_entered_event_details(entered).build().unwrap());
        assert_eq!((told.id, told.previous_id, told.event_type.as_str()), (2, 1, "TaskStateEntered"));
        assert_eq!((told.state.as_deref(), told.input.as_deref()), (Some("Extract"), Some("{}")));
        assert_eq!(told.at, SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_500));

        let failed =
            TaskFailedEventDetails::builder().resource_type("glue").resource("startJobRun.sync").error("E").cause("C");
        let told = event(raw("TaskFailed").task_failed_event_details(failed.build().unwrap()).build().unwrap());
        assert_eq!(told.resource.as_deref(), Some("glue:startJobRun.sync"));
        assert_eq!((told.error.as_deref(), told.cause.as_deref()), (Some("E"), Some("C")));
    }

    #[test]
    fn a_type_that_is_new_keeps_its_name() {
        assert_eq!(event(raw("MoonPhaseChanged").build().unwrap()).event_type, "MoonPhaseChanged");
    }
}
