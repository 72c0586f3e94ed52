//! The documents that stand in files of their own.

use std::{collections::BTreeMap, path::Path};

use statewright_source::{
    Diagnostic, FileId, MAX_FILE_BYTES, Node, Parsed, Severity, Sources, Span, Value, codes as src, parse_json,
    parse_yaml, visible,
};

use crate::{
    Kind, codes,
    files::Files,
    places,
    reference::{Flavour, Scope, Trace, fill_keys, fill_text, pointer_to},
};

/// JSON by its name, else YAML.
pub(crate) fn parse(file: FileId, name: &str, text: &str) -> Parsed {
    let json = Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    if json { parse_json(file, text) } else { parse_yaml(file, text) }
}

/// Whether a tree is a guess. After some faults it is certain what was meant; what follows from another would speak of
/// what nobody wrote.
pub(crate) fn is_guess(faults: &[Diagnostic]) -> bool {
    let certain = [src::DUPLICATE_KEY, src::INEXACT_NUMBER, src::JSON_COMMA, src::JSON_COMMENT];
    faults.iter().any(|d| d.severity == Severity::Error && !certain.contains(&d.code))
}

/// Reads the documents that stand in files of their own.
pub(crate) struct Documents<'a> {
    files: &'a Files,
    scope: Scope<'a>,
    /// By the place of their path; `None` where one cannot be read, which was said.
    pub(crate) found: BTreeMap<Span, Option<Node>>,
    /// Their texts.
    pub(crate) texts: Vec<FileId>,
}

impl<'a> Documents<'a> {
    /// None yet. `scope` says what a path may hold.
    pub(crate) fn new(files: &'a Files, scope: Scope<'a>) -> Self {
        Self { files, scope, found: BTreeMap::new(), texts: Vec::new() }
    }

    /// Reads every document that the spec names, each once.
    pub(crate) fn read(&mut self, root: &Node, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) {
        // Faults in keys are found when the spec is resolved.
        let root = fill_keys(root, self.scope, Flavour::Plain, sources, &mut Trace::default());
        // By what the path leads to: a file that two resources use is read once.
        let mut known: BTreeMap<String, Option<Node>> = BTreeMap::new();
        for kind in Kind::ALL {
            let bodies = root.get(kind.section()).and_then(Node::as_map).unwrap_or_default();
            for path in bodies.iter().flat_map(|e| file_nodes(kind, &e.value)) {
                let Some(text) = path.as_str() else { continue };
                let filled = fill_text(text, path.span, self.scope, Flavour::Plain, sources, &mut Trace::default());
                if filled.broken || filled.sensitive || self.found.contains_key(&path.span) {
                    continue;
                }
                let shown = self.files.shown(&filled.text);
                let node = match known.get(&shown) {
                    Some(node) => node.clone(),
                    None => self.file(&filled.text, &shown, path.span, sources, diagnostics),
                };
                known.insert(shown, node.clone());
                self.found.insert(path.span, node);
            }
        }
    }

    fn file(
        &mut self,
        path: &str,
        shown: &str,
        span: Span,
        sources: &mut Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Node> {
        let bytes = match self.files.bytes(path, MAX_FILE_BYTES as u64) {
            Ok(bytes) => bytes,
            Err(fault) => {
                diagnostics.push(fault.diagnostic(shown, path, span));
                return None;
            }
        };
        let file = match sources.add_bytes(shown, &bytes) {
            Ok(file) => file,
            Err(found) => {
                diagnostics.push(found.related(span, "named here"));
                return None;
            }
        };
        self.texts.push(file);
        let parsed = parse(file, shown, &sources.file(file).text);
        let faulty = parsed.diagnostics.iter().any(|d| d.severity == Severity::Error);
        let guess = is_guess(&parsed.diagnostics);
        diagnostics.extend(parsed.diagnostics);
        if guess {
            return None;
        }
        let Some(root) = parsed.root.filter(|r| r.value != Value::Null) else {
            if !faulty {
                diagnostics.push(
                    Diagnostic::error(codes::EMPTY, format!("`{}` is empty", visible(shown)))
                        .at(Span::new(file, 0, 0), "nothing here")
                        .related(span, "named here"),
                );
            }
            return None;
        };
        if root.as_map().is_none() {
            let title = format!("`{}` must be a map, not {}", visible(shown), root.kind());
            diagnostics.push(
                Diagnostic::error(codes::WRONG_TYPE, title)
                    .at(root.span, "a document is a map")
                    .related(span, "named here"),
            );
            return None;
        }
        Some(root)
    }
}

/// The paths of a resource's documents: every `file` of a field that holds one.
fn file_nodes(kind: Kind, body: &Node) -> Vec<&Node> {
    let mut out = Vec::new();
    for entry in body.as_map().unwrap_or_default() {
        let pointer = pointer_to("", &entry.key);
        if places::is_document(kind, &pointer) {
            out.extend(entry.value.get("file"));
        }
        for inner in entry.value.as_map().unwrap_or_default() {
            if places::is_document(kind, &pointer_to(&pointer, &inner.key)) {
                out.extend(inner.value.get("file"));
            }
        }
    }
    out
}
