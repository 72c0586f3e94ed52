//! Which files are specs, and whether several get in each other's way.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use statewright_source::{Diagnostic, FileId, MAX_FILE_BYTES, parse_yaml, visible};

use crate::{Address, Desired, Kind, Owner, codes, files::FileFault};

/// The specs that the paths mean, in order: a file is a spec, a directory stands for the specs at its top level. Without a
/// path it is `specs/` if that exists, else the current directory.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let usual = [if Path::new("specs").is_dir() { PathBuf::from("specs") } else { PathBuf::from(".") }];
    let paths = if paths.is_empty() { &usual } else { paths };
    let mut found: Vec<PathBuf> = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => match directory(path) {
                Ok(specs) => found.extend(specs),
                Err(fault) => faults.push(*fault),
            },
            // Whether it can be read is found when it is read.
            _ => found.push(path.clone()),
        }
    }
    // The same file by two names would stand in its own way.
    let mut seen = Vec::new();
    found.retain(|path| {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let new = !seen.contains(&real);
        seen.push(real);
        new
    });
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn directory(path: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let shown = path.to_string_lossy();
    let entries =
        fs::read_dir(path).and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>());
    let mut entries = entries.map_err(|e| FileFault::System(e.kind().to_string()).finding(&shown))?;
    entries.sort();
    let yaml = |p: &PathBuf| p.extension().is_some_and(|e| e == "yaml" || e == "yml");
    let mut candidates = 0;
    let specs: Vec<PathBuf> = entries
        .into_iter()
        .filter(yaml)
        .inspect(|_| candidates += 1)
        .filter(|p| is_spec(p))
        .map(|p| if path == Path::new(".") { p.strip_prefix(".").map(Path::to_owned).unwrap_or(p) } else { p })
        .collect();
    if !specs.is_empty() {
        return Ok(specs);
    }
    let why = match candidates {
        0 => "it holds no YAML file".to_owned(),
        1 => "its one YAML file has no key `statewright`".to_owned(),
        n => format!("none of its {n} YAML files has a key `statewright`"),
    };
    let found = Diagnostic::error(codes::NO_SPEC, format!("there is no spec in `{}`: {why}", visible(&shown)))
        .help("a spec begins with `statewright: 1`; `statewright init` writes one");
    Err(Box::new(found))
}

/// Whether the text says that it is a spec. One that cannot be parsed counts if it looks like one, so that its faults are told;
/// one that cannot be read counts in any case, as a stack that is silently left out looks like one without changes.
fn is_spec(path: &Path) -> bool {
    let Ok(bytes) = crate::files::read(path, MAX_FILE_BYTES as u64) else { return true };
    let Ok(text) = statewright_source::decode(&bytes) else { return true };
    match parse_yaml(FileId(0), &text).root {
        Some(root) => root.get("statewright").is_some(),
        None => text.lines().any(|line| {
            line.trim_start_matches(['"', '\''])
                .strip_prefix("statewright")
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
        }),
    }
}

/// Specs of one owner, and resources that two specs declare. Both places are shown.
pub fn conflicts(all: &[&Desired]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(String, String, Kind, String), (&Desired, &Address)> = BTreeMap::new();
    let mut out = two_of_one_owner(all);
    for desired in all {
        for (address, declared) in &desired.resources {
            // IAM is the same in all regions, and names there differ by more than case.
            let (region, name) = match address.kind {
                Kind::Policy | Kind::Role => (String::new(), address.name.to_ascii_lowercase()),
                Kind::LogGroup | Kind::Function | Kind::Job | Kind::StateMachine => {
                    (desired.identity.region.to_string(), address.name.clone())
                }
            };
            let key = (desired.identity.account.to_string(), region, address.kind, name);
            let Some((other, their)) = first.get(&key) else {
                first.insert(key, (desired, address));
                continue;
            };
            let (one, two, what) = if other.stack == desired.stack {
                (&other.spec_name, &desired.spec_name, "specs")
            } else {
                (&other.stack, &desired.stack, "stacks")
            };
            let title = format!(
                "the {what} `{}` and `{}` both declare {} `{}`",
                visible(one),
                visible(two),
                address.kind.noun(),
                visible(&address.name)
            );
            let mut found = Diagnostic::error(codes::TWO_STACKS, title)
                .at(declared.span, "again here")
                .help("a resource belongs to one stack; the other names it by its ARN");
            if let Some(theirs) = other.resources.get(*their) {
                found = found.related(theirs.span, "first here");
            }
            out.push(found);
        }
    }
    out
}

/// Specs whose resources carry one tag: what the one does not declare looks to it as if it had left the stack.
fn two_of_one_owner(all: &[&Desired]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(&str, &Owner), &Desired> = BTreeMap::new();
    let mut out = Vec::new();
    for desired in all {
        let Some(other) = first.get(&(desired.identity.account.as_str(), &desired.owner)) else {
            first.insert((desired.identity.account.as_str(), &desired.owner), desired);
            continue;
        };
        let title = format!(
            "`{}` and `{}` are both of the stack `{}`: each would delete what the other declares",
            visible(&other.spec_name),
            visible(&desired.spec_name),
            visible(&desired.stack)
        );
        let mut found = Diagnostic::error(codes::TWO_SPECS, title)
            .help("give one of them another name after `stack:`, or declare everything in one spec");
        if let Some(span) = desired.stack_span {
            found = found.at(span, "again here");
        }
        if let Some(span) = other.stack_span {
            found = found.related(span, "first here");
        }
        out.push(found);
    }
    out
}
