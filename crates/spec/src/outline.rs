//! What is known of a spec without resolving it: enough to find its machines, also where variables are missing.

use statewright_source::Node;

use crate::{
    Identity, Kind, Loaded,
    reference::{Flavour, Scope, Trace, fill_text},
};

impl Loaded {
    /// The names of the state machines that the spec declares, in its order. A name that cannot be filled in is left out.
    pub fn machines(&self, identity: &Identity) -> Vec<String> {
        let scope = Scope { variables: &self.variables, identity: Some(identity), names: None };
        let mut trace = Trace::default();
        let entries = self.root.get(Kind::StateMachine.section()).and_then(Node::as_map).unwrap_or_default();
        entries
            .iter()
            .map(|entry| fill_text(&entry.key, entry.key_span, scope, Flavour::Plain, &self.sources, &mut trace))
            .filter(|name| !name.broken && !name.sensitive)
            .map(|name| name.text)
            .collect()
    }
}
