//! How each address stands: what is wanted, what is there, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Adopt, Arn, Declared, Desired, Kind, Owner, Resource};

use crate::{
    Detail, Live, Mode, Observed, Options, Present, codes,
    custody::{self, Hung, LeftAlone},
    kind::{self, Use},
    notes::{Notes, Place, finding},
};

/// What is to become of an address.
pub(crate) enum Standing<'a> {
    /// Declared and not there.
    New {
        declared: &'a Declared,
        /// A machine of that name is still being deleted, and holds it.
        leaving: Option<&'a Present>,
    },
    /// Declared, there and ours.
    Kept { declared: &'a Declared, present: &'a Present },
    /// The same, and fields differ that AWS cannot change.
    Replaced { declared: &'a Declared, present: &'a Present, fields: Vec<&'static str> },
    /// Ours, and to be deleted.
    Leaving { present: &'a Present },
    /// Ours and retained, and no longer to be ours.
    Forgotten { present: &'a Present },
    /// Nothing may be done with it: it is not ours, or not known.
    Blocked,
}

/// All addresses of a plan.
pub(crate) struct Survey<'a> {
    pub(crate) desired: &'a Desired,
    /// What others hung on roles, and stays there.
    pub(crate) hung: &'a BTreeMap<Address, Hung>,
    pub(crate) live: &'a Live,
    pub(crate) mode: Mode,
    pub(crate) options: &'a Options,
    /// Those that the plan may touch.
    pub(crate) standing: BTreeMap<Address, Standing<'a>>,
    /// Addresses by the ARNs that they have or will have.
    arns: BTreeMap<&'a Arn, &'a Address>,
    /// Former names, and what they are now.
    renamed: BTreeMap<Address, &'a Address>,
}

impl<'a> Survey<'a> {
    pub(crate) fn of(
        left_alone: &'a LeftAlone<'_>,
        live: &'a Live,
        mode: Mode,
        options: &'a Options,
        notes: &mut Notes,
    ) -> Self {
        let LeftAlone { desired, hung } = left_alone;
        let desired: &'a Desired = desired;
        let declared = desired.resources.iter().map(|(address, declared)| (&declared.arn, address));
        let there = live.observed.iter().filter_map(|(address, observed)| match observed {
            Observed::Present(present) => Some((&present.arn, address)),
            Observed::Absent | Observed::Unreadable(_) => None,
        });
        let arns = there.chain(declared).collect();
        let former = |(address, declared): (&'a Address, &'a Declared)| {
            Some((Address::new(address.kind, declared.custody.was.clone()?), address))
        };
        let renamed = desired.resources.iter().filter_map(former).collect();
        let mut survey = Self { desired, hung, live, mode, options, standing: BTreeMap::new(), arns, renamed };
        let chosen = survey.chosen(notes);
        for (address, declared) in &desired.resources {
            if chosen.as_ref().is_none_or(|chosen| chosen.contains(address)) {
                let standing = survey.declared(address, declared, notes);
                survey.standing.extend(standing.map(|standing| (address.clone(), standing)));
            }
        }
        for (address, observed) in &live.observed {
            let wanted = chosen.as_ref().is_none_or(|chosen| chosen.contains(address));
            if !desired.resources.contains_key(address) && wanted {
                let standing = survey.undeclared(address, observed, notes);
                survey.standing.extend(standing.map(|standing| (address.clone(), standing)));
            }
        }
        survey
    }

    /// Whether it carries exactly our owner's tag.
    pub(crate) fn is_tagged(&self, present: &Present) -> bool {
        present.owner.as_ref() == Some(&self.desired.owner)
    }

    /// Whether it is ours: it carries our owner's tag, or this plan takes it over.
    fn is_ours(&self, address: &Address, present: &Present) -> bool {
        self.is_tagged(present) || self.adopts(address, present)
    }

    /// Whether this plan takes it over.
    pub(crate) fn adopts(&self, address: &Address, present: &Present) -> bool {
        let stays = matches!(self.standing.get(address), Some(Standing::Kept { .. } | Standing::Replaced { .. }));
        stays && !self.is_tagged(present)
    }

    /// Whether the spec lets this address take over something of that owner.
    pub(crate) fn may_take(&self, address: &Address, owner: Option<&Owner>) -> bool {
        let declared = self.desired.resources.get(address);
        declared.is_some_and(|declared| custody::may_take(&declared.custody.adopt, owner))
    }

    /// What an address is called now, if the spec says that it was renamed.
    pub(crate) fn renamed_to(&self, former: &Address) -> Option<&'a Address> {
        self.renamed.get(former).copied()
    }

    /// What an address was called before, where that is there and ours.
    pub(crate) fn former(&self, address: &Address) -> Option<(Address, &'a Present)> {
        let was = self.desired.resources.get(address)?.custody.was.clone()?;
        let former = Address::new(address.kind, was);
        let present = self.present(&former)?;
        Some((former, present))
    }

    /// What is there and carries our owner's tag.
    pub(crate) fn tagged(&self) -> impl Iterator<Item = (&'a Address, &'a Present)> {
        self.ours().filter(|(_, present)| self.is_tagged(present))
    }

    /// The address and where it is declared.
    pub(crate) fn place<'s>(&'s self, address: &'s Address) -> Place<'s> {
        Place { address, declared: self.desired.resources.get(address) }
    }

    /// What is there, and ours.
    pub(crate) fn ours(&self) -> impl Iterator<Item = (&'a Address, &'a Present)> {
        let live = self.live;
        live.observed.iter().filter_map(|(address, observed)| match observed {
            Observed::Present(present) if self.is_ours(address, present) => Some((address, &**present)),
            Observed::Present(_) | Observed::Absent | Observed::Unreadable(_) => None,
        })
    }

    /// What is there under an address, and ours.
    pub(crate) fn present(&self, address: &Address) -> Option<&'a Present> {
        match self.live.observed.get(address) {
            Some(Observed::Present(present)) if self.is_ours(address, present) => Some(present),
            _ => None,
        }
    }

    /// The address behind an ARN.
    pub(crate) fn by_arn(&self, arn: &Arn) -> Option<&'a Address> {
        self.arns.get(arn).copied()
    }

    /// The addresses that a resource uses.
    pub(crate) fn uses(&self, resource: &Resource) -> BTreeSet<&'a Address> {
        let group = |name: &str| {
            let address = Address::new(statewright_spec::Kind::LogGroup, name);
            let declared = self.desired.resources.get_key_value(&address).map(|(address, _)| address);
            declared.or_else(|| self.live.observed.get_key_value(&address).map(|(address, _)| address))
        };
        let address = |used: Use| match used {
            Use::Arn(arn) => self.by_arn(&arn),
            Use::LogGroup(name) => group(&name),
        };
        kind::uses(resource).into_iter().filter_map(address).collect()
    }

    /// What the spec wants of an address that the plan brings about: `None` for what leaves or is left out.
    pub(crate) fn wanted(&self, address: &Address) -> Option<&'a Declared> {
        match self.standing.get(address)? {
            Standing::New { declared, .. } | Standing::Kept { declared, .. } | Standing::Replaced { declared, .. } => {
                Some(declared)
            }
            Standing::Leaving { .. } | Standing::Forgotten { .. } | Standing::Blocked => None,
        }
    }

    pub(crate) fn is_leaving(&self, address: &Address) -> bool {
        matches!(self.standing.get(address), Some(Standing::Leaving { .. }))
    }

    /// Whether it will no longer be ours: deleted, or left to itself.
    pub(crate) fn is_going(&self, address: &Address) -> bool {
        matches!(self.standing.get(address), Some(Standing::Leaving { .. } | Standing::Forgotten { .. }))
    }

    fn declared(&self, address: &'a Address, declared: &'a Declared, notes: &mut Notes) -> Option<Standing<'a>> {
        let place = Place { address, declared: Some(declared) };
        let noun = address.kind.noun();
        let present = match self.live.observed.get(address) {
            Some(Observed::Present(present)) => &**present,
            Some(Observed::Absent) => {
                if self.mode == Mode::Apply && declared.custody.adopt != Adopt::Never {
                    let title = format!("there is no {noun} {} to take over: it is created", address.name);
                    let note = finding(codes::NOTHING_TO_ADOPT, Severity::Note, title);
                    let help = "if there should be one, look at the name, the account and the region";
                    notes.find(address, place.on(note, "/adopt", "asked for here").help(help));
                }
                return (self.mode == Mode::Apply).then_some(Standing::New { declared, leaving: None });
            }
            Some(Observed::Unreadable(refusal)) => {
                let error = Diagnostic::error(codes::UNREADABLE, format!("AWS would not say how {address} is"));
                notes.find(address, place.on(error, "", refusal.to_string()).help(unreadable_help(refusal)));
                return Some(Standing::Blocked);
            }
            None => {
                let error = Diagnostic::error(codes::UNREADABLE, format!("{address} was not read"));
                notes.find(address, place.on(error, "", "declared here"));
                return Some(Standing::Blocked);
            }
        };
        // Its tags can no longer be read then, and its name is free when it is gone.
        if is_deleting(present) && self.mode == Mode::Apply {
            return Some(Standing::New { declared, leaving: Some(present) });
        }
        if !self.is_tagged(present)
            && let Some(refusal) = self.not_ours(place, noun, present)
        {
            notes.find(address, refusal);
            return (self.mode == Mode::Apply).then_some(Standing::Blocked);
        }
        if self.mode == Mode::Destroy {
            return Some(custody::going(place, present, notes));
        }
        let fields = kind::immutable(&present.resource, &declared.resource);
        Some(if fields.is_empty() {
            Standing::Kept { declared, present }
        } else if custody::is_protected(present, Some(declared)) {
            notes.find(address, custody::protected(place, present, Some(&fields)));
            Standing::Blocked
        } else if declared.may_replace {
            Standing::Replaced { declared, present, fields }
        } else {
            let what = fields.join(" and ");
            let error = Diagnostic::error(
                codes::NEEDS_REPLACE,
                format!("{address} would have to be replaced: AWS cannot change the {what} of a {noun}"),
            );
            let error = place.on(error, &format!("/{}", fields[0]), format!("differs from the live {noun}"));
            let as_it_is = kind::as_written(&present.resource, fields[0]);
            let help = match as_it_is.filter(|_| !self.is_tagged(present)) {
                Some(line) => format!(
                    "write `{line}` to take it over as it is, or add `replace: allowed` to have it deleted and made anew"
                ),
                None => {
                    format!("add `replace: allowed` to have it deleted and made anew, or give the {noun} another name")
                }
            };
            notes.find(address, error.help(help));
            Standing::Blocked
        })
    }

    /// Why something that does not carry our tag may not be touched; `None` where the spec takes it over.
    fn not_ours(&self, place: Place<'_>, noun: &str, present: &Present) -> Option<Diagnostic> {
        let (address, ours) = (place.address, &self.desired.owner);
        let whose = present.owner.as_ref().map_or("has no owner".to_owned(), |owner| format!("belongs to {owner}"));
        if self.mode == Mode::Destroy {
            let note = finding(codes::LEFT_ALONE, Severity::Note, format!("{address} {whose} and is left as it is"));
            return Some(place.on(note, "", "declared here"));
        }
        let arn = &present.arn;
        let adopt = place.declared.map_or(&Adopt::Never, |declared| &declared.custody.adopt);
        if *adopt != Adopt::Never && custody::is_aws_own(present) {
            let error = Diagnostic::error(codes::AWS_OWN, format!("{address} is AWS's own and is never taken over"));
            let help = format!("take it out of the spec, and name it by its ARN where it is needed: {arn}");
            return Some(place.on(error, "/adopt", "asked for here").help(help));
        }
        if custody::may_take(adopt, present.owner.as_ref()) {
            // IAM answers to a name in any case, and not with the ARN that others refer to.
            if matches!(address.kind, Kind::Role | Kind::Policy) && arn.name() != address.name {
                let error = Diagnostic::error(
                    codes::OTHER_SPELLING,
                    format!("{address} is called {} in AWS, which IAM takes for the same name", arn.name()),
                );
                let help = format!("write `{}` in the spec", arn.name());
                return Some(place.on(error, "", "spelt otherwise here").help(help));
            }
            return None;
        }
        let another = format!("give the {noun} another name here");
        let take = match &present.owner {
            Some(owner) => {
                format!("`adopt: {{ from: {owner} }}` takes it over, and then that stack's spec may let go of it")
            }
            None => "`adopt: true` takes it over".to_owned(),
        };
        let (error, field) = match (adopt, &present.owner) {
            (Adopt::Never, Some(_)) => (codes::NOT_OURS, ""),
            (Adopt::Never, None) => (codes::NO_OWNER, ""),
            (Adopt::From(_), _) => (codes::WRONG_OWNER, "/adopt/from"),
            (Adopt::Unowned, _) => (codes::WRONG_OWNER, "/adopt"),
        };
        let error = Diagnostic::error(error, format!("{address} exists and {whose}"));
        let label = match adopt {
            Adopt::Never => format!("this stack is {ours}"),
            Adopt::Unowned => "one without an owner may be taken over".to_owned(),
            Adopt::From(from) => format!("one of {from} may be taken over"),
        };
        Some(place.on(error, field, label).help(format!("{take}; else {another} ({arn})")))
    }

    fn undeclared(&self, address: &'a Address, observed: &'a Observed, notes: &mut Notes) -> Option<Standing<'a>> {
        match observed {
            Observed::Present(present) if self.is_tagged(present) => {
                Some(custody::going(Place { address, declared: None }, present, notes))
            }
            Observed::Present(present) => {
                // Read for its new name: whoever else has the old one keeps it.
                if let Some(now) = self.renamed_to(address) {
                    let whose =
                        present.owner.as_ref().map_or("has no owner".to_owned(), |owner| format!("belongs to {owner}"));
                    let title = format!("{address}, which {now} was, {whose} and is left as it is");
                    let note = finding(codes::LEFT_ALONE, Severity::Note, title);
                    notes.find(now, self.place(now).on(note, "/was", "asked for here"));
                }
                None
            }
            Observed::Absent => None,
            Observed::Unreadable(refusal) => {
                let title = format!("AWS would not say how {address} is, which may be ours");
                notes.find(address, finding(codes::SEARCH_INCOMPLETE, Severity::Note, title).help(refusal.to_string()));
                None
            }
        }
    }

    /// Who needs whom: the spec's word and what the resources themselves say; for a destroy, the live ones.
    pub(crate) fn needs(&self) -> impl Iterator<Item = (Address, Address)> {
        let spec = self.desired.needs.iter().flat_map(|(from, to)| to.iter().map(|to| (from.clone(), to.clone())));
        let wanted = self.desired.resources.iter().map(|(address, declared)| (address, &declared.resource));
        let there = self.ours().filter(|_| self.mode == Mode::Destroy).map(|(address, p)| (address, &p.resource));
        let own = wanted
            .chain(there)
            .flat_map(|(from, resource)| self.uses(resource).into_iter().map(|to| (from.clone(), to.clone())));
        spec.chain(own).filter(|(from, to)| from != to)
    }
}

/// Whether it is a machine that is going away.
pub(crate) fn is_deleting(present: &Present) -> bool {
    match &present.detail {
        Detail::StateMachine { status, .. } => status == "DELETING",
        Detail::Policy { .. }
        | Detail::Role { .. }
        | Detail::LogGroup
        | Detail::Function { .. }
        | Detail::Job { .. } => false,
    }
}

fn unreadable_help(refusal: &crate::Refusal) -> String {
    match refusal.kind {
        crate::RefusalKind::Denied => {
            format!("allow the caller {}, or leave the resource out with --target", refusal.call)
        }
        _ => "nothing is planned on a guess: try again, or leave the resource out with --target".to_owned(),
    }
}
