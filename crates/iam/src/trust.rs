//! Who may assume a role.

use serde_json::Value;

use crate::{
    canonical::action_text,
    document::{Condition, Document, Effect, Scope, Statement},
    evaluate::{Context, Held, Request, Rule},
    pattern::{Case, matches},
    principal::Principal,
};

/// Whether a principal can assume a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumable {
    /// The trust policy lets it.
    Yes,
    /// It does not, or forbids it.
    No,
    /// It depends on what the request carries.
    Depends {
        /// The conditions, in words: `StringEquals aws:SourceAccount = 123456789012`.
        conditions: Vec<String>,
    },
}

/// Whether the trust policy `trust` lets a service (`states.amazonaws.com`) assume the role. `region` is where the
/// service runs: a regional name (`states.eu-west-1.amazonaws.com`) is trusted there only. `context` is what is known of the
/// request: `aws:SourceAccount`, `aws:SourceArn` ([`Context::unknown`] where nothing is). Whatever `trust` is, there is an
/// answer; what is no document lets nobody.
pub fn service_can_assume(trust: &Value, service: &str, region: Option<&str>, context: &Context) -> Assumable {
    let Some(document) = Document::of(trust) else { return Assumable::No };
    let principal = Principal::Service(service.to_owned());
    let request =
        Request { principal: &principal, action: "sts:AssumeRole", resource: "", resource_account: None, context };
    let (mut allowed, mut open, mut forbidden) = (false, Vec::new(), Vec::new());
    for (at, statement) in document.statements.iter().enumerate() {
        let Some(rule) = Rule::new(at, statement, document.version.has_variables()) else { continue };
        if !assumes(statement) {
            continue;
        }
        let mut on = match names(statement, service, region) {
            Named::No => continue,
            Named::Yes => Vec::new(),
            Named::InRegionOf(name) => vec![format!("the service runs in the region of {name}")],
        };
        match rule.conditions(&request) {
            Held::No => continue,
            Held::Yes => {}
            Held::Maybe(more) => on.extend(more),
        }
        match (statement.effect, on.is_empty()) {
            (Some(Effect::Deny), true) => return Assumable::No,
            (Some(Effect::Deny), false) => forbidden.extend(on.into_iter().map(|c| format!("not ({c})"))),
            (Some(Effect::Allow), true) => allowed = true,
            (Some(Effect::Allow), false) => open.extend(on),
            (None, _) => {}
        }
    }
    match (allowed, open.is_empty(), forbidden.is_empty()) {
        (false, true, _) => Assumable::No,
        (true, _, true) => Assumable::Yes,
        (true, _, false) => Assumable::Depends { conditions: forbidden },
        (false, false, _) => Assumable::Depends { conditions: [open, forbidden].concat() },
    }
}

/// The principals of a trust policy that IAM replaced by a unique id because they were deleted.
pub fn dangling_principals(trust: &Value) -> Vec<String> {
    let Some(document) = Document::of(trust) else { return Vec::new() };
    document
        .statements
        .iter()
        .filter_map(|s| s.principals.as_ref())
        .flat_map(Scope::items)
        .filter(|n| n.principal.is_dangling())
        .map(|n| n.text.value.clone())
        .collect()
}

enum Named {
    No,
    Yes,
    InRegionOf(String),
}

/// Whether the statement is about `sts:AssumeRole`.
fn assumes(statement: &Statement) -> bool {
    let Some(scope) = &statement.actions else { return false };
    let named = scope.items().iter().any(|t| matches(&action_text(&t.value), "sts:assumerole", Case::Insensitive));
    named != scope.is_negated()
}

fn names(statement: &Statement, service: &str, region: Option<&str>) -> Named {
    let Some(scope) = &statement.principals else { return Named::No };
    let mut found = Named::No;
    for named in scope.items() {
        match &named.principal {
            Principal::Everyone => found = Named::Yes,
            Principal::Service(name) if name.eq_ignore_ascii_case(service) => found = Named::Yes,
            Principal::Service(name) if is_regional(name, service) && matches!(found, Named::No) => {
                found = match region {
                    Some(region) if regional_name(service, region).eq_ignore_ascii_case(name) => Named::Yes,
                    Some(_) => Named::No,
                    None => Named::InRegionOf(name.clone()),
                };
            }
            _ => {}
        }
    }
    match (scope.is_negated(), found) {
        (false, found) => found,
        (true, Named::No) => Named::Yes,
        (true, _) => Named::No,
    }
}

fn regional_name(service: &str, region: &str) -> String {
    match service.split_once('.') {
        Some((name, domain)) => format!("{name}.{region}.{domain}"),
        None => service.to_owned(),
    }
}

fn is_regional(name: &str, service: &str) -> bool {
    let Some((prefix, domain)) = service.split_once('.') else { return false };
    let name = name.to_ascii_lowercase();
    name.strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(domain))
        .is_some_and(|middle| middle.len() > 2 && middle.starts_with('.') && middle.ends_with('.'))
}

/// A condition in words: `StringEquals aws:SourceAccount = 123456789012`.
pub(crate) fn in_words(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values.iter().map(|t| t.value.as_str()).collect();
    format!("{} {} = {}", condition.operator_name(), condition.key.value, values.join(" or "))
}
