//! Which resources a definition names as constant text.
//!
//! A name that is computed (`FunctionName.$`, `{% … %}`, `${Token}`) is not a mention: nothing certain can be said of it.

mod target;
#[cfg(test)]
mod tests;

pub use target::{Function, Target};

use statewright_source::{Node, Span};

use crate::{
    model::{Definition, State, StateType},
    resource::{Integration, Resource},
};

/// A resource that a state names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The state's name.
    pub state: String,
    /// The place of the text.
    pub span: Span,
    /// The same place as AWS writes places: `/States/X/Parameters/FunctionName`.
    pub location: String,
    /// The text as it is written.
    pub text: String,
    /// What it names.
    pub target: Target,
}

/// Every resource that the definition names, in the order of the text's states.
pub fn mentions(definition: &Definition<'_>) -> Vec<Mention> {
    let mut found = Collector { definition, mentions: Vec::new() };
    for state in definition.states() {
        match state.kind {
            Some(StateType::Task) => found.task(state),
            Some(StateType::Map) => found.map(state),
            _ => {}
        }
    }
    found.mentions
}

struct Collector<'d, 'n> {
    definition: &'d Definition<'n>,
    mentions: Vec<Mention>,
}

impl<'n> Collector<'_, 'n> {
    fn task(&mut self, state: &State<'n>) {
        if let Some(node) = state.get("Resource")
            && let Some(text) = constant(node)
        {
            match Resource::of(text) {
                Resource::Lambda(_) => {
                    self.add(state, node, "/Resource", Function::of(text, None).map(Target::Function));
                }
                Resource::Activity { arn } => {
                    self.add(state, node, "/Resource", Some(Target::Activity { arn: arn.to_owned() }));
                }
                Resource::Optimized(i) | Resource::AwsSdk(i) => self.parameters(state, i),
                Resource::Other(_) => {}
            }
        }
        if let Some(node) = state.get("Credentials").and_then(|c| c.get("RoleArn")) {
            let role = constant(node).map(|arn| Target::Role { arn: arn.to_owned() });
            self.add(state, node, "/Credentials/RoleArn", role);
        }
    }

    fn parameters(&mut self, state: &State<'n>, integration: Integration<'_>) {
        for field in ["Parameters", "Arguments"] {
            if let Some(parameters) = state.get(field) {
                self.read_parameters(state, integration, parameters, &format!("/{field}"));
            }
        }
    }

    fn map(&mut self, state: &State<'n>) {
        for field in ["ItemReader", "ResultWriter"] {
            let Some(node) = state.get(field) else { continue };
            let Some(integration) = node.get("Resource").and_then(constant).map(Resource::of) else { continue };
            let Some(integration) = integration.integration() else { continue };
            for inner in ["Parameters", "Arguments"] {
                if let Some(parameters) = node.get(inner) {
                    self.read_parameters(state, integration, parameters, &format!("/{field}/{inner}"));
                }
            }
        }
    }

    fn read_parameters(&mut self, state: &State<'n>, integration: Integration<'_>, parameters: &'n Node, place: &str) {
        for (path, kind) in target::named_by(integration) {
            for (node, location) in at(parameters, path) {
                let target = constant(node).and_then(|text| {
                    let qualifier = parameters.get("Qualifier").and_then(constant);
                    kind.target(text, qualifier)
                });
                self.add(state, node, &format!("{place}{location}"), target);
            }
        }
    }

    fn add(&mut self, state: &State<'n>, node: &'n Node, place: &str, target: Option<Target>) {
        if let (Some(target), Some(text)) = (target, node.as_str()) {
            self.mentions.push(Mention {
                state: state.name.to_owned(),
                span: node.span,
                location: format!("{}{place}", self.definition.location(state.id)),
                text: text.to_owned(),
                target,
            });
        }
    }
}

/// A string that AWS takes as it stands.
fn constant(node: &Node) -> Option<&str> {
    node.as_str().filter(|s| !s.is_empty() && !s.contains("${") && !s.trim_start().starts_with("{%"))
}

/// The nodes under a path of keys; `*` goes through a list.
fn at<'n>(node: &'n Node, path: &[&str]) -> Vec<(&'n Node, String)> {
    let mut found = vec![(node, String::new())];
    for step in path {
        found = found
            .into_iter()
            .flat_map(|(node, location)| -> Vec<(&'n Node, String)> {
                if *step == "*" {
                    let items = node.as_seq().unwrap_or_default().iter().enumerate();
                    items.map(|(i, n)| (n, format!("{location}[{i}]"))).collect()
                } else {
                    node.get(step).map(|n| (n, format!("{location}/{step}"))).into_iter().collect()
                }
            })
            .collect();
    }
    found
}
