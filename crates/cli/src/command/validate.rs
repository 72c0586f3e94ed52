//! `statewright validate`

use std::{path::PathBuf, process::ExitCode};

use statewright_planner::permissions::permissions;
use statewright_source::{Diagnostic, Sources, render};

use crate::{
    args::{Deny, FindingFormat, Global, ValidateArgs},
    error::Result,
    fix, output,
    stage::{denied, read},
    view::finding,
};

/// How often edits are made and the result is checked again: one may bring the next to light.
const ROUNDS: usize = 8;

/// Checks specs and definitions without AWS: what is not known offline is not judged.
pub(crate) fn validate(args: &ValidateArgs, global: &Global) -> Result<ExitCode> {
    let mut checked = check(args, global);
    if args.fix {
        let mut made = 0;
        for _ in 0..ROUNDS {
            let fixed = fix::apply(&checked.sources, &checked.findings);
            fixed.said.iter().for_each(|line| output::say(&format!("{line}\n")));
            if fixed.edits == 0 {
                break;
            }
            made += fixed.edits;
            checked = check(args, global);
        }
        output::say(&match made {
            0 => "nothing to fix: no finding has a certain mend\n".to_owned(),
            1 => "1 finding fixed\n".to_owned(),
            n => format!("{n} findings fixed\n"),
        });
    }
    let Checked { sources, findings, .. } = &checked;
    match args.format {
        FindingFormat::Text => {
            output::data(&finding::text(sources, findings));
            output::say(&verdict(&checked));
        }
        FindingFormat::Json => output::json(&finding::json(sources, findings)),
        FindingFormat::Sarif => output::json(&finding::sarif(sources, findings)),
        FindingFormat::Github => output::data(&render::github(sources, findings)),
    }
    // An execution that must fail fails a validation, though it does not block a plan.
    let deny = args.deny.or(Some(Deny::Runtime));
    Ok(if denied(findings, deny) { 1.into() } else { ExitCode::SUCCESS })
}

/// What was looked at, and what there is to say.
struct Checked {
    sources: Sources,
    specs: usize,
    definitions: usize,
    findings: Vec<Diagnostic>,
}

fn check(args: &ValidateArgs, global: &Global) -> Checked {
    let mut sources = Sources::default();
    let (definitions, specs): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path| statewright_spec::is_definition(path));
    let mut findings = Vec::new();
    for path in &definitions {
        let machine_type = args.machine_type.map(Into::into);
        findings.extend(statewright_spec::check_definition(&mut sources, path, machine_type));
    }
    let mut count = 0;
    if definitions.is_empty() || !specs.is_empty() {
        let (loaded, faults) = read(&mut sources, &specs, global);
        findings.extend(faults);
        let mut desired = Vec::new();
        for spec in &loaded {
            // What the spec's guards say is known without asking AWS.
            let (state, noticed) = spec.resolve(&spec.aws().identity());
            findings.extend(noticed);
            let mut judged = state.iter().flat_map(|state| permissions(state, None).findings).collect();
            statewright_spec::silence(&sources, &mut judged);
            findings.extend(judged);
            desired.extend(state);
        }
        findings.extend(statewright_spec::conflicts(&desired.iter().collect::<Vec<_>>()));
        count = loaded.len();
    }
    Checked { sources, specs: count, definitions: definitions.len(), findings }
}

fn verdict(checked: &Checked) -> String {
    let Checked { sources, specs, definitions, findings } = checked;
    let counted = |n: usize, noun: &str| match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    };
    let what = match (*specs, *definitions) {
        (specs, 0) => counted(specs, "spec"),
        (0, definitions) => counted(definitions, "definition"),
        (specs, definitions) => format!("{}, {}", counted(specs, "spec"), counted(definitions, "definition")),
    };
    match render::summary(sources, findings) {
        summary if summary.is_empty() => {
            format!("{what}: nothing to say against {}\n", if specs + definitions == 1 { "it" } else { "them" })
        }
        summary => format!("{what}: {summary}\n"),
    }
}
