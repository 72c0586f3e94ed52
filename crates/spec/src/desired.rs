//! The state that a spec asks for.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{Node, Span};

use crate::{
    Address, Arn, Custody, Guard, Identity, Kind, Mention, Owner, Tags,
    kind::{
        function::Function, job::Job, log_group::LogGroup, policy::Policy, role::Role, state_machine::StateMachine,
    },
};

/// A resource as AWS would describe it, with AWS's defaults filled in: the same type for what is wanted and for what is
/// there, so that the two compare.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// A customer-managed policy.
    Policy(Policy),
    /// A role.
    Role(Role),
    /// A log group.
    LogGroup(LogGroup),
    /// A function.
    Function(Function),
    /// A job.
    Job(Job),
    /// A state machine.
    StateMachine(StateMachine),
}

/// One resource of the spec.
#[derive(Debug, Clone)]
pub struct Declared {
    /// What it shall be.
    pub resource: Resource,
    /// The ARN that it has or will have.
    pub arn: Arn,
    /// Its key in the spec.
    pub span: Span,
    /// Its body in the spec, references resolved, for the place of any field.
    pub body: Node,
    /// The trees of the documents and definitions that stand in files of their own (or inline), by field: `definition`,
    /// `document`, `trust`, `inline/NAME`.
    pub documents: BTreeMap<String, Node>,
    /// JSON pointers into the resource (`/environment/TOKEN`, `/definition/States/X/Parameters/Key`) whose text a
    /// sensitive variable flows into: shown as `(sensitive)`, and never hashed.
    pub sensitive: BTreeSet<String>,
    /// `replace: allowed`.
    pub may_replace: bool,
    /// Findings silenced by `allow: [CODE]`.
    pub allow: BTreeSet<String>,
    /// How it is taken over, kept and let go.
    pub custody: Custody,
}

/// Everything that one spec asks for, in one environment, account and region.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The stack's name.
    pub stack: String,
    /// Where the spec says it; `None` where no spec does.
    pub stack_span: Option<Span>,
    /// The environment, where one was chosen.
    pub environment: Option<String>,
    /// Who owns what is declared here.
    pub owner: Owner,
    /// Where it lives.
    pub identity: Identity,
    /// The spec file as the user named it.
    pub spec_name: String,
    /// SHA-256, hexadecimal, of the spec, its files and its variables that are not sensitive.
    pub spec_hash: String,
    /// The same, part by part: `the file policies/p.json`, `the variable bucket`. It tells which of them changed.
    pub spec_parts: BTreeMap<String, String>,
    /// What is declared.
    pub resources: BTreeMap<Address, Declared>,
    /// AWS refuses the first without the others. Acyclic.
    pub needs: BTreeMap<Address, BTreeSet<Address>>,
    /// References that AWS does not check: they order steps where they close no circle.
    pub prefers: BTreeMap<Address, BTreeSet<Address>>,
    /// What it guards against.
    pub guard: Option<Guard>,
    /// What is named and not declared.
    pub mentions: Vec<Mention>,
    /// The values of the sensitive variables: any other output that happens to hold one is redacted too.
    pub secrets: Vec<crate::Secret>,
}

impl Desired {
    /// A spec that declares nothing: for looking at what is there with the eyes of one.
    pub fn nothing(identity: &Identity) -> Self {
        Self {
            stack: String::new(),
            stack_span: None,
            environment: None,
            owner: Owner::new("none", None, &identity.region),
            identity: identity.clone(),
            spec_name: String::new(),
            spec_hash: String::new(),
            spec_parts: BTreeMap::new(),
            resources: BTreeMap::new(),
            needs: BTreeMap::new(),
            prefers: BTreeMap::new(),
            mentions: Vec::new(),
            guard: None,
            secrets: Vec::new(),
        }
    }
}

impl Resource {
    /// Which kind it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Policy(_) => Kind::Policy,
            Self::Role(_) => Kind::Role,
            Self::LogGroup(_) => Kind::LogGroup,
            Self::Function(_) => Kind::Function,
            Self::Job(_) => Kind::Job,
            Self::StateMachine(_) => Kind::StateMachine,
        }
    }

    /// Its tags, without ours, to be changed.
    pub const fn tags_mut(&mut self) -> &mut Tags {
        match self {
            Self::Policy(r) => &mut r.tags,
            Self::Role(r) => &mut r.tags,
            Self::LogGroup(r) => &mut r.tags,
            Self::Function(r) => &mut r.tags,
            Self::Job(r) => &mut r.tags,
            Self::StateMachine(r) => &mut r.tags,
        }
    }

    /// Its tags, without ours.
    pub const fn tags(&self) -> &Tags {
        match self {
            Self::Policy(r) => &r.tags,
            Self::Role(r) => &r.tags,
            Self::LogGroup(r) => &r.tags,
            Self::Function(r) => &r.tags,
            Self::Job(r) => &r.tags,
            Self::StateMachine(r) => &r.tags,
        }
    }
}
