//! `statewright status`

use std::{process::ExitCode, time::Duration};

use futures::{StreamExt as _, stream};
use statewright_aws::Connection;
use statewright_planner::{Mode, Options, Plan};
use statewright_spec::{Address, Kind, kind::state_machine::MachineType};
use tokio::time::Instant;

use crate::{
    args::{Global, StatusArgs, StatusFormat},
    error::Result,
    output,
    signals::Signals,
    stage::{Intent, Staged, stage},
    view::status::{MachineStatus, Runs, StackStatus, json, table, watching},
};

/// Executions of a machine that are listed, in one call: among them those that run are counted.
const LISTED: usize = 100;
/// Between two looks at the executions, and at the drift: a plan reads every resource.
const PAUSE: Duration = Duration::from_secs(10);
const DRIFT_PAUSE: Duration = Duration::from_mins(1);

/// Shows stacks and machines.
pub(crate) async fn status(args: &StatusArgs, global: &Global) -> Result<ExitCode> {
    let mut staged = planned(args, global).await?;
    if !args.watch {
        let stacks = look(&staged, args).await;
        match args.format {
            StatusFormat::Text => output::data(&table(&stacks, std::time::SystemTime::now())),
            StatusFormat::Json => output::json(&json(&stacks)),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let signals = Signals::listen()?;
    let mut screen = watching();
    let mut planned_at = Instant::now();
    loop {
        screen.show(&look(&staged, args).await);
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = signals.raised() => break,
        }
        if planned_at.elapsed() >= DRIFT_PAUSE {
            planned_at = Instant::now();
            match planned(args, global).await {
                Ok(anew) => staged = anew,
                Err(error) => screen.trouble(&error.render()),
            }
        }
    }
    screen.end();
    Ok(signals.exit_code())
}

async fn planned(args: &StatusArgs, global: &Global) -> Result<Staged> {
    let intent = Intent { options: Options::default(), deep: false, mode: Mode::Apply };
    stage(&args.specs.paths, global, &intent).await
}

/// All machines of all stacks at the same time; a connection bounds its own calls.
async fn look(staged: &Staged, args: &StatusArgs) -> Vec<StackStatus> {
    let stacks = staged.plans.iter().zip(&staged.connections).zip(&staged.machines);
    let stacks = stacks.map(|((plan, connection), machines)| async move {
        let machines = machines.iter().map(|(name, machine_type)| machine(plan, connection, name, *machine_type, args));
        let machines = stream::iter(machines).buffered(64).collect::<Vec<_>>().await;
        StackStatus::of(plan, machines)
    });
    futures::future::join_all(stacks).await
}

async fn machine(
    plan: &Plan,
    connection: &Connection,
    name: &str,
    machine_type: MachineType,
    args: &StatusArgs,
) -> MachineStatus {
    let address = Address::new(Kind::StateMachine, name.to_owned());
    let arn = plan.identity.arn(&address, "/");
    let action = plan.steps.iter().find(|step| step.address == address).map(|step| step.action);
    let runs = if action == Some(statewright_planner::Action::Create) {
        Runs::Absent
    } else if machine_type == MachineType::Express {
        // https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html: not for EXPRESS.
        Runs::Express
    } else {
        match connection.list_executions(&arn, None, LISTED).await {
            Ok(executions) => Runs::of(executions, usize::from(args.last), LISTED),
            Err(refusal) => Runs::Unreadable(refusal),
        }
    };
    MachineStatus { name: name.to_owned(), arn, machine_type, action, runs }
}
