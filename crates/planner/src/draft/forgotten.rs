//! What is ours and retained, and left to itself: our tags are taken off, and nothing else.

use statewright_spec::{Address, Owner, Resource, Tags};

use super::{Draft, Phase, leaving, script};
use crate::{
    Action, Believed, Mode, Operation, Present, custody, kind, notes::Notes, operation::job::JobOperation,
    survey::Survey,
};

pub(super) fn draft(survey: &Survey<'_>, address: &Address, present: &Present, notes: &mut Notes) -> Draft {
    let mut operations = Vec::new();
    let mut risk = vec!["nothing of this stack changes or deletes it any more".to_owned()];
    // The object first: once the job's mark is gone nothing tells of it.
    for (bucket, key) in script::of_leaving(survey, address, present, notes) {
        risk.push(format!("so is its script s3://{bucket}/{key}"));
        operations.push(Operation::Job(JobOperation::ReleaseScript { bucket, key }));
    }
    operations.extend(match &present.resource {
        Resource::Function(_) => kind::function::unless_busy(&address.name, present),
        Resource::Policy(_)
        | Resource::Role(_)
        | Resource::LogGroup(_)
        | Resource::Job(_)
        | Resource::StateMachine(_) => None,
    });
    let keys = std::iter::once(Owner::TAG.to_owned()).chain(present.markers.keys().cloned());
    operations.push(kind::untag(address, &present.arn, keys.collect()));
    Draft {
        address: address.clone(),
        phase: Phase::Delete,
        action: Action::Forget,
        title: leaving::title(survey, address, "forget"),
        changes: vec![custody::owner_change(present.owner.as_ref(), None)],
        why: match survey.mode {
            Mode::Destroy => "the stack is destroyed, and it is retained".to_owned(),
            Mode::Apply => leaving::why(survey, address, "it is retained"),
        },
        risk,
        operations,
        before: Some(Box::new(Believed::read(present))),
        read_back: None,
        ours: Tags::new(),
    }
}
