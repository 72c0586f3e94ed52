//! Tags: what is set, what is taken away.

use statewright_spec::Tags;

/// The tags to set and the keys to take away so that `before` becomes `after`.
pub(crate) fn retag(before: &Tags, after: &Tags) -> (Tags, Vec<String>) {
    let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    (set.map(|(key, value)| (key.clone(), value.clone())).collect(), gone.cloned().collect())
}
