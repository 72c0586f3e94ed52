//! IAM: refusals that the emulators do not give, and answers that lack or hold too much.

mod checks;
mod details;
mod policy;
mod probes;
mod role;

use super::{Repair, future};
use crate::proxy::Service;

pub(super) use probes::PROBES;

pub(super) static REPAIRS: &[Repair] = &[
    Repair {
        name: "iam.checks",
        service: Service::Iam,
        operations: &[
            "CreateRole",
            "UpdateRole",
            "UpdateAssumeRolePolicy",
            "PutRolePolicy",
            "PutRolePermissionsBoundary",
            "AttachRolePolicy",
            "CreatePolicy",
            "CreatePolicyVersion",
        ],
        handle: future!(checks::check),
    },
    Repair {
        name: "iam.delete_policy",
        service: Service::Iam,
        operations: &["DeletePolicy"],
        handle: future!(checks::delete_policy),
    },
    Repair {
        name: "iam.default_version",
        service: Service::Iam,
        operations: &[
            "SetDefaultPolicyVersion",
            "GetPolicy",
            "ListPolicies",
            "GetPolicyVersion",
            "ListPolicyVersions",
            "GetAccountAuthorizationDetails",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "DeletePolicy",
        ],
        handle: future!(policy::default_version),
    },
    Repair {
        name: "iam.clear_description",
        service: Service::Iam,
        operations: &["UpdateRole", "GetRole", "ListRoles", "CreateRole", "DeleteRole"],
        handle: future!(role::clear_description),
    },
    Repair {
        name: "iam.details",
        service: Service::Iam,
        operations: &["GetAccountAuthorizationDetails"],
        handle: future!(details::complete),
    },
    Repair {
        name: "iam.lists_without_tags",
        service: Service::Iam,
        operations: &["ListRoles", "ListPolicies"],
        handle: future!(details::lists_without_tags),
    },
];
