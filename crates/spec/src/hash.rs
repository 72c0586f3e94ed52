//! A hash of everything that a spec is made of, but for its secrets.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use statewright_source::{Node, Span};

use crate::{Address, Declared, Loaded, Resource, kind::function::Code};

/// SHA-256, hexadecimal, of the spec, its files, its environment and its variables that are not sensitive: of all
/// together, and of each by what it is called in a sentence.
pub(crate) fn of(loaded: &Loaded, resources: &BTreeMap<Address, Declared>) -> (String, BTreeMap<String, String>) {
    let mut hash = Hashes::default();
    hash.part(format!("the spec {}", loaded.name), "spec", without_secrets(loaded).as_bytes());
    for file in &loaded.document_files {
        let file = loaded.sources.file(*file);
        hash.part(format!("the file {}", file.name), "document", file.text.as_bytes());
    }
    let environment = loaded.environment.as_deref().unwrap_or_default();
    hash.part("the environment (--env)".to_owned(), "environment", environment.as_bytes());
    for (name, variable) in loaded.variables.iter().filter(|(_, v)| !v.sensitive) {
        hash.all.part("variable", name.as_bytes());
        let value = variable.value.as_deref().unwrap_or_default();
        hash.part(format!("the variable {name}"), "value", value.as_bytes());
    }
    for (address, declared) in resources {
        let (what, code) = match &declared.resource {
            Resource::Function(function) => match &function.code {
                Code::Archive(archive) => ("code", archive.sha256.as_str()),
                Code::Object(_) | Code::Deployed { .. } => continue,
            },
            Resource::Job(job) => match &job.script {
                Some(script) => ("script", script.sha256.as_str()),
                None => continue,
            },
            Resource::Policy(_) | Resource::Role(_) | Resource::LogGroup(_) | Resource::StateMachine(_) => continue,
        };
        hash.part(format!("the {what} of {address}"), &address.to_string(), code.as_bytes());
    }
    (hash.all.finish(), hash.parts)
}

/// One hash of all, and one of each part.
#[derive(Default)]
struct Hashes {
    all: Hash,
    parts: BTreeMap<String, String>,
}

impl Hashes {
    fn part(&mut self, name: String, label: &str, bytes: &[u8]) {
        self.all.part(label, bytes);
        let mut one = Hash::default();
        one.part(label, bytes);
        self.parts.insert(name, one.finish());
    }
}

#[derive(Default)]
struct Hash(Sha256);

impl Hash {
    /// Lengths go in as well: two parts never look like two others.
    fn part(&mut self, label: &str, bytes: &[u8]) {
        for piece in [label.as_bytes(), bytes] {
            self.0.update((piece.len() as u64).to_le_bytes());
            self.0.update(piece);
        }
    }

    fn finish(self) -> String {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        self.0.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

/// The spec's text without the values that it gives to sensitive variables.
fn without_secrets(loaded: &Loaded) -> String {
    let text = &loaded.sources.file(loaded.file).text;
    let mut cuts: Vec<Span> = Vec::new();
    for (name, _) in loaded.variables.iter().filter(|(_, v)| v.sensitive) {
        let declaration = loaded.root.get("variables").and_then(|v| v.get(name));
        cuts.extend(["default", "allowed"].iter().filter_map(|key| Some(declaration?.get(key)?.span)));
        let environments = loaded.root.get("environments").and_then(Node::as_map).unwrap_or_default();
        cuts.extend(environments.iter().filter_map(|e| Some(e.value.get("variables")?.get(name)?.span)));
    }
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for cut in cuts {
        out.push_str(text.get(at..cut.start.max(at)).unwrap_or_default());
        at = at.max(cut.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
