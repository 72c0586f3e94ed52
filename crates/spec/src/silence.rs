//! `# statewright: allow(CODE)` — findings that a line, or a file, does not want to hear.

use std::{collections::BTreeMap, path::Path};

use statewright_asl::{Allowed, allowed};
use statewright_source::{Diagnostic, FileId, Severity, Sources};

/// Whether a finding can be silenced. What is wrong with a spec stands in the way, whoever finds it unwelcome; what we
/// say of a definition is a judgement of what AWS will do, and AWS has the last word.
pub(crate) fn may_be_silenced(found: &Diagnostic) -> bool {
    found.severity != Severity::Error || (found.code.0.starts_with("ASL") && found.code.0 != "ASL900")
}

/// Drops the findings that a comment of their own file silences: behind the line, above it, or at the head of the file.
/// JSON has no comments.
pub fn silence(sources: &Sources, findings: &mut Vec<Diagnostic>) {
    let mut files: BTreeMap<FileId, Allowed> = BTreeMap::new();
    findings.retain(|found| {
        let Some(label) = found.primary.as_ref().filter(|_| may_be_silenced(found)) else { return true };
        let comments = files.entry(label.span.file).or_insert_with(|| {
            let file = sources.file(label.span.file);
            let json = Path::new(&file.name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
            if json || !file.text.contains("statewright:") { Allowed::default() } else { allowed(&file.text) }
        });
        comments.is_empty() || !comments.silences(found, sources.start(label.span).line)
    });
}
