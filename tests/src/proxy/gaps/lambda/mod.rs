//! Lambda: checks that neither emulator makes, and what moto forgets of a function.

mod checks;
mod function;
mod layers;
mod probes;

use super::{Repair, future};
use crate::proxy::Service;

pub(in crate::proxy) use function::{each_configuration, name};
pub(super) use probes::PROBES;

pub(super) static REPAIRS: &[Repair] = &[
    Repair {
        name: "lambda.function_as_written",
        service: Service::Lambda,
        operations: &[
            "CreateFunction",
            "UpdateFunctionConfiguration",
            "UpdateFunctionCode",
            "GetFunction",
            "GetFunctionConfiguration",
            "ListFunctions",
            "DeleteFunction",
        ],
        handle: future!(function::as_written),
    },
    Repair {
        name: "lambda.log_group",
        service: Service::Lambda,
        operations: &["UpdateFunctionConfiguration", "GetFunction", "GetFunctionConfiguration", "ListFunctions"],
        handle: future!(function::log_group),
    },
    Repair {
        name: "lambda.in_progress",
        service: Service::Lambda,
        operations: &["UpdateFunctionConfiguration", "UpdateFunctionCode"],
        handle: future!(checks::in_progress),
    },
    Repair {
        name: "lambda.checks",
        service: Service::Lambda,
        operations: &["CreateFunction", "UpdateFunctionConfiguration", "UpdateFunctionCode"],
        handle: future!(checks::check),
    },
    Repair {
        name: "lambda.dry_run",
        service: Service::Lambda,
        operations: &["UpdateFunctionCode"],
        handle: future!(checks::dry_run),
    },
    Repair {
        name: "lambda.layers",
        service: Service::Lambda,
        operations: &["GetLayerVersionByArn", "CreateFunction", "UpdateFunctionConfiguration"],
        handle: future!(layers::layers),
    },
];
