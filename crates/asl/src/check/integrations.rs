//! Which services a Task may call, how, and with what.
//!
//! Sources: "Integrating optimized services" of the Step Functions guide (the table of patterns; which combinations do
//! not exist was measured with `ValidateStateMachineDefinition` by the authors of cdk-preflight); for the SDK the
//! service ids of the AWS SDK for Java 2, which are those of `aws-sdk` integrations (botocore, Apache-2.0, as of 2026-11).

use std::{collections::HashSet, sync::LazyLock};

use crate::operations::{self, Operation};

/// A service with an integration of its own.
struct Service {
    name: &'static str,
    apis: &'static [Api],
}

/// A call, and the patterns that it has beside request and response.
struct Api {
    name: &'static str,
    sync: Sync,
    token: bool,
    /// Parameters without which the call cannot succeed; of each group one is enough.
    needs: &'static [&'static [&'static str]],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sync {
    No,
    Yes,
    /// `.sync:2` as well.
    Two,
}

const fn call(name: &'static str, needs: &'static [&'static [&'static str]]) -> Api {
    Api { name, sync: Sync::No, token: false, needs }
}

const fn job(name: &'static str, needs: &'static [&'static [&'static str]]) -> Api {
    Api { name, sync: Sync::Yes, token: false, needs }
}

const fn callback(name: &'static str, needs: &'static [&'static [&'static str]]) -> Api {
    Api { name, sync: Sync::No, token: true, needs }
}

const SERVICES: &[Service] = &[
    Service { name: "apigateway", apis: &[callback("invoke", &[&["ApiEndpoint"], &["Method"]])] },
    Service {
        name: "athena",
        apis: &[
            job("startQueryExecution", &[&["QueryString"]]),
            call("stopQueryExecution", &[&["QueryExecutionId"]]),
            call("getQueryExecution", &[&["QueryExecutionId"]]),
            call("getQueryResults", &[&["QueryExecutionId"]]),
        ],
    },
    Service { name: "batch", apis: &[job("submitJob", &[&["JobName"], &["JobQueue"], &["JobDefinition"]])] },
    Service {
        name: "bedrock",
        apis: &[
            Api { name: "invokeModel", sync: Sync::No, token: true, needs: &[&["ModelId"]] },
            Api { name: "createModelCustomizationJob", sync: Sync::Yes, token: true, needs: &[] },
        ],
    },
    Service {
        name: "codebuild",
        apis: &[
            job("startBuild", &[&["ProjectName"]]),
            call("stopBuild", &[&["Id"]]),
            call("batchDeleteBuilds", &[&["Ids"]]),
            call("batchGetReports", &[&["ReportArns"]]),
            job("startBuildBatch", &[&["ProjectName"]]),
            call("stopBuildBatch", &[&["Id"]]),
            job("retryBuildBatch", &[]),
            call("deleteBuildBatch", &[&["Id"]]),
        ],
    },
    Service { name: "databrew", apis: &[job("startJobRun", &[&["Name"]])] },
    Service {
        name: "dynamodb",
        apis: &[
            call("getItem", &[&["TableName"], &["Key"]]),
            call("putItem", &[&["TableName"], &["Item"]]),
            call("deleteItem", &[&["TableName"], &["Key"]]),
            call("updateItem", &[&["TableName"], &["Key"]]),
        ],
    },
    Service {
        name: "ecs",
        apis: &[Api { name: "runTask", sync: Sync::Yes, token: true, needs: &[&["TaskDefinition"]] }],
    },
    Service {
        name: "eks",
        apis: &[
            job("createCluster", &[&["Name"]]),
            job("deleteCluster", &[&["Name"]]),
            job("createNodegroup", &[&["ClusterName"], &["NodegroupName"]]),
            job("deleteNodegroup", &[&["ClusterName"], &["NodegroupName"]]),
            job("createFargateProfile", &[&["ClusterName"], &["FargateProfileName"]]),
            job("deleteFargateProfile", &[&["ClusterName"], &["FargateProfileName"]]),
            Api { name: "call", sync: Sync::No, token: true, needs: &[&["ClusterName"], &["Method"], &["Path"]] },
            Api { name: "runJob", sync: Sync::Yes, token: true, needs: &[&["ClusterName"], &["Job"]] },
        ],
    },
    Service {
        name: "elasticmapreduce",
        apis: &[
            job("createCluster", &[&["Name"]]),
            job("terminateCluster", &[&["ClusterId"]]),
            job("addStep", &[&["ClusterId"], &["Step"]]),
            call("cancelStep", &[&["ClusterId"], &["StepId"]]),
            call("setClusterTerminationProtection", &[&["ClusterId"]]),
            call("modifyInstanceFleetByName", &[&["ClusterId"]]),
            call("modifyInstanceGroupByName", &[&["ClusterId"]]),
        ],
    },
    Service {
        name: "emr-containers",
        apis: &[
            call("createVirtualCluster", &[&["Name"]]),
            job("deleteVirtualCluster", &[&["Id"]]),
            job("startJobRun", &[&["VirtualClusterId"]]),
        ],
    },
    Service {
        name: "emr-serverless",
        apis: &[
            job("createApplication", &[]),
            job("startApplication", &[&["ApplicationId"]]),
            job("stopApplication", &[&["ApplicationId"]]),
            job("deleteApplication", &[&["ApplicationId"]]),
            job("startJobRun", &[&["ApplicationId"], &["ExecutionRoleArn"]]),
            job("cancelJobRun", &[&["ApplicationId"], &["JobRunId"]]),
        ],
    },
    Service { name: "events", apis: &[callback("putEvents", &[&["Entries"]])] },
    Service { name: "glue", apis: &[job("startJobRun", &[&["JobName"]])] },
    Service {
        name: "http",
        apis: &[call("invoke", &[&["ApiEndpoint"], &["Method"], &["Authentication", "InvocationConfig"]])],
    },
    Service { name: "lambda", apis: &[callback("invoke", &[&["FunctionName"]])] },
    Service { name: "mediaconvert", apis: &[job("createJob", &[&["Role"], &["Settings"]])] },
    Service { name: "s3", apis: &[call("getObject", &[]), call("listObjectsV2", &[]), call("putObject", &[])] },
    Service {
        name: "sagemaker",
        apis: &[
            call("createEndpoint", &[&["EndpointName"], &["EndpointConfigName"]]),
            call("createEndpointConfig", &[&["EndpointConfigName"]]),
            job("createHyperParameterTuningJob", &[&["HyperParameterTuningJobName"]]),
            job("createLabelingJob", &[&["LabelingJobName"]]),
            call("createModel", &[&["ModelName"]]),
            job("createProcessingJob", &[&["ProcessingJobName"]]),
            job("createTrainingJob", &[&["TrainingJobName"]]),
            job("createTransformJob", &[&["TransformJobName"]]),
            call("updateEndpoint", &[&["EndpointName"], &["EndpointConfigName"]]),
        ],
    },
    Service { name: "sns", apis: &[callback("publish", &[&["TopicArn", "TargetArn", "PhoneNumber"], &["Message"]])] },
    Service { name: "sqs", apis: &[callback("sendMessage", &[&["QueueUrl"], &["MessageBody"]])] },
    Service {
        name: "states",
        apis: &[Api { name: "startExecution", sync: Sync::Two, token: true, needs: &[&["StateMachineArn"]] }],
    },
];

/// What is wrong with an optimized integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// No such service; the nearest one.
    Service(Option<&'static str>),
    /// No such call; the nearest one.
    Api(Option<&'static str>),
    /// The call has no such pattern; those that it has.
    Pattern(Vec<&'static str>),
}

/// Services that AWS has added and whose calls are not all known here.
const YOUNG: [&str; 1] = ["bedrock-agentcore"];

/// Whether AWS has the integration.
pub(super) fn optimized(service: &str, api: &str, pattern: &str) -> Result<(), Problem> {
    if YOUNG.contains(&service) {
        return if pattern.is_empty() { Ok(()) } else { Err(Problem::Pattern(Vec::new())) };
    }
    let Some(found) = SERVICES.iter().find(|s| s.name == service && s.name != "s3") else {
        return Err(Problem::Service(statewright_source::nearest(service, SERVICES.iter().map(|s| s.name))));
    };
    let Some(api) = found.apis.iter().find(|a| a.name == api) else {
        return Err(Problem::Api(statewright_source::nearest(api, found.apis.iter().map(|a| a.name))));
    };
    let mut patterns = vec![""];
    match api.sync {
        Sync::No => {}
        Sync::Yes => patterns.push(".sync"),
        Sync::Two => patterns.extend([".sync", ".sync:2"]),
    }
    if api.token {
        patterns.push(".waitForTaskToken");
    }
    if patterns.contains(&pattern) { Ok(()) } else { Err(Problem::Pattern(patterns)) }
}

/// The parameters that a call cannot do without; of each group one is enough.
pub(super) fn needs(service: &str, api: &str) -> &'static [&'static [&'static str]] {
    let service = SERVICES.iter().find(|s| s.name == service);
    service.and_then(|s| s.apis.iter().find(|a| a.name == api)).map_or(&[], |a| a.needs)
}

/// Calls that AWS refuses without a parameter (measured with `ValidateStateMachineDefinition` by the authors of
/// cdk-preflight). Of the others of [`needs`] it is only known that the call fails.
const REFUSED_WITHOUT: [(&str, &str, &str); 12] = [
    ("dynamodb", "getItem", "Key"),
    ("dynamodb", "getItem", "TableName"),
    ("dynamodb", "putItem", "Item"),
    ("dynamodb", "putItem", "TableName"),
    ("ecs", "runTask", "TaskDefinition"),
    ("events", "putEvents", "Entries"),
    ("glue", "startJobRun", "JobName"),
    ("lambda", "invoke", "FunctionName"),
    ("sns", "publish", "Message"),
    ("sqs", "sendMessage", "MessageBody"),
    ("sqs", "sendMessage", "QueueUrl"),
    ("states", "startExecution", "StateMachineArn"),
];

/// Whether AWS refuses a call without the parameter.
pub(super) fn refused_without(service: &str, api: &str, parameter: &str) -> bool {
    REFUSED_WITHOUT.contains(&(service, api, parameter))
}

/// The operation of a service's own API that an optimized integration calls; `None` for those that are made for Step
/// Functions (`http:invoke`, `eks:runJob`, `elasticmapreduce:addStep`).
pub(super) fn model(service: &str, api: &str) -> Option<&'static Operation> {
    let names: &[&str] = match service {
        "apigateway" | "elasticmapreduce" | "http" => return None,
        "bedrock" => &["bedrockruntime", "bedrock"],
        "emr-containers" => &["emrcontainers"],
        "emr-serverless" => &["emrserverless"],
        "events" => &["eventbridge"],
        "states" => &["sfn"],
        other => &[other],
    };
    names.iter().find_map(|name| operations::Service::of(name)?.operation(api))
}

/// Parameters that an integration has beside those of the API: a model reads and writes objects in S3.
pub(super) fn extra(service: &str, api: &str) -> &'static [&'static str] {
    if (service, api) == ("bedrock", "invokeModel") { &["Input", "Output"] } else { &[] }
}

static SDK: LazyLock<HashSet<&'static str>> = LazyLock::new(|| sdk_services().collect());

/// Names that people know services by, and what `aws-sdk` calls them.
const RENAMED: [(&str, &str); 16] = [
    ("stepfunctions", "sfn"),
    ("states", "sfn"),
    ("logs", "cloudwatchlogs"),
    ("events", "eventbridge"),
    ("cognito-idp", "cognitoidentityprovider"),
    ("cognitoidp", "cognitoidentityprovider"),
    ("elasticmapreduce", "emr"),
    ("es", "elasticsearch"),
    ("dynamo", "dynamodb"),
    ("elbv2", "elasticloadbalancingv2"),
    ("elb", "elasticloadbalancing"),
    ("stepfunction", "sfn"),
    ("autoscaling-plans", "autoscalingplans"),
    ("email", "ses"),
    ("bedrock-runtime", "bedrockruntime"),
    ("secretmanager", "secretsmanager"),
];

/// Whether `aws-sdk` has a service; else the one that goes by that name elsewhere.
pub(super) fn sdk(service: &str) -> Result<(), Option<&'static str>> {
    let lower = service.to_lowercase();
    if SDK.contains(lower.as_str()) {
        return Ok(());
    }
    if let Some((_, name)) = RENAMED.iter().find(|(old, _)| *old == lower) {
        return Err(Some(name));
    }
    let joined: String = lower.chars().filter(|c| *c != '-' && *c != '_').collect();
    Err(SDK.get(joined.as_str()).copied())
}

/// Every service of `aws-sdk`, sorted.
pub(super) fn sdk_services() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/sdk-services.txt").lines()
}

#[cfg(test)]
mod tests {
    use super::{Problem, optimized, sdk};

    #[test]
    fn integrations() {
        assert_eq!(optimized("lambda", "invoke", ""), Ok(()));
        assert_eq!(optimized("lambda", "invoke", ".waitForTaskToken"), Ok(()));
        assert_eq!(optimized("states", "startExecution", ".sync:2"), Ok(()));
        assert_eq!(optimized("lambda", "invoke", ".sync"), Err(Problem::Pattern(vec!["", ".waitForTaskToken"])));
        assert_eq!(optimized("glue", "startJobRun", ".sync:2"), Err(Problem::Pattern(vec!["", ".sync"])));
        assert_eq!(optimized("dynamodb", "query", ""), Err(Problem::Api(None)));
        assert_eq!(optimized("sns", "publich", ""), Err(Problem::Api(Some("publish"))));
        assert_eq!(optimized("lamda", "invoke", ""), Err(Problem::Service(Some("lambda"))));
    }

    #[test]
    fn services_of_the_sdk() {
        assert_eq!(sdk("s3"), Ok(()));
        assert_eq!(sdk("sfn"), Ok(()));
        assert_eq!(sdk("stepfunctions"), Err(Some("sfn")));
        assert_eq!(sdk("dynamodbb"), Err(None));
        assert_eq!(sdk("secrets-manager"), Err(Some("secretsmanager")));
        assert_eq!(sdk("qqqqqqqqqqqqqqqqqqq"), Err(None));
    }
}
