//! Fields of AWS's Create and Update calls that no spec can set, each with the reason.
//!
//! A test builds the fullest request of every such call and finds each field that stays empty here, so that a field that a
//! new version of the SDK brings shows at once.

#[cfg(test)]
mod tests;

/// A field of a request that is never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// `service:Operation`.
    pub call: &'static str,
    /// The field, as AWS spells it.
    pub field: &'static str,
    /// Why, in a sentence.
    pub why: &'static str,
}

const fn left_out(call: &'static str, field: &'static str, why: &'static str) -> LeftOut {
    LeftOut { call, field, why }
}

const VERSIONS: &str = "a spec describes the newest state; versions and aliases are not managed";
const REVISION: &str = "what is written is read just before, and held against the plan";
const IMAGE: &str = "only functions of zip archives are managed, no container images";
const NODES: &str = "the visual editor's own form of a job; a plan warns where an update would wipe it out";
const DEPRECATED: &str = "deprecated in favour of MaxCapacity";
const INSTANCES: &str = "functions on managed instances are not managed";
const SIGNING: &str = "code signing is a policy of the account, kept where signing profiles are kept";
const TENANCY: &str = "isolation by tenant is set once, for functions that no state machine calls without a tenant";
const DURABLE: &str = "durable functions are not managed";

/// All of them, sorted by call and field.
pub const LEFT_OUT: &[LeftOut] = &[
    left_out("glue:CreateJob", "AllocatedCapacity", DEPRECATED),
    left_out("glue:CreateJob", "CodeGenConfigurationNodes", NODES),
    left_out("glue:UpdateJob", "AllocatedCapacity", DEPRECATED),
    left_out("glue:UpdateJob", "CodeGenConfigurationNodes", NODES),
    left_out("lambda:CreateFunction", "CapacityProviderConfig", INSTANCES),
    left_out("lambda:CreateFunction", "CodeSigningConfigArn", SIGNING),
    left_out("lambda:CreateFunction", "DurableConfig", DURABLE),
    left_out("lambda:CreateFunction", "ImageConfig", IMAGE),
    left_out("lambda:CreateFunction", "Publish", VERSIONS),
    left_out("lambda:CreateFunction", "PublishTo", INSTANCES),
    left_out("lambda:CreateFunction", "TenancyConfig", TENANCY),
    left_out("lambda:UpdateFunctionCode", "DryRun", "a plan is the dry run"),
    left_out("lambda:UpdateFunctionCode", "ImageUri", IMAGE),
    left_out("lambda:UpdateFunctionCode", "Publish", VERSIONS),
    left_out("lambda:UpdateFunctionCode", "PublishTo", INSTANCES),
    left_out("lambda:UpdateFunctionCode", "RevisionId", REVISION),
    left_out(
        "lambda:UpdateFunctionCode",
        "S3ObjectStorageMode",
        "Lambda keeps its own copy of the archive, its default",
    ),
    left_out("lambda:UpdateFunctionCode", "SourceKMSKeyArn", "archives are encrypted with Lambda's own key"),
    left_out("lambda:UpdateFunctionConfiguration", "CapacityProviderConfig", INSTANCES),
    left_out("lambda:UpdateFunctionConfiguration", "DurableConfig", DURABLE),
    left_out("lambda:UpdateFunctionConfiguration", "ImageConfig", IMAGE),
    left_out("lambda:UpdateFunctionConfiguration", "RevisionId", REVISION),
    left_out("states:CreateStateMachine", "publish", VERSIONS),
    left_out("states:CreateStateMachine", "versionDescription", VERSIONS),
    left_out("states:UpdateStateMachine", "publish", VERSIONS),
    left_out("states:UpdateStateMachine", "versionDescription", VERSIONS),
];
