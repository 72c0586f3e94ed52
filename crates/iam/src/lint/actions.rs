//! Actions that do not exist, and actions that the resources do not fit.

use statewright_source::{Diagnostic, Severity};

use super::finding;
use crate::{
    actions::{Action, Service, catalogue},
    codes,
    document::{Effect, Scope, Statement, Text},
    pattern::{Case, covers, is_wild},
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
        if let Some(near) = catalogue().nearest_service(prefix) {
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
        if let Some(near) = service.nearest_action(name.trim_end_matches('*')) {
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
    for text in actions {
        let expanded = catalogue().expand(&text.value);
        let fitting = |action: &&&Action| {
            catalogue()
                .service(action.service)
                .is_none_or(|service: &Service| resources.iter().any(|r| action.fits(service, &r.value)))
        };
        if expanded.is_empty() || expanded.iter().any(|action| fitting(&action)) {
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
        .help(format!(
            "ARNs of {} are {}",
            service.prefix,
            service.resources.values().take(3).map(|arn| format!("`{arn}`")).collect::<Vec<_>>().join(", ")
        ))
        .aws("INVALID_ARN_RESOURCE", ""),
    );
}

/// An item of a list that another item of the list covers.
fn redundant(items: &[Text], case: Case, noun: &str, found: &mut Vec<Diagnostic>) {
    // Long lists are left alone: who writes thousands does not tidy them by hand.
    if items.len() > 500 {
        return;
    }
    for (at, item) in items.iter().enumerate() {
        let wider = items.iter().enumerate().find(|(other, wide)| {
            *other != at
                && covers(&wide.value, &item.value, case)
                && (!covers(&item.value, &wide.value, case) || *other < at)
        });
        if let Some((_, wide)) = wider {
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
