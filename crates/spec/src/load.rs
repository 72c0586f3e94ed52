//! From a file to a spec that can be resolved anywhere: text, shape, variables, and the documents in files of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use statewright_source::{
    Diagnostic, Entry, FileId, MAX_FILE_BYTES, Node, Sources, Span, Value, nearest, parse_yaml, visible,
};

use crate::{
    Identity, Kind, Request, Secret, codes,
    documents::{Documents, parse},
    files::{self, Files},
    guards::{Guard, Guards},
    reference::{Flavour, Scope, Trace, fill_text, pointer_to},
    schema::{self, Told},
    variables::{Variables, scalar_text},
};

/// The version of the language that this program reads.
const VERSION: i64 = 1;

/// A spec that was read, with its variables and files. Nothing of it depends on where it will live.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub(crate) name: String,
    pub(crate) file: FileId,
    /// The texts, for places within strings and for the hash.
    pub(crate) sources: Sources,
    pub(crate) root: Node,
    /// `None` where it is missing or wrong, which was said.
    pub(crate) stack: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) guards: Guards,
    pub(crate) guard: Option<Guard>,
    pub(crate) variables: Variables,
    pub(crate) files: Files,
    /// The documents in files of their own, by the place of their path; `None` where one cannot be read, which was said.
    pub(crate) documents: BTreeMap<Span, Option<Node>>,
    /// The texts of those files.
    pub(crate) document_files: Vec<FileId>,
    /// Variables that were used so far.
    pub(crate) used: BTreeSet<String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a spec, its variables and its documents. What it answers with when it fails is only what hides all else: a file
/// that cannot be read, text that is not YAML. Everything else is found by [`Loaded::resolve`], all at once.
pub fn load(sources: &mut Sources, request: &Request) -> Result<Loaded, Vec<Diagnostic>> {
    let name = request.path.to_string_lossy().into_owned();
    let bytes = files::read(&request.path, MAX_FILE_BYTES as u64).map_err(|fault| vec![fault.finding(&name)])?;
    let file = sources.add_bytes(name.clone(), &bytes).map_err(|found| vec![*found])?;
    let parsed = parse_yaml(file, &sources.file(file).text);
    let mut diagnostics = parsed.diagnostics;
    let Some(root) = parsed.root else {
        if diagnostics.is_empty() {
            diagnostics.push(empty(&name, Span::new(file, 0, 0)));
        }
        return Err(diagnostics);
    };
    match &root.value {
        Value::Map(_) => {}
        Value::Null => {
            diagnostics.push(empty(&name, root.span));
            return Err(diagnostics);
        }
        _ => {
            let title = format!("`{}` is {}, not a spec", visible(&name), root.kind());
            diagnostics.push(
                Diagnostic::error(codes::EMPTY, title)
                    .at(root.span, "a map must stand here")
                    .help("a spec begins with `statewright: 1` and `stack: NAME`"),
            );
            return Err(diagnostics);
        }
    }
    if let Err(found) = version(&root) {
        diagnostics.push(*found);
        return Err(diagnostics);
    }
    let files = Files::around(&request.path).map_err(|e| {
        let title = format!("the directory of `{}` cannot be read: {}", visible(&name), e.kind());
        vec![Diagnostic::error(codes::UNREADABLE, title)]
    })?;
    let root = sections(&root, &mut diagnostics);
    let wrong = head_shape(&root, &mut diagnostics);
    let root = sections(&meant(&root), &mut diagnostics);
    let environment = chosen(&root, request, &mut diagnostics);
    let given = variable_files(sources, request, &mut diagnostics);
    let variables = Variables::settle(&root, environment, &given, request, &wrong, sources, &mut diagnostics);
    let scope = Scope { variables: &variables, identity: None, names: None };
    let mut trace = Trace::default();
    let guards = Guards::read(&root, environment, scope, sources, &mut trace);
    let guard = Guard::read(&root, scope, sources, &mut trace);
    let stack = stack(&root, &wrong, scope, sources, &mut trace);
    diagnostics.append(&mut trace.diagnostics);
    let mut documents = Documents::new(&files, scope);
    documents.read(&root, sources, &mut diagnostics);
    let Documents { found: documents, texts: document_files, .. } = documents;
    Ok(Loaded {
        name,
        file,
        sources: sources.clone(),
        stack,
        environment: request.environment.clone(),
        guards,
        guard,
        files,
        documents,
        document_files,
        used: trace.variables,
        variables,
        root,
        diagnostics,
    })
}

impl Loaded {
    /// What the spec says of region, account and role, in the environment that was chosen.
    pub fn aws(&self) -> &Guards {
        &self.guards
    }

    /// Says where a real place is not the one that the spec is for.
    pub fn check_guards(&self, identity: &Identity) -> Vec<Diagnostic> {
        self.guards.check(identity)
    }

    /// The spec as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stack's name, where the spec says it rightly.
    pub fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// What may never be shown: the values of the sensitive variables, and every other one that the spec writes for them.
    pub fn secrets(&self) -> Vec<Secret> {
        let mut all = self.variables.secrets();
        for (name, _) in self.variables.iter().filter(|(_, variable)| variable.sensitive) {
            let declared = self.root.get("variables").and_then(|all| all.get(name));
            let written = ["default", "allowed"].into_iter().filter_map(|key| declared?.get(key));
            let environments = self.root.get("environments").and_then(Node::as_map).unwrap_or_default();
            let chosen = environments.iter().filter_map(|e| e.value.get("variables")?.get(name));
            for node in written.chain(chosen) {
                let items = node.as_seq().unwrap_or(std::slice::from_ref(node));
                all.extend(items.iter().filter_map(|item| scalar_text(item, &self.sources)).map(Secret::new));
            }
        }
        all.sort();
        all.dedup();
        all
    }

    /// The names of the variables that the spec declares.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.names()
    }
}

fn empty(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::EMPTY, format!("`{}` is empty", visible(name)))
        .at(span, "nothing here")
        .help("a spec begins with `statewright: 1` and `stack: NAME`")
}

fn version(root: &Node) -> Result<(), Box<Diagnostic>> {
    let Some(entry) = root.entry("statewright") else {
        let near = root.as_map().into_iter().flatten().find(|e| nearest(&e.key, ["statewright"]).is_some());
        let (span, help) = match near {
            Some(entry) => (entry.key_span, "did you mean `statewright`?".to_owned()),
            None => {
                (Span { end: root.span.start, ..root.span }, format!("begin the file with `statewright: {VERSION}`"))
            }
        };
        let title = "the spec does not say which version of the language it is written in";
        return Err(Box::new(Diagnostic::error(codes::VERSION, title).at(span, "`statewright` is missing").help(help)));
    };
    match &entry.value.value {
        Value::Number(n) if n.as_i64() == Some(VERSION) => Ok(()),
        Value::Number(n) => {
            let title = format!("this program does not read version {n} of the spec language");
            Err(Box::new(
                Diagnostic::error(codes::VERSION, title)
                    .at(entry.value.span, "not known")
                    .help(format!("write `statewright: {VERSION}`, or use a newer program")),
            ))
        }
        _ => Err(Box::new(
            Diagnostic::error(codes::VERSION, format!("`statewright` must be a version, not {}", entry.value.kind()))
                .at(entry.value.span, "a whole number must stand here")
                .help(format!("write `statewright: {VERSION}`")),
        )),
    }
}

/// The spec with a misspelt key taken for what it was meant to be: that was said, and what leans on it is not at fault.
fn meant(root: &Node) -> Node {
    let known: Vec<&str> = ["variables", "environments", "tags", "aws", "ignore_tags"]
        .into_iter()
        .chain(Kind::ALL.map(Kind::section))
        .collect();
    let has = |key: &str| root.get(key).is_some();
    let corrected = |entry: &Entry| {
        let near = nearest(&entry.key, known.iter().copied().filter(|k| !has(k)));
        match near {
            Some(near)
                if !known.contains(&entry.key.as_str()) && !["statewright", "stack"].contains(&entry.key.as_str()) =>
            {
                Entry { key: near.to_owned(), ..entry.clone() }
            }
            _ => entry.clone(),
        }
    };
    let entries: Vec<Entry> = root.as_map().unwrap_or_default().iter().map(corrected).collect();
    // Two that were meant to be the same stay what they are.
    let unique = |entry: &Entry| entries.iter().filter(|e| e.key == entry.key).count() == 1;
    let entries: Vec<Entry> = entries.iter().filter(|e| unique(e)).cloned().collect();
    map(root.span, entries)
}

/// The spec with its sections being maps of maps, as far as they are; nothing stands for an empty map.
fn sections(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let is_map = |key: &str| ["variables", "environments", "tags", "aws"].contains(&key);
    let entries = root.as_map().unwrap_or_default().iter().filter_map(|entry| {
        let section = Kind::ALL.into_iter().find(|k| k.section() == entry.key);
        let value = match (&entry.value.value, section) {
            (Value::Null, Some(_)) => map(entry.value.span, Vec::new()),
            (Value::Null, None) if is_map(&entry.key) => map(entry.value.span, Vec::new()),
            (Value::Map(inner), Some(_)) => {
                let inner = inner.iter().map(|e| match e.value.value {
                    Value::Null => Entry { value: map(e.value.span, Vec::new()), ..e.clone() },
                    _ => e.clone(),
                });
                map(entry.value.span, inner.collect())
            }
            (_, Some(kind)) => {
                let title = format!("`{}` must be a map, not {}", entry.key, entry.value.kind());
                diagnostics.push(
                    Diagnostic::error(codes::WRONG_TYPE, title)
                        .at(entry.value.span, "a map must stand here")
                        .help(format!("write each {} under its name", kind.noun())),
                );
                return None;
            }
            _ => entry.value.clone(),
        };
        Some(Entry { value, ..entry.clone() })
    });
    let entries: Vec<Entry> = entries.collect();
    map(root.span, entries)
}

fn map(span: Span, entries: Vec<Entry>) -> Node {
    Node { span, value: Value::Map(entries) }
}

/// Holds everything but the resources against its shape.
fn head_shape(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let sections = Kind::ALL.map(Kind::section);
    let section = |key: &str| sections.contains(&key);
    let null_variables = |entry: &Entry| match (&entry.value.value, entry.key.as_str()) {
        (Value::Map(inner), "variables" | "environments") => {
            let inner = inner.iter().map(|e| match e.value.value {
                Value::Null => Entry { value: map(e.value.span, Vec::new()), ..e.clone() },
                _ => e.clone(),
            });
            Entry { value: map(entry.value.span, inner.collect()), ..entry.clone() }
        }
        _ => entry.clone(),
    };
    let entries = root.as_map().unwrap_or_default().iter().filter(|e| !section(&e.key)).map(null_variables).collect();
    let head = map(root.span, entries);
    let span = root.entry("statewright").map_or(root.span, |e| e.key_span);
    let mut trace = Trace::default();
    // What is filled in later is looked at then.
    unfilled(&head, "", &mut trace.broken);
    let checked = schema::head().check(&head, &Told { trace: &trace, what: "the spec", span, more: &sections });
    diagnostics.extend(checked.diagnostics);
    checked.wrong
}

fn unfilled(node: &Node, pointer: &str, into: &mut BTreeSet<String>) {
    match &node.value {
        Value::String(text) if text.contains("${") => {
            into.insert(pointer.to_owned());
        }
        Value::Seq(items) => {
            for (i, item) in items.iter().enumerate() {
                unfilled(item, &pointer_to(pointer, &i.to_string()), into);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                unfilled(&entry.value, &pointer_to(pointer, &entry.key), into);
            }
        }
        _ => {}
    }
}

/// The environment that was asked for.
fn chosen<'n>(root: &'n Node, request: &Request, diagnostics: &mut Vec<Diagnostic>) -> Option<&'n Node> {
    let name = request.environment.as_deref()?;
    let all = root.entry("environments");
    if let Some(found) = all.and_then(|e| e.value.get(name)) {
        return Some(found);
    }
    let names: Vec<&str> =
        all.and_then(|e| e.value.as_map()).unwrap_or_default().iter().map(|e| e.key.as_str()).collect();
    let mut found =
        Diagnostic::error(codes::UNKNOWN_ENVIRONMENT, format!("the spec declares no environment `{}`", visible(name)));
    if let Some(entry) = all.or_else(|| root.entry("stack")) {
        found = found.at(entry.key_span, "in this spec");
    }
    found.help = Some(match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `--env {near}`?"),
        None if names.is_empty() => format!("declare it: `environments: {{ {}: {{}} }}`", visible(name)),
        None => format!("it declares {}", names.join(", ")),
    });
    diagnostics.push(found);
    None
}

/// The maps in the files of `--var-file`.
fn variable_files(sources: &mut Sources, request: &Request, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    let mut out = Vec::new();
    for path in &request.variable_files {
        let name = path.to_string_lossy().into_owned();
        // Several specs are often given the same file.
        let known = sources.iter().find(|(_, f)| f.name == name).map(|(id, _)| id);
        let file = match known {
            Some(file) => file,
            None => match read_text(sources, path, &name) {
                Ok(file) => file,
                Err(found) => {
                    diagnostics.push(*found);
                    continue;
                }
            },
        };
        let parsed = parse(file, &name, &sources.file(file).text);
        diagnostics.extend(parsed.diagnostics);
        let Some(root) = parsed.root else { continue };
        let Some(entries) = root.as_map() else {
            if root.value != Value::Null {
                let title = format!("`{}` must be a map of variables, not {}", visible(&name), root.kind());
                diagnostics.push(Diagnostic::error(codes::BAD_VAR_FILE, title).at(root.span, "a map must stand here"));
            }
            continue;
        };
        let (plain, other): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|e| scalar_text(&e.value, sources).is_some());
        for entry in other {
            let title =
                format!("the variable `{}` must be a plain value, not {}", visible(&entry.key), entry.value.kind());
            let found = Diagnostic::error(codes::BAD_VAR_FILE, title)
                .at(entry.value.span, "a string, a number or a boolean must stand here");
            diagnostics.push(found);
        }
        let plain = plain.into_iter().cloned().collect();
        out.push(map(root.span, plain));
    }
    out
}

fn read_text(sources: &mut Sources, path: &Path, name: &str) -> Result<FileId, Box<Diagnostic>> {
    let bytes = files::read(path, MAX_FILE_BYTES as u64).map_err(|fault| Box::new(fault.finding(name)))?;
    sources.add_bytes(name, &bytes)
}

fn stack(
    root: &Node,
    wrong: &BTreeSet<String>,
    scope: Scope<'_>,
    sources: &Sources,
    trace: &mut Trace,
) -> Option<String> {
    let node = root.get("stack")?;
    if wrong.contains("/stack") && !node.as_str()?.contains("${") {
        return None;
    }
    let filled = fill_text(node.as_str()?, node.span, scope, Flavour::Plain, sources, trace);
    if filled.broken {
        return None;
    }
    let fine = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let title = if filled.sensitive {
        "a sensitive variable is a part of the stack's name".to_owned()
    } else if filled.text.is_empty() || !filled.text.chars().all(fine) {
        format!("`{}` cannot be the name of a stack", visible(&filled.text))
    } else {
        return Some(filled.text);
    };
    let code = if filled.sensitive { codes::SENSITIVE_PLACE } else { codes::BAD_VALUE };
    trace
        .diagnostics
        .push(Diagnostic::error(code, title).at(node.span, "letters, digits, `_`, `.` and `-`, and nothing secret"));
    None
}
