//! `statewright validate`

use std::process::ExitCode;

use statewright_source::{Diagnostic, Sources, render};

use crate::{
    args::{Deny, FindingFormat, Global, ValidateArgs},
    error::Result,
    output,
    stage::{denied, read},
    view::finding,
};

/// Checks specs without AWS: what is not known offline is not judged.
pub(crate) fn validate(args: &ValidateArgs, global: &Global) -> Result<ExitCode> {
    let mut sources = Sources::default();
    let (count, findings) = check(&mut sources, args, global);
    match args.format {
        FindingFormat::Text => {
            output::data(&finding::text(&sources, &findings));
            output::say(&verdict(&sources, count, &findings));
        }
        FindingFormat::Json => output::json(&finding::json(&sources, &findings)),
        FindingFormat::Sarif => output::json(&finding::sarif(&sources, &findings)),
        FindingFormat::Github => output::data(&render::github(&sources, &findings)),
    }
    // An execution that must fail fails a validation, though it does not block a plan.
    let deny = args.deny.or(Some(Deny::Runtime));
    Ok(if denied(&findings, deny) { 1.into() } else { ExitCode::SUCCESS })
}

fn check(sources: &mut Sources, args: &ValidateArgs, global: &Global) -> (usize, Vec<Diagnostic>) {
    let (loaded, mut findings) = read(sources, &args.specs.paths, global);
    let mut desired = Vec::new();
    for spec in &loaded {
        // What the spec's guards say is known without asking AWS.
        let (state, noticed) = spec.resolve(&spec.aws().identity());
        findings.extend(noticed);
        desired.extend(state);
    }
    findings.extend(statewright_spec::conflicts(&desired.iter().collect::<Vec<_>>()));
    (loaded.len(), findings)
}

fn verdict(sources: &Sources, specs: usize, findings: &[Diagnostic]) -> String {
    let specs = format!("{specs} spec{}", if specs == 1 { "" } else { "s" });
    match render::summary(sources, findings) {
        summary if summary.is_empty() => {
            format!("{specs}: nothing to say against {}\n", if specs == "1 spec" { "it" } else { "them" })
        }
        summary => format!("{specs}: {summary}\n"),
    }
}
