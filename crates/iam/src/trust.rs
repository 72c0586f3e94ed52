//! Who may assume a role.

use serde_json::Value;

use crate::{
    canonical::action_text,
    document::{Condition, Document, Effect, Scope, Statement},
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
/// service runs: a regional name (`states.eu-west-1.amazonaws.com`) is trusted there only. Whatever `trust` is, there is
/// an answer; what is no document lets nobody.
pub fn service_can_assume(trust: &Value, service: &str, region: Option<&str>) -> Assumable {
    let Some(document) = Document::of(trust) else { return Assumable::No };
    let mut open = Vec::new();
    let mut granted = Grant::No;
    for statement in &document.statements {
        if !assumes(statement) {
            continue;
        }
        let who = names(statement, service, region);
        match (statement.effect, who) {
            (_, Grant::No) | (None, _) => {}
            (Some(Effect::Deny), Grant::Yes) if statement.conditions.is_empty() => return Assumable::No,
            (Some(Effect::Deny), _) => open.extend(conditions(statement).map(|c| format!("not ({c})"))),
            (Some(Effect::Allow), Grant::Yes) if statement.conditions.is_empty() => granted = Grant::Yes,
            (Some(Effect::Allow), Grant::Region(name)) if granted != Grant::Yes => {
                granted = Grant::Region(name.clone());
                open.push(format!("the service runs in the region of {name}"));
            }
            (Some(Effect::Allow), _) => {
                if granted == Grant::No {
                    granted = Grant::Condition;
                }
                if granted != Grant::Yes {
                    open.extend(conditions(statement));
                }
            }
        }
    }
    match granted {
        Grant::No => Assumable::No,
        Grant::Yes => {
            open.retain(|text| text.starts_with("not ("));
            if open.is_empty() { Assumable::Yes } else { Assumable::Depends { conditions: open } }
        }
        Grant::Region(_) | Grant::Condition => Assumable::Depends { conditions: open },
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

#[derive(Debug, Clone, PartialEq, Eq)]
enum Grant {
    No,
    Yes,
    Region(String),
    Condition,
}

/// Whether the statement is about `sts:AssumeRole`.
fn assumes(statement: &Statement) -> bool {
    let Some(scope) = &statement.actions else { return false };
    let named = scope.items().iter().any(|t| matches(&action_text(&t.value), "sts:assumerole", Case::Insensitive));
    named != scope.is_negated()
}

fn names(statement: &Statement, service: &str, region: Option<&str>) -> Grant {
    let Some(scope) = &statement.principals else { return Grant::No };
    let mut found = Grant::No;
    for named in scope.items() {
        match &named.principal {
            Principal::Everyone => found = Grant::Yes,
            Principal::Service(name) if name.eq_ignore_ascii_case(service) => found = Grant::Yes,
            Principal::Service(name) if is_regional(name, service) && found == Grant::No => {
                let here = region.is_some_and(|r| regional_name(service, r).eq_ignore_ascii_case(name));
                found = match region {
                    Some(_) if here => Grant::Yes,
                    Some(_) => Grant::No,
                    None => Grant::Region(name.clone()),
                };
            }
            _ => {}
        }
    }
    if scope.is_negated() {
        return if found == Grant::No { Grant::Yes } else { Grant::No };
    }
    found
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

fn conditions(statement: &Statement) -> impl Iterator<Item = String> + '_ {
    statement.conditions.iter().map(in_words)
}

/// A condition in words: `StringEquals aws:SourceAccount = 123456789012`.
pub(crate) fn in_words(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values.iter().map(|t| t.value.as_str()).collect();
    format!("{} {} = {}", condition.operator_name(), condition.key.value, values.join(" or "))
}
