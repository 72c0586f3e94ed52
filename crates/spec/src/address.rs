//! What a resource is called inside a plan.

use std::fmt;

/// The kinds of resource that a spec declares. The order is the order in which they are shown; a machine uses all the
/// others and stays last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A customer-managed IAM policy.
    Policy,
    /// An IAM role.
    Role,
    /// A CloudWatch Logs group.
    LogGroup,
    /// A Lambda function.
    Function,
    /// A Glue job.
    Job,
    /// A Step Functions state machine.
    StateMachine,
}

/// A kind and the name that AWS knows: shown as `role.NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Which kind.
    pub kind: Kind,
    /// The AWS name, which is also the key in the spec.
    pub name: String,
}

impl Kind {
    /// Every kind. The length makes the compiler ask for one that is left out.
    pub const ALL: [Self; Self::StateMachine as usize + 1] =
        [Self::Policy, Self::Role, Self::LogGroup, Self::Function, Self::Job, Self::StateMachine];

    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Role => "role",
            Self::LogGroup => "log_group",
            Self::Function => "function",
            Self::Job => "job",
            Self::StateMachine => "state_machine",
        }
    }

    /// The key of the spec that holds the kind, and the first part of a reference.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Policy => "policies",
            Self::Role => "roles",
            Self::LogGroup => "log_groups",
            Self::Function => "functions",
            Self::Job => "jobs",
            Self::StateMachine => "state_machines",
        }
    }

    /// In a sentence: `a state machine`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Role => "role",
            Self::LogGroup => "log group",
            Self::Function => "function",
            Self::Job => "job",
            Self::StateMachine => "state machine",
        }
    }
}

impl Address {
    /// The address of `name`.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// Reads `role.NAME`; a name may hold dots.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('.')?;
        let kind = Kind::ALL.into_iter().find(|k| k.as_str() == kind)?;
        (!name.is_empty()).then(|| Self::new(kind, name))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Who looks for what is known of a kind looks for its name: in every crate, and in the tests.
    #[test]
    fn every_kind_has_its_places() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let mut missing = Vec::new();
        for kind in Kind::ALL {
            for folder in [
                "crates/spec/src/kind",
                "crates/planner/src/kind",
                "crates/planner/src/operation",
                "crates/aws/src/kind",
                "tests/e2e/fields",
            ] {
                let file = format!("{folder}/{kind}.rs");
                if !root.join(&file).is_file() {
                    missing.push(file);
                }
            }
            let word = format!("\"{kind}\"");
            if !std::fs::read_to_string(root.join("tests/src/account.rs")).unwrap().contains(&word) {
                missing.push(format!("{word} in tests/src/account.rs"));
            }
            let section = format!("\n{}:\n", kind.section());
            if !std::fs::read_to_string(root.join("tests/e2e/custody.rs")).unwrap().contains(&section) {
                missing.push(format!("{} in the spec of tests/e2e/custody.rs", kind.section()));
            }
        }
        assert_eq!(missing, [""; 0]);
    }
}
