//! What the spec declares, by name.

use std::collections::BTreeMap;

use statewright_source::{Span, nearest};

use crate::{Address, Arn, Kind};

/// Every declared resource: known before any of them is read further.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    all: BTreeMap<Address, Name>,
    /// Former names, and what they are now.
    renamed: BTreeMap<Address, String>,
}

/// One declared name.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    /// The ARN that it has or will have.
    pub(crate) arn: Arn,
    /// Its key.
    pub(crate) span: Span,
}

impl Names {
    /// Keeps the first of two with the same address.
    pub(crate) fn insert(&mut self, address: Address, name: Name) {
        self.all.entry(address).or_insert(name);
    }

    /// Keeps a former name.
    pub(crate) fn rename(&mut self, was: Address, name: String) {
        self.renamed.entry(was).or_insert(name);
    }

    pub(crate) fn get(&self, address: &Address) -> Option<&Name> {
        self.all.get(address)
    }

    /// The names of one kind.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, &Name)> {
        self.all.iter().filter(move |(a, _)| a.kind == kind).map(|(a, n)| (a.name.as_str(), n))
    }

    /// The name that was probably meant: what it is called now, or one that is spelt much the same.
    pub(crate) fn nearest(&self, kind: Kind, name: &str) -> Option<&str> {
        if let Some(now) = self.renamed.get(&Address::new(kind, name)) {
            return Some(now);
        }
        nearest(name, self.of(kind).map(|(n, _)| n))
    }

    /// The declared resource of that kind that the ARN means. What is unknown offline fits anything.
    pub(crate) fn by_arn(&self, kind: Kind, arn: &Arn) -> Option<&Address> {
        self.all.iter().find(|(a, n)| a.kind == kind && same(&n.arn, arn)).map(|(a, _)| a)
    }

    /// A declared role or policy of that ARN's name and account that has another path. Nothing where the account is not known.
    pub(crate) fn other_path(&self, kind: Kind, arn: &Arn) -> Option<(&Address, &Name)> {
        self.all.iter().find(|(a, n)| {
            a.kind == kind
                && a.name.eq_ignore_ascii_case(arn.name())
                && n.arn.account() == arn.account()
                && n.arn.partition() == arn.partition()
                && !same(&n.arn, arn)
        })
    }
}

/// Whether two ARNs may be the same: parts that are not known offline fit any.
pub(crate) fn same(a: &Arn, b: &Arn) -> bool {
    a.service() == b.service()
        && (a.account() == "aws") == (b.account() == "aws")
        && fits(a.partition(), b.partition())
        && fits(a.region(), b.region())
        && fits(a.account(), b.account())
        && a.resource() == b.resource()
}

/// Whether two parts of ARNs may be the same.
pub(crate) fn fits(a: &str, b: &str) -> bool {
    let unknown = |part: &str| part.chars().any(|c| ('\u{E000}'..='\u{E002}').contains(&c));
    a == b || unknown(a) || unknown(b)
}
