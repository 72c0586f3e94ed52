//! Ours → Lambda's requests. Every field is sent, empty where the spec says nothing: what is omitted keeps its value.

use aws_sdk_lambda::{
    operation::{
        create_function::builders::CreateFunctionFluentBuilder,
        update_function_code::builders::UpdateFunctionCodeFluentBuilder,
        update_function_configuration::builders::UpdateFunctionConfigurationFluentBuilder,
    },
    primitives::Blob,
    types::{
        ApplicationLogLevel, Architecture, DeadLetterConfig, Environment, EphemeralStorage, FileSystemConfig,
        FunctionCode, LogFormat, LoggingConfig, PackageType, Runtime, SnapStart, SnapStartApplyOn, SystemLogLevel,
        TracingConfig, TracingMode, VpcConfig,
    },
};
use statewright_planner::{Refusal, RefusalKind};
use statewright_spec::{
    Arn, Tags,
    kind::function::{Code, Function, FunctionLogging, Vpc},
};

use super::super::{built, signed};
use crate::{refusal, tagging::to_map};

/// `CreateFunction`: what is empty is left out, for there is no old value.
pub(crate) fn create(
    request: CreateFunctionFluentBuilder,
    name: &str,
    function: &Function,
    tags: &Tags,
) -> Result<CreateFunctionFluentBuilder, Refusal> {
    const CALL: &str = "lambda:CreateFunction";
    let code = match &function.code {
        Code::Archive(archive) => FunctionCode::builder().zip_file(Blob::new(archive.bytes.to_vec())),
        Code::Object(object) => FunctionCode::builder()
            .s3_bucket(&object.bucket)
            .s3_key(&object.key)
            .set_s3_object_version(object.version.clone()),
        Code::Deployed { .. } => return Err(nothing_to_send(CALL)),
    };
    Ok(request
        .function_name(name)
        .package_type(PackageType::Zip)
        .runtime(Runtime::from(function.runtime.as_str()))
        .handler(&function.handler)
        .role(function.role.as_str())
        .code(code.build())
        .memory_size(signed(function.memory))
        .timeout(signed(function.timeout))
        .set_description(full(&function.description))
        .set_environment((!function.environment.is_empty()).then(|| environment(function)))
        .set_kms_key_arn(function.kms_key.as_ref().map(text))
        .set_layers((!function.layers.is_empty()).then(|| layers(function)))
        .architectures(Architecture::from(function.architecture.as_str()))
        .ephemeral_storage(storage(CALL, function)?)
        .tracing_config(tracing(function))
        .set_dead_letter_config(function.dead_letter.is_some().then(|| dead_letter(function)))
        .set_vpc_config(function.vpc.is_some().then(|| vpc(function.vpc.as_ref())))
        .set_file_system_configs((!function.file_systems.is_empty()).then(|| file_systems(CALL, function)).transpose()?)
        .logging_config(logging(&function.logging))
        .snap_start(snap_start(function))
        .set_tags(Some(to_map(tags))))
}

/// `UpdateFunctionCode`.
pub(crate) fn update_code(
    request: UpdateFunctionCodeFluentBuilder,
    name: &str,
    code: &Code,
    architecture: &str,
) -> Result<UpdateFunctionCodeFluentBuilder, Refusal> {
    let request = request.function_name(name).architectures(Architecture::from(architecture));
    match code {
        Code::Archive(archive) => Ok(request.zip_file(Blob::new(archive.bytes.to_vec()))),
        Code::Object(object) => {
            Ok(request.s3_bucket(&object.bucket).s3_key(&object.key).set_s3_object_version(object.version.clone()))
        }
        Code::Deployed { .. } => Err(nothing_to_send("lambda:UpdateFunctionCode")),
    }
}

/// `UpdateFunctionConfiguration`: empty lists and empty strings take away.
pub(crate) fn update_configuration(
    request: UpdateFunctionConfigurationFluentBuilder,
    name: &str,
    function: &Function,
) -> Result<UpdateFunctionConfigurationFluentBuilder, Refusal> {
    const CALL: &str = "lambda:UpdateFunctionConfiguration";
    Ok(request
        .function_name(name)
        .runtime(Runtime::from(function.runtime.as_str()))
        .handler(&function.handler)
        .role(function.role.as_str())
        .memory_size(signed(function.memory))
        .timeout(signed(function.timeout))
        .description(&function.description)
        .environment(environment(function))
        .kms_key_arn(function.kms_key.as_ref().map(text).unwrap_or_default())
        .set_layers(Some(layers(function)))
        .ephemeral_storage(storage(CALL, function)?)
        .tracing_config(tracing(function))
        .dead_letter_config(dead_letter(function))
        .vpc_config(vpc(function.vpc.as_ref()))
        .set_file_system_configs(Some(file_systems(CALL, function)?))
        .logging_config(logging(&function.logging))
        .snap_start(snap_start(function)))
}

fn environment(function: &Function) -> Environment {
    let variables = function.environment.iter().map(|(key, value)| (key.clone(), value.expose().to_owned()));
    Environment::builder().set_variables(Some(variables.collect())).build()
}

fn layers(function: &Function) -> Vec<String> {
    function.layers.iter().map(text).collect()
}

fn storage(call: &str, function: &Function) -> Result<EphemeralStorage, Refusal> {
    built(call, EphemeralStorage::builder().size(signed(function.ephemeral_storage)).build())
}

fn tracing(function: &Function) -> TracingConfig {
    let mode = if function.tracing { TracingMode::Active } else { TracingMode::PassThrough };
    TracingConfig::builder().mode(mode).build()
}

fn dead_letter(function: &Function) -> DeadLetterConfig {
    DeadLetterConfig::builder().target_arn(function.dead_letter.as_ref().map(text).unwrap_or_default()).build()
}

fn vpc(vpc: Option<&Vpc>) -> VpcConfig {
    let subnets = vpc.map(|v| v.subnets.iter().cloned().collect()).unwrap_or_default();
    let security_groups = vpc.map(|v| v.security_groups.iter().cloned().collect()).unwrap_or_default();
    VpcConfig::builder()
        .set_subnet_ids(Some(subnets))
        .set_security_group_ids(Some(security_groups))
        .set_ipv6_allowed_for_dual_stack(vpc.map(|v| v.ipv6))
        .build()
}

fn file_systems(call: &str, function: &Function) -> Result<Vec<FileSystemConfig>, Refusal> {
    let all = function.file_systems.iter();
    all.map(|(arn, mount)| built(call, FileSystemConfig::builder().arn(arn.as_str()).local_mount_path(mount).build()))
        .collect()
}

fn logging(logging: &FunctionLogging) -> LoggingConfig {
    LoggingConfig::builder()
        .log_format(LogFormat::from(logging.format.as_str()))
        .log_group(&logging.log_group)
        .set_application_log_level(logging.application_level.as_deref().map(ApplicationLogLevel::from))
        .set_system_log_level(logging.system_level.as_deref().map(SystemLogLevel::from))
        .build()
}

fn snap_start(function: &Function) -> SnapStart {
    let on = if function.snap_start { SnapStartApplyOn::PublishedVersions } else { SnapStartApplyOn::None };
    SnapStart::builder().apply_on(on).build()
}

fn full(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn text(arn: &Arn) -> String {
    arn.as_str().to_owned()
}

fn nothing_to_send(call: &str) -> Refusal {
    refusal::own(RefusalKind::Invalid, call, "the plan holds the hash of deployed code where it needs code to send")
}
