//! Both parsers against other libraries, on definitions and policies that people wrote. Passes where they are absent.

use std::path::{Path, PathBuf};

use crate::{Severity, Sources, decode, parse_json, parse_yaml};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = folder.read_dir() else { return };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn trees_are_those_of_other_libraries() {
    let mut found = Vec::new();
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus")), &mut found);
    found.sort();
    let mut differ = Vec::new();
    for path in &found {
        let json = match path.extension().and_then(|e| e.to_str()) {
            Some("json") => true,
            Some("yaml" | "yml") => false,
            _ => continue,
        };
        let Some(text) = std::fs::read(path).ok().and_then(|bytes| decode(&bytes).ok()) else { continue };
        let mut sources = Sources::default();
        let file = sources.add(path.display().to_string(), text.as_str());
        let ours = if json { parse_json(file, &text) } else { parse_yaml(file, &text) };
        let theirs: Option<serde_json::Value> =
            if json { serde_json::from_str(&text).ok() } else { serde_yaml::from_str(&text).ok() };
        let errors = ours.diagnostics.iter().any(|d| d.severity == Severity::Error);
        let tree = ours.root.map(|root| root.to_json()).filter(|_| !errors);
        // The same value, as another library writes it in block style.
        let block = theirs.as_ref().and_then(|value| serde_yaml::to_string(value).ok());
        let again = block.as_ref().map(|block| parse_yaml(file, block).root.map(|root| root.to_json()));
        if tree != theirs || again.is_some_and(|again| again != theirs) {
            let shown = crate::render::text(&sources, &ours.diagnostics, crate::render::TextStyle::default());
            differ.push(format!("{}\n{shown}", path.display()));
        }
    }
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), found.len(), differ.join("\n"));
}
