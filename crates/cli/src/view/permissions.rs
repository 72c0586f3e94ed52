//! The permission table: in a plan's few lines, and for programs.

use std::{collections::BTreeMap, fmt::Write as _};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use statewright_iam::{
    needs::Certainty,
    permissions::{Granted, Verdict},
};
use statewright_planner::{
    Plan,
    permissions::{MachineRow, RolePermissions},
};
use statewright_source::visible;
use statewright_spec::MachineNeeds;

use super::{
    FORMAT_VERSION, access,
    style::{self, paint},
};

/// What `permissions --format json` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PermissionsOutput {
    /// The version of this shape. Unknown fields are to be ignored; an unknown major is to be refused.
    format_version: &'static str,
    /// A table a role.
    roles: Vec<RoleDocument>,
}

/// One role's table.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RoleDocument {
    /// `role.NAME`, or the ARN of a role that the spec does not declare; `null` for a bare definition.
    role: Option<String>,
    /// The machines that assume it, or the file of the definition.
    machines: Vec<String>,
    /// What is needed.
    needs: Vec<PermissionDocument>,
    /// What is granted: each `Allow` statement that is known.
    statements: Vec<StatementDocument>,
    /// What of the role was not read.
    unread: Vec<String>,
    /// What no policy can give, and what is not known.
    notes: Vec<NoteDocument>,
    /// The least policy that grants what is needed; `null` where nothing is.
    derived: Option<Value>,
}

/// A statement of a role and its use.
#[derive(Serialize, JsonSchema)]
struct StatementDocument {
    /// The policy's name.
    policy: String,
    /// The statement's place in it, from 1.
    statement: usize,
    /// Its `Sid`.
    sid: Option<String>,
    /// The states that use it.
    states: Vec<String>,
    /// The actions of it that are used.
    used: Vec<String>,
    /// How many actions it grants, with wildcards written out.
    actions: usize,
    /// How many of them are not used, by access level.
    unused: BTreeMap<String, usize>,
    /// The excess in words.
    excess: Option<String>,
    /// What would do in its place, where it grants too much.
    enough: Option<String>,
}

/// Something to be said of a state.
#[derive(Serialize, JsonSchema)]
struct NoteDocument {
    state: String,
    note: String,
}

/// One need of a state, and whether its role has it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PermissionDocument {
    /// `role.NAME`, or the ARN of a role that the spec does not declare; `null` where there is only a definition.
    role: Option<String>,
    /// `state_machine.NAME`, or the file of a definition.
    machine: String,
    /// The state; `Logging`, `Tracing` or `Encryption` for what the machine itself needs.
    state: String,
    /// `glue:StartJobRun`
    action: String,
    /// An ARN, or `*`.
    resource: String,
    /// Whether the role grants it; `null` where that depends on something, or the role is not known.
    granted: Option<bool>,
    /// The statement that grants it.
    by: Option<String>,
    /// Why it is not granted.
    why: Option<String>,
    /// What it depends on.
    depends: Vec<String>,
    /// When it is needed at all, if that is not certain.
    when: Option<String>,
    /// Why the resource has a wildcard.
    wide: Vec<String>,
    /// A policy of the resource in the same account could grant it as well.
    resource_policy_may_grant: bool,
    /// Whether the need itself was verified.
    verified: bool,
}

/// Every row of every role.
pub(crate) fn documents(roles: &[RolePermissions]) -> Vec<PermissionDocument> {
    roles.iter().flat_map(|role| role.rows.iter().map(|row| document(role, row))).collect()
}

fn document(role: &RolePermissions, MachineRow { machine, row, .. }: &MachineRow) -> PermissionDocument {
    let (granted, by, why, depends) = match &row.verdict {
        Verdict::Granted { by } => (Some(true), Some(by.clone()), None, Vec::new()),
        Verdict::Missing { why, .. } => (Some(false), None, Some(why.clone()), Vec::new()),
        Verdict::Depends { on } => (None, None, None, on.clone()),
    };
    PermissionDocument {
        role: Some(name(role)),
        machine: machine.to_string(),
        state: row.state.clone(),
        action: row.action.clone(),
        resource: row.resource.clone(),
        granted,
        by,
        why,
        depends,
        when: row.when.clone(),
        wide: row.wide.clone(),
        resource_policy_may_grant: row.resource_policy_may_grant,
        verified: row.verified,
    }
}

/// The role as the user knows it.
pub(crate) fn name(role: &RolePermissions) -> String {
    role.address.as_ref().map_or_else(|| role.arn.to_string(), ToString::to_string)
}

/// The whole, for programs.
pub(crate) fn output_of(roles: Vec<RoleDocument>) -> PermissionsOutput {
    PermissionsOutput { format_version: FORMAT_VERSION, roles }
}

/// The table of a role that may be known.
pub(crate) fn role(found: &RolePermissions) -> RoleDocument {
    let statement = |s: &Granted| StatementDocument {
        policy: s.policy.clone(),
        statement: s.statement + 1,
        sid: s.sid.clone(),
        states: s.states.clone(),
        used: s.used.clone(),
        actions: s.actions,
        unused: s.unused.iter().map(|(level, n)| ((*level).to_owned(), *n)).collect(),
        excess: s.excess.clone(),
        enough: s.excess.as_ref().map(|_| found.enough(s)).filter(|text| !text.is_empty()),
    };
    RoleDocument {
        role: Some(name(found)),
        machines: found.machines.iter().map(ToString::to_string).collect(),
        needs: documents(std::slice::from_ref(found)),
        statements: found.statements.iter().map(statement).collect(),
        unread: found.unread.clone(),
        notes: notes(&found.notes),
        derived: found.derived.clone(),
    }
}

/// What a definition needs, with no role to hold it against.
pub(crate) fn bare(file: &str, found: &MachineNeeds, derived: Option<Value>) -> RoleDocument {
    let mut needs = Vec::new();
    for needed in &found.needed {
        let need = &needed.need;
        let pairs = need.actions.iter().flat_map(|action| need.resources.iter().map(move |r| (action, r)));
        needs.extend(pairs.map(|(action, resource)| PermissionDocument {
            role: None,
            machine: file.to_owned(),
            state: needed.who.clone(),
            action: action.clone(),
            resource: resource.clone(),
            granted: None,
            by: None,
            why: None,
            depends: Vec::new(),
            when: match &need.certainty {
                Certainty::Certain => None,
                Certainty::If { when, .. } => Some(when.clone()),
            },
            wide: need.wide.clone(),
            resource_policy_may_grant: false,
            verified: need.verified,
        }));
    }
    RoleDocument {
        role: None,
        machines: vec![file.to_owned()],
        needs,
        statements: Vec::new(),
        unread: Vec::new(),
        notes: notes(&found.notes),
        derived,
    }
}

fn notes(notes: &[(String, String)]) -> Vec<NoteDocument> {
    notes.iter().map(|(state, note)| NoteDocument { state: state.clone(), note: note.clone() }).collect()
}

/// The tables for people.
pub(crate) fn text(roles: &[RoleDocument]) -> String {
    let shown: Vec<String> = roles.iter().map(text_of).collect();
    if shown.is_empty() { "no state machine: nothing is needed\n".to_owned() } else { shown.join("\n") }
}

fn text_of(role: &RoleDocument) -> String {
    let mut out = String::new();
    let machines = role.machines.join(", ");
    let head = match &role.role {
        Some(name) => format!("{name}, for {machines}"),
        None => machines,
    };
    let _ = writeln!(out, "{}\n", paint(style::STRONG, visible(&head)));
    if role.needs.is_empty() {
        out.push_str("  needs no permission\n");
    }
    let states = role.needs.iter().map(|n| n.state.chars().count()).max().unwrap_or(0).min(40);
    let actions = role.needs.iter().map(|n| n.action.chars().count()).max().unwrap_or(0).min(40);
    for need in &role.needs {
        let (state, action) = (visible(&need.state), visible(&need.action));
        let pad = " ".repeat(states.saturating_sub(need.state.chars().count()));
        let (painted, mark, words) = match (need.granted, &role.role) {
            (Some(true), _) => (style::ADDED, "✓", need.by.as_ref().map(|by| format!("by {by}")).unwrap_or_default()),
            (Some(false), _) => (style::REMOVED, "✗", need.why.clone().unwrap_or_default()),
            (None, Some(_)) => (style::CHANGED, "?", need.depends.join("; ")),
            (None, None) => (style::QUIET, "·", String::new()),
        };
        let _ = writeln!(
            out,
            "  {} {state}{pad}  {action:actions$}  {}",
            paint(painted, mark),
            paint(style::QUIET, visible(&need.resource))
        );
        let indent = " ".repeat(states + 6);
        let when = need.when.as_ref().map(|when| format!("only if {when}"));
        let verified = (!need.verified).then(|| "not verified".to_owned());
        let more = std::iter::once(words).chain(when).chain(need.wide.clone()).chain(verified);
        let more: Vec<String> = more.filter(|text| !text.is_empty()).collect();
        if !more.is_empty() {
            let _ = writeln!(out, "{indent}{}", paint(style::QUIET, visible(&more.join("; "))));
        }
    }
    for statement in role.statements.iter().filter(|s| s.excess.is_some()) {
        let enough = statement.enough.as_ref().map_or("no state uses it".to_owned(), |e| format!("{e} would do"));
        let excess = statement.excess.as_deref().unwrap_or_default().replace('`', "");
        let line = format!("{}: {excess}; {enough}", statement.policy);
        let _ = writeln!(out, "  {} {}", paint(style::CHANGED, "!"), visible(&line));
    }
    for unread in &role.unread {
        let _ = writeln!(out, "  {} not read: {}", paint(style::CHANGED, "?"), visible(unread));
    }
    for note in &role.notes {
        let _ = writeln!(out, "  {} {}: {}", paint(style::CHANGED, "!"), visible(&note.state), visible(&note.note));
    }
    if let Some(derived) = &role.derived {
        let _ = writeln!(out, "\n  The least policy that grants it:\n");
        for line in format!("{derived:#}").lines() {
            let _ = writeln!(out, "  {}", visible(line));
        }
    }
    out
}

/// A line of a table.
pub(crate) enum Line {
    /// The head of a role's lines.
    Head(String),
    /// What is allowed and was not.
    Broadens(String),
    /// What was allowed and is not.
    Narrows(String),
    /// What cannot be told.
    Unknown(String),
    /// A grant that is wider than needed, and what would do.
    Excess(String),
    /// A need that is not met.
    Missing(String),
}

impl Line {
    /// For a terminal.
    pub(crate) fn painted(&self) -> String {
        match self {
            Self::Head(text) => format!("\n{}", paint(style::STRONG, visible(text))),
            Self::Broadens(text) => format!("  {} {}", paint(style::ADDED, "+"), visible(text)),
            Self::Narrows(text) => format!("  {} {}", paint(style::REMOVED, "-"), visible(text)),
            Self::Unknown(text) => format!("  {} {}", paint(style::CHANGED, "?"), visible(text)),
            Self::Excess(text) => format!("  {} {}", paint(style::CHANGED, "!"), visible(text)),
            Self::Missing(text) => format!("  {} {}", paint(style::REMOVED, "✗"), visible(text)),
        }
    }

    /// The same without colours.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Head(text) => format!("\n{}", visible(text)),
            Self::Broadens(text) => format!("  + {}", visible(text)),
            Self::Narrows(text) => format!("  - {}", visible(text)),
            Self::Unknown(text) => format!("  ? {}", visible(text)),
            Self::Excess(text) => format!("  ! {}", visible(text)),
            Self::Missing(text) => format!("  ✗ {}", visible(text)),
        }
    }
}

/// What comes and goes, what is missing and what is too much, role by role; a role with none of it has no lines. What a
/// policy gives and takes is said of the roles that hold it, and of the policy itself where there are none.
pub(crate) fn summary(plan: &Plan) -> Vec<Line> {
    let mut out = Vec::new();
    let mut add = |name: String, changes: Vec<Line>, held: Vec<Line>| {
        if !changes.is_empty() || !held.is_empty() {
            let legend = if changes.is_empty() { "" } else { "  (+ broadens, - narrows)" };
            out.push(Line::Head(format!("Permissions of {name}{legend}")));
            out.extend(changes.into_iter().chain(held));
        }
    };
    for (address, changes) in plan.access.iter().filter(|(_, changes)| changes.through.is_empty()) {
        let role = plan.permissions.iter().find(|role| role.address.as_ref() == Some(address));
        add(address.to_string(), access::lines(plan, address, changes), role.map(of_role).unwrap_or_default());
    }
    let told = |role: &&RolePermissions| plan.access.iter().any(|(a, _)| role.address.as_ref() == Some(a));
    for role in plan.permissions.iter().filter(|role| !told(role)) {
        add(name(role), Vec::new(), of_role(role));
    }
    out
}

fn of_role(role: &RolePermissions) -> Vec<Line> {
    let mut lines: Vec<Line> = role.excess().map(|(statement, words)| excess(role, statement, words)).collect();
    let mut missing: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for MachineRow { row, .. } in role.missing().filter(|r| r.row.when.is_none()) {
        let known = missing.iter_mut().find(|(state, resource, _)| *state == row.state && *resource == row.resource);
        match known {
            Some((_, _, actions)) if actions.contains(&row.action.as_str()) => {}
            Some((_, _, actions)) => actions.push(&row.action),
            None => missing.push((&row.state, &row.resource, vec![&row.action])),
        }
    }
    lines.extend(missing.into_iter().map(|(state, resource, actions)| {
        Line::Missing(format!("{state} needs {} on {resource}: not granted", actions.join(", ")))
    }));
    lines
}

fn excess(role: &RolePermissions, statement: &Granted, words: &str) -> Line {
    let enough = role.enough(statement);
    let instead = if enough.is_empty() { "no state uses it".to_owned() } else { format!("{enough} would do") };
    Line::Excess(format!("{}: {}; {instead}", statement.policy, words.replace('`', "")))
}
