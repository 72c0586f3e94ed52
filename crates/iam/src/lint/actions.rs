//! Actions that do not exist, and actions that the resources do not fit.

use std::collections::{HashMap, hash_map::Entry};

use statewright_source::{Diagnostic, Severity, nearest};

use super::finding;
use crate::{
    actions::{Action, Arn, Service, catalogue},
    codes,
    document::{Effect, Scope, Statement, Text},
    pattern::{Case, covers_tokens, is_wild, tokens},
};

pub(super) fn check(statement: &Statement, found: &mut Vec<Diagnostic>) {
    let Some(scope) = &statement.actions else { return };
    for action in scope.items() {
        exists(action, found);
    }
    if let (Scope::Only(actions), Some(Scope::Only(resources))) = (scope, &statement.resources) {
        fits(actions, resources, found);
    }
    for resource in statement.resources.as_ref().map(Scope::items).unwrap_or_default() {
        shape(resource, found);
    }
    if statement.effect == Some(Effect::Allow) {
        redundant(scope.items(), Case::Insensitive, "action", found);
        redundant(
            statement.resources.as_ref().map(Scope::items).unwrap_or_default(),
            Case::Sensitive,
            "resource",
            found,
        );
    }
}

/// So many findings come with what was meant. To find it takes time, and nobody reads more.
const SUGGESTED: usize = 100;

fn exists(action: &Text, found: &mut Vec<Diagnostic>) {
    let Some((prefix, name)) = action.value.split_once(':') else { return };
    if is_wild(prefix) || name.contains(':') || name.is_empty() {
        return;
    }
    let Some(service) = catalogue().service(prefix) else {
        let mut unknown = finding(
            codes::UNKNOWN_SERVICE,
            Severity::Warning,
            action.span,
            format!("no service has the prefix `{prefix}`"),
        )
        .aws("INVALID_SERVICE_IN_ACTION", "");
        if found.len() < SUGGESTED
            && let Some(near) = catalogue().nearest_service(prefix)
        {
            unknown = unknown.help(format!("did you mean `{near}:{name}`?"));
        }
        found.push(unknown);
        return;
    };
    if catalogue().expand(&action.value).is_empty() {
        let title = if is_wild(name) {
            format!("no action of {prefix} matches `{name}`")
        } else {
            format!("{prefix} has no action `{name}`")
        };
        let mut unknown =
            finding(codes::UNKNOWN_ACTION, Severity::Warning, action.span, title).aws("INVALID_ACTION", "");
        if found.len() < SUGGESTED
            && let Some(near) = service.nearest_action(name.trim_end_matches('*'))
        {
            unknown = unknown.help(format!("did you mean `{prefix}:{near}`?"));
        }
        found.push(unknown);
    }
}

/// Each action of a statement must fit one of its resources, or the statement does not grant it.
fn fits(actions: &[Text], resources: &[Text], found: &mut Vec<Diagnostic>) {
    if resources.is_empty() || resources.iter().any(|r| r.value == "*") {
        return;
    }
    let arns: Vec<Arn> = resources.iter().map(|r| Arn::new(&r.value)).collect();
    for text in actions {
        let expanded = catalogue().expand(&text.value);
        let fits = |action: &&Action| {
            catalogue().service(action.service).is_none_or(|service| action.fits_any(service, &arns))
        };
        if expanded.is_empty() || expanded.iter().any(fits) {
            continue;
        }
        let one = expanded[0];
        let types: Vec<&str> = one.resource_types().map(|(kind, _)| kind).collect();
        let help = if types.is_empty() {
            format!("`{}` has no resource: only `*` grants it", one.full_name())
        } else {
            let shapes = catalogue().service(one.service).map(|s| {
                types
                    .iter()
                    .filter_map(|t| s.resources.get(t))
                    .take(2)
                    .map(|arn| format!("`{arn}`"))
                    .collect::<Vec<_>>()
            });
            format!("it is for {}: {}", types.join(", "), shapes.unwrap_or_default().join(" or "))
        };
        found.push(
            finding(
                codes::ACTION_RESOURCE,
                Severity::Warning,
                text.span,
                format!("none of the resources fits `{}`", text.value),
            )
            .help(help),
        );
    }
}

/// An ARN that looks like none of its service's resources.
fn shape(resource: &Text, found: &mut Vec<Diagnostic>) {
    let text = resource.value.as_str();
    let mut parts = text.splitn(6, ':');
    let (Some("arn"), Some(_), Some(service)) = (parts.next(), parts.next(), parts.next()) else { return };
    if is_wild(service) || service.contains("${") {
        return;
    }
    // The service of an ARN is the prefix of its actions as a rule; where it is not, nothing is said.
    let Some(service) = catalogue().service(service) else { return };
    let own = format!(":{}:", service.prefix);
    if !service.resources.values().any(|arn| arn.contains(&own)) || service.has_resource_like(text) {
        return;
    }
    found.push(
        finding(
            codes::RESOURCE_SHAPE,
            Severity::Warning,
            resource.span,
            format!("`{text}` looks like no resource of {}", service.prefix),
        )
        .help(shapes(service, text))
        .aws("INVALID_ARN_RESOURCE", ""),
    );
}

/// What ARNs of a service look like: the one that was meant, or a few.
fn shapes(service: &Service, text: &str) -> String {
    let kind = text.splitn(6, ':').nth(5).and_then(|rest| rest.split(['/', ':']).next()).unwrap_or("");
    if let Some(arn) = nearest(kind, service.resources.keys().copied()).and_then(|kind| service.resources.get(kind)) {
        return format!("did you mean `{arn}`?");
    }
    let some: Vec<String> = service.resources.values().take(3).map(|arn| format!("`{arn}`")).collect();
    format!("ARNs of {} are {}", service.prefix, some.join(", "))
}

/// An item of a list that another item of the list covers.
fn redundant(items: &[Text], case: Case, noun: &str, found: &mut Vec<Diagnostic>) {
    let patterns: Vec<_> = items.iter().map(|item| tokens(&item.value, case, true)).collect();
    // Only a wildcard covers more than itself; of two that are the same the first stays.
    let wild: Vec<usize> = (0..items.len()).filter(|&at| is_wild(&items[at].value)).collect();
    let mut seen = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let spelled = if case == Case::Insensitive { item.value.to_lowercase() } else { item.value.clone() };
        let twin = match seen.entry(spelled) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(at);
                None
            }
        };
        let wider = wild.iter().copied().find(|&wide| {
            wide != at
                && covers_tokens(&patterns[wide], &patterns[at])
                && (wide < at || !covers_tokens(&patterns[at], &patterns[wide]))
        });
        if let Some(wide) = twin.or(wider).map(|wide| &items[wide]) {
            let mut note = finding(
                codes::REDUNDANT,
                Severity::Note,
                item.span,
                format!("the {noun} `{}` is in `{}` already", item.value, wide.value),
            )
            .aws(if noun == "action" { "REDUNDANT_ACTION" } else { "REDUNDANT_RESOURCE" }, "");
            if let Some(span) = wide.span {
                note = note.related(span, "here");
            }
            found.push(note);
        }
    }
}
