//! The permission table: what each state needs, whether the role grants it and by which statement; what the role grants
//! that no state uses.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use statewright_source::{Diagnostic, Severity};

use crate::{
    actions::{Action, Level, catalogue},
    codes,
    derive::Wanted,
    document::{Document, Effect, Scope, Statement},
    evaluate::{Context, Decider, Decision, Layer, Policies, Policy, Request, ResourcePolicy},
    needs::{Certainty, Need},
    principal::Principal,
};

/// A role, as far as it is known.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its ARN, which need not exist yet.
    pub arn: String,
    /// Its inline and attached policies, each with its name. `None`: it was not read, and nothing is known.
    pub policies: Option<Vec<(String, Document)>>,
    /// Its boundary.
    pub boundary: Option<Document>,
}

/// The table.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// What is needed, in the order of the needs, one row an action and a resource.
    pub rows: Vec<Row>,
    /// What is granted: each `Allow` statement of the role.
    pub grants: Vec<Granted>,
}

/// One need against the role.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The state, or what of the machine.
    pub state: String,
    /// `glue:StartJobRun`
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// The answer.
    pub verdict: Verdict,
    /// Why the resource has a wildcard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wide: Vec<String>,
    /// When it is needed, if that is not certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// It is for a rule that Step Functions manages: AWS checks it when the machine is made (`IAM205`).
    pub managed_rule: bool,
    /// Whether the need itself was verified.
    pub verified: bool,
    /// A policy of the resource in the same account could grant it as well.
    pub resource_policy_may_grant: bool,
}

/// Whether a role grants a need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// By this statement.
    Granted {
        /// `policy` and `Sid` or place: `inline run, statement 2`.
        by: String,
    },
    /// Nothing grants it, or something forbids it.
    Missing {
        /// `nothing allows it`, `denied by …`.
        why: String,
        /// Something forbids it: no further policy could grant it.
        #[serde(skip)]
        denied: bool,
    },
    /// It depends (`IAM203`).
    Depends {
        /// On what.
        on: Vec<String>,
    },
}

/// A statement of the role and its use.
#[derive(Debug, Clone, Serialize)]
pub struct Granted {
    /// The policy's name.
    pub policy: String,
    /// The statement's place in it, from 0.
    pub statement: usize,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The states that use it.
    pub states: Vec<String>,
    /// The actions of it that are used.
    pub used: Vec<String>,
    /// How many actions it grants, with wildcards written out.
    pub actions: usize,
    /// Of these, how many are not used, by access level.
    pub unused: BTreeMap<&'static str, usize>,
    /// The excess in words, where there is any: `` `glue:*` on `*`: 293 actions, 4 used ``,
    /// `` `lambda:InvokeFunction` on `*`: every function, 1 used ``.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<String>,
}

impl Row {
    /// Whether AWS looks for it when the machine is made, and refuses the machine without (`IAM205`).
    pub fn is_refused_at_once(&self) -> bool {
        self.managed_rule || LOG_DELIVERY.contains(&self.action.as_str())
    }

    /// The finding of a row, without a place: `IAM201` where the execution will fail, `IAM205` where AWS refuses the machine
    /// at once, `IAM203` where it depends; nothing where it is granted.
    pub fn finding(&self) -> Option<Diagnostic> {
        let Self { state, action, resource, .. } = self;
        let refused_at_once = self.is_refused_at_once();
        let found = match &self.verdict {
            Verdict::Granted { .. } => return None,
            Verdict::Missing { why, .. } => {
                let title = format!("`{state}` needs `{action}` on `{resource}`: {why}");
                if refused_at_once {
                    Diagnostic::error(codes::SERVICE_RIGHTS, title).help("grant it: AWS refuses the machine without")
                } else {
                    let help = if why.starts_with("denied") {
                        "a `Deny` wins over every grant: remove or narrow that statement"
                    } else if self.resource_policy_may_grant {
                        "grant it to the role, unless the resource's own policy allows the role"
                    } else {
                        "grant it to the role, or the execution fails there"
                    };
                    Diagnostic::new(codes::MISSING_PERMISSION, Severity::Runtime, title).help(help)
                }
            }
            Verdict::Depends { on } => Diagnostic::new(
                codes::DEPENDS,
                Severity::Note,
                format!("whether `{state}` may do `{action}` on `{resource}` depends: {}", on.join("; ")),
            ),
        };
        Some(found)
    }
}

impl Granted {
    /// `IAM202` where it grants more than is used, without a place.
    pub fn finding(&self) -> Option<Diagnostic> {
        let excess = self.excess.as_ref()?;
        let name = self.sid.clone().unwrap_or_else(|| format!("statement {}", self.statement + 1));
        let found = Diagnostic::new(
            codes::EXCESS,
            Severity::Warning,
            format!("{name} of {} grants more than is used: {excess}", self.policy),
        );
        Some(if self.used.is_empty() {
            found.help("remove the statement, or say what else uses it")
        } else {
            found.help(format!("grant only {}", self.used.join(", ")))
        })
    }
}

/// What the role of a machine that logs must have, or AWS refuses the machine.
const LOG_DELIVERY: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
];

/// Services whose resources have policies that can grant to a role of the same account.
const WITH_RESOURCE_POLICIES: [&str; 5] = ["lambda", "s3", "sqs", "sns", "kms"];

/// Holds the needs of a machine against its role.
pub fn table(needs: &[Wanted], role: &Role) -> Table {
    let principal = Principal::new("AWS", &role.arn);
    let named = role.policies.as_deref().unwrap_or_default();
    let policies = Policies {
        identity: named.iter().map(|(_, document)| Policy::new(document)).collect(),
        boundary: role.boundary.iter().map(Policy::new).collect(),
        control: Vec::new(),
        resource: ResourcePolicy::Unknown,
    };
    let mut uses: BTreeMap<(usize, usize), Use> = BTreeMap::new();
    let mut rows = Vec::new();
    for (state, need) in needs {
        let context = context(need);
        for action in &need.actions {
            for resource in &need.resources {
                let request =
                    Request { principal: &principal, action, resource, resource_account: None, context: &context };
                let verdict = if role.policies.is_some() {
                    softened(verdict(&policies.evaluate(&request), named), &need.certainty)
                } else {
                    Verdict::Depends { on: vec!["the role's policies, which were not read".to_owned()] }
                };
                for by in policies.allowing(&request) {
                    let used = uses.entry((by.policy, by.statement)).or_default();
                    push(&mut used.states, state);
                    push(&mut used.actions, action);
                    let on = used.on.entry(action.clone()).or_default();
                    on.certain &= need.verified;
                    on.resources.insert(resource.clone());
                }
                rows.push(row(state, need, action, resource, verdict));
            }
        }
    }
    let grants = named
        .iter()
        .enumerate()
        .flat_map(|(at, (name, document))| {
            let uses = &uses;
            document.with_effect(Effect::Allow).map(move |(statement, _)| {
                granted(name, document, statement, uses.get(&(at, statement)).cloned().unwrap_or_default())
            })
        })
        .collect();
    Table { rows, grants }
}

/// Who uses a statement, for what.
#[derive(Debug, Clone, Default)]
struct Use {
    states: Vec<String>,
    actions: Vec<String>,
    on: BTreeMap<String, Places>,
}

/// The resources on which an action is used.
#[derive(Debug, Clone)]
struct Places {
    resources: BTreeSet<String>,
    /// That they are enough was verified.
    certain: bool,
}

impl Default for Places {
    fn default() -> Self {
        Self { resources: BTreeSet::new(), certain: true }
    }
}

fn push(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|one| one == text) {
        list.push(text.to_owned());
    }
}

/// What a need says of the request: the keys on which a grant for it is narrowed.
fn context(need: &Need) -> Context {
    let mut context = Context::unknown();
    for keys in need.conditions.values() {
        for (key, values) in keys {
            if let [value] = values.as_slice()
                && !crate::pattern::is_wild(value)
            {
                context = context.with(key, [value.clone()]);
            }
        }
    }
    context
}

fn verdict(decision: &Decision, named: &[(String, Document)]) -> Verdict {
    match decision {
        Decision::Allowed { by } => Verdict::Granted { by: name(by, named) },
        Decision::ExplicitDeny { by } => {
            Verdict::Missing { why: format!("denied by {}", name(by, named)), denied: true }
        }
        Decision::ImplicitDeny { missing: Layer::Boundary } => {
            Verdict::Missing { why: "the permissions boundary does not allow it".to_owned(), denied: true }
        }
        Decision::ImplicitDeny { .. } => Verdict::Missing { why: "nothing allows it".to_owned(), denied: false },
        Decision::Depends { on, .. } => Verdict::Depends { on: on.clone() },
    }
}

/// What is not granted and perhaps not needed is no fault: it depends on whether it is.
fn softened(verdict: Verdict, certainty: &Certainty) -> Verdict {
    match (verdict, certainty) {
        (Verdict::Missing { .. }, Certainty::If { when, .. }) => Verdict::Depends { on: vec![format!("not ({when})")] },
        (verdict, _) => verdict,
    }
}

fn name(by: &Decider, named: &[(String, Document)]) -> String {
    let (policy, document) = match by.layer {
        Layer::Identity => named.get(by.policy).map_or(("", None), |(name, document)| (name.as_str(), Some(document))),
        Layer::Boundary => ("the boundary", None),
        Layer::Control => ("a service control policy", None),
        Layer::Resource => ("the resource's policy", None),
    };
    let sid = document.and_then(|d| d.statements.get(by.statement)).and_then(|s| s.sid.as_ref());
    match sid {
        Some(sid) => format!("{policy}, {}", sid.value),
        None => format!("{policy}, statement {}", by.statement + 1),
    }
}

fn row(state: &str, need: &Need, action: &str, resource: &str, verdict: Verdict) -> Row {
    let service = action.split(':').next().unwrap_or_default();
    let when = match &need.certainty {
        Certainty::Certain => None,
        Certainty::If { when, .. } => Some(when.clone()),
    };
    Row {
        state: state.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_policy_may_grant: matches!(verdict, Verdict::Missing { .. })
            && WITH_RESOURCE_POLICIES.contains(&service),
        verdict,
        wide: need.wide.clone(),
        when,
        managed_rule: need.managed_rule,
        verified: need.verified,
    }
}

/// A statement's use. A list of actions without wildcards that are all used, on resources that are, has no excess.
fn granted(policy: &str, document: &Document, at: usize, Use { states, actions: used, on }: Use) -> Granted {
    let statement = &document.statements[at];
    let mut actions: Vec<&'static Action> = Vec::new();
    let mut words = Vec::new();
    let mut unknown = 0;
    for text in statement.actions.as_ref().map(Scope::items).unwrap_or_default() {
        let expanded = catalogue().expand(&text.value);
        words.push(format!("`{}`", text.value));
        unknown += usize::from(expanded.is_empty());
        actions.extend(expanded);
    }
    let negated = statement.actions.as_ref().is_some_and(Scope::is_negated);
    if negated {
        let not: BTreeSet<(&str, &str)> = actions.iter().map(|a| (a.service, a.name)).collect();
        actions = catalogue().expand("*").into_iter().filter(|a| !not.contains(&(a.service, a.name))).collect();
        unknown = 0;
    }
    actions.sort_by_key(|a| (a.service, a.name));
    actions.dedup_by_key(|a| (a.service, a.name));
    let mut unused: BTreeMap<&'static str, usize> = BTreeMap::new();
    for action in &actions {
        let is_it = |u: &String| {
            u.split_once(':')
                .is_some_and(|(s, a)| s.eq_ignore_ascii_case(action.service) && a.eq_ignore_ascii_case(action.name))
        };
        if !used.iter().any(is_it) {
            *unused.entry(Level::as_str(action.level())).or_default() += 1;
        }
    }
    let total = actions.len() + unknown;
    let resources: Vec<String> = statement
        .resources
        .as_ref()
        .map(Scope::items)
        .unwrap_or_default()
        .iter()
        .map(|t| format!("`{}`", t.value))
        .collect();
    let not = if negated { "all but " } else { "" };
    let too_many = used.is_empty() || used.len() < total;
    // Where too many actions are granted, what would do says on which resources.
    let too_wide = if too_many { Vec::new() } else { wider_than_used(statement, &on) };
    let excess = (too_many || !too_wide.is_empty()).then(|| {
        let noun = if total == 1 { "action" } else { "actions" };
        let used = if used.is_empty() { "none".to_owned() } else { used.len().to_string() };
        let said = if too_many { format!("{total} {noun}, {used} used") } else { too_wide.join("; ") };
        format!("{not}{} on {}: {said}", short(&words), short(&resources))
    });
    Granted {
        policy: policy.to_owned(),
        statement: at,
        sid: statement.sid.as_ref().map(|t| t.value.clone()),
        states,
        used,
        actions: total,
        unused,
        excess,
    }
}

/// Actions that a statement grants on every resource of their kind and that are used on some which are known: `every
/// function, 1 used`. A prefix, a bucket's objects, a region or an account left open are nobody's oversight, and a condition
/// may narrow what the resources do not.
fn wider_than_used(statement: &Statement, on: &BTreeMap<String, Places>) -> Vec<String> {
    let Some(resources) = statement.resources.as_ref().filter(|_| statement.conditions.is_empty()) else {
        return Vec::new();
    };
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (action, places) in on.iter().filter(|(_, places)| places.certain) {
        let Some(action) = catalogue().action(action) else { continue };
        let Some(service) = catalogue().service(action.service) else { continue };
        for (kind, _) in action.resource_types() {
            let granted = match resources {
                Scope::Only(items) => items.iter().any(|item| service.means_all_of(&item.value, kind)),
                Scope::AllBut(_) => true,
            };
            let used: Vec<&String> = places.resources.iter().filter(|r| service.is_of_type(r, kind)).collect();
            if granted && !used.is_empty() && !used.iter().any(|r| service.means_all_of(r, kind)) {
                kinds.entry(kind).or_default().extend(used.into_iter().map(String::as_str));
            }
        }
    }
    kinds.into_iter().map(|(kind, used)| format!("every {kind}, {} used", used.len())).collect()
}

fn short(items: &[String]) -> String {
    const SHOWN: usize = 3;
    let head = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match items.len() {
        0 => "nothing".to_owned(),
        n if n > SHOWN => format!("{head} and {} more", n - SHOWN),
        _ => head,
    }
}
