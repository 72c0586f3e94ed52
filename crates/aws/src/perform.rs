//! The applier's door.

use statewright_applier::{Cloud, Readiness};
use statewright_planner::{Condition, Observed, Operation, Refusal};
use statewright_spec::{Address, Arn};

use crate::Connection;

impl Cloud for Connection {
    async fn perform(&self, operation: &Operation) -> Result<(), Refusal> {
        let _ = operation;
        Ok(())
    }

    async fn check(&self, condition: &Condition) -> Result<Readiness, Refusal> {
        let _ = condition;
        Ok(Readiness::Ready)
    }

    async fn read(&self, address: &Address, arn: &Arn) -> Observed {
        let _ = (address, arn);
        Observed::Absent
    }
}
