//! A desired state put together without a text.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{FileId, Node, Span, Value};
use statewright_spec::{Address, Custody, Declared, Desired, Guard, Identity, Mention, Owner, Resource, Secret};

use crate::kind::{Use, uses};

/// A stack that is not read from a file.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its environment.
    pub environment: Option<String>,
    /// What it declares.
    pub resources: BTreeMap<Address, Resource>,
    /// References that AWS does not check.
    pub prefers: BTreeMap<Address, BTreeSet<Address>>,
    /// What is named and not declared.
    pub mentions: Vec<Mention>,
    /// What in a resource is sensitive.
    pub sensitive: BTreeMap<Address, BTreeSet<String>>,
    /// The values of sensitive variables.
    pub secrets: Vec<Secret>,
    /// Findings that every resource allows.
    pub allow: BTreeSet<String>,
    /// `replace: allowed` on every resource.
    pub may_replace: bool,
    /// `guard:`
    pub guard: Option<Guard>,
    /// How resources are taken over, kept and let go.
    pub custody: BTreeMap<Address, Custody>,
}

impl Stack {
    /// Nothing declared.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            environment: None,
            resources: BTreeMap::new(),
            prefers: BTreeMap::new(),
            mentions: Vec::new(),
            sensitive: BTreeMap::new(),
            secrets: Vec::new(),
            allow: BTreeSet::new(),
            may_replace: false,
            guard: None,
            custody: BTreeMap::new(),
        }
    }

    /// Declares a resource.
    #[must_use]
    pub fn with(mut self, name: &str, resource: Resource) -> Self {
        self.resources.insert(Address::new(resource.kind(), name), resource);
        self
    }

    /// Who owns what it makes.
    pub fn owner(&self, identity: &Identity) -> Owner {
        Owner::new(&self.name, self.environment.as_deref(), &identity.region)
    }

    /// The desired state; needs are what the resources use.
    pub fn desired(&self, identity: &Identity) -> Desired {
        let span = Span::new(FileId(0), 0, 0);
        let arn = |address: &Address, resource: &Resource| {
            let path = match resource {
                Resource::Policy(policy) => policy.path.as_str(),
                Resource::Role(role) => role.path.as_str(),
                _ => "/",
            };
            identity.arn(address, path)
        };
        let declared = |(address, resource): (&Address, &Resource)| {
            let declared = Declared {
                resource: resource.clone(),
                arn: arn(address, resource),
                span,
                body: Node { span, value: Value::Map(Vec::new()) },
                documents: BTreeMap::new(),
                sensitive: self.sensitive.get(address).cloned().unwrap_or_default(),
                may_replace: self.may_replace,
                allow: self.allow.clone(),
                custody: self.custody.get(address).cloned().unwrap_or_default(),
            };
            (address.clone(), declared)
        };
        let resources: BTreeMap<Address, Declared> = self.resources.iter().map(declared).collect();
        let find = |used: &Use| {
            resources.iter().find_map(|(address, d)| {
                let hit = match used {
                    Use::Arn(arn) => d.arn == *arn,
                    Use::LogGroup(name) => address.kind == statewright_spec::Kind::LogGroup && address.name == *name,
                };
                hit.then(|| address.clone())
            })
        };
        let needs = resources
            .iter()
            .map(|(address, d)| (address.clone(), uses(&d.resource).iter().filter_map(find).collect()))
            .collect();
        Desired {
            stack: self.name.clone(),
            stack_span: None,
            environment: self.environment.clone(),
            owner: self.owner(identity),
            identity: identity.clone(),
            spec_name: format!("specs/{}.yaml", self.name),
            spec_hash: "0".repeat(64),
            spec_parts: BTreeMap::new(),
            needs,
            prefers: self.prefers.clone(),
            mentions: self.mentions.clone(),
            guard: self.guard.clone(),
            secrets: self.secrets.clone(),
            resources,
        }
    }
}
