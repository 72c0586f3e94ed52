//! The applier's door.

use std::collections::{BTreeMap, BTreeSet};

use statewright_applier::{Cloud, Readiness};
use statewright_planner::{Answer, Condition, Observed, Operation, Question, Refusal, RefusalKind};
use statewright_spec::{Address, Arn};

use crate::{
    Connection,
    kind::{Hints, function, job, log_group, policy, role, state_machine},
    refusal,
};

impl Cloud for Connection {
    async fn perform(&self, operation: &Operation) -> Result<(), Refusal> {
        match operation {
            Operation::Policy(o) => policy::perform(self, o).await,
            Operation::Role(o) => role::perform(self, o).await,
            Operation::LogGroup(o) => log_group::perform(self, o).await,
            Operation::Function(o) => function::perform(self, o).await,
            Operation::Job(o) => job::perform(self, o).await,
            Operation::StateMachine(o) => state_machine::perform(self, o).await,
            // The applier polls; asked to perform one, this is a single look.
            Operation::Wait(condition) => match self.look(condition).await? {
                Readiness::Ready => Ok(()),
                Readiness::NotYet(why) => Err(refusal::own(RefusalKind::Busy, "wait", why)),
                Readiness::Never(why) => Err(refusal::own(RefusalKind::Invalid, "wait", why)),
            },
        }
    }

    async fn check(&self, condition: &Condition) -> Result<Readiness, Refusal> {
        self.look(condition).await
    }

    async fn answer(&self, questions: &BTreeSet<Question>) -> BTreeMap<Question, Answer> {
        Self::answer(self, questions).await
    }

    async fn read(&self, address: &Address, arn: &Arn) -> Observed {
        self.observe_one(address, arn, Hints::default()).await
    }
}
