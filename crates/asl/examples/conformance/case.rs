//! One case: what it is, what was expected, what came out.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use statewright_asl::{MachineType, Options, Tokens, check, unreadable};
use statewright_source::{Diagnostic, Node, Severity, Sources, Span, parse_json, parse_yaml};

/// What somebody said of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    Valid,
    Invalid,
    Unknown,
}

pub(crate) struct Case {
    /// `asl/<source>/<label>/<file>`
    pub(crate) file: String,
    pub(crate) source: String,
    pub(crate) label: Label,
    pub(crate) language: String,
    path: PathBuf,
    machine_type: MachineType,
    /// AWS's diagnostics, as code and place.
    pub(crate) aws: Vec<(String, Option<String>)>,
    /// Places that a language server gave, from 0: line, column, line, column.
    pub(crate) places: Vec<[usize; 4]>,
}

pub(crate) struct Outcome<'c> {
    pub(crate) case: &'c Case,
    pub(crate) findings: Vec<Found>,
    pub(crate) took: Duration,
}

/// A finding with its place in lines and columns.
pub(crate) struct Found {
    pub(crate) diagnostic: Diagnostic,
    /// From 1: line, column, line, column.
    pub(crate) place: Option<[usize; 4]>,
    /// The same of what is around it: the whole value, its key, both together.
    around: Vec<[usize; 4]>,
}

/// Every case under a folder.
pub(crate) fn read(corpus: &Path) -> io::Result<Vec<Case>> {
    let manifest = fs::read_to_string(corpus.join("manifest.tsv")).unwrap_or_default();
    let rows: HashMap<&str, Vec<&str>> = manifest
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter_map(|row| Some((*row.first()?, row.clone())))
        .collect();
    let mut cases = Vec::new();
    for source in folders(corpus)? {
        for (folder, label) in [("valid", Label::Valid), ("invalid", Label::Invalid), ("unknown", Label::Unknown)] {
            let mut files: Vec<PathBuf> = match fs::read_dir(source.join(folder)) {
                Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect(),
                Err(_) => continue,
            };
            files.sort();
            for path in files {
                let name = path.strip_prefix(corpus).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let row = rows.get(name.as_str());
                let note = row.and_then(|r| r.get(6)).copied().unwrap_or_default().replace("\\\"", "\"");
                cases.push(Case {
                    source: source.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                    label,
                    language: row.and_then(|r| r.get(3)).copied().unwrap_or("?").to_owned(),
                    machine_type: if note.contains("EXPRESS;") { MachineType::Express } else { MachineType::Standard },
                    aws: aws(&note),
                    places: places(&note),
                    file: format!("asl/{name}"),
                    path,
                });
            }
        }
    }
    Ok(cases)
}

fn folders(corpus: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(corpus)?.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.is_dir()).collect();
    all.sort();
    Ok(all)
}

/// The diagnostics in a note, which may be cut off.
fn aws(note: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    let value = |text: &str, key: &str| -> Option<Value> {
        let rest = text.split_once(&format!("\"{key}\": "))?.1;
        serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()?.ok()
    };
    for part in note.split("\"code\": ").skip(1) {
        let part = format!("\"code\": {part}");
        if !part.contains("\"location\": ") && note.contains("\"location\": ") {
            // Cut off.
            continue;
        }
        if let Some(Value::String(code)) = value(&part, "code") {
            let location = value(&part, "location").and_then(|v| v.as_str().map(str::to_owned));
            found.push((code, location));
        }
    }
    if found.is_empty()
        && let Some((_, message)) = note.split_once("Invalid State Machine Definition: '")
        && let Some((code, rest)) = message.split_once(": ")
    {
        let location = rest.trim_end_matches(['\'', ' ']).rsplit_once(" at ").map(|(_, place)| place.to_owned());
        found.push((code.to_owned(), location));
    }
    found
}

/// `17,21-17,41 message || …`
fn places(note: &str) -> Vec<[usize; 4]> {
    let place = |text: &str| -> Option<[usize; 4]> {
        let mut numbers = text.split_whitespace().next()?.split([',', '-']).map(str::parse::<usize>);
        let place = [numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?];
        numbers.next().is_none().then_some(place)
    };
    note.split(" || ").filter_map(place).collect()
}

impl Case {
    /// Checks it.
    pub(crate) fn run(&self) -> Outcome<'_> {
        let bytes = fs::read(&self.path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut sources = Sources::default();
        let id = sources.add(self.file.as_str(), text);
        let text = sources.file(id).text.clone();
        let start = Instant::now();
        let yaml = self.path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        let parsed = if yaml { parse_yaml(id, &text) } else { parse_json(id, &text) };
        let mut diagnostics = unreadable(parsed.diagnostics);
        if let Some(root) = &parsed.root {
            let options =
                Options { machine_type: Some(self.machine_type), tokens: Tokens::Wildcard, sources: Some(&sources) };
            diagnostics.extend(check(root, &options).diagnostics);
        }
        let took = start.elapsed();
        let findings = diagnostics
            .into_iter()
            .map(|diagnostic| {
                let place = |span| {
                    let (start, end) = (sources.start(span), sources.end(span));
                    [start.line, start.column, end.line, end.column]
                };
                let at = diagnostic.primary.as_ref().map(|label| label.span);
                let mut around = Vec::new();
                if let (Some(root), Some(span)) = (&parsed.root, at) {
                    enclosing(root, span, &mut around);
                }
                // Of two fields that exclude each other it marks both; here one is the place and the other beside it.
                around.extend(diagnostic.related.iter().map(|label| label.span));
                Found { place: at.map(place), around: around.into_iter().map(place).collect(), diagnostic }
            })
            .collect();
        Outcome { case: self, findings, took }
    }
}

/// The innermost value that holds a place, with its key and without.
fn enclosing(node: &Node, place: Span, found: &mut Vec<Span>) {
    let holds = |span: Span| span.start <= place.start && place.end <= span.end;
    let entries = node.as_map().unwrap_or_default();
    for entry in entries {
        let both = Span { end: entry.value.span.end, ..entry.key_span };
        if holds(both) {
            *found = vec![entry.key_span, entry.value.span, both];
            enclosing(&entry.value, place, found);
        }
    }
    for item in node.as_seq().unwrap_or_default().iter().filter(|item| holds(item.span)) {
        *found = vec![item.span];
        enclosing(item, place, found);
    }
}

impl Outcome<'_> {
    /// Whether the checker says that AWS refuses it.
    pub(crate) fn refused(&self) -> bool {
        self.findings.iter().any(|f| f.diagnostic.severity == Severity::Error)
    }

    /// Whether AWS's own diagnostics are all among the findings, with code and place.
    pub(crate) fn as_aws(&self) -> bool {
        self.case.aws.iter().all(|(code, location)| {
            self.findings.iter().any(|f| {
                f.diagnostic.aws_code == Some(code) && f.diagnostic.aws_location.as_deref() == location.as_deref()
            })
        })
    }

    /// How many of the language server's places are places of findings, or hold one: it marks a whole value, or a value with
    /// its key, where only a part is wrong. The documents were re-emitted, with other indents than those that the places
    /// count: where line and column differ, a token of the same width is the same token.
    pub(crate) fn places_met(&self) -> usize {
        let found: Vec<[usize; 4]> =
            self.findings.iter().flat_map(|f| f.place.into_iter().chain(f.around.iter().copied())).collect();
        let width = |p: &[usize; 4]| (p[0] == p[2]).then(|| p[3] - p[1]);
        let met = |p: &&[usize; 4]| {
            found.contains(&p.map(|n| n + 1)) || found.iter().any(|f| width(f).is_some() && width(f) == width(p))
        };
        self.case.places.iter().filter(met).count()
    }

    /// The line for OUT.
    pub(crate) fn json(&self) -> Value {
        let finding = |f: &Found| {
            let place = f.place.map(|[line, column, end_line, end_column]| {
                json!({ "line": line, "column": column, "end_line": end_line, "end_column": end_column })
            });
            let mut value = json!({
                "code": f.diagnostic.code.0,
                "severity": f.diagnostic.severity.as_str(),
                "title": f.diagnostic.title,
                "aws_code": f.diagnostic.aws_code,
                "aws_location": f.diagnostic.aws_location,
                "help": f.diagnostic.help,
            });
            if let (Some(Value::Object(place)), Some(object)) = (place, value.as_object_mut()) {
                object.extend(place);
            }
            value
        };
        json!({
            "file": self.case.file,
            "verdict": if self.refused() { "error" } else { "ok" },
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    }
}
