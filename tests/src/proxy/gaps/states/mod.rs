//! Step Functions: the checks that AWS makes before it takes a machine, and what the emulators forget of one.

mod checks;
mod definition;
mod executions;
mod machine;
mod probes;

use super::{Repair, future};
use crate::proxy::Service;

pub(super) use probes::PROBES;

pub(super) static REPAIRS: &[Repair] = &[
    Repair {
        name: "states.described",
        service: Service::States,
        operations: &["CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine", "DeleteStateMachine"],
        handle: future!(machine::described),
    },
    Repair {
        name: "states.revision",
        service: Service::States,
        operations: &["CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine", "DeleteStateMachine"],
        handle: future!(machine::revision),
    },
    Repair {
        name: "states.checks",
        service: Service::States,
        operations: &["CreateStateMachine", "UpdateStateMachine"],
        handle: future!(checks::check),
    },
    Repair {
        name: "states.validate",
        service: Service::States,
        operations: &["ValidateStateMachineDefinition"],
        handle: future!(definition::validate),
    },
    Repair {
        name: "states.existing",
        service: Service::States,
        operations: &["CreateStateMachine"],
        handle: future!(machine::existing),
    },
    Repair {
        name: "states.missing",
        service: Service::States,
        operations: &["DeleteStateMachine", "ListExecutions", "ListTagsForResource", "TagResource", "UntagResource"],
        handle: future!(machine::missing),
    },
    Repair {
        name: "states.tags_die_with_the_machine",
        service: Service::States,
        operations: &["DeleteStateMachine"],
        handle: future!(machine::tags_die),
    },
    Repair {
        name: "states.start",
        service: Service::States,
        operations: &["StartExecution"],
        handle: future!(executions::start),
    },
    Repair {
        name: "states.for_execution",
        service: Service::States,
        operations: &["StartExecution", "DescribeStateMachineForExecution"],
        handle: future!(executions::started_with),
    },
    Repair {
        name: "states.stop_date",
        service: Service::States,
        operations: &["StopExecution"],
        handle: future!(executions::stop),
    },
];
