//! AWS's tags, sorted into the user's and ours.

use std::collections::{BTreeMap, HashMap};

use statewright_spec::{Owner, TAG_PREFIX, Tags};

/// The tags of one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    /// The user's.
    pub(crate) tags: Tags,
    /// Whose it is.
    pub(crate) owner: Option<Owner>,
    /// Our other tags, whole keys.
    pub(crate) markers: BTreeMap<String, String>,
}

impl Labels {
    /// Sorts what AWS gives. Those of `aws:*` are AWS's own and dropped.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut labels = Self::default();
        for (key, value) in pairs {
            if key == Owner::TAG {
                labels.owner = Some(Owner::from_tag(value));
            } else if key.starts_with(TAG_PREFIX) {
                labels.markers.insert(key, value);
            } else if !key.starts_with("aws:") {
                labels.tags.insert(key, value);
            }
        }
        labels
    }

    /// All of them again, AWS's own aside.
    pub(crate) fn whole(&self) -> Tags {
        let owner = self.owner.iter().map(|owner| (Owner::TAG.to_owned(), owner.as_str().to_owned()));
        let theirs = self.tags.iter().chain(&self.markers).map(|(key, value)| (key.clone(), value.clone()));
        owner.chain(theirs).collect()
    }

    /// From the services that give a map.
    pub(crate) fn of_map(map: Option<HashMap<String, String>>) -> Self {
        Self::of(map.unwrap_or_default())
    }
}

/// For the services that take a map.
pub(crate) fn to_map(tags: &Tags) -> HashMap<String, String> {
    tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_sorted_by_whose_they_are() {
        let pair = |key: &str| (key.to_owned(), format!("v-{key}"));
        let labels = Labels::of(
            ["team", "aws:cloudformation:stack-id", "statewright:stack", "statewright:script", "Statewright:x"]
                .map(pair),
        );
        assert_eq!(labels.tags.keys().collect::<Vec<_>>(), ["Statewright:x", "team"]);
        assert_eq!(labels.owner, Some(Owner::from_tag("v-statewright:stack")));
        assert_eq!(labels.markers.keys().collect::<Vec<_>>(), ["statewright:script"]);
        let whole: Vec<String> = labels.whole().into_keys().collect();
        assert_eq!(whole, ["Statewright:x", "statewright:script", "statewright:stack", "team"]);
    }
}
