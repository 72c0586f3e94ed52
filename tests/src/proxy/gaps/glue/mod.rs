//! Glue jobs: neither emulator keeps a job as it was written, and both keep its tags after it is gone.

mod checks;
mod job;
mod probes;
mod tags;

use super::{Repair, future};
use crate::proxy::Service;

pub(super) use probes::PROBES;

pub(super) static REPAIRS: &[Repair] = &[
    // Outermost: it corrects what the others answer.
    Repair {
        name: "glue.job_as_written",
        service: Service::Glue,
        operations: &["CreateJob", "UpdateJob", "GetJob", "GetJobs", "BatchGetJobs", "DeleteJob"],
        handle: future!(job::as_written),
    },
    Repair {
        name: "glue.checks",
        service: Service::Glue,
        operations: &["CreateJob", "UpdateJob"],
        handle: future!(checks::check),
    },
    Repair {
        name: "glue.update_unsupported",
        service: Service::Glue,
        operations: &["UpdateJob"],
        handle: future!(job::update_in_its_stead),
    },
    Repair {
        name: "glue.batch_get",
        service: Service::Glue,
        operations: &["BatchGetJobs", "ListJobs"],
        handle: future!(job::several),
    },
    Repair {
        name: "glue.create_job_tags",
        service: Service::Glue,
        operations: &["CreateJob"],
        handle: future!(tags::of_create),
    },
    Repair {
        name: "glue.tags_die_with_the_job",
        service: Service::Glue,
        operations: &["DeleteJob"],
        handle: future!(tags::die_with_the_job),
    },
    Repair {
        name: "glue.tags_of_nothing",
        service: Service::Glue,
        operations: &["GetTags", "TagResource", "UntagResource"],
        handle: future!(tags::of_nothing),
    },
];
