//! `statewright plan`

use std::process::ExitCode;

use statewright_planner::{Mode, Options};
use statewright_spec::{Address, Kind};

use crate::{
    args::{Global, PlanArgs, PlanFormat, Scope},
    error::{CliError, Result},
    output, saved,
    stage::{Intent, denied, stage},
    view,
};

/// Shows what an apply would do.
pub(crate) async fn plan(args: &PlanArgs, global: &Global) -> Result<ExitCode> {
    let intent = intent(&args.scope)?;
    if let Some(path) = &args.out {
        saved::check_target(path)?;
    }
    let staged = stage(&args.specs.paths, global, &intent).await?;
    match args.format {
        PlanFormat::Json => output::json(&view::plan::json(&staged.plans, &staged.sources)),
        PlanFormat::Text => {
            let shown: Vec<_> = staged.plans.iter().map(|plan| view::plan::text(plan, &staged.sources)).collect();
            output::data(&shown.join("\n"));
        }
        PlanFormat::Markdown => {
            let shown: Vec<_> = staged.plans.iter().map(|plan| view::plan::markdown(plan, &staged.sources)).collect();
            output::data(&shown.join("\n"));
        }
    }
    // The code comes from the very plans that were printed.
    let denied = staged.plans.iter().any(|plan| denied(&plan.findings, args.deny));
    if let Some(path) = &args.out {
        let shown = path.display();
        if denied {
            output::say(&format!("The plan was not saved to {shown}: its findings must be mended first.\n"));
        } else {
            let made = saved::Made::with(&intent, global);
            saved::write(path, &saved::SavedOutput::of(&staged.plans, &staged.sources, made))?;
            output::say(&format!("Saved to {shown}: `statewright apply --plan {shown}` applies exactly this.\n"));
        }
    }
    Ok(if denied {
        1.into()
    } else if args.detailed_exitcode && staged.plans.iter().any(|plan| !plan.is_empty()) {
        2.into()
    } else {
        ExitCode::SUCCESS
    })
}

/// What the flags of a plan or an apply mean.
pub(super) fn intent(scope: &Scope) -> Result<Intent> {
    let mut options = Options {
        allow_delete_all: scope.allow_delete_all,
        executions: scope.executions.into(),
        drain: scope.drain,
        ..Options::default()
    };
    for target in &scope.targets {
        let address = Address::parse(target).ok_or_else(|| {
            CliError::user(format!("`{target}` is not an address")).hint(format!(
                "an address is a kind and a name: {}",
                Kind::ALL.map(|kind| format!("{kind}.NAME")).join(", ")
            ))
        })?;
        options.targets.insert(address);
    }
    Ok(Intent { options, deep: scope.deep, mode: Mode::Apply })
}
