//! A resource in a spec of its own, for the tests of the kinds.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use statewright_source::{Diagnostic, Severity, Sources, render};
use tempfile::TempDir;

use crate::{AccountId, Desired, Identity, Kind, Partition, Region, Request, Resource, load};

/// What the resource under test may lean on, declared below it.
const AROUND: [(Kind, &str); 3] = [
    (
        Kind::Policy,
        "P: { document: { Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: \"s3:GetObject\", Resource: \"*\" }] } }",
    ),
    (Kind::Role, "R: { trust: [lambda.amazonaws.com, glue.amazonaws.com, states.amazonaws.com] }"),
    (Kind::LogGroup, "/aws/vendedlogs/states/m: {}"),
];

/// A spec with one resource called `NAME` of a kind, and files beside it.
#[derive(Default)]
pub(crate) struct Case {
    name: String,
    variables: BTreeMap<String, String>,
    declared: String,
    offline: bool,
    directory: Option<TempDir>,
}

impl Case {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir(directory.path().join(".git")).unwrap();
        Self { name: "NAME".to_owned(), directory: Some(directory), ..Self::default() }
    }

    /// Another name.
    pub(crate) fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// A file beside the spec.
    pub(crate) fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.directory.as_ref().unwrap().path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Where a file beside the spec is.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.as_ref().unwrap().path().join(name)
    }

    /// A variable with a value.
    pub(crate) fn given(mut self, name: &str, declared: &str, value: &str) -> Self {
        writeln!(self.declared, "  {name}: {declared}").unwrap();
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Nothing is known of account, region and partition.
    pub(crate) fn offline(mut self) -> Self {
        self.offline = true;
        self
    }

    fn spec(&self, kind: Kind, body: &str) -> String {
        let mut out = "statewright: 1\nstack: s\n".to_owned();
        if !self.declared.is_empty() {
            write!(out, "variables:\n{}", self.declared).unwrap();
        }
        let body = body.trim_matches('\n');
        let indent = body.len() - body.trim_start_matches(' ').len();
        writeln!(out, "{}:\n  {}:", kind.section(), self.name).unwrap();
        for line in body.trim_end().lines() {
            writeln!(out, "    {}", line.get(indent..).unwrap_or_default()).unwrap();
        }
        let (same, others): (Vec<_>, Vec<_>) = AROUND.into_iter().partition(|(k, _)| *k == kind);
        for (_, text) in same {
            writeln!(out, "  {text}").unwrap();
        }
        for (kind, text) in others {
            writeln!(out, "{}:\n  {text}", kind.section()).unwrap();
        }
        out
    }

    fn resolve(&self, kind: Kind, body: &str) -> (Sources, Option<Desired>, Vec<Diagnostic>) {
        let path = self.directory.as_ref().unwrap().path().join("spec.yaml");
        fs::write(&path, self.spec(kind, body)).unwrap();
        let mut sources = Sources::default();
        let request = Request { path, variables: self.variables.clone(), ..Request::default() };
        let identity = if self.offline {
            Identity::unknown()
        } else {
            Identity {
                partition: Partition::new("aws"),
                account: AccountId::new("123456789012"),
                region: Region::new("eu-west-1"),
            }
        };
        match load(&mut sources, &request) {
            Ok(loaded) => {
                let (desired, diagnostics) = loaded.resolve(&identity);
                (sources, desired, diagnostics)
            }
            Err(diagnostics) => (sources, None, diagnostics),
        }
    }

    /// The resource, from a spec without fault.
    pub(crate) fn resource(&self, kind: Kind, body: &str) -> Resource {
        // It stands before those of its kind that it may lean on.
        let all = self.desired(kind, body).resources.into_iter().filter(|(address, _)| address.kind == kind);
        all.min_by_key(|(_, declared)| declared.span).unwrap().1.resource
    }

    /// Everything that the spec asks for.
    pub(crate) fn desired(&self, kind: Kind, body: &str) -> Desired {
        let (sources, desired, diagnostics) = self.resolve(kind, body);
        assert_eq!(self.shown(&sources, &diagnostics), "");
        desired.unwrap()
    }

    /// What is said of the spec, as a terminal without colours shows it.
    pub(crate) fn faults(&self, kind: Kind, body: &str) -> String {
        let (sources, desired, diagnostics) = self.resolve(kind, body);
        assert_eq!(desired.is_none(), diagnostics.iter().any(|d| d.severity == Severity::Error));
        self.shown(&sources, &diagnostics)
    }

    /// One line a finding: severity, code, place, title.
    pub(crate) fn lines(&self, kind: Kind, body: &str) -> String {
        let (sources, _, diagnostics) = self.resolve(kind, body);
        let mut out = String::new();
        for d in render::sorted(&sources, &diagnostics) {
            let label = d.primary.as_ref().unwrap();
            let at = sources.start(label.span);
            let text = sources.text(label.span).lines().next().unwrap_or_default();
            writeln!(out, "{} {} {}:{} `{text}` {}", d.severity, d.code, at.line, at.column, d.title).unwrap();
        }
        out.replace(&self.directory.as_ref().unwrap().path().display().to_string(), "DIR")
    }

    fn shown(&self, sources: &Sources, diagnostics: &[Diagnostic]) -> String {
        let text = render::text(sources, diagnostics, render::TextStyle::default());
        text.replace(&format!("{}/", self.directory.as_ref().unwrap().path().display()), "")
    }
}
