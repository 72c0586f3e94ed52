//! How the world is read.

use std::collections::{BTreeMap, BTreeSet};

use statewright_spec::{
    Address, Kind, Lookup, Owner, Resource, Tags,
    kind::{
        function::{Code, Function},
        job::{Job, Script},
        log_group::LogGroup,
        policy::Policy,
        role::Role,
        state_machine::StateMachine,
    },
};

use super::{World, parted};
use crate::{
    Answer, Detail, Fingerprint, Found, Live, Observed, Present, Question, Reading, Revision, Running, ScriptObject,
    Search, operation::function::MARK_CODE,
};

impl World {
    /// Reads what is asked, as the first round does.
    pub fn observe(&self, reading: &Reading) -> Live {
        let mut addresses: BTreeSet<Address> = reading.resources.keys().cloned().collect();
        if let Some(owner) = &reading.search {
            addresses.extend(self.of_owner(owner));
        }
        let lookups = reading.lookups.iter().map(|l| (l.clone(), if self.has(l) { Found::Yes } else { Found::No }));
        Live {
            identity: self.identity.clone(),
            observed: addresses
                .into_iter()
                .map(|address| {
                    let script = reading.scripts.get(&address).map(String::as_str);
                    let observed = self.get(&address, script);
                    (address, observed)
                })
                .collect(),
            lookups: lookups.collect(),
            answers: reading
                .scripts
                .values()
                .filter_map(|location| crate::kind::job::place(location))
                .map(|(bucket, key)| {
                    let there = Answer::ScriptObject(self.object(&bucket, &key));
                    (Question::ScriptObject { bucket, key }, there)
                })
                .collect(),
            search: Search { made: reading.search.is_some(), incomplete: Vec::new() },
        }
    }

    /// Every address that carries the owner's tag.
    pub fn of_owner(&self, owner: &Owner) -> BTreeSet<Address> {
        self.tags()
            .filter(|(_, tags)| tags.get(Owner::TAG).is_some_and(|t| t == owner.as_str()))
            .map(|(a, _)| a)
            .collect()
    }

    /// Every address with its tags.
    pub fn tags(&self) -> impl Iterator<Item = (Address, &Tags)> {
        let policies = self.policies.iter().map(|(n, r)| (Address::new(Kind::Policy, n.as_str()), &r.tags));
        let roles = self.roles.iter().map(|(n, r)| (Address::new(Kind::Role, n.as_str()), &r.tags));
        let groups = self.log_groups.iter().map(|(n, r)| (Address::new(Kind::LogGroup, n.as_str()), &r.tags));
        let functions = self.functions.iter().map(|(n, r)| (Address::new(Kind::Function, n.as_str()), &r.tags));
        let jobs = self.jobs.iter().map(|(n, r)| (Address::new(Kind::Job, n.as_str()), &r.tags));
        let machines = self.machines.iter().map(|(n, r)| (Address::new(Kind::StateMachine, n.as_str()), &r.tags));
        policies.chain(roles).chain(groups).chain(functions).chain(jobs).chain(machines)
    }

    /// One resource. `script` is where its script is uploaded, for a job.
    pub fn get(&self, address: &Address, script: Option<&str>) -> Observed {
        let name = &address.name;
        let found = match address.kind {
            Kind::Policy => self.policies.get(name).map(|live| {
                let document = live.versions.iter().find(|(n, _)| *n == live.default).map(|(_, d)| d.clone());
                // AttachmentCount and PermissionsBoundaryUsageCount.
                let attached = self.roles.values().filter(|r| r.role.attachments.contains(&live.arn)).count()
                    + self.roles.values().filter(|r| r.role.permissions_boundary.as_ref() == Some(&live.arn)).count()
                    + self.other_holders.iter().filter(|(policy, _)| policy == name).count();
                let (path, description) = (live.path.clone(), live.description.clone());
                let document = document.unwrap_or_default();
                let make: Make = Box::new(|tags| Resource::Policy(Policy { document, path, description, tags }));
                let detail = Detail::Policy {
                    default_version: format!("v{}", live.default),
                    attachments: u32::try_from(attached).unwrap_or(u32::MAX),
                };
                (live.arn.clone(), &live.tags, detail, make)
            }),
            Kind::Role => self.roles.get(name).map(|live| {
                let role = live.role.clone();
                let make: Make = Box::new(move |tags| Resource::Role(Role { tags, ..role }));
                (live.arn.clone(), &live.tags, Detail::Role { id: live.id.clone() }, make)
            }),
            Kind::LogGroup => self.log_groups.get(name).map(|live| {
                let group = live.group.clone();
                let make: Make = Box::new(move |tags| Resource::LogGroup(LogGroup { tags, ..group }));
                (self.identity.arn(address, "/"), &live.tags, Detail::LogGroup, make)
            }),
            Kind::Function => self.functions.get(name).map(|live| {
                let code = Code::Deployed { sha256: live.sha256.clone(), source: live.tags.get(MARK_CODE).cloned() };
                let function = Function { code, ..live.function.clone() };
                let detail = Detail::Function {
                    revision: live.revision.to_string(),
                    state: "Active".to_owned(),
                    update: match (live.busy, live.failed) {
                        (true, _) => "InProgress",
                        (false, true) => "Failed",
                        (false, false) => "Successful",
                    }
                    .to_owned(),
                };
                let make: Make = Box::new(move |tags| Resource::Function(Function { tags, ..function }));
                (self.identity.arn(address, "/"), &live.tags, detail, make)
            }),
            Kind::Job => self.jobs.get(name).map(|live| {
                let object = script.and_then(crate::kind::job::place);
                let there = object.as_ref().and_then(|place| self.objects.get(place));
                let script = there.map(|object| Script { sha256: object.sha256.clone(), bytes: None });
                let job = Job { script, ..live.job.clone() };
                let detail = Detail::Job {
                    script: object.map_or(ScriptObject::NotManaged, |(bucket, key)| self.object(&bucket, &key)),
                    visual_nodes: false,
                };
                let make: Make = Box::new(move |tags| Resource::Job(Job { tags, ..job }));
                (self.identity.arn(address, "/"), &live.tags, detail, make)
            }),
            Kind::StateMachine => self.machines.get(name).map(|live| {
                let machine = live.machine.clone();
                let detail = Detail::StateMachine {
                    revision: live.revision.to_string(),
                    status: if live.deleting { "DELETING" } else { "ACTIVE" }.to_owned(),
                };
                let make: Make = Box::new(move |tags| Resource::StateMachine(StateMachine { tags, ..machine }));
                (self.identity.arn(address, "/"), &live.tags, detail, make)
            }),
        };
        let Some((arn, tags, detail, make)) = found else { return Observed::Absent };
        let (tags, owner, markers) = parted(tags);
        let fingerprint = Fingerprint(BTreeMap::from([("counter".to_owned(), self.counter.to_string())]));
        Observed::Present(Box::new(Present { resource: make(tags), arn, owner, markers, fingerprint, detail }))
    }

    fn object(&self, bucket: &str, key: &str) -> ScriptObject {
        match self.objects.get(&(bucket.to_owned(), key.to_owned())) {
            Some(object) => ScriptObject::Present { owner: object.owner.clone() },
            None => ScriptObject::Absent,
        }
    }

    fn has(&self, lookup: &Lookup) -> bool {
        match lookup {
            Lookup::Function(name) => self.functions.contains_key(name),
            Lookup::Job(name) => self.jobs.contains_key(name),
            Lookup::StateMachine(arn) => self.machines.contains_key(arn.name()),
            Lookup::Policy(arn) => arn.is_aws_managed_policy() || self.policies.values().any(|p| p.arn == *arn),
            Lookup::Role(arn) => self.roles.values().any(|r| r.arn == *arn),
            Lookup::LogGroup(name) => self.log_groups.contains_key(name),
            Lookup::Layer(_) => true,
            Lookup::Object { bucket, key, .. } => self.objects.contains_key(&(bucket.clone(), key.clone())),
        }
    }

    /// Answers a question.
    pub fn answer(&self, question: &Question) -> Answer {
        match question {
            Question::PolicyVersions(arn) => {
                let live = self.policies.get(arn.name());
                let versions = live.into_iter().flat_map(|live| &live.versions);
                Answer::PolicyVersions(versions.map(|(n, _)| format!("v{n}")).collect())
            }
            Question::PolicyAttachments(arn) => {
                let roles = self.roles.iter().filter(|(_, r)| {
                    r.role.attachments.contains(arn) || r.role.permissions_boundary.as_ref() == Some(arn)
                });
                let others = self.other_holders.iter().filter(|(policy, _)| policy == arn.name());
                let names = roles.map(|(name, _)| format!("role/{name}")).chain(others.map(|(_, who)| who.clone()));
                Answer::PolicyAttachments(names.collect())
            }
            Question::InstanceProfiles(role) => {
                let profiles = self.instance_profiles.iter().filter(|(_, r)| r == role);
                Answer::InstanceProfiles(profiles.map(|(profile, _)| profile.clone()).collect())
            }
            Question::RunningExecutions(arn) => {
                let count = self.machines.get(arn.name()).map_or(0, |live| live.executions);
                Answer::RunningExecutions { count, more: false }
            }
            Question::Revisions(arn) => {
                let running = self.machines.get(arn.name()).filter(|live| live.executions > 0).map(|live| {
                    let now = (live.machine.role.clone(), live.machine.definition.clone());
                    let (role, definition) = live.started_with.clone().unwrap_or(now);
                    Revision { role, definition, count: live.executions }
                });
                Answer::Revisions(Running { revisions: running.into_iter().collect(), unseen: 0 })
            }
            Question::Published(arn) => {
                Answer::Published(self.machines.get(arn.name()).map(|live| live.published.clone()).unwrap_or_default())
            }
            // It takes what it is given: what AWS says is a test's to make up.
            Question::Verdict { .. } => Answer::Verdict(Vec::new()),
            // Whoever calls may do all, and there is no end of room.
            Question::AccountSummary => Answer::AccountSummary(BTreeMap::new()),
            Question::LogPolicies => Answer::LogPolicies(Vec::new()),
            Question::Rights(_) => {
                let root = self.identity.arn(&Address::new(Kind::Role, "Deployer"), "/");
                Answer::Rights { caller: root, denied: Vec::new() }
            }
            Question::PolicyVerdict { .. } => Answer::PolicyVerdict(Vec::new()),
            Question::ScriptObject { bucket, key } => Answer::ScriptObject(self.object(bucket, key)),
            Question::RoleGrants(arn) => {
                let found = self.roles.values().find(|live| live.arn == *arn);
                Answer::RoleGrants(found.map(|live| Box::new(live.role.clone())))
            }
            // Time does not pass here.
            Question::RoleAge(arn) => {
                Answer::RoleAge(self.roles.contains_key(arn.name()).then_some(std::time::Duration::ZERO))
            }
            Question::PolicyDocument(arn) => {
                let found = self.policies.values().find(|live| live.arn == *arn);
                let document = found
                    .and_then(|live| live.versions.iter().find(|(n, _)| *n == live.default))
                    .map(|(_, document)| document.clone());
                Answer::PolicyDocument(document)
            }
        }
    }
}

type Make = Box<dyn FnOnce(Tags) -> Resource>;
