//! Whole specs, and what their writers are told.

mod edges;
mod files;
mod laws;
mod references;
mod repository;
mod shape;
mod single;
mod stacks;
mod tags;
mod variables;

use std::{fmt::Write as _, fs, path::PathBuf};

use statewright_source::{Diagnostic, Label, Sources};
use tempfile::TempDir;

use crate::{AccountId, Desired, Identity, Partition, Region, Request, load};

/// A repository with some files, of which `spec.yaml` is the spec.
pub(crate) struct Repository {
    dir: TempDir,
    request: Request,
    identity: Identity,
}

/// What became of a spec.
pub(crate) struct Outcome {
    pub(crate) desired: Option<Desired>,
    pub(crate) findings: Vec<Diagnostic>,
    sources: Sources,
    prefix: String,
}

impl Repository {
    pub(crate) fn new(spec: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".git")).unwrap();
        let request = Request { path: dir.path().join("spec.yaml"), ..Request::default() };
        let all = Self { dir, request, identity: Identity::unknown() };
        all.file("spec.yaml", spec)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn environment(mut self, name: &str) -> Self {
        self.request.environment = Some(name.to_owned());
        self
    }

    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.request.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn var_file(mut self, name: &str) -> Self {
        self.request.variable_files.push(self.path(name));
        self
    }

    pub(crate) fn live(mut self) -> Self {
        self.identity = live();
        self
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let mut sources = Sources::default();
        let (desired, findings) = match load(&mut sources, &self.request) {
            Ok(loaded) => loaded.resolve(&self.identity),
            Err(findings) => (None, findings),
        };
        Outcome { desired, findings, sources, prefix: self.prefix() }
    }

    /// What stands before the name of each file.
    fn prefix(&self) -> String {
        format!("{}/", self.dir.path().display())
    }

    /// The findings as text.
    pub(crate) fn told(&self) -> String {
        self.outcome().told()
    }
}

impl Outcome {
    pub(crate) fn told(&self) -> String {
        let blocks: Vec<String> = self.findings.iter().map(|d| self.block(d)).collect();
        if blocks.is_empty() { "fine".to_owned() } else { blocks.join("\n") }
    }

    /// The state, where there must be one.
    pub(crate) fn desired(self) -> Desired {
        let told = self.told();
        self.desired.unwrap_or_else(|| panic!("{told}"))
    }

    fn block(&self, found: &Diagnostic) -> String {
        let mut out = format!("{}[{}] {}", found.severity, found.code, found.title.replace(&self.prefix, ""));
        for label in found.primary.iter().chain(&found.related) {
            out.push_str(&self.place(label));
        }
        if let Some(help) = &found.help {
            write!(out, "\n  = {help}").unwrap();
        }
        out
    }

    fn place(&self, label: &Label) -> String {
        let at = self.sources.start(label.span);
        let name = self.sources.file(label.span.file).name.replace(&self.prefix, "");
        let text = self.sources.text(label.span).lines().next().unwrap_or_default();
        let text: String = text.chars().take(50).collect();
        format!("\n  {name}:{}:{} `{text}` {}", at.line, at.column, label.text).trim_end().to_owned()
    }
}

/// A place that is known.
pub(crate) fn live() -> Identity {
    Identity {
        partition: Partition::new("aws"),
        account: AccountId::new("123456789012"),
        region: Region::new("us-east-1"),
    }
}

/// The findings of a spec without other files.
pub(crate) fn told(spec: &str) -> String {
    Repository::new(spec).told()
}

/// A spec that is right, up to what is put behind it.
pub(crate) fn with(rest: &str) -> String {
    format!("statewright: 1\nstack: s\n{rest}")
}
