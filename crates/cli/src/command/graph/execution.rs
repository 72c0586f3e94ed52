//! `statewright graph --execution`: what an execution did, painted onto the machine that it ran on.

use std::sync::Arc;

use statewright_asl::Definition;
use statewright_aws::run::{Follow, Source};
use statewright_execution::{Execution, Outline};
use statewright_graph::{Chart, Paint};
use statewright_planner::RefusalKind;
use statewright_source::{FileId, parse_json};
use statewright_spec::Arn;

use crate::{
    args::Global,
    arn,
    error::{CliError, Result},
    view::graph::{Drawn, run::paint},
};

/// Reads an execution from its beginning to where it is now.
pub(super) async fn run(text: &str, global: &Global) -> Result<Drawn> {
    let arn = Arn::parse(text).filter(|arn| arn.service() == "states");
    let arn = arn.ok_or_else(|| CliError::user(format!("{text} is not the ARN of an execution")))?;
    if arn.resource().starts_with("express:") {
        return Err(CliError::user(
            "an execution of an EXPRESS machine keeps no history, so there is nothing to paint",
        )
        .hint("its log group may have its events: see `statewright run --follow`"));
    }
    if !arn.resource().starts_with("execution:") {
        return Err(CliError::user(format!("{arn} is not the ARN of an execution")));
    }
    let connection = arn::connect(&arn, global).await?;
    let described = connection.describe_execution(&arn).await.map_err(|refusal| match refusal.kind {
        RefusalKind::NotFound => CliError::user(format!("there is no execution {arn}"))
            .hint("AWS forgets an execution 90 days after its end, and with its machine"),
        _ => refusal.into(),
    })?;
    let definition = connection.definition_of(&arn).await?;
    let definition = definition.ok_or_else(|| {
        CliError::user(format!("the machine of {arn} is gone, and with it the definition that the execution ran on"))
    })?;
    let root = parse_json(FileId(0), &definition).root;
    let root = root.ok_or_else(|| CliError::bug("AWS gave a definition that is no JSON"))?;
    let outline = Outline::of(&Definition::of(&root));
    let mut execution = Execution::new(Arc::new(outline));
    let mut follow = Follow::new(arn.clone(), Source::History, described.started_at);
    loop {
        for event in follow.look(&connection).await? {
            execution.apply(event);
        }
        if !follow.is_catching_up() {
            break;
        }
    }
    // The items of a distributed Map are executions of their own; who may not read their counts sees the rest.
    for run in execution.map_runs_at_work() {
        if let Ok(run) = connection.map_run(&run).await {
            execution.set_map_run(run);
        }
    }
    let title = format!("{}, execution {}, {}", described.machine.name(), described.name, described.status.as_str());
    Ok(Drawn { title, chart: Chart::of(&Definition::of(&root)), paint: Paint::Run(paint(&execution)) })
}
