//! Lambda's shape → ours.

use std::collections::BTreeMap;

use aws_sdk_lambda::{
    operation::get_function::GetFunctionOutput,
    types::{
        Architecture, FileSystemConfig, FunctionConfiguration, LastUpdateStatus, LoggingConfig, Runtime,
        SnapStartApplyOn, State, TracingMode, VpcConfigResponse,
    },
};
use statewright_planner::{Detail, Fingerprint, Present, Refusal, RefusalKind, operation::function::MARK_CODE};
use statewright_spec::{
    Arn, Kind, Resource, Secret,
    kind::function::{Code, Function, FunctionLogging, Vpc},
};

use super::{
    super::{required, unsigned},
    is_archive,
};
use crate::{Connection, refusal, tagging::Labels};

const CALL: &str = "lambda:GetFunction";
/// AWS's defaults: megabytes, seconds, megabytes.
const MEMORY: i32 = 128;
const TIMEOUT: i32 = 3;
const STORAGE: i32 = 512;

/// Everything of a function, defaults filled in.
pub(super) fn present(c: &Connection, name: &str, found: GetFunctionOutput) -> Result<Present, Refusal> {
    let configuration = required(CALL, "configuration", found.configuration)?;
    let arn = c.own_arn(CALL, Kind::Function, name, configuration.function_arn().unwrap_or_default())?;
    if let Some(error) = found.tags_error {
        return Err(denied(error.error_code, format!("the function's tags: {}", error.message)));
    }
    if !is_archive(&configuration) {
        let words = format!("the function {name} is a container image; only zip archives are managed");
        return Err(refusal::malformed(CALL, words));
    }
    let revision = configuration.revision_id.clone().unwrap_or_default();
    let state = configuration.state().map_or("Active", State::as_str).to_owned();
    let update = configuration.last_update_status().map_or("Successful", LastUpdateStatus::as_str).to_owned();
    let labels = Labels::of_map(found.tags);
    // The revision changes by itself when a function settles, falls asleep or awakes; the date, when somebody writes.
    let modified = configuration.last_modified.clone().unwrap_or_default();
    let fingerprint = Fingerprint(BTreeMap::from([("modified".to_owned(), modified)]));
    let function = function(name, configuration, &labels)?;
    Ok(Present {
        resource: Resource::Function(Function { tags: labels.tags, ..function }),
        arn,
        owner: labels.owner,
        markers: labels.markers,
        fingerprint,
        detail: Detail::Function { revision, state, update },
    })
}

fn function(name: &str, raw: FunctionConfiguration, labels: &Labels) -> Result<Function, Refusal> {
    let environment = raw.environment.unwrap_or_else(|| aws_sdk_lambda::types::EnvironmentResponse::builder().build());
    if let Some(error) = environment.error {
        // The key is not ours to use: the variables are there, and nobody tells them.
        let words = format!("the function's environment: {}", error.message.unwrap_or_default());
        return Err(denied(error.error_code.unwrap_or_default(), words));
    }
    let variables = environment.variables.unwrap_or_default().into_iter();
    Ok(Function {
        runtime: required(CALL, "runtime", raw.runtime.as_ref().map(Runtime::as_str))?.to_owned(),
        handler: required(CALL, "handler", raw.handler)?,
        role: arn("role", &required(CALL, "role", raw.role)?)?,
        code: Code::Deployed {
            sha256: required(CALL, "CodeSha256", raw.code_sha256)?,
            source: labels.markers.get(MARK_CODE).cloned(),
        },
        memory: unsigned(CALL, "the memory", raw.memory_size.unwrap_or(MEMORY))?,
        timeout: unsigned(CALL, "the timeout", raw.timeout.unwrap_or(TIMEOUT))?,
        description: raw.description.unwrap_or_default(),
        environment: variables.map(|(key, value)| (key, Secret::new(value))).collect(),
        kms_key: optional_arn("key", raw.kms_key_arn.as_deref())?,
        layers: raw
            .layers
            .unwrap_or_default()
            .iter()
            .map(|layer| arn("layer", layer.arn().unwrap_or_default()))
            .collect::<Result<_, _>>()?,
        architecture: raw
            .architectures
            .as_ref()
            .and_then(|all| all.first())
            .map_or("x86_64", Architecture::as_str)
            .to_owned(),
        ephemeral_storage: unsigned(CALL, "the storage", raw.ephemeral_storage.map_or(STORAGE, |s| s.size))?,
        tracing: raw.tracing_config.and_then(|t| t.mode).is_some_and(|mode| mode == TracingMode::Active),
        dead_letter: optional_arn("dead letter target", raw.dead_letter_config.as_ref().and_then(|d| d.target_arn()))?,
        vpc: raw.vpc_config.and_then(vpc),
        file_systems: file_systems(raw.file_system_configs.unwrap_or_default())?,
        logging: logging(name, raw.logging_config),
        snap_start: raw.snap_start.and_then(|s| s.apply_on).is_some_and(|on| on == SnapStartApplyOn::PublishedVersions),
        tags: BTreeMap::new(),
    })
}

/// A function that left its VPC shows one with empty lists.
fn vpc(raw: VpcConfigResponse) -> Option<Vpc> {
    let subnets = raw.subnet_ids.unwrap_or_default();
    let security_groups = raw.security_group_ids.unwrap_or_default();
    (!subnets.is_empty() || !security_groups.is_empty()).then(|| Vpc {
        subnets: subnets.into_iter().collect(),
        security_groups: security_groups.into_iter().collect(),
        ipv6: raw.ipv6_allowed_for_dual_stack.unwrap_or_default(),
    })
}

fn file_systems(raw: Vec<FileSystemConfig>) -> Result<BTreeMap<Arn, String>, Refusal> {
    raw.into_iter().map(|system| Ok((arn("file system", &system.arn)?, system.local_mount_path))).collect()
}

/// Levels are set with JSON only. Source: `LoggingConfig` in the Lambda API reference.
fn logging(name: &str, raw: Option<LoggingConfig>) -> FunctionLogging {
    let raw = raw.unwrap_or_else(|| LoggingConfig::builder().build());
    let format = raw.log_format.as_ref().map_or("Text", |format| format.as_str()).to_owned();
    let logging = FunctionLogging {
        log_group: raw.log_group.filter(|group| !group.is_empty()).unwrap_or_else(|| format!("/aws/lambda/{name}")),
        application_level: raw.application_log_level.map(|level| level.as_str().to_owned()),
        system_level: raw.system_log_level.map(|level| level.as_str().to_owned()),
        format,
    };
    logging.with_defaults()
}

fn arn(what: &str, text: &str) -> Result<Arn, Refusal> {
    Arn::parse(text).ok_or_else(|| refusal::malformed(CALL, format!("the {what} `{text}` is not an ARN")))
}

fn optional_arn(what: &str, text: Option<&str>) -> Result<Option<Arn>, Refusal> {
    text.filter(|text| !text.is_empty()).map(|text| arn(what, text)).transpose()
}

fn denied(code: String, message: String) -> Refusal {
    Refusal { kind: RefusalKind::Denied, call: CALL.to_owned(), code, message, request_id: None }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{
        EnvironmentError, EnvironmentResponse, LogFormat, PackageType, TagsError,
        builders::FunctionConfigurationBuilder,
    };

    use super::*;

    fn raw() -> FunctionConfigurationBuilder {
        FunctionConfiguration::builder()
            .function_name("f")
            .function_arn("arn:aws:lambda:us-east-1:123456789012:function:f")
            .runtime(Runtime::from("python3.99"))
            .handler("app.handler")
            .role("arn:aws:iam::123456789012:role/R")
            .code_sha256("abc=")
    }

    fn output(raw: FunctionConfigurationBuilder) -> GetFunctionOutput {
        GetFunctionOutput::builder().configuration(raw.build()).tags(MARK_CODE, "0123:abc=").build()
    }

    fn mapped(raw: FunctionConfigurationBuilder) -> Result<Function, Refusal> {
        match present(&Connection::offline(), "f", output(raw))?.resource {
            Resource::Function(function) => Ok(function),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_aws_or_an_emulator_leaves_out_is_the_default() {
        let function = mapped(raw()).unwrap();
        let expect = Function {
            runtime: "python3.99".into(),
            handler: "app.handler".into(),
            role: Arn::parse("arn:aws:iam::123456789012:role/R").unwrap(),
            code: Code::Deployed { sha256: "abc=".into(), source: Some("0123:abc=".into()) },
            memory: 128,
            timeout: 3,
            description: String::new(),
            environment: BTreeMap::new(),
            kms_key: None,
            layers: Vec::new(),
            architecture: "x86_64".into(),
            ephemeral_storage: 512,
            tracing: false,
            dead_letter: None,
            vpc: None,
            file_systems: BTreeMap::new(),
            logging: FunctionLogging {
                format: "Text".into(),
                log_group: "/aws/lambda/f".into(),
                application_level: None,
                system_level: None,
            },
            snap_start: false,
            tags: BTreeMap::new(),
        };
        assert_eq!(function, expect);
    }

    #[test]
    fn empty_is_none() {
        let function = mapped(
            raw()
                .kms_key_arn("")
                .vpc_config(VpcConfigResponse::builder().vpc_id("").set_subnet_ids(Some(Vec::new())).build())
                .dead_letter_config(aws_sdk_lambda::types::DeadLetterConfig::builder().target_arn("").build())
                .logging_config(LoggingConfig::builder().log_format(LogFormat::Text).log_group("").build()),
        )
        .unwrap();
        assert_eq!((function.kms_key, function.vpc, function.dead_letter), (None, None, None));
        assert_eq!(function.logging.log_group, "/aws/lambda/f");
    }

    #[test]
    fn what_cannot_be_read_whole_is_a_refusal() {
        let check = |output, expect: &str| {
            let refusal = present(&Connection::offline(), "f", output).unwrap_err();
            assert_eq!(refusal.to_string(), expect);
        };
        let error = EnvironmentError::builder().error_code("AccessDeniedException").message("no kms:Decrypt").build();
        let environment = EnvironmentResponse::builder().error(error).build();
        check(
            output(raw().environment(environment)),
            "lambda:GetFunction: AccessDeniedException: the function's environment: no kms:Decrypt",
        );
        check(
            output(raw().package_type(PackageType::Image)),
            "lambda:GetFunction: the function f is a container image; only zip archives are managed",
        );
        check(output(raw().role("R")), "lambda:GetFunction: the role `R` is not an ARN");
        let mut refused = output(raw());
        let error = TagsError::builder().error_code("AccessDeniedException").message("no lambda:ListTags").build();
        refused.tags_error = Some(error.unwrap());
        check(refused, "lambda:GetFunction: AccessDeniedException: the function's tags: no lambda:ListTags");
    }
}
