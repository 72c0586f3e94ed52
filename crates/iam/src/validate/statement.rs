//! One statement: what must stand in it, what must not, and the form of its values.

use statewright_source::{Code, Diagnostic, Severity, Span};

use super::{arn, condition};
use crate::{
    codes,
    document::{Kind, Named, Scope, Statement, Text, Version},
    principal::Principal,
};

pub(super) fn check(statement: &Statement, version: &Version, kind: Kind, found: &mut Vec<Diagnostic>) {
    presence(statement, kind, found);
    if let Some(scope) = &statement.actions {
        for action in scope.items() {
            action_form(action, kind, found);
        }
    }
    if let Some(scope) = &statement.resources {
        for resource in scope.items() {
            arn::check(resource, version, found);
        }
    }
    if let Some(scope) = &statement.principals {
        principals(scope, kind, found);
    }
    for one in &statement.conditions {
        condition::check(one, version, found);
    }
}

/// A finding at a span, if there is one.
pub(super) fn finding(
    code: Code,
    severity: Severity,
    span: Option<Span>,
    title: String,
    label: &str,
    aws: &'static str,
) -> Diagnostic {
    let found = Diagnostic::new(code, severity, title).aws(aws, "");
    match span {
        Some(span) => found.at(span, label),
        None => found,
    }
}

fn presence(statement: &Statement, kind: Kind, found: &mut Vec<Diagnostic>) {
    let has_extra = |names: [&str; 2]| statement.extra.iter().any(|(key, _)| names.contains(&key.as_str()));
    let mut missing = |element: &str, severity, aws| {
        found.push(
            finding(
                codes::MISSING_ELEMENT,
                severity,
                beginning(statement),
                format!("the statement has no `{element}`"),
                "IAM refuses the document",
                aws,
            )
            .help(match element {
                "Effect" => "add `Effect: Allow` or `Effect: Deny`".to_owned(),
                "Principal" => "add a `Principal` such as `{Service: states.amazonaws.com}`".to_owned(),
                _ => format!("add `{element}`"),
            }),
        );
    };
    let none = |scope: &Option<Scope<Text>>| scope.as_ref().is_none_or(|s| s.items().is_empty());
    if statement.effect.is_none() && !has_extra(["Effect", "Effect"]) {
        missing("Effect", Severity::Error, "MISSING_EFFECT");
    }
    if none(&statement.actions) && !has_extra(["Action", "NotAction"]) {
        missing("Action", Severity::Error, "MISSING_ACTION");
    }
    match kind {
        Kind::Identity | Kind::Boundary => {
            if none(&statement.resources) && !has_extra(["Resource", "NotResource"]) {
                missing("Resource", Severity::Error, "MISSING_RESOURCE");
            }
            if let Some(scope) = &statement.principals {
                let at = scope.items().first().map_or_else(|| beginning(statement), |n| n.text.span);
                misplaced("Principal", "the role that has the policy is the principal", scope.is_negated(), at, found);
            }
        }
        Kind::Trust => {
            if statement.principals.as_ref().is_none_or(|s| s.items().is_empty())
                && !has_extra(["Principal", "NotPrincipal"])
            {
                missing("Principal", Severity::Error, "MISSING_PRINCIPAL");
            }
            if let Some(scope) = &statement.resources {
                let at = scope.items().first().map_or_else(|| beginning(statement), |t| t.span);
                misplaced("Resource", "the role that has the policy is the resource", scope.is_negated(), at, found);
            }
        }
        Kind::Resource => {
            if statement.principals.is_none() && !has_extra(["Principal", "NotPrincipal"]) {
                missing("Principal", Severity::Warning, "MISSING_PRINCIPAL");
            }
        }
    }
}

/// Where a statement begins: an arrow at all of it would say nothing.
fn beginning(statement: &Statement) -> Option<Span> {
    statement.span.map(|span| span.within(0, 1))
}

fn misplaced(name: &str, why: &str, negated: bool, at: Option<Span>, found: &mut Vec<Diagnostic>) {
    let element = if negated { format!("Not{name}") } else { name.to_owned() };
    let (policy, aws) = if name == "Principal" {
        ("an identity policy", "UNSUPPORTED_PRINCIPAL")
    } else {
        ("a trust policy", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE")
    };
    found.push(
        finding(
            codes::MISPLACED_ELEMENT,
            Severity::Error,
            at,
            format!("{policy} has no `{element}`"),
            "IAM refuses the document",
            aws,
        )
        .help(format!("remove it: {why}")),
    );
}

fn action_form(action: &Text, kind: Kind, found: &mut Vec<Diagnostic>) {
    let text = action.value.as_str();
    let mut report = |severity, title: String, help: &str, aws| {
        found.push(finding(codes::ACTION_FORM, severity, action.span, title, "", aws).help(help));
    };
    if text.contains("${") {
        let title = format!("`{text}` has a policy variable, which an action cannot have");
        report(Severity::Error, title, "write the action out", "VARIABLE_UNSUPPORTED_IN_ELEMENT");
        return;
    }
    if text == "*" {
        if kind == Kind::Trust {
            let title = "a trust policy allows `*` where only `sts:` actions can be done with a role".to_owned();
            report(Severity::Warning, title, "write `sts:AssumeRole`", "UNSUPPORTED_ACTION_IN_POLICY");
        }
        return;
    }
    match text.split_once(':') {
        None => {
            let title = format!("`{text}` names no service");
            report(Severity::Error, title, "write `service:Action`, for example `glue:StartJobRun`", "INVALID_ACTION");
        }
        Some((_, name)) if name.contains(':') => {
            report(
                Severity::Error,
                format!("`{text}` has more than one colon"),
                "write `service:Action`",
                "INVALID_ACTION",
            );
        }
        Some((service, name)) => {
            let wild = crate::pattern::is_wild(service);
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'*' | b'?');
            if service.is_empty() || !service.bytes().all(plain) {
                let title = format!("`{service}` in `{text}` is no service prefix");
                report(
                    Severity::Error,
                    title,
                    "a prefix is made of letters, digits and `-`",
                    "INVALID_SERVICE_IN_ACTION",
                );
            } else if name.is_empty() {
                report(
                    Severity::Warning,
                    format!("`{text}` names no action"),
                    "write `*` for every action of the service",
                    "INVALID_ACTION",
                );
            } else if wild {
                let title = format!("`{text}` has a wildcard in the service prefix and grants more than one service");
                report(Severity::Warning, title, "name the service", "WILDCARD_IN_SERVICE_NAME");
            } else if kind == Kind::Trust && !service.eq_ignore_ascii_case("sts") {
                let title = format!("`{text}` cannot be done with a role");
                report(
                    Severity::Error,
                    title,
                    "a trust policy allows `sts:` actions: write `sts:AssumeRole`",
                    "UNSUPPORTED_ACTION_IN_POLICY",
                );
            }
        }
    }
}

fn principals(scope: &Scope<Named>, kind: Kind, found: &mut Vec<Diagnostic>) {
    let own = kind == Kind::Trust;
    for named in scope.items() {
        let text = named.text.value.as_str();
        let mut report = |code, severity, title: String, help: String, aws| {
            found.push(finding(code, severity, named.text.span, title, "", aws).help(help));
        };
        match &named.principal {
            Principal::Aws(id) if named.principal.is_dangling() => report(
                codes::DANGLING_PRINCIPAL,
                Severity::Warning,
                format!("`{id}` is the id of a principal that was deleted"),
                "name the user or role by its ARN again, or remove it".to_owned(),
                "INVALID_ROLE_REFERENCE",
            ),
            Principal::Aws(arn) if arn.contains(['*', '?']) && own => report(
                codes::PRINCIPAL,
                Severity::Error,
                format!("`{arn}` has a wildcard, which a principal cannot have"),
                "write `*` alone with a condition on `aws:PrincipalArn`".to_owned(),
                "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            ),
            Principal::Aws(arn) if !arn.starts_with("arn:") && own => report(
                codes::PRINCIPAL,
                Severity::Error,
                format!("`{arn}` is no account, no ARN and no id of a principal"),
                "write twelve digits or the ARN of a user, a role or a session".to_owned(),
                "INVALID_PRINCIPAL_FORMAT",
            ),
            Principal::Service(_) if text.contains('*') => report(
                codes::PRINCIPAL,
                Severity::Error,
                format!("`{text}` has a wildcard, which the name of a service cannot have"),
                "name the service, for example `states.amazonaws.com`".to_owned(),
                "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            ),
            Principal::Service(name) if own => {
                let known = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".api.aws", ".aws.com"];
                if !known.iter().any(|end| name.ends_with(end)) {
                    report(
                        codes::PRINCIPAL,
                        Severity::Error,
                        format!("`{name}` is no service"),
                        format!("did you mean `{}.amazonaws.com`?", name.split('.').next().unwrap_or(name)),
                        "INVALID_PRINCIPAL_FORMAT",
                    );
                }
            }
            _ => {}
        }
    }
}
