//! Every SDK call of this crate, with the IAM actions that it needs: the least that who runs us must be allowed.
//!
//! Sources: the service authorization reference for the actions of a call; the API references of Step Functions, Lambda,
//! Glue and S3 for what a call needs beside (`iam:PassRole`, tags on create, an object's version).

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

/// One SDK call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// `service:Operation`, as a [`Refusal`](statewright_planner::Refusal) names it.
    pub call: &'static str,
    /// The IAM actions that it always needs: its own first, then those it depends on. Empty where AWS asks for none.
    pub actions: &'static [&'static str],
    /// IAM actions that it needs only where the spec uses something, with what that is.
    pub sometimes: &'static [(&'static str, &'static str)],
    /// What makes us call it.
    pub purposes: &'static [Purpose],
}

/// Why a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Every command that talks to AWS.
    Connect,
    /// `plan`, and what begins with one: `apply`, `destroy`, `status`.
    Read,
    /// What AWS itself says of a change, beside: `plan` and `apply`, not `destroy`.
    Judge,
    /// The part of `plan` that searches for what is ours and no longer in the spec. Refused, the plan says that it is
    /// incomplete.
    Search,
    /// `apply` where it creates and changes.
    Apply,
    /// `apply` where it takes away, and `destroy`.
    Delete,
    /// One machine is read as it is: `graph` and `permissions`.
    Machine,
    /// What a machine's role grants is read: `permissions`.
    Grants,
    /// What an execution did is read: `graph --execution`, `run`, `serve`.
    Execution,
    /// `run`.
    Run,
    /// `serve`, which also does what `plan` and `run` do.
    Serve,
}

use Purpose::{Apply, Connect, Delete, Execution, Grants, Judge, Machine, Read, Run, Search, Serve};

const fn action(call: &'static str, actions: &'static [&'static str], purposes: &'static [Purpose]) -> Action {
    Action { call, actions, sometimes: &[], purposes }
}

impl Action {
    const fn and(self, sometimes: &'static [(&'static str, &'static str)]) -> Self {
        Self { sometimes, ..self }
    }
}

/// All of them, sorted by call.
pub const ACTIONS: &[Action] = &[
    // Refused, the plan says so and goes on.
    action("access-analyzer:ValidatePolicy", &["access-analyzer:ValidatePolicy"], &[Judge]),
    action("glue:CreateJob", &["glue:CreateJob", "glue:TagResource", "iam:PassRole"], &[Apply]),
    action("glue:DeleteJob", &["glue:DeleteJob"], &[Delete]),
    action("glue:GetJob", &["glue:GetJob"], &[Read]),
    // Refused, the run is followed without it.
    action("glue:GetJobRun", &["glue:GetJobRun"], &[Run]),
    action("glue:GetTags", &["glue:GetTags"], &[Read]),
    action("glue:TagResource", &["glue:TagResource"], &[Apply]),
    action("glue:UntagResource", &["glue:UntagResource"], &[Apply, Delete]),
    action("glue:UpdateJob", &["glue:UpdateJob", "iam:PassRole"], &[Apply]),
    action("iam:AttachRolePolicy", &["iam:AttachRolePolicy"], &[Apply]),
    action("iam:CreatePolicy", &["iam:CreatePolicy", "iam:TagPolicy"], &[Apply]),
    action("iam:CreatePolicyVersion", &["iam:CreatePolicyVersion"], &[Apply]),
    action("iam:CreateRole", &["iam:CreateRole", "iam:TagRole"], &[Apply])
        .and(&[("iam:PutRolePermissionsBoundary", "a permissions boundary")]),
    action("iam:DeletePolicy", &["iam:DeletePolicy"], &[Delete]),
    action("iam:DeletePolicyVersion", &["iam:DeletePolicyVersion"], &[Apply, Delete]),
    action("iam:DeleteRole", &["iam:DeleteRole"], &[Delete]),
    action("iam:DeleteRolePermissionsBoundary", &["iam:DeleteRolePermissionsBoundary"], &[Apply]),
    action("iam:DeleteRolePolicy", &["iam:DeleteRolePolicy"], &[Apply, Delete]),
    action("iam:DetachRolePolicy", &["iam:DetachRolePolicy"], &[Apply, Delete]),
    action("iam:GetAccountAuthorizationDetails", &["iam:GetAccountAuthorizationDetails"], &[Search]),
    // Refused, the plan says that it does not forecast.
    action("iam:GetAccountSummary", &["iam:GetAccountSummary"], &[Judge]),
    action("iam:GetPolicy", &["iam:GetPolicy"], &[Read, Grants]),
    action("iam:GetPolicyVersion", &["iam:GetPolicyVersion"], &[Read, Grants]),
    action("iam:GetRole", &["iam:GetRole"], &[Read, Grants]),
    action("iam:GetRolePolicy", &["iam:GetRolePolicy"], &[Read, Grants]),
    action("iam:ListAttachedRolePolicies", &["iam:ListAttachedRolePolicies"], &[Read, Grants]),
    action("iam:ListEntitiesForPolicy", &["iam:ListEntitiesForPolicy"], &[Read]),
    action("iam:ListInstanceProfilesForRole", &["iam:ListInstanceProfilesForRole"], &[Read]),
    action("iam:ListPolicies", &["iam:ListPolicies"], &[Read]),
    action("iam:ListPolicyVersions", &["iam:ListPolicyVersions"], &[Read]),
    action("iam:ListRolePolicies", &["iam:ListRolePolicies"], &[Read, Grants]),
    action("iam:PutRolePermissionsBoundary", &["iam:PutRolePermissionsBoundary"], &[Apply]),
    action("iam:PutRolePolicy", &["iam:PutRolePolicy"], &[Apply]),
    // Refused, the plan says so and goes on.
    action("iam:SimulatePrincipalPolicy", &["iam:SimulatePrincipalPolicy"], &[Read]),
    action("iam:TagPolicy", &["iam:TagPolicy"], &[Apply]),
    action("iam:TagRole", &["iam:TagRole"], &[Apply]),
    action("iam:UntagPolicy", &["iam:UntagPolicy"], &[Apply, Delete]),
    action("iam:UntagRole", &["iam:UntagRole"], &[Apply, Delete]),
    action("iam:UpdateAssumeRolePolicy", &["iam:UpdateAssumeRolePolicy"], &[Apply]),
    action("iam:UpdateRole", &["iam:UpdateRole"], &[Apply]),
    action("lambda:CreateFunction", &["lambda:CreateFunction", "lambda:TagResource", "iam:PassRole"], &[Apply])
        .and(FUNCTION_PARTS),
    action("lambda:DeleteFunction", &["lambda:DeleteFunction"], &[Delete]),
    action("lambda:GetFunction", &["lambda:GetFunction", "lambda:ListTags"], &[Read])
        .and(&[("kms:Decrypt", "a function's environment with a key of yours")]),
    action("lambda:GetFunctionConfiguration", &["lambda:GetFunctionConfiguration"], &[Apply, Delete]),
    action("lambda:GetLayerVersionByArn", &["lambda:GetLayerVersion"], &[Read]),
    action("lambda:TagResource", &["lambda:TagResource"], &[Apply]),
    action("lambda:UntagResource", &["lambda:UntagResource"], &[Apply, Delete]),
    action("lambda:UpdateFunctionCode", &["lambda:UpdateFunctionCode"], &[Apply])
        .and(&[("s3:GetObject", "code in S3"), ("s3:GetObjectVersion", "a version of code in S3")]),
    action("lambda:UpdateFunctionConfiguration", &["lambda:UpdateFunctionConfiguration", "iam:PassRole"], &[Apply])
        .and(FUNCTION_PARTS),
    action("logs:AssociateKmsKey", &["logs:AssociateKmsKey"], &[Apply]),
    action("logs:CreateLogGroup", &["logs:CreateLogGroup", "logs:TagResource"], &[Apply]).and(&[
        ("logs:AssociateKmsKey", "a log group with a key of yours"),
        ("logs:PutLogGroupDeletionProtection", "deletion protection"),
    ]),
    action("logs:DeleteLogGroup", &["logs:DeleteLogGroup"], &[Delete]),
    action("logs:DeleteRetentionPolicy", &["logs:DeleteRetentionPolicy"], &[Apply]),
    action("logs:DescribeLogGroups", &["logs:DescribeLogGroups"], &[Read, Delete]),
    // Refused, the plan says that it does not forecast.
    action("logs:DescribeResourcePolicies", &["logs:DescribeResourcePolicies"], &[Judge]),
    action("logs:DisassociateKmsKey", &["logs:DisassociateKmsKey"], &[Apply]),
    // Refused, the run is followed without it; for EXPRESS machines there is nothing else to follow.
    action("logs:FilterLogEvents", &["logs:FilterLogEvents"], &[Run]),
    action("logs:ListTagsForResource", &["logs:ListTagsForResource"], &[Read]),
    action("logs:PutLogGroupDeletionProtection", &["logs:PutLogGroupDeletionProtection"], &[Apply]),
    action("logs:PutRetentionPolicy", &["logs:PutRetentionPolicy"], &[Apply]),
    action("logs:TagResource", &["logs:TagResource"], &[Apply]),
    action("logs:UntagResource", &["logs:UntagResource"], &[Apply, Delete]),
    action("s3:DeleteObject", &["s3:DeleteObject"], &[Apply, Delete]),
    action("s3:DeleteObjectTagging", &["s3:DeleteObjectTagging"], &[Apply, Delete]),
    action("s3:GetObjectTagging", &["s3:GetObjectTagging"], &[Read]),
    // Without ListBucket S3 says 403 of an object that is not there.
    action("s3:HeadObject", &["s3:GetObject", "s3:ListBucket"], &[Read])
        .and(&[("s3:GetObjectVersion", "a version of code in S3")]),
    action("s3:PutObject", &["s3:PutObject", "s3:PutObjectTagging"], &[Apply])
        .and(&[("kms:GenerateDataKey", "a script in a bucket with a key of yours")]),
    action("s3:PutObjectTagging", &["s3:PutObjectTagging"], &[Apply, Delete]),
    action("states:CreateStateMachine", &["states:CreateStateMachine", "states:TagResource", "iam:PassRole"], &[Apply])
        .and(MACHINE_PARTS),
    action("states:DeleteStateMachine", &["states:DeleteStateMachine"], &[Delete]),
    action("states:DescribeExecution", &["states:DescribeExecution"], &[Delete, Execution]),
    action("states:DescribeMapRun", &["states:DescribeMapRun"], &[Execution]),
    action("states:DescribeStateMachine", &["states:DescribeStateMachine"], &[Read, Apply, Delete, Machine, Run])
        .and(&[("kms:Decrypt", "a state machine with a key of yours")]),
    // Refused, a plan says that it does not know whether versions lose a grant, and the dashboard says so in place of them.
    action("states:DescribeStateMachineAlias", &["states:DescribeStateMachineAlias"], &[Judge, Serve]),
    // Refused, a plan says that it does not know who loses a grant, and a run is followed without what the definition tells.
    action(
        "states:DescribeStateMachineForExecution",
        &["states:DescribeStateMachineForExecution"],
        &[Read, Apply, Execution],
    )
    .and(&[("kms:Decrypt", "a state machine with a key of yours")]),
    action("states:GetExecutionHistory", &["states:GetExecutionHistory"], &[Execution]),
    action("states:ListExecutions", &["states:ListExecutions"], &[Read, Apply, Delete, Run]),
    action("states:ListStateMachineAliases", &["states:ListStateMachineAliases"], &[Judge, Serve]),
    action("states:ListStateMachineVersions", &["states:ListStateMachineVersions"], &[Serve]),
    action("states:ListTagsForResource", &["states:ListTagsForResource"], &[Read, Machine]),
    action("states:RedriveExecution", &["states:RedriveExecution"], &[Run]),
    action("states:StartExecution", &["states:StartExecution"], &[Run])
        .and(&[("kms:GenerateDataKey", "a state machine with a key of yours")]),
    action("states:StartSyncExecution", &["states:StartSyncExecution"], &[Run])
        .and(&[("kms:GenerateDataKey", "a state machine with a key of yours")]),
    action("states:StopExecution", &["states:StopExecution"], &[Delete, Run]),
    action("states:TagResource", &["states:TagResource"], &[Apply]),
    action("states:UntagResource", &["states:UntagResource"], &[Apply, Delete]),
    action("states:UpdateStateMachine", &["states:UpdateStateMachine", "iam:PassRole"], &[Apply]).and(MACHINE_PARTS),
    // Refused, the plan says so and goes on.
    action("states:ValidateStateMachineDefinition", &["states:ValidateStateMachineDefinition"], &[Judge]),
    action("sts:AssumeRole", &[], &[Connect]).and(&[("sts:AssumeRole", "`aws.assume_role`, or a profile's role")]),
    action("sts:GetCallerIdentity", &[], &[Connect]),
    action("tag:GetResources", &["tag:GetResources"], &[Search]),
];

const FUNCTION_PARTS: &[(&str, &str)] = &[
    ("s3:GetObject", "code in S3"),
    ("s3:GetObjectVersion", "a version of code in S3"),
    ("lambda:GetLayerVersion", "layers"),
    ("kms:CreateGrant", "a function's environment with a key of yours"),
    ("kms:Decrypt", "a function's environment with a key of yours"),
    ("kms:Encrypt", "a function's environment with a key of yours"),
    ("ec2:DescribeSecurityGroups", "a function in a VPC"),
    ("ec2:DescribeSubnets", "a function in a VPC"),
    ("ec2:DescribeVpcs", "a function in a VPC"),
];

const MACHINE_PARTS: &[(&str, &str)] = &[
    ("kms:DescribeKey", "a state machine with a key of yours"),
    ("kms:GenerateDataKey", "a state machine with a key of yours"),
];

/// The IAM actions that calls of these purposes always need.
pub fn always(purposes: &[Purpose]) -> BTreeSet<&'static str> {
    of(purposes).flat_map(|action| action.actions).copied().collect()
}

/// Those they need only where the spec uses something, each with what that is, where they are not needed always.
pub fn sometimes(purposes: &[Purpose]) -> BTreeSet<(&'static str, &'static str)> {
    let always = always(purposes);
    of(purposes).flat_map(|action| action.sometimes).copied().filter(|(name, _)| !always.contains(name)).collect()
}

fn of(purposes: &[Purpose]) -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().filter(|action| action.purposes.iter().any(|purpose| purposes.contains(purpose)))
}
