//! Lambda functions.

mod map;
pub(crate) mod request;

use aws_sdk_lambda::{
    operation::get_function::GetFunctionOutput,
    types::{FunctionConfiguration, LastUpdateStatus, State},
};
use aws_smithy_types::timeout::TimeoutConfig;
use statewright_applier::Readiness;
use statewright_planner::{
    Refusal,
    operation::function::{FunctionOperation, MARK_CODE},
};

use super::{Read, gone, required, unless_missing};
use crate::{Connection, s3::UPLOAD, tagging::to_map};

/// `GetFunction`: configuration, code's hash and tags in one.
pub(crate) async fn read(c: &Connection, name: &str) -> Read {
    get(c, name).await?.map(|found| map::present(c, name, found)).transpose()
}

/// `None` where there is none. `name` may be an ARN, with a version or an alias.
pub(crate) async fn get(c: &Connection, name: &str) -> Result<Option<GetFunctionOutput>, Refusal> {
    unless_missing(c.send("lambda:GetFunction", c.lambda.get_function().function_name(name).send()).await)
}

/// Whether a function can be written to and called.
pub(crate) async fn readiness(c: &Connection, name: &str) -> Result<Readiness, Refusal> {
    let request = c.lambda.get_function_configuration().function_name(name);
    let answer = unless_missing(c.send("lambda:GetFunctionConfiguration", request.send()).await)?;
    let Some(answer) = answer else { return Ok(Readiness::NotYet("it is not visible yet".to_owned())) };
    let words = |state: &str, reason: Option<&str>| match reason.filter(|text| !text.is_empty()) {
        Some(reason) => format!("{state}: {reason}"),
        None => state.to_owned(),
    };
    // Emulators leave both out where nothing is going on.
    let state = answer.state().map_or("Active", State::as_str);
    let update = answer.last_update_status().map_or("Successful", LastUpdateStatus::as_str);
    Ok(match (state, update) {
        ("Failed", _) => Readiness::Never(words("its creation failed", answer.state_reason())),
        (_, "Failed") => Readiness::Never(words("its update failed", answer.last_update_status_reason())),
        ("Active" | "Inactive", "Successful") => Readiness::Ready,
        ("Active" | "Inactive", update) => {
            Readiness::NotYet(words(&format!("update {update}"), answer.last_update_status_reason()))
        }
        (state, _) => Readiness::NotYet(words(state, answer.state_reason())),
    })
}

async fn mark_code(c: &Connection, name: &str, arn: &str, source: &str) -> Result<(), Refusal> {
    const CALL: &str = "lambda:GetFunctionConfiguration";
    let request = c.lambda.get_function_configuration().function_name(name);
    let answer = c.send(CALL, request.send()).await?;
    let sha256 = required(CALL, "CodeSha256", answer.code_sha256)?;
    let request = c.lambda.tag_resource().resource(arn).tags(MARK_CODE, format!("{source}:{sha256}"));
    c.send("lambda:TagResource", request.send()).await.map(drop)
}

/// An archive on a slow line takes longer than any other call.
fn patient() -> aws_sdk_lambda::config::Builder {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).build();
    aws_sdk_lambda::config::Builder::new().timeout_config(timeouts)
}

/// Makes one call; for [`FunctionOperation::MarkCode`], a read and a call.
pub(crate) async fn perform(c: &Connection, operation: &FunctionOperation) -> Result<(), Refusal> {
    match operation {
        FunctionOperation::Create { name, function, tags } => {
            const CALL: &str = "lambda:CreateFunction";
            let request = request::create(c.lambda.create_function(), name, function, tags)?;
            c.send(CALL, request.customize().config_override(patient()).send()).await.map(drop)
        }
        FunctionOperation::UpdateCode { name, code, architecture } => {
            const CALL: &str = "lambda:UpdateFunctionCode";
            let request = request::update_code(c.lambda.update_function_code(), name, code, architecture)?;
            c.send(CALL, request.customize().config_override(patient()).send()).await.map(drop)
        }
        FunctionOperation::UpdateConfiguration { name, function } => {
            let request = request::update_configuration(c.lambda.update_function_configuration(), name, function)?;
            c.send("lambda:UpdateFunctionConfiguration", request.send()).await.map(drop)
        }
        FunctionOperation::MarkCode { name, arn, source } => mark_code(c, name, arn.as_str(), source).await,
        FunctionOperation::Tag { arn, tags } => {
            let request = c.lambda.tag_resource().resource(arn.as_str()).set_tags(Some(to_map(tags)));
            c.send("lambda:TagResource", request.send()).await.map(drop)
        }
        FunctionOperation::Untag { arn, keys } => {
            let request = c.lambda.untag_resource().resource(arn.as_str()).set_tag_keys(Some(keys.clone()));
            gone(c.send("lambda:UntagResource", request.send()).await.map(drop))
        }
        FunctionOperation::Delete { name } => {
            gone(c.send("lambda:DeleteFunction", c.lambda.delete_function().function_name(name).send()).await.map(drop))
        }
    }
}

/// The name of the role, the runtime and so on are plain text where the function is a zip archive.
fn is_archive(configuration: &FunctionConfiguration) -> bool {
    configuration.package_type().is_none_or(|package| package.as_str() == "Zip")
}
