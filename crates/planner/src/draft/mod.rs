//! Each address's share of a plan, before anything is put in order.

mod forgotten;
mod hung;
mod kept;
mod leaving;
mod new;
mod remembered;
mod replaced;
mod script;

use statewright_spec::{Address, Declared, Resource, Tags};

use crate::{
    Action, Believed, Change, Operation,
    compare::View,
    custody,
    kind::{self, Part},
    notes::Notes,
    survey::{Standing, Survey},
};

/// When in a plan a share is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// What has to be remembered should the plan be cut short.
    Prepare,
    /// Creates, replaces, and all that is given: before what needs it.
    Grow,
    /// Grants that go: after what needed them.
    Shrink,
    /// After what used it.
    Delete,
}

/// A step without its number and its needs.
pub(crate) struct Draft {
    pub(crate) address: Address,
    pub(crate) phase: Phase,
    pub(crate) action: Action,
    pub(crate) title: String,
    pub(crate) changes: Vec<Change>,
    pub(crate) why: String,
    pub(crate) risk: Vec<String>,
    pub(crate) operations: Vec<Operation>,
    /// What was read: the first share of an address is held against it.
    pub(crate) before: Option<Box<Believed>>,
    pub(crate) read_back: Option<Box<Resource>>,
    pub(crate) ours: Tags,
}

/// The shares of all addresses.
pub(crate) fn drafts(survey: &Survey<'_>, notes: &mut Notes) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (address, standing) in &survey.standing {
        match standing {
            Standing::New { declared, leaving } => drafts.push(new::draft(survey, address, declared, *leaving, notes)),
            Standing::Kept { declared, present } => {
                drafts.extend(kept::drafts(survey, address, declared, present, notes));
            }
            Standing::Replaced { declared, present, fields } => {
                drafts.push(replaced::draft(survey, address, declared, present, fields, notes));
            }
            Standing::Leaving { present } => {
                let mut leaving = leaving::draft(survey, address, present, notes);
                // Its first share is held against what was read.
                let remembered = remembered::draft(survey, address, present);
                drafts.extend(remembered.map(|first| Draft { before: leaving.before.take(), ..first }));
                drafts.push(leaving);
            }
            Standing::Forgotten { present } => drafts.push(forgotten::draft(survey, address, present, notes)),
            Standing::Blocked => {}
        }
    }
    drafts
}

impl Draft {
    /// A share that makes a resource: what it sets is shown, and it is read back.
    fn making(survey: &Survey<'_>, address: &Address, action: Action, declared: &Declared) -> Self {
        let view = View::of(declared, &survey.desired.secrets);
        let resource = &declared.resource;
        let mut changes = view.changes(&kind::created(resource));
        changes.extend(custody::made(&declared.custody));
        Self {
            address: address.clone(),
            phase: Phase::Grow,
            action,
            title: action.as_str().to_owned(),
            changes,
            why: String::new(),
            risk: Vec::new(),
            operations: Vec::new(),
            before: None,
            read_back: Some(Box::new(resource.clone())),
            ours: custody::ours(&survey.desired.owner, &declared.custody),
        }
    }

    /// A share that changes a resource.
    fn changing(address: &Address, phase: Phase, part: Part, view: &View<'_>) -> Self {
        Self {
            address: address.clone(),
            phase,
            action: Action::Update,
            title: part.title.join(", "),
            changes: view.changes(&part.differences),
            why: String::new(),
            risk: Vec::new(),
            operations: part.operations,
            before: None,
            read_back: None,
            ours: Tags::new(),
        }
    }
}
