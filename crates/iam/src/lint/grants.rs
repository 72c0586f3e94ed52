//! Grants that are wider than anybody means, and statements that do nothing.

use statewright_source::{Diagnostic, Severity};

use super::finding;
use crate::{
    access::is_escalation,
    codes,
    cover::Grants,
    document::{Document, Effect, Kind, Scope, Statement},
    pattern::{Case, matches},
    principal::Principal,
};

pub(super) fn check(statement: &Statement, kind: Kind, found: &mut Vec<Diagnostic>) {
    if statement.effect != Some(Effect::Allow) {
        return;
    }
    if kind == Kind::Trust {
        return trust(statement, found);
    }
    let at = statement.actions.as_ref().and_then(|s| s.items().first()).and_then(|t| t.span).or(statement.span);
    negated(statement, found);
    let (Some(Scope::Only(actions)), Some(resources)) = (&statement.actions, &statement.resources) else { return };
    let anything = matches!(resources, Scope::Only(items) if items.iter().any(|r| r.value == "*"))
        || matches!(resources, Scope::AllBut(_));
    if !anything || kind == Kind::Boundary {
        return;
    }
    if let Some(all) = actions.iter().find(|t| matches!(t.value.as_str(), "*" | "*:*")) {
        let title = if statement.conditions.is_empty() {
            "every action on every resource is allowed".to_owned()
        } else {
            "every action on every resource is allowed, under conditions".to_owned()
        };
        found.push(
            finding(codes::EVERYTHING, Severity::Warning, all.span.or(at), title)
                .help("name the services and the resources"),
        );
        return;
    }
    let narrowed = |keys: &[&str]| {
        statement.conditions.iter().any(|c| keys.iter().any(|key| c.key.value.eq_ignore_ascii_case(key)))
    };
    for action in actions {
        let grants = |name: &str| matches(&action.value, name, Case::Insensitive);
        if grants("iam:PassRole") && !narrowed(&["iam:PassedToService", "iam:AssociatedResourceArn"]) {
            found.push(
                finding(
                    codes::PASS_ROLE,
                    Severity::Warning,
                    action.span,
                    format!("`{}` on every resource lets any role be passed to any service", action.value),
                )
                .help("name the roles, or add a condition on `iam:PassedToService`")
                .aws("PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
            );
        }
        if statement.conditions.is_empty() && is_escalation(&action.value) {
            found.push(
                finding(
                    codes::ESCALATION,
                    Severity::Warning,
                    action.span,
                    format!("`{}` on every resource is a way to every permission", action.value),
                )
                .help("name the resources, or set a permissions boundary"),
            );
        }
    }
}

fn negated(statement: &Statement, found: &mut Vec<Diagnostic>) {
    let mut report = |element: &str, span| {
        found.push(
            finding(
                codes::NEGATED_ALLOW,
                Severity::Warning,
                span,
                format!("`Allow` with `{element}` grants everything but what is named"),
            )
            .help("name what is allowed, or deny what is not"),
        );
    };
    if let Some(Scope::AllBut(items)) = &statement.actions {
        report("NotAction", items.first().and_then(|t| t.span));
    }
    if let Some(Scope::AllBut(items)) = &statement.resources {
        report("NotResource", items.first().and_then(|t| t.span));
    }
    if let Some(Scope::AllBut(items)) = &statement.principals {
        report("NotPrincipal", items.first().and_then(|n| n.text.span));
    }
}

/// Services that act for resources of many customers: a role should say whose.
fn trust(statement: &Statement, found: &mut Vec<Diagnostic>) {
    const FOR_OTHERS: [&str; 12] = [
        "apigateway",
        "bedrock",
        "cloudtrail",
        "config",
        "events",
        "firehose",
        "glue",
        "logs",
        "pipes",
        "scheduler",
        "sns",
        "states",
    ];
    if let Some(Scope::AllBut(items)) = &statement.principals {
        found.push(
            finding(
                codes::NEGATED_ALLOW,
                Severity::Warning,
                items.first().and_then(|n| n.text.span),
                "`Allow` with `NotPrincipal` lets everyone but those assume the role".to_owned(),
            )
            .help("name who may assume it")
            .aws("ALLOW_WITH_NOT_PRINCIPAL", ""),
        );
    }
    let said = statement.conditions.iter().any(|c| {
        let key = c.key.value.to_lowercase();
        ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"].contains(&key.as_str())
    });
    for named in statement.principals.as_ref().map(Scope::items).unwrap_or_default() {
        match &named.principal {
            Principal::Service(name) if !said => {
                let short = name.split('.').next().unwrap_or(name);
                if FOR_OTHERS.contains(&short) {
                    found.push(
                        finding(
                            codes::CONFUSED_DEPUTY,
                            Severity::Note,
                            named.text.span,
                            format!("`{name}` is trusted for resources of any account"),
                        )
                        .help("add a condition on `aws:SourceAccount` with this account, or on `aws:SourceArn`")
                        .aws("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", ""),
                    );
                }
            }
            Principal::Everyone if statement.conditions.is_empty() => found.push(
                finding(
                    codes::EVERYTHING,
                    Severity::Warning,
                    named.text.span,
                    "anybody may assume the role".to_owned(),
                )
                .help("name accounts, roles or services"),
            ),
            _ => {}
        }
    }
}

/// Statements that another one makes idle.
pub(super) fn together(document: &Document, found: &mut Vec<Diagnostic>) {
    // Every pair is compared: beyond this nobody reads the findings.
    if document.statements.len() > 200 {
        return;
    }
    let alone = |at: usize, effect| {
        let statements = vec![document.statements[at].clone()];
        Grants::new(&Document { statements, ..document.clone() }, effect)
    };
    let allows: Vec<(usize, Grants)> =
        document.with_effect(Effect::Allow).map(|(at, _)| (at, alone(at, Effect::Allow))).collect();
    let denies: Vec<(usize, Grants)> =
        document.with_effect(Effect::Deny).map(|(at, _)| (at, alone(at, Effect::Deny))).collect();
    let at_of = |at: usize| {
        let statement = &document.statements[at];
        statement.sid.as_ref().and_then(|s| s.span).or(statement.span.map(|span| span.within(0, 1)))
    };
    let name = |at: usize| match &document.statements[at].sid {
        Some(sid) => format!("`{}`", sid.value),
        None => format!("statement {}", at + 1),
    };
    for (at, grants) in allows.iter().filter(|(_, grants)| !grants.is_empty()) {
        if let Some((deny, _)) = denies.iter().find(|(_, deny)| deny.covers(grants)) {
            let mut one = finding(
                codes::CONTRADICTION,
                Severity::Warning,
                at_of(*at),
                format!("{} denies all that {} allows", name(*deny), name(*at)),
            )
            .help("remove one of the two");
            if let Some(span) = at_of(*deny) {
                one = one.related(span, "denied here");
            }
            found.push(one);
            continue;
        }
        let wider = allows
            .iter()
            .find(|(other, wide)| other != at && wide.covers(grants) && (!grants.covers(wide) || other < at));
        if let Some((other, _)) = wider {
            let mut one = finding(
                codes::REDUNDANT,
                Severity::Note,
                at_of(*at),
                format!("{} allows all that {} allows", name(*other), name(*at)),
            )
            .help(format!("remove {}", name(*at)))
            .aws("REDUNDANT_STATEMENT", "");
            if let Some(span) = at_of(*other) {
                one = one.related(span, "allowed here");
            }
            found.push(one);
        }
    }
}
