//! What a Task calls, in words: `Lambda extract`, `Glue transform, waits`.

use statewright_asl::{Integration, Pattern, Resource, State};
use statewright_source::{Node, visible};

/// The words for a Task's `Resource`.
pub(super) fn in_words(state: &State<'_>) -> String {
    let Some(text) = state.text("Resource") else { return "Task without a resource".to_owned() };
    match Resource::of(text) {
        Resource::Lambda(arn) => format!("Lambda {}", visible(arn.name)),
        Resource::Activity { arn } => format!("Activity {}", short(arn)),
        Resource::Optimized(called) => integration(state, called, principal(called)),
        Resource::AwsSdk(called) => integration(state, called, false),
        Resource::Other(text) => format!("Task {}", short(text)),
    }
}

/// The words for what reads a Map's items or writes its results: `S3 getObject my-bucket`.
pub(super) fn of_map(field: &Node) -> Option<String> {
    let called = Resource::of(field.get("Resource")?.as_str()?).integration()?;
    let named = field.get("Parameters").or_else(|| field.get("Arguments")).and_then(named);
    let words = [Some(service(called.service)), Some(called.api.to_owned()), named];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn integration(state: &State<'_>, called: Integration<'_>, plain: bool) -> String {
    let named = state.get("Parameters").or_else(|| state.get("Arguments")).and_then(named);
    let mut words = service(called.service);
    if !plain || named.is_none() {
        words.push(' ');
        words.push_str(&visible(called.api));
    }
    if let Some(named) = named {
        words.push(' ');
        words.push_str(&named);
    }
    words.push_str(match called.pattern {
        Pattern::RequestResponse | Pattern::Unknown(_) => "",
        Pattern::Sync | Pattern::Sync2 => ", waits",
        Pattern::WaitForTaskToken => ", waits for a token",
    });
    words
}

/// Whether the service's name says what is called: nobody thinks of anything else.
fn principal(called: Integration<'_>) -> bool {
    matches!(
        (called.service, called.api),
        ("lambda" | "http" | "apigateway", "invoke")
            | ("glue" | "databrew", "startJobRun")
            | ("states", "startExecution")
            | ("sns", "publish")
            | ("sqs", "sendMessage")
            | ("ecs", "runTask")
            | ("batch", "submitJob")
            | ("codebuild", "startBuild")
            | ("events", "putEvents")
            | ("bedrock", "invokeModel")
    )
}

/// The parameters that name what is worked on, the telling ones first.
const NAMING: [&str; 27] = [
    "FunctionName",
    "StateMachineArn",
    "TopicArn",
    "QueueUrl",
    "TableName",
    "TaskDefinition",
    "ProjectName",
    "JobName",
    "JobDefinition",
    "TrainingJobName",
    "TransformJobName",
    "EndpointName",
    "ModelId",
    "ApiEndpoint",
    "CrawlerName",
    "DatabaseName",
    "Bucket",
    "EventBusName",
    "SecretId",
    "StreamName",
    "LogGroupName",
    "ExecutionArn",
    "ClusterName",
    "ClusterId",
    "InstanceId",
    "RoleName",
    "Name",
];

fn named(parameters: &Node) -> Option<String> {
    NAMING.iter().find_map(|key| {
        let constant = parameters.get(key).and_then(Node::as_str);
        let path = || parameters.get(&format!("{key}.$")).and_then(Node::as_str);
        constant.or_else(path).map(short).filter(|name| !name.is_empty())
    })
}

/// The name at the end of an ARN or a URL; other text as it stands.
pub(super) fn short(text: &str) -> String {
    if let Some(expression) = text.strip_prefix("{%").and_then(|t| t.strip_suffix("%}")) {
        return visible(expression.trim()).into_owned();
    }
    if let Resource::Lambda(arn) = Resource::of(text) {
        return visible(arn.name).into_owned();
    }
    if text.starts_with("arn:") {
        let rest = text.splitn(6, ':').nth(5).unwrap_or(text);
        let rest = rest.rsplit(['/']).next().unwrap_or(rest);
        let rest = rest.split_once(':').filter(|(kind, _)| is_kind(kind)).map_or(rest, |(_, name)| name);
        return visible(rest).into_owned();
    }
    if text.starts_with("https://") {
        return visible(text.rsplit('/').next().unwrap_or(text)).into_owned();
    }
    visible(text).into_owned()
}

/// The word before the name in ARNs whose parts a colon divides.
fn is_kind(word: &str) -> bool {
    matches!(word, "stateMachine" | "activity" | "function" | "execution" | "secret" | "log-group")
}

/// A service as people call it.
fn service(id: &str) -> String {
    let name = match id {
        "lambda" => "Lambda",
        "glue" => "Glue",
        "states" | "sfn" | "stepfunctions" => "Step Functions",
        "dynamodb" => "DynamoDB",
        "ecs" => "ECS",
        "eks" => "EKS",
        "batch" => "Batch",
        "athena" => "Athena",
        "sagemaker" => "SageMaker",
        "elasticmapreduce" | "emr" => "EMR",
        "emr-containers" | "emrcontainers" => "EMR on EKS",
        "emr-serverless" | "emrserverless" => "EMR Serverless",
        "codebuild" => "CodeBuild",
        "databrew" => "DataBrew",
        "events" | "eventbridge" => "EventBridge",
        "apigateway" => "API Gateway",
        "http" => "HTTP",
        "bedrock" | "bedrockruntime" => "Bedrock",
        "mediaconvert" => "MediaConvert",
        "cloudwatch" => "CloudWatch",
        "cloudwatchlogs" => "CloudWatch Logs",
        "secretsmanager" => "Secrets Manager",
        "ssm" => "Systems Manager",
        "redshiftdata" => "Redshift Data",
        "rekognition" => "Rekognition",
        "textract" => "Textract",
        "comprehend" => "Comprehend",
        "transcribe" => "Transcribe",
        "translate" => "Translate",
        "polly" => "Polly",
        "kinesis" => "Kinesis",
        "firehose" => "Firehose",
        "organizations" => "Organizations",
        "cloudformation" => "CloudFormation",
        "scheduler" => "Scheduler",
        _ => return if id.len() <= 3 { visible(id).to_uppercase() } else { visible(id).into_owned() },
    };
    name.to_owned()
}
