//! What a name in a definition names, and which parameter of which call names what.

use crate::resource::{Arn, Integration};

/// A resource by its name or ARN, as the definition gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// A Lambda function.
    Function(Function),
    /// A Glue job.
    GlueJob {
        /// Its name.
        name: String,
    },
    /// A Glue crawler.
    GlueCrawler {
        /// Its name.
        name: String,
    },
    /// A state machine, a version or an alias of one.
    StateMachine {
        /// Its ARN.
        arn: String,
    },
    /// An activity.
    Activity {
        /// Its ARN.
        arn: String,
    },
    /// An SNS topic.
    SnsTopic {
        /// Its ARN.
        arn: String,
    },
    /// An SQS queue.
    SqsQueue {
        /// Its URL.
        url: String,
    },
    /// A DynamoDB table.
    DynamoDbTable {
        /// Its name or ARN.
        name: String,
    },
    /// An ECS cluster.
    EcsCluster {
        /// Its name or ARN.
        name: String,
    },
    /// An ECS task definition.
    EcsTaskDefinition {
        /// Family, `family:revision` or ARN.
        name: String,
    },
    /// A Batch job definition.
    BatchJobDefinition {
        /// Name, `name:revision` or ARN.
        name: String,
    },
    /// A Batch job queue.
    BatchJobQueue {
        /// Its name or ARN.
        name: String,
    },
    /// A CodeBuild project.
    CodeBuildProject {
        /// Its name.
        name: String,
    },
    /// An Athena work group.
    AthenaWorkGroup {
        /// Its name.
        name: String,
    },
    /// An EventBridge bus.
    EventBus {
        /// Its name or ARN.
        name: String,
    },
    /// An EventBridge connection.
    Connection {
        /// Its ARN.
        arn: String,
    },
    /// An EKS cluster.
    EksCluster {
        /// Its name.
        name: String,
    },
    /// An EMR cluster.
    EmrCluster {
        /// Its id.
        id: String,
    },
    /// An EMR Serverless application.
    EmrServerlessApplication {
        /// Its id.
        id: String,
    },
    /// An S3 bucket.
    S3Bucket {
        /// Its name.
        name: String,
    },
    /// A Bedrock model, inference profile or prompt.
    BedrockModel {
        /// Its id or ARN.
        id: String,
    },
    /// A Secrets Manager secret.
    Secret {
        /// Its name or ARN.
        id: String,
    },
    /// A parameter of Systems Manager.
    SsmParameter {
        /// Its name.
        name: String,
    },
    /// A KMS key.
    KmsKey {
        /// Its id, alias or ARN.
        id: String,
    },
    /// A Kinesis stream.
    KinesisStream {
        /// Its name.
        name: String,
    },
    /// A Firehose stream.
    FirehoseStream {
        /// Its name.
        name: String,
    },
    /// A DataBrew job.
    DataBrewJob {
        /// Its name.
        name: String,
    },
    /// A role that a Task assumes (`Credentials`).
    Role {
        /// Its ARN.
        arn: String,
    },
}

/// A Lambda function, in any of the forms that `FunctionName` takes: `name`, `name:alias`, `ACCOUNT:function:name`, an ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    /// The function's name.
    pub name: String,
    /// Alias, version or `$LATEST`; the parameter `Qualifier` where the name gives none.
    pub qualifier: Option<String>,
    /// The account, if the text gives one.
    pub account: Option<String>,
    /// The region, if the text gives one.
    pub region: Option<String>,
    /// The partition, if the text gives one.
    pub partition: Option<String>,
}

impl Function {
    /// Reads a `FunctionName` (API reference of Lambda's Invoke); `None` for what cannot be one.
    pub fn of(text: &str, qualifier: Option<&str>) -> Option<Self> {
        let part = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        let (partition, region, account, rest) = match Arn::of(text) {
            Some(arn) if arn.service == "lambda" => {
                (part(arn.partition), part(arn.region), part(arn.account), arn.rest.strip_prefix("function:")?)
            }
            Some(_) => return None,
            None => match text.split_once(":function:") {
                Some((account, rest)) => (None, None, part(account), rest),
                None => (None, None, None, text),
            },
        };
        let (name, own) = rest.split_once(':').map_or((rest, None), |(name, q)| (name, Some(q)));
        if name.is_empty() {
            return None;
        }
        let qualifier = own.or(qualifier).and_then(part);
        Some(Self { name: name.to_owned(), qualifier, account, region, partition })
    }
}

/// What a parameter's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Function,
    GlueJob,
    GlueCrawler,
    StateMachine,
    SnsTopic,
    SqsQueue,
    DynamoDbTable,
    EcsCluster,
    EcsTaskDefinition,
    BatchJobDefinition,
    BatchJobQueue,
    CodeBuildProject,
    AthenaWorkGroup,
    EventBus,
    Connection,
    EksCluster,
    EmrCluster,
    EmrServerlessApplication,
    S3Bucket,
    BedrockModel,
    Secret,
    SsmParameter,
    KmsKey,
    KinesisStream,
    FirehoseStream,
    DataBrewJob,
}

impl Named {
    pub(super) fn target(self, text: &str, qualifier: Option<&str>) -> Option<Target> {
        let own = || text.to_owned();
        Some(match self {
            Self::Function => Target::Function(Function::of(text, qualifier)?),
            Self::GlueJob => Target::GlueJob { name: own() },
            Self::GlueCrawler => Target::GlueCrawler { name: own() },
            Self::StateMachine => Target::StateMachine { arn: own() },
            Self::SnsTopic => Target::SnsTopic { arn: own() },
            Self::SqsQueue => Target::SqsQueue { url: own() },
            Self::DynamoDbTable => Target::DynamoDbTable { name: own() },
            Self::EcsCluster => Target::EcsCluster { name: own() },
            Self::EcsTaskDefinition => Target::EcsTaskDefinition { name: own() },
            Self::BatchJobDefinition => Target::BatchJobDefinition { name: own() },
            Self::BatchJobQueue => Target::BatchJobQueue { name: own() },
            Self::CodeBuildProject => Target::CodeBuildProject { name: own() },
            Self::AthenaWorkGroup => Target::AthenaWorkGroup { name: own() },
            Self::EventBus => Target::EventBus { name: own() },
            Self::Connection => Target::Connection { arn: own() },
            Self::EksCluster => Target::EksCluster { name: own() },
            Self::EmrCluster => Target::EmrCluster { id: own() },
            Self::EmrServerlessApplication => Target::EmrServerlessApplication { id: own() },
            Self::S3Bucket => Target::S3Bucket { name: own() },
            Self::BedrockModel => Target::BedrockModel { id: own() },
            Self::Secret => Target::Secret { id: own() },
            Self::SsmParameter => Target::SsmParameter { name: own() },
            Self::KmsKey => Target::KmsKey { id: own() },
            Self::KinesisStream => Target::KinesisStream { name: own() },
            Self::FirehoseStream => Target::FirehoseStream { name: own() },
            Self::DataBrewJob => Target::DataBrewJob { name: own() },
        })
    }
}

type Parameter = (&'static [&'static str], Named);

/// The parameters of a call that name a resource (API references of the services; optimized and `aws-sdk` integrations
/// spell parameters alike, in Pascal case).
pub(super) fn named_by(integration: Integration<'_>) -> &'static [Parameter] {
    match (integration.service, integration.api) {
        ("lambda", _) => &[(&["FunctionName"], Named::Function)],
        ("glue", api) if api.ends_with("Crawler") => &[(&["Name"], Named::GlueCrawler)],
        ("glue", _) => &[(&["JobName"], Named::GlueJob)],
        ("states" | "sfn", api) if api.starts_with("create") => &[],
        ("states" | "sfn", _) => &[(&["StateMachineArn"], Named::StateMachine)],
        ("sns", _) => &[(&["TopicArn"], Named::SnsTopic)],
        ("sqs", _) => &[(&["QueueUrl"], Named::SqsQueue)],
        ("dynamodb", _) => &[(&["TableName"], Named::DynamoDbTable)],
        ("ecs", _) => &[(&["Cluster"], Named::EcsCluster), (&["TaskDefinition"], Named::EcsTaskDefinition)],
        ("batch", _) => &[(&["JobDefinition"], Named::BatchJobDefinition), (&["JobQueue"], Named::BatchJobQueue)],
        ("codebuild", _) => &[(&["ProjectName"], Named::CodeBuildProject)],
        ("athena", _) => &[(&["WorkGroup"], Named::AthenaWorkGroup)],
        ("events" | "eventbridge", "putEvents") => &[(&["Entries", "*", "EventBusName"], Named::EventBus)],
        ("http", "invoke") => &[(&["Authentication", "ConnectionArn"], Named::Connection)],
        ("eks", _) => &[(&["ClusterName"], Named::EksCluster)],
        ("elasticmapreduce" | "emr", _) => &[(&["ClusterId"], Named::EmrCluster)],
        ("emr-serverless" | "emrserverless", _) => &[(&["ApplicationId"], Named::EmrServerlessApplication)],
        ("s3", "createBucket") => &[],
        ("s3", _) => &[(&["Bucket"], Named::S3Bucket)],
        ("bedrock" | "bedrockruntime", _) => &[(&["ModelId"], Named::BedrockModel)],
        ("secretsmanager", _) => &[(&["SecretId"], Named::Secret)],
        ("ssm", "getParameter" | "putParameter" | "deleteParameter") => &[(&["Name"], Named::SsmParameter)],
        ("kms", _) => &[(&["KeyId"], Named::KmsKey)],
        ("kinesis", _) => &[(&["StreamName"], Named::KinesisStream)],
        ("firehose", _) => &[(&["DeliveryStreamName"], Named::FirehoseStream)],
        ("databrew", _) => &[(&["Name"], Named::DataBrewJob)],
        _ => &[],
    }
}
