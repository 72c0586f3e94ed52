//! What a state has to do with elsewhere: the Lambda function that it calls, the Glue job run, the execution that it started.

use std::time::SystemTime;

use serde_json::Value;
use statewright_asl::{LambdaArn, Resource};

use crate::execution::{Execution, Try, Visit};

/// Something of another service that a state has to do with.
#[derive(Debug, Clone, PartialEq)]
pub enum Linked {
    /// A call of a Lambda function.
    Call {
        /// The function's name.
        function: String,
        /// The id of the request, where the result or the error tells it.
        request: Option<String>,
        /// When it was called.
        from: SystemTime,
        /// When it had answered.
        until: Option<SystemTime>,
    },
    /// A run of a Glue job.
    JobRun {
        /// The job's name, where it is known.
        job: Option<String>,
        /// The run's id.
        run: String,
        /// Glue's word for its state, where the state's own result tells it.
        status: Option<String>,
        /// Why it failed, where the state's own result tells it.
        error: Option<String>,
    },
    /// An execution of another machine.
    Execution {
        /// Its ARN.
        arn: String,
    },
}

impl Execution {
    /// What the visit's last try has to do with elsewhere.
    pub fn linked(&self, visit: &Visit) -> Option<Linked> {
        let attempt = visit.tries.last()?;
        let written = self.outline.state(&visit.state).and_then(|state| state.resource.as_deref());
        let resource = attempt.resource.as_deref().or(written)?;
        let parameters = self.json(attempt.parameters);
        let output = self.json(attempt.output);
        let cause = self.json(attempt.failure.as_ref().and_then(|failure| failure.cause));
        let given = |key: &str| {
            let text = parameters.as_ref().and_then(|parameters| parameters[key].as_str()).map(str::to_owned);
            text.or_else(|| self.outline.argument(&visit.state, key).map(str::to_owned))
        };
        match Called::of(resource)? {
            Called::Function(name) => {
                let function = name.or_else(|| given("FunctionName").map(|name| function_name(&name)))?;
                let request = output.as_ref().and_then(|output| output["SdkResponseMetadata"]["RequestId"].as_str());
                let request = request.or_else(|| cause.as_ref().and_then(|cause| cause["requestId"].as_str()));
                let request = request.map(str::to_owned);
                Some(Linked::Call { function, request, from: attempt.began_at, until: attempt.ended_at })
            }
            Called::Glue => job_run(output.as_ref().or(cause.as_ref()), parameters.as_ref(), given("JobName")),
            Called::States => {
                let arn = output.as_ref()?["ExecutionArn"].as_str()?.to_owned();
                Some(Linked::Execution { arn })
            }
        }
    }

    fn json(&self, id: Option<crate::TextId>) -> Option<Value> {
        let text = self.text(id?);
        text.is_whole().then(|| serde_json::from_str(text.text).ok())?
    }
}

/// What a task calls, of what is looked at here.
enum Called {
    /// A Lambda function, with its name where the resource is its ARN.
    Function(Option<String>),
    /// Glue's job runs.
    Glue,
    /// An execution.
    States,
}

impl Called {
    /// AWS says `lambda:invoke` in a history and `arn:aws:states:::lambda:invoke` in a definition; some emulators say the
    /// latter in both.
    fn of(resource: &str) -> Option<Self> {
        match Resource::of(resource) {
            Resource::Lambda(LambdaArn { name, .. }) => return Some(Self::Function(Some(name.to_owned()))),
            Resource::Activity { .. } => return None,
            Resource::Optimized(_) | Resource::AwsSdk(_) | Resource::Other(_) => {}
        }
        let call = resource.split_once(":states:::").map_or(resource, |(_, call)| call);
        let call = call.strip_prefix("aws-sdk:").unwrap_or(call);
        let (service, api) = call.split_once(':')?;
        let api = api.split('.').next().unwrap_or(api);
        match (service, api) {
            ("lambda", "invoke") => Some(Self::Function(None)),
            ("glue", "startJobRun" | "getJobRun") => Some(Self::Glue),
            ("states" | "sfn", "startExecution") => Some(Self::States),
            _ => None,
        }
    }
}

fn job_run(told: Option<&Value>, parameters: Option<&Value>, job: Option<String>) -> Option<Linked> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let asked = parameters.and_then(|parameters| text(&parameters["RunId"]));
    let Some(told) = told else { return asked.map(|run| Linked::JobRun { job, run, status: None, error: None }) };
    // `GetJobRun` answers `{"JobRun": {…}}`, `startJobRun.sync` the run itself, `StartJobRun` its id.
    let inner = if told["JobRun"].is_object() { &told["JobRun"] } else { told };
    let run = text(&inner["Id"]).or_else(|| text(&inner["JobRunId"])).or(asked)?;
    Some(Linked::JobRun {
        job: text(&inner["JobName"]).or(job),
        run,
        status: text(&inner["JobRunState"]),
        error: text(&inner["ErrorMessage"]),
    })
}

/// From a name, an ARN, or a part of one.
fn function_name(text: &str) -> String {
    if let Resource::Lambda(arn) = Resource::of(text) {
        return arn.name.to_owned();
    }
    let name = text.split_once(":function:").map_or(text, |(_, rest)| rest);
    name.split(':').next().unwrap_or(name).to_owned()
}

impl Try {
    /// How long it took, if it has ended.
    pub fn took(&self) -> Option<std::time::Duration> {
        self.ended_at?.duration_since(self.began_at).ok()
    }
}
