//! `${kind.NAME.attribute}`: what it may say and what stands for it.

mod fill;
mod template;

pub(crate) use fill::{Trace, dotted, fill_keys, fill_text, fill_values, part, pointer_to};
use statewright_source::{nearest, visible};

use crate::{Address, Identity, Kind, names::Names, variables::Variables};

/// Everything that a reference can mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) variables: &'a Variables,
    /// `None` while files are looked for: what only AWS knows cannot be a part of a path.
    pub(crate) identity: Option<&'a Identity>,
    /// `None` in keys and in paths, where only variables and `aws` stand.
    pub(crate) names: Option<&'a Names>,
}

/// In what sort of text a reference stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flavour<'a> {
    /// The spec's own strings.
    Plain,
    /// A policy or a trust policy: IAM has variables of its own in the same dress.
    Policy,
    /// A definition, with the substitutions that the spec gives it.
    Definition(&'a [Substitution]),
}

/// What stands for `${name}` in a definition.
#[derive(Debug, Clone)]
pub(crate) struct Substitution {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) sensitive: bool,
    /// Its own text could not be resolved: said before.
    pub(crate) broken: bool,
}

/// What stands for one reference.
enum Meaning {
    /// This text.
    Text { text: String, sensitive: bool, refers: Option<Address>, variable: Option<String>, substitution: bool },
    /// It is IAM's own: stays as it is.
    Iam,
    /// Nothing, and that was said before.
    Silent,
    /// Nothing: a code of ours, what is wrong, a few words beside the place, what to do.
    Wrong(Box<Wrong>),
}

struct Wrong {
    code: statewright_source::Code,
    title: String,
    label: &'static str,
    help: Option<String>,
}

const HEADS: [&str; 8] = ["var", "aws", "policies", "roles", "log_groups", "functions", "jobs", "state_machines"];
const AWS: [&str; 3] = ["account", "region", "partition"];
/// What CloudFormation calls them.
const PSEUDO: [(&str, &str); 3] =
    [("AWS::AccountId", "account"), ("AWS::Region", "region"), ("AWS::Partition", "partition")];
const ATTRIBUTES: [&str; 2] = ["arn", "name"];

fn wrong(
    code: statewright_source::Code,
    title: String,
    label: &'static str,
    help: impl Into<Option<String>>,
) -> Meaning {
    Meaning::Wrong(Box::new(Wrong { code, title, label, help: help.into() }))
}

fn text(text: impl Into<String>) -> Meaning {
    Meaning::Text { text: text.into(), sensitive: false, refers: None, variable: None, substitution: false }
}

fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|n| format!("did you mean `{}`?", visible(n)))
}

impl Scope<'_> {
    /// What `${inner}` means.
    fn meaning(&self, inner: &str, flavour: Flavour<'_>) -> Meaning {
        let inner = inner.trim();
        let shown = visible(inner);
        if let Flavour::Policy = flavour
            && is_iam(inner)
        {
            return Meaning::Iam;
        }
        if let Flavour::Definition(substitutions) = flavour
            && let Some(found) = substitutions.iter().find(|s| s.name == inner)
        {
            if found.broken {
                return Meaning::Silent;
            }
            let Substitution { text, sensitive, .. } = found.clone();
            return Meaning::Text { text, sensitive, refers: None, variable: None, substitution: true };
        }
        let Some((head, rest)) = inner.split_once('.') else { return Self::not_a_reference(inner, flavour) };
        match head {
            "var" => self.variable(rest),
            "aws" => self.aws(rest),
            _ => match Kind::ALL.into_iter().find(|k| k.section() == head) {
                Some(kind) => self.resource(kind, rest),
                None => match nearest(head, HEADS) {
                    Some(near) => wrong(
                        crate::codes::UNKNOWN_REFERENCE,
                        format!("`${{{shown}}}` refers to `{}`, which is nothing to refer to", visible(head)),
                        "not known",
                        format!("did you mean `${{{near}.{}}}`?", visible(rest)),
                    ),
                    None => Self::not_a_reference(inner, flavour),
                },
            },
        }
    }

    fn not_a_reference(inner: &str, flavour: Flavour<'_>) -> Meaning {
        let shown = visible(inner);
        let title = format!("`${{{shown}}}` is not a reference");
        if let Some((_, ours)) = PSEUDO.iter().find(|(theirs, _)| *theirs == inner) {
            let help = format!("it is `${{aws.{ours}}}` here");
            return wrong(crate::codes::UNKNOWN_REFERENCE, title, "CloudFormation's", help);
        }
        let itself = format!("write `$${{{shown}}}` for the text itself");
        let help = match flavour {
            Flavour::Definition(list) => match nearest(inner, list.iter().map(|s| s.name.as_str())) {
                Some(near) => format!("did you mean the substitution `{}`?", visible(near)),
                None => format!(
                    "give it a text under `substitutions`, as SAM's `DefinitionSubstitutions` does; or {itself}"
                ),
            },
            _ => format!("references look like `${{roles.NAME.arn}}`, `${{var.NAME}}`, `${{aws.region}}`; {itself}"),
        };
        wrong(crate::codes::UNKNOWN_REFERENCE, title, "nothing stands for it", help)
    }

    fn variable(&self, name: &str) -> Meaning {
        let Some(variable) = self.variables.get(name) else {
            let near = did_you_mean(nearest(name, self.variables.names()));
            return wrong(
                crate::codes::UNKNOWN_VARIABLE,
                format!("the spec declares no variable `{}`", visible(name)),
                "not declared",
                near.unwrap_or_else(|| format!("declare it: `variables: {{ {}: {{}} }}`", visible(name))),
            );
        };
        let Some(value) = &variable.value else { return Meaning::Silent };
        Meaning::Text {
            text: value.clone(),
            sensitive: variable.sensitive,
            refers: None,
            variable: Some(name.to_owned()),
            substitution: false,
        }
    }

    fn aws(&self, name: &str) -> Meaning {
        if !AWS.contains(&name) {
            return wrong(
                crate::codes::UNKNOWN_REFERENCE,
                format!("`${{aws.{}}}` is not known", visible(name)),
                "not known",
                nearest(name, AWS).map_or_else(
                    || "there are `${aws.account}`, `${aws.region}` and `${aws.partition}`".to_owned(),
                    |near| format!("did you mean `${{aws.{near}}}`?"),
                ),
            );
        }
        let Some(identity) = self.identity else {
            return wrong(
                crate::codes::REFERENCE_PLACE,
                format!("`${{aws.{name}}}` may not stand here"),
                "is known only once AWS is asked",
                "use a variable: it has the same value offline".to_owned(),
            );
        };
        text(match name {
            "account" => identity.account.as_str(),
            "region" => identity.region.as_str(),
            _ => identity.partition.as_str(),
        })
    }

    fn resource(&self, kind: Kind, rest: &str) -> Meaning {
        let section = kind.section();
        let Some(names) = self.names else {
            return wrong(
                crate::codes::REFERENCE_PLACE,
                format!("`${{{section}.{}}}` may not stand here", visible(rest)),
                "keys and paths are resolved first",
                "use `${var.NAME}`, and in keys `${aws.account}`, `${aws.region}` or `${aws.partition}`".to_owned(),
            );
        };
        let usual = if kind == Kind::Job { "name" } else { "arn" };
        let Some((name, attribute)) = rest.rsplit_once('.') else {
            return wrong(
                crate::codes::UNKNOWN_REFERENCE,
                format!("`${{{section}.{}}}` does not say what of it is wanted", visible(rest)),
                "an attribute is missing",
                format!("write `${{{section}.{}.{usual}}}`", visible(rest)),
            );
        };
        let address = Address::new(kind, name);
        let Some(found) = names.get(&address) else {
            // `${roles.a.b}` where `a.b` is a role: the attribute was forgotten.
            if names.get(&Address::new(kind, rest)).is_some() {
                return wrong(
                    crate::codes::UNKNOWN_REFERENCE,
                    format!("`${{{section}.{}}}` does not say what of it is wanted", visible(rest)),
                    "an attribute is missing",
                    format!("write `${{{section}.{}.{usual}}}`", visible(rest)),
                );
            }
            let near = names.nearest(kind, name).map(|n| format!("${{{section}.{n}.{attribute}}}"));
            let help = did_you_mean(near.as_deref()).unwrap_or_else(|| {
                format!("declare it under `{section}`, or name a resource of another stack by its ARN")
            });
            return wrong(
                crate::codes::UNKNOWN_REFERENCE,
                format!("the spec declares no {} `{}`", kind.noun(), visible(name)),
                "not declared",
                help,
            );
        };
        let value = match attribute {
            "arn" => found.arn.as_str(),
            "name" => name,
            _ => {
                return wrong(
                    crate::codes::UNKNOWN_REFERENCE,
                    format!("a {} has no `{}` to refer to", kind.noun(), visible(attribute)),
                    "not known",
                    nearest(attribute, ATTRIBUTES).map_or_else(
                        || "there are `arn` and `name`".to_owned(),
                        |near| format!("did you mean `${{{section}.{}.{near}}}`?", visible(name)),
                    ),
                );
            }
        };
        Meaning::Text {
            text: value.to_owned(),
            sensitive: false,
            refers: Some(address),
            variable: None,
            substitution: false,
        }
    }
}

/// `${aws:PrincipalAccount}`, `${s3:prefix, 'x'}`, `${*}`: IAM's own
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn is_iam(inner: &str) -> bool {
    if matches!(inner, "*" | "?" | "$") {
        return true;
    }
    let ours = inner.split_once('.').is_some_and(|(head, _)| HEADS.contains(&head));
    inner.contains(':') && !ours
}
