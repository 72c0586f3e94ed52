//! Reading, planning and applying in the world.

use statewright_spec::Desired;

use super::World;
use crate::{Live, Mode, Observed, Operation, Options, Plan, Refusal, Step, destroy, mend, plan, questions, reading};

/// Reads all that a plan needs, round by round.
pub fn read(world: &World, desired: &Desired, mode: Mode, options: &Options) -> Live {
    let mut live = world.observe(&reading(desired, mode, false, true));
    loop {
        let asked = questions(desired, &live, mode, options);
        if asked.is_empty() {
            return live;
        }
        for question in asked {
            let answer = world.answer(&question);
            live.answers.insert(question, answer);
        }
    }
}

/// The plan for the world as it is.
pub fn planned(world: &World, desired: &Desired, mode: Mode, options: &Options) -> Plan {
    let live = read(world, desired, mode, options);
    match mode {
        Mode::Apply => plan(desired, &live, options),
        Mode::Destroy => destroy(desired, &live, options),
    }
}

/// Performs a plan's operations one by one, as long as `go` says so; what was created is read back and mended.
///
/// # Errors
/// The operation that was refused, and why.
pub fn apply(
    world: &mut World,
    plan: &Plan,
    mut go: impl FnMut(&World, &Step, &Operation) -> bool,
) -> Result<(), Box<(Operation, Refusal)>> {
    for step in &plan.steps {
        for operation in &step.operations {
            if !go(world, step, operation) {
                return Ok(());
            }
            world.perform(operation).map_err(|refusal| Box::new((operation.clone(), refusal)))?;
        }
        let Some(wanted) = &step.read_back else { continue };
        let Observed::Present(present) = world.get(&step.address, None) else { continue };
        for operation in mend(wanted, &step.ours, &present).unwrap_or_default() {
            if !go(world, step, &operation) {
                return Ok(());
            }
            world.perform(&operation).map_err(|refusal| Box::new((operation.clone(), refusal)))?;
        }
    }
    Ok(())
}
