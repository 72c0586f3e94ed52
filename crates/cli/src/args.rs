//! The command line. The doc comments are the help texts.
#![allow(clippy::doc_markdown, reason = "a help text is not Markdown")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A declarative reconciler for AWS Step Functions: a YAML spec in git becomes a converged stack of roles, policies,
/// functions, Glue jobs, log groups and state machines. No state file.
#[derive(Debug, Parser)]
#[command(
    name = "statewright",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The environment of the spec to work in
    #[arg(long = "env", global = true, value_name = "NAME", help_heading = "Global options")]
    pub(crate) environment: Option<String>,
    /// Sets a variable of the spec; may be given often
    #[arg(long = "var", global = true, value_name = "KEY=VALUE", value_parser = key_value, help_heading = "Global options")]
    pub(crate) variables: Vec<(String, String)>,
    /// Reads variables from a YAML map; --var wins over it
    #[arg(long = "var-file", global = true, value_name = "FILE", help_heading = "Global options")]
    pub(crate) variable_files: Vec<PathBuf>,
    /// The profile of the AWS configuration to use
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub(crate) profile: Option<String>,
    /// The region; else the spec's, else the AWS configuration's. A spec that names another one refuses it
    #[arg(long, global = true, value_name = "REGION", help_heading = "Global options")]
    pub(crate) region: Option<String>,
    /// Where AWS is; else AWS_ENDPOINT_URL, else AWS itself
    #[arg(long = "endpoint-url", global = true, value_name = "URL", help_heading = "Global options")]
    pub(crate) endpoint_url: Option<String>,
    /// How many calls or steps run at the same time
    #[arg(long, global = true, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=64), help_heading = "Global options")]
    pub(crate) parallelism: u16,
    /// A part of each wait, from 0.001 to 1: an emulator needs no time to spread what it is told
    #[arg(long, global = true, env = "STATEWRIGHT_PACE", hide = true, default_value_t = 1.0, value_parser = pace)]
    pub(crate) pace: f64,
    /// Colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, help_heading = "Global options")]
    pub(crate) color: Colour,
    /// Says more on stderr; twice: each AWS call, thrice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
    /// The form of what -v says
    #[arg(long = "log-format", global = true, value_enum, default_value_t = LogFormat::Text, help_heading = "Global options")]
    pub(crate) log_format: LogFormat,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// An object a line
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a new spec that validates, with its files
    Init(InitArgs),
    /// Check specs and definitions offline: the language, the references, the files, the states
    Validate(ValidateArgs),
    /// Show what apply would change
    Plan(PlanArgs),
    /// Make AWS as the spec says
    Apply(ApplyArgs),
    /// Take away everything that a spec made
    Destroy(DestroyArgs),
    /// Show every stack and its machines: drift, the last executions, how many run and fail
    Status(StatusArgs),
    /// Start an execution and follow it to its end, or join one that runs
    Run(RunArgs),
    /// Show what each state needs of its role, and the least policy that grants it
    Permissions(PermissionsArgs),
    /// Draw a state machine as a flowchart: as it is, with what a plan changes, or with what an execution did
    Graph(GraphArgs),
    /// Show stacks, machines, plans and executions in a browser, on this machine alone
    Serve(ServeArgs),
    /// Print the JSON Schema of a spec, or of an output
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Where to write it; made if it is not there
    #[arg(default_value = ".")]
    pub(crate) directory: PathBuf,
    /// The stack's name; else the directory's
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Paths {
    /// Spec files, or directories of them [default: specs/ if it exists, else the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) specs: Paths,
    /// The port; 0 takes one that is free
    #[arg(long, value_name = "PORT", default_value_t = 7780)]
    pub(crate) port: u16,
    /// The address to listen on. Anything but the loopback lets others on the network reach it: the token in the URL is then
    /// all that keeps them out, and nothing is encrypted
    #[arg(long, value_name = "ADDRESS", default_value_t = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))]
    pub(crate) host: std::net::IpAddr,
    /// Offer nothing that changes anything: no execution can be started
    #[arg(long)]
    pub(crate) read_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Spec files, directories of them, or bare definitions (*.asl.json, *.asl.yaml) [default: specs/ if it exists, else
    /// the current directory]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The type of the machine that a bare definition is for; without it nothing is said that depends on it
    #[arg(long = "type", value_enum, ignore_case = true, value_name = "TYPE")]
    pub(crate) machine_type: Option<MachineTypeArg>,
    /// Make the edits that certainly mend a finding, and check again
    #[arg(long)]
    pub(crate) fix: bool,
    /// The form of the findings
    #[arg(long, value_enum, default_value_t = FindingFormat::Text)]
    pub(crate) format: FindingFormat,
    /// Fail on findings of this severity too
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) deny: Option<Deny>,
}

/// The types of machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MachineTypeArg {
    /// Up to a year, with a history
    #[value(name = "STANDARD")]
    Standard,
    /// Up to five minutes, followed through its log
    #[value(name = "EXPRESS")]
    Express,
}

impl From<MachineTypeArg> for statewright_asl::MachineType {
    fn from(machine_type: MachineTypeArg) -> Self {
        match machine_type {
            MachineTypeArg::Standard => Self::Standard,
            MachineTypeArg::Express => Self::Express,
        }
    }
}

/// What else fails a validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// What AWS takes and an execution must fail by (validate fails on these anyway)
    Runtime,
    /// Traps
    Warning,
}

/// The form of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub workflow commands, shown in the pull request
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) specs: Paths,
    /// The form of the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(crate) format: PlanFormat,
    /// Save the plan to a file as well, for `apply --plan`; a plan with errors is not saved
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit 2 where there are changes, 0 where there are none
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Fail on findings of this severity too
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) deny: Option<Deny>,
    #[command(flatten)]
    pub(crate) scope: Scope,
}

/// What a plan looks at.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// Plan this address alone, with what it needs (role.NAME, state_machine.NAME …); may be given often
    #[arg(long = "target", value_name = "ADDRESS")]
    pub(crate) targets: Vec<String>,
    /// Search all of a very large account for what the stack owns
    #[arg(long)]
    pub(crate) deep: bool,
    /// Allow a plan that deletes everything the stack owns and keeps nothing
    #[arg(long)]
    pub(crate) allow_delete_all: bool,
    /// What to do with running executions of a machine that is deleted or replaced
    #[arg(long, value_enum, default_value_t = Executions::Fail)]
    pub(crate) executions: Executions,
    /// Keep the grants that go until the running executions that still need them have ended
    #[arg(long)]
    pub(crate) drain: bool,
}

/// The form of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
}

/// What to do with running executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Executions {
    /// Wait until they have ended, then delete
    Wait,
    /// Stop them, then delete
    Stop,
    /// Refuse while any runs
    Fail,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) specs: Paths,
    /// Apply exactly this saved plan: everything is read and planned again, and refused if it is not the same. Needs the
    /// --env, --var, --target and other options that the plan was made with; PATH is by default the specs that it names
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scope: Scope,
    /// Do not ask about permissions that broaden; with --yes, needed where the spec says `guard: no-broadening`
    #[arg(long)]
    pub(crate) allow_broadening: bool,
    #[command(flatten)]
    pub(crate) run: Running,
}

/// How changes are carried out.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// The form of the progress; json: an event a line
    #[arg(long, value_enum, default_value_t = EventFormat::Text)]
    pub(crate) format: EventFormat,
    /// How long a call or a wait may take in all, AWS's own delays included (30s, 15m, 1h)
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = duration)]
    pub(crate) timeout: std::time::Duration,
}

/// The form of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormat {
    /// For people
    Text,
    /// An object a line
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    /// Spec files, or directories of them; must be given
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// What to do with running executions
    #[arg(long, value_enum, default_value_t = Executions::Fail)]
    pub(crate) executions: Executions,
    /// Search all of a very large account for what the stack owns
    #[arg(long)]
    pub(crate) deep: bool,
    #[command(flatten)]
    pub(crate) run: Running,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct RunArgs {
    /// A stack's name, a spec file, or the ARN of a state machine
    #[arg(value_name = "STACK|FILE|ARN")]
    pub(crate) target: String,
    /// The machine, where the stack has several
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// The input: JSON, or @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-", default_value = "{}", allow_hyphen_values = true)]
    pub(crate) input: String,
    /// The execution's name; else AWS gives one
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Start nothing: follow this execution, which runs or is over
    #[arg(long, value_name = "NAME|ARN", conflicts_with_all = ["input", "name", "sync", "no_follow", "redrive"])]
    pub(crate) follow: Option<String>,
    /// Start this failed execution again from where it failed, and follow it
    #[arg(long, value_name = "NAME|ARN", conflicts_with_all = ["input", "name", "sync"])]
    pub(crate) redrive: Option<String>,
    /// Start it and do not wait
    #[arg(long)]
    pub(crate) no_follow: bool,
    /// Wait for the result in one call; for EXPRESS machines, which keep no history
    #[arg(long, conflicts_with_all = ["no_follow", "timeout", "fail_fast"])]
    pub(crate) sync: bool,
    /// How long to wait; the execution goes on after it (30s, 15m, 1h)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<std::time::Duration>,
    /// End as soon as a failure is certain, though other branches still run
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Show the input and output of this state; may be given often, '*' for all
    #[arg(long, value_name = "STATE")]
    pub(crate) show: Vec<String>,
    /// How many lines to show of the log of each Lambda function that is called; 0 reads none
    #[arg(long, value_name = "LINES", default_value_t = 5)]
    pub(crate) logs: usize,
    /// Write the execution's output to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// A line an event, as in a pipe, also on a terminal
    #[arg(long)]
    pub(crate) plain: bool,
    /// The form of what is told; json: an event a line
    #[arg(long, value_enum, default_value_t = EventFormat::Text)]
    pub(crate) format: EventFormat,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) specs: Paths,
    /// How many of the last executions count
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) last: u16,
    /// Look again every ten seconds, at the drift every minute, until Ctrl-C
    #[arg(long, conflicts_with = "format")]
    pub(crate) watch: bool,
    /// The form of the table
    #[arg(long, value_enum, default_value_t = StatusFormat::Text)]
    pub(crate) format: StatusFormat,
}

/// The form of a table of stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    /// Spec files or directories of them, bare definitions (*.asl.json, *.asl.yaml), or ARNs of state machines [default:
    /// specs/ if it exists, else the current directory]
    #[arg(value_name = "SPEC|FILE|ARN")]
    pub(crate) targets: Vec<String>,
    /// The form of the table and the policy
    #[arg(long, value_enum, default_value_t = PermissionsFormat::Text)]
    pub(crate) format: PermissionsFormat,
}

/// The form of a table of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For programs, and for policies that are kept as YAML
    Yaml,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// A spec file or a directory of them, a bare definition (*.asl.json, *.asl.yaml), or the ARN of a state machine
    /// [default: specs/ if it exists, else the current directory]
    #[arg(value_name = "SPEC|FILE|ARN")]
    pub(crate) target: Option<String>,
    /// The machine, where the specs declare several
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// The form of the picture [default: by the ending of --output (.svg, .mmd, .dot, .txt), else text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<GraphFormat>,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Paint what would be added, removed and changed: the spec held against AWS
    #[arg(long)]
    pub(crate) diff: bool,
    /// Paint what an execution did; its definition is read from AWS
    #[arg(long, value_name = "ARN", conflicts_with_all = ["diff", "target", "machine"])]
    pub(crate) execution: Option<String>,
    /// The colours of an SVG
    #[arg(long, value_enum, default_value_t = ThemeArg::Auto)]
    pub(crate) theme: ThemeArg,
    /// Text without box drawing and glyphs
    #[arg(long)]
    pub(crate) ascii: bool,
}

/// The form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people, in a browser, a README, a pull request
    Svg,
    /// For Markdown that draws Mermaid
    Mermaid,
    /// For Graphviz
    Dot,
    /// For a terminal: box drawing, or an indented list where that is too wide
    Text,
}

/// The colours of an SVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeArg {
    /// As the reader's system is
    Auto,
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Which
    #[arg(value_enum, default_value_t = SchemaOf::Spec)]
    pub(crate) of: SchemaOf,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A spec file
    Spec,
    /// `plan --format json`
    Plan,
    /// The file that `plan --out` writes
    SavedPlan,
    /// `validate --format json`
    Validate,
    /// A line of `apply --format json`
    Apply,
    /// A line of `run --format json`
    Run,
    /// `status --format json`
    Status,
    /// `permissions --format json`
    Permissions,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a variable is given as KEY=VALUE".to_owned()),
    }
}

fn pace(text: &str) -> Result<f64, String> {
    let pace = text.parse().ok().filter(|pace| (0.001..=1.0).contains(pace));
    pace.ok_or_else(|| "a pace is a number from 0.001 to 1".to_owned())
}

/// `90`, `30s`, `15m`, `1h`: seconds where there is no unit.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| "a duration is a number with s, m or h: 30s, 15m, 1h".to_owned())?;
    let seconds = match unit {
        "" | "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    seconds
        .map(std::time::Duration::from_secs)
        .ok_or_else(|| "a duration is a number with s, m or h: 30s, 15m, 1h".to_owned())
}
