//! The checker: what AWS will refuse, what will fail at run time, what is a trap.

mod assigned;
mod aws;
mod call;
mod catalogue;
mod choice;
mod constant;
mod context;
mod document;
mod errors;
mod express;
mod expression;
mod fields;
mod graph;
mod integrations;
mod language;
mod map;
mod mend;
mod names;
mod object;
mod parameters;
mod path;
mod place;
mod schema;
mod shared;
mod silence;
mod task;
mod template;
#[cfg(test)]
mod tests;
mod value;
mod variables;

pub use aws::{AwsDiagnostic, locate, not_said_by_us, unreadable};
pub use catalogue::{catalogue, rule};
pub use silence::{Allowed, allowed};

use statewright_source::{Diagnostic, Node, Sources};

use crate::model::{Definition, MachineType};
use context::Context;

/// How a definition is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'s> {
    /// The type of the machine. Without it nothing is said that depends on it.
    pub machine_type: Option<MachineType>,
    /// What `${…}` means.
    pub tokens: Tokens,
    /// The texts: with them a finding in an expression points into it, whatever escapes and indents stand before it.
    pub sources: Option<&'s Sources>,
}

/// What `${…}` in a definition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tokens {
    /// Another tool (SAM, Terraform) fills it in before AWS sees it: a text with one may become anything.
    #[default]
    Wildcard,
    /// Nothing: what was to be filled in has been, and AWS will see these characters.
    Resolved,
}

/// A definition and what there is to say about it.
#[derive(Debug, Clone)]
pub struct Checked<'n> {
    /// The model.
    pub definition: Definition<'n>,
    /// Every finding, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked<'_> {
    /// Whether AWS would refuse the definition.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == statewright_source::Severity::Error)
    }
}

/// Checks a definition. Its text has been parsed; what is wrong with it as JSON or YAML is not repeated here.
pub fn check<'n>(root: &'n Node, options: &Options<'_>) -> Checked<'n> {
    let definition = Definition::of(root);
    let mut cx = Context::new(&definition, options);
    if document::check(&mut cx) {
        names::check(&mut cx);
        graph::check(&mut cx);
        for state in definition.states() {
            object::state(&mut cx, state);
            choice::check(&mut cx, state);
            errors::check(&mut cx, state);
            task::check(&mut cx, state);
            map::check(&mut cx, state);
        }
        express::check(&mut cx);
        map::labels(&mut cx);
        variables::check(&mut cx);
        constant::check(&mut cx);
    }
    let diagnostics = cx.finish();
    Checked { definition, diagnostics }
}
