//! `statewright graph`: a machine as a picture.

mod execution;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::Value;
use statewright_asl::Definition;
use statewright_aws::Connection;
use statewright_graph::{Chart, Paint};
use statewright_planner::{Observed, Reading, shown_definitions};
use statewright_source::{FileId, Node, Severity, Sources, parse_json, visible};
use statewright_spec::{
    Address, Arn, Desired, Kind, Loaded, Resource, UNKNOWN_ACCOUNT, UNKNOWN_PARTITION, UNKNOWN_REGION,
};

use crate::{
    args::{Global, GraphArgs, GraphFormat, ThemeArg},
    arn,
    error::{CliError, Result},
    output,
    stage::{denied, read, settings},
    view::graph::{Drawn, draw},
};

/// Draws one machine.
pub(crate) async fn graph(args: &GraphArgs, global: &Global) -> Result<ExitCode> {
    let format = format(args)?;
    let drawn = match &args.execution {
        Some(arn) => Box::pin(execution::run(arn, global)).await?,
        None if args.diff => changes(args, global).await?,
        None => plain(args, global).await?,
    };
    if format == GraphFormat::Mermaid && drawn.chart.links().len() > statewright_graph::MERMAID_MOST_EDGES {
        output::say(&format!(
            "note: Mermaid draws at most {} edges unless its page is set to more; this machine has {}: use --format svg\n",
            statewright_graph::MERMAID_MOST_EDGES,
            drawn.chart.links().len()
        ));
    }
    // A file is read by programs, and a pipe too: the width of a terminal counts on a terminal alone.
    let width = match args.output {
        Some(_) => None,
        None => output::width(),
    };
    let picture = draw(&drawn, format, args.theme, args.ascii, width);
    match &args.output {
        None => output::data(&picture),
        Some(path) => {
            fs::write(path, anstream::adapter::strip_str(&picture).to_string().as_bytes())
                .map_err(|error| CliError::user(format!("cannot write {}: {error}", path.display())))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was asked for, or what the file's name says.
fn format(args: &GraphArgs) -> Result<GraphFormat> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    let Some(path) = &args.output else { return Ok(GraphFormat::Text) };
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "svg" => Ok(GraphFormat::Svg),
        "mmd" | "mermaid" => Ok(GraphFormat::Mermaid),
        "dot" | "gv" => Ok(GraphFormat::Dot),
        "txt" => Ok(GraphFormat::Text),
        _ => Err(CliError::user(format!("what {} shall hold does not show in its name", path.display()))
            .hint("end it in .svg, .mmd, .dot or .txt, or say --format")),
    }
}

/// The machine as it is written, or as it is in AWS.
async fn plain(args: &GraphArgs, global: &Global) -> Result<Drawn> {
    match args.target.as_deref() {
        Some(arn) if arn.starts_with("arn:") => live(arn, global).await,
        Some(path) if statewright_spec::is_definition(Path::new(path)) => bare(path),
        target => {
            let mut sources = Sources::default();
            let loaded = specs(&mut sources, target, global)?;
            let mut found = Vec::new();
            let mut findings = Vec::new();
            for spec in &loaded {
                let (state, noticed) = spec.resolve(&spec.aws().identity());
                findings.extend(noticed);
                found.extend(state);
            }
            if denied(&findings, None) {
                findings.retain(|d| d.severity == Severity::Error);
                return Err(CliError::findings(sources, findings));
            }
            let all = found.iter().flat_map(|state| machines(state).map(move |address| (state, address)));
            let (state, address) = choose(args.machine.as_deref(), all.collect())?;
            let shown = shown_definitions(state, address, None);
            let shown = shown.ok_or_else(|| CliError::bug(format!("{address} is no state machine")))?;
            let root = tree(&shown.after)?;
            Ok(Drawn { title: address.name.clone(), chart: Chart::of(&Definition::of(&root)), paint: Paint::Plain })
        }
    }
}

/// A definition's file, whatever is wrong with what it says: a picture shows that best.
fn bare(path: &str) -> Result<Drawn> {
    let mut sources = Sources::default();
    let (root, findings) = statewright_spec::read_definition(&mut sources, Path::new(path));
    let Some(root) = root.filter(|_| !denied(&findings, None)) else {
        return Err(CliError::findings(sources, findings));
    };
    let title = Path::new(path).file_name().map_or_else(|| path.to_owned(), |n| n.to_string_lossy().into_owned());
    Ok(Drawn { title, chart: Chart::of(&Definition::of(&root)), paint: Paint::Plain })
}

/// A machine as it is in AWS.
async fn live(text: &str, global: &Global) -> Result<Drawn> {
    let arn = arn::machine(text)?;
    let connection = arn::connect(&arn, global).await?;
    let address = Address::new(Kind::StateMachine, arn.name());
    let Some(Resource::StateMachine(machine)) = observe(&connection, &address, &arn).await? else {
        return Err(CliError::user(format!("there is no state machine {arn}")));
    };
    let root = tree(&machine.definition)?;
    Ok(Drawn { title: arn.name().to_owned(), chart: Chart::of(&Definition::of(&root)), paint: Paint::Plain })
}

/// The spec's machine and the one in AWS in one picture.
async fn changes(args: &GraphArgs, global: &Global) -> Result<Drawn> {
    let target = args.target.as_deref();
    if target.is_some_and(|t| t.starts_with("arn:") || statewright_spec::is_definition(Path::new(t))) {
        return Err(CliError::user("--diff holds a spec against AWS, and this is no spec")
            .hint("give the spec that declares the machine"));
    }
    let mut sources = Sources::default();
    let loaded = specs(&mut sources, target, global)?;
    let mut found: Vec<(Desired, Connection)> = Vec::new();
    let mut findings = Vec::new();
    for spec in &loaded {
        // What can be said offline is said before anything is asked of AWS; another stack's machines are not asked for.
        let names = spec.machines(&spec.aws().identity());
        if args.machine.as_ref().is_some_and(|name| !names.contains(name)) || names.is_empty() {
            continue;
        }
        let connection = Connection::open(&settings(spec.aws(), global)).await?;
        findings.extend(spec.check_guards(connection.identity()));
        let (state, noticed) = spec.resolve(connection.identity());
        findings.extend(noticed);
        found.extend(state.map(|state| (state, connection)));
    }
    if denied(&findings, None) {
        findings.retain(|d| d.severity == Severity::Error);
        return Err(CliError::findings(sources, findings));
    }
    let all = found.iter().flat_map(|pair| machines(&pair.0).map(move |address| (pair, address)));
    let ((desired, connection), address) = choose(args.machine.as_deref(), all.collect())?;
    let arn = &desired.resources[address].arn;
    let live = observe(connection, address, arn).await?;
    let shown = shown_definitions(desired, address, live.as_ref());
    let shown = shown.ok_or_else(|| CliError::bug(format!("{address} is no state machine")))?;
    // A machine that is not there has no state yet.
    let before = shown.before.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let (before, after) = (tree(&before)?, tree(&shown.after)?);
    let (chart, plan) = Chart::between(&Definition::of(&before), &Definition::of(&after));
    Ok(Drawn { title: format!("{}, what a plan changes", address.name), chart, paint: Paint::Plan(plan) })
}

async fn observe(connection: &Connection, address: &Address, arn: &Arn) -> Result<Option<Resource>> {
    let reading = Reading { resources: [(address.clone(), arn.clone())].into(), ..Reading::default() };
    match connection.observe(&reading).await.observed.remove(address) {
        Some(Observed::Present(present)) => Ok(Some(present.resource)),
        Some(Observed::Unreadable(refusal)) => Err(refusal.into()),
        Some(Observed::Absent) | None => Ok(None),
    }
}

fn specs(sources: &mut Sources, target: Option<&str>, global: &Global) -> Result<Vec<Loaded>> {
    let paths: Vec<PathBuf> = target.map(PathBuf::from).into_iter().collect();
    let (loaded, findings) = read(sources, &paths, global);
    if denied(&findings, None) {
        return Err(CliError::findings(std::mem::take(sources), findings));
    }
    Ok(loaded)
}

fn machines(state: &Desired) -> impl Iterator<Item = &Address> {
    state.resources.keys().filter(|address| address.kind == Kind::StateMachine)
}

/// The one that is named, or the only one.
fn choose<'s, T>(name: Option<&str>, all: Vec<(T, &'s Address)>) -> Result<(T, &'s Address)> {
    let names: Vec<String> = all.iter().map(|(_, address)| visible(&address.name).into_owned()).collect();
    let mut fits: Vec<_> =
        all.into_iter().filter(|(_, address)| name.is_none_or(|name| address.name == name)).collect();
    match (fits.pop(), fits.is_empty(), name) {
        (Some(only), true, _) => Ok(only),
        (Some(_), false, None) => Err(CliError::user("the specs declare several state machines")
            .hint(format!("name one with --machine: {}", names.join(", ")))),
        (Some(_), false, Some(name)) => {
            Err(CliError::user(format!("several specs declare a state machine {name}"))
                .hint("give the spec that is meant"))
        }
        (None, _, Some(name)) => {
            let error = CliError::user(format!("no spec declares a state machine {name}"));
            Err(if names.is_empty() { error } else { error.hint(format!("there are {}", names.join(", "))) })
        }
        (None, _, None) => Err(CliError::user("the specs declare no state machine")),
    }
}

/// The tree of a definition; what is not known offline is written as the spec writes it.
fn tree(definition: &Value) -> Result<Node> {
    let text = definition
        .to_string()
        .replace(UNKNOWN_ACCOUNT, "${aws.account}")
        .replace(UNKNOWN_REGION, "${aws.region}")
        .replace(UNKNOWN_PARTITION, "${aws.partition}");
    parse_json(FileId(0), &text).root.ok_or_else(|| CliError::bug("a definition that was read is no JSON"))
}

impl From<ThemeArg> for statewright_graph::Theme {
    fn from(theme: ThemeArg) -> Self {
        match theme {
            ThemeArg::Auto => Self::Auto,
            ThemeArg::Light => Self::Light,
            ThemeArg::Dark => Self::Dark,
        }
    }
}
