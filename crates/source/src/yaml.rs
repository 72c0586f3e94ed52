//! YAML to nodes.
//!
//! `saphyr-parser` reads the text into events; the tree, its places, aliases, merge keys and every check on them are
//! made here, because the loaders that exist keep no places, take duplicate keys silently or refuse `<<`.

mod build;
mod comments;
mod recover;
mod scalar;
mod scan;
mod syntax;
#[cfg(test)]
mod tests;

pub use comments::{Comment, comments};
pub use scalar::{Lookalike, lookalike};

use crate::{Code, MAX_DEPTH, Parsed, codes, faults::Faults, parse_json, span::FileId};

/// Parses YAML 1.2 text (the core schema, and the merge key of YAML 1.1).
///
/// An empty file has no root and no finding. Where the structure of the text is uncertain there is no root either:
/// guessed trees would only give findings about faults that are not there.
pub fn parse_yaml(file: FileId, text: &str) -> Parsed {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        // JSON is YAML, but the parser of events takes no tab behind a colon.
        let json = parse_json(file, text);
        let fine: &[Code] = &[codes::DUPLICATE_KEY, codes::INEXACT_NUMBER];
        if json.diagnostics.iter().all(|d| fine.contains(&d.code)) {
            return json;
        }
    }
    let mut faults = Faults::new(file);
    syntax::unprintable(text, &mut faults);
    if !faults.is_empty() {
        return Parsed { root: None, diagnostics: faults.into_diagnostics() };
    }
    let masked: String;
    let mut text = text;
    let mut scan = scan::scan(text);
    if scan.is_unknown_alias() {
        masked = recover::without_unknown_aliases(text, &mut faults);
        text = &masked;
        scan = scan::scan(text);
    }
    let uncertain = !faults.is_empty();
    if let Some(open) = scan.too_deep {
        faults.push(
            faults
                .error(
                    codes::TOO_DEEP,
                    format!("maps and lists are nested more than {MAX_DEPTH} deep"),
                    (open, open),
                    "reading stops here",
                )
                .help("flatten the structure"),
        );
        return Parsed { root: None, diagnostics: faults.into_diagnostics() };
    }
    if let Some(error) = &scan.error {
        faults.push(syntax::explain(text, &scan, error, &faults));
        recover::later_sections(text, &scan, error, &mut faults);
        return Parsed { root: None, diagnostics: faults.into_diagnostics() };
    }
    if let Some(second) = scan.second {
        faults.push(
            faults
                .error(codes::YAML_DOCUMENTS, "the file holds more than one document", second, "the second begins here")
                .help("put each document into a file of its own"),
        );
    }
    let root = build::build(text, &scan, &mut faults).filter(|_| !uncertain);
    Parsed { root, diagnostics: faults.into_diagnostics() }
}
