//! An event of a history, flat: AWS has a record of its own for each of sixty types of event.

use std::time::SystemTime;

use statewright_asl::StateType;

/// One event of an execution's history: a field is set where the event's type has it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEvent {
    /// From 1, rising.
    pub id: i64,
    /// The event that led to it; 0 where nobody names one: AWS for the first state and for `EvaluationFailed`, some emulators
    /// for every event.
    pub previous_id: i64,
    /// When.
    pub at: SystemTime,
    /// AWS's own word: `TaskStateEntered`, `LambdaFunctionFailed`, `ExecutionSucceeded`.
    pub event_type: String,
    /// The state that is entered or left, whose evaluation failed, or whose Map iterates.
    pub state: Option<String>,
    /// What a task calls: `glue:startJobRun.sync`, or the ARN of a function, an activity or a Map run.
    pub resource: Option<String>,
    /// Input or parameters.
    pub input: Option<String>,
    /// Output.
    pub output: Option<String>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The index of a Map's iteration.
    pub index: Option<i32>,
    /// How many items a Map has.
    pub length: Option<i32>,
}

/// What an event says, by its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Of the execution as a whole.
    Execution(Phase),
    /// A state is entered.
    Entered(StateType),
    /// A state is left.
    Exited(StateType),
    /// A state is given up.
    StateAborted(StateType),
    /// Of a task: a function, an activity, or a call of a service.
    Task(Phase),
    /// Of a Parallel state, between its entry and its exit.
    Parallel(Phase),
    /// Of a Map state, between its entry and its exit.
    Map(Phase),
    /// Of one iteration of a Map.
    Iteration(Phase),
    /// Of the Map run of a distributed Map.
    MapRun(Phase),
    /// An expression could not be evaluated.
    EvaluationFailed,
    /// A type that is not known here.
    Other,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "AWS's own words")]
pub enum Phase {
    Scheduled,
    Started,
    Submitted,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
    Redriven,
}

impl HistoryEvent {
    /// An event that says no more than its type; for the rest fill in what the type has.
    pub fn new(id: i64, previous_id: i64, at: SystemTime, event_type: impl Into<String>) -> Self {
        Self {
            id,
            previous_id,
            at,
            event_type: event_type.into(),
            state: None,
            resource: None,
            input: None,
            output: None,
            error: None,
            cause: None,
            index: None,
            length: None,
        }
    }

    /// What it says.
    pub fn kind(&self) -> EventKind {
        EventKind::of(&self.event_type)
    }
}

impl EventKind {
    /// What a type of AWS's means.
    pub fn of(event_type: &str) -> Self {
        let phased = |rest: &str, kind: fn(Phase) -> Self| Phase::of(rest).map_or(Self::Other, kind);
        if event_type == "EvaluationFailed" {
            return Self::EvaluationFailed;
        }
        if let Some(rest) = event_type.strip_prefix("Execution") {
            return phased(rest, Self::Execution);
        }
        if let Some(rest) = event_type.strip_prefix("MapIteration") {
            return phased(rest, Self::Iteration);
        }
        if let Some(rest) = event_type.strip_prefix("MapRun") {
            return phased(rest, Self::MapRun);
        }
        for kind in StateType::ALL {
            let Some(rest) = event_type.strip_prefix(kind.as_str()).and_then(|rest| rest.strip_prefix("State")) else {
                continue;
            };
            return match (rest, kind) {
                ("Entered", _) => Self::Entered(kind),
                ("Exited", _) => Self::Exited(kind),
                ("Aborted", _) => Self::StateAborted(kind),
                (rest, StateType::Parallel) => phased(rest, Self::Parallel),
                (rest, StateType::Map) => phased(rest, Self::Map),
                _ => Self::Other,
            };
        }
        for task in ["Task", "LambdaFunction", "Activity"] {
            if let Some(rest) = event_type.strip_prefix(task) {
                return phased(rest, Self::Task);
            }
        }
        Self::Other
    }
}

impl Phase {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "Scheduled" => Self::Scheduled,
            "Started" => Self::Started,
            "Submitted" => Self::Submitted,
            "Succeeded" => Self::Succeeded,
            "Failed" | "ScheduleFailed" | "StartFailed" | "SubmitFailed" => Self::Failed,
            "TimedOut" => Self::TimedOut,
            "Aborted" => Self::Aborted,
            "Redriven" => Self::Redriven,
            _ => return None,
        })
    }
}
