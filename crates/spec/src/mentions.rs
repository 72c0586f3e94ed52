//! What a resource names beside its own fields: in a definition, in a trust policy, by AWS's habit.

use std::collections::BTreeMap;

use statewright_asl::{Definition, Function, Target};
use statewright_source::{Node, Span};

use crate::{Address, Arn, Identity, Kind, Lookup, Mention, Resource, context::Context, names::fits};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Tied {
    pub(crate) needs: BTreeMap<Address, Span>,
    pub(crate) prefers: Vec<Address>,
    pub(crate) mentions: Vec<Mention>,
}

/// Everything that a resource names and that its kind has not said yet.
pub(crate) fn of(resource: &Resource, context: &Context<'_>) -> Tied {
    let mut tied = Tied::default();
    match resource {
        Resource::StateMachine(_) => definition(context, &mut tied),
        Resource::Role(_) => principals(context, &mut tied),
        Resource::Function(function) => {
            // Lambda makes the group itself at the first line, and then it is nobody's.
            let group = Address::new(Kind::LogGroup, function.logging.log_group.clone());
            if context.declares(&group) {
                tied.prefers.push(group);
            }
        }
        Resource::Policy(_) | Resource::LogGroup(_) | Resource::Job(_) => {}
    }
    tied
}

/// The resources that states name.
fn definition(context: &Context<'_>, tied: &mut Tied) {
    let Some(tree) = context.tree("definition") else { return };
    let secret: Vec<Span> = context
        .gathered
        .sensitive
        .iter()
        .filter_map(|p| Some(tree.pointer(p.strip_prefix("/definition")?)?.span))
        .collect();
    for mention in statewright_asl::mentions(&Definition::of(tree)) {
        // A name that holds a secret is asked of nobody.
        if secret.contains(&mention.span) {
            continue;
        }
        let identity = context.identity();
        let found = match &mention.target {
            Target::Function(function) => named_function(function, identity),
            Target::GlueJob { name } => Some((Kind::Job, Some(name.clone()), Lookup::Job(name.clone()))),
            Target::StateMachine { arn } => machine(arn, identity),
            Target::Role { arn } => role(arn, context),
            _ => None,
        };
        let Some((kind, name, target)) = found else { continue };
        let declared = name.map(|name| Address::new(kind, name)).filter(|a| context.declares(a));
        match declared {
            Some(address) => tied.prefers.push(address),
            None => tied.mentions.push(Mention {
                target,
                by: context.address().clone(),
                state: Some(mention.state),
                span: mention.span,
            }),
        }
    }
}

type Found = Option<(Kind, Option<String>, Lookup)>;

fn named_function(function: &Function, identity: &Identity) -> Found {
    let part = |part: &Option<String>, own: &str| part.as_deref().is_none_or(|p| fits(p, own));
    let here = part(&function.account, identity.account.as_str())
        && part(&function.region, identity.region.as_str())
        && part(&function.partition, identity.partition.as_str());
    here.then(|| {
        // A version or an alias of a declared function may be missing although the function is not.
        let own = function.qualifier.as_deref().is_none_or(|q| q == "$LATEST");
        // By name, however it was written: a name and an ARN of one function are one call.
        let target = match &function.qualifier {
            Some(qualifier) if !own => format!("{}:{qualifier}", function.name),
            _ => function.name.clone(),
        };
        (Kind::Function, own.then(|| function.name.clone()), Lookup::Function(target))
    })
}

fn machine(text: &str, identity: &Identity) -> Found {
    let arn = Arn::parse(text)?;
    let name = arn.resource().strip_prefix("stateMachine:")?;
    let name = (!name.contains(':')).then(|| name.to_owned());
    is_here(&arn, identity).then_some((Kind::StateMachine, name, Lookup::StateMachine(arn)))
}

fn role(text: &str, context: &Context<'_>) -> Found {
    let arn = Arn::parse(text).filter(|a| a.service() == "iam" && a.resource().starts_with("role/"))?;
    let name = context.declared_by_arn(Kind::Role, &arn).map(|a| a.name.clone());
    is_here(&arn, context.identity()).then_some((Kind::Role, name, Lookup::Role(arn)))
}

/// Whether an ARN is of this account and, where it has one, this region.
fn is_here(arn: &Arn, identity: &Identity) -> bool {
    fits(arn.partition(), identity.partition.as_str())
        && fits(arn.account(), identity.account.as_str())
        && (arn.region().is_empty() || fits(arn.region(), identity.region.as_str()))
}

/// The roles that a trust policy names: IAM refuses the policy while one of them does not exist.
fn principals(context: &Context<'_>, tied: &mut Tied) {
    let Some(tree) = context.tree("trust") else { return };
    let statements: Vec<&Node> = match tree.get("Statement") {
        Some(one) if one.as_map().is_some() => vec![one],
        Some(some) => some.as_seq().unwrap_or_default().iter().collect(),
        None => return,
    };
    for statement in statements {
        for key in ["Principal", "NotPrincipal"] {
            let Some(named) = statement.get(key).and_then(|p| p.get("AWS")) else { continue };
            let texts: Vec<&Node> = named.as_seq().map_or_else(|| vec![named], |items| items.iter().collect());
            for node in texts {
                let Some((_, name, target)) = node.as_str().and_then(|text| role(text, context)) else { continue };
                match name {
                    Some(name) => {
                        tied.needs.entry(Address::new(Kind::Role, name)).or_insert(node.span);
                    }
                    None => tied.mentions.push(Mention {
                        target,
                        by: context.address().clone(),
                        state: None,
                        span: node.span,
                    }),
                }
            }
        }
    }
}
