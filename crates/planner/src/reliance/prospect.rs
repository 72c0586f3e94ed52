//! What IAM's answers and our own writes tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use statewright_iam::{Assumable, permissions::Verdict};
use statewright_spec::{Arn, Kind};

use super::{On, Prospect, Reliance, Written, named, written::last};
use crate::{
    Answer, Live, Question,
    permissions::{actions_on, of_needs, service_can_assume},
};

/// A role that is younger may not be seen everywhere: AWS's own worst on record. Source: `aws-behaviour.md`, IAM.
const YOUNG: Duration = Duration::from_mins(15);

impl Reliance {
    /// Whether AWS will come to see it. What was not asked, or not answered, is no reason to give up.
    pub fn prospect(&self, answers: &BTreeMap<Question, Answer>, written: &[Written]) -> Prospect {
        let live = &self.overlaid(answers, written);
        match &self.on {
            On::Trust { role, service } => self.trust(live, written, role, service),
            On::Rights { role, .. } => self.rights(live, written, role),
            On::Key { role } => match Self::missing(live, role) {
                Some(never) => never,
                None => self.seen(live, written, [role], "the key's state and policy are not looked at"),
            },
            On::Entities(entities) => entities.iter().find_map(|arn| Self::missing(live, arn)).unwrap_or_else(|| {
                let made = entities.iter().filter_map(|arn| last(&self.identity, written, arn)).min();
                let mut asked = entities.iter().filter_map(Self::entity);
                let shown = asked.all(|question| {
                    matches!(
                        live.answers.get(&question),
                        Some(Answer::RoleAge(Some(_)) | Answer::PolicyDocument(Some(_)))
                    )
                });
                let words = if shown { "IAM itself shows it" } else { "IAM would not say whether it is there" };
                Prospect::Passing(made.map_or_else(|| words.to_owned(), ago))
            }),
            On::Principals(principals) => {
                let first = principals.iter().map(|text| self.principal(live, written, text));
                first
                    .min_by_key(|p| !matches!(p, Prospect::Never { .. }))
                    .unwrap_or_else(|| Prospect::Passing("AWS does not say which principal it is".to_owned()))
            }
        }
    }

    fn trust(&self, live: &Live, written: &[Written], role: &Arn, service: &str) -> Prospect {
        if let Some(never) = Self::missing(live, role) {
            return never;
        }
        let shown = match live.answers.get(&Question::RoleGrants(role.clone())) {
            Some(Answer::RoleGrants(Some(shown))) => shown,
            Some(Answer::Unreadable(refusal)) => return unreadable(refusal),
            _ => return Prospect::Passing("IAM was not asked".to_owned()),
        };
        match service_can_assume(&shown.trust, service, &self.identity) {
            Assumable::Yes => self.seen(live, written, [role], "its trust names the service"),
            Assumable::Depends { conditions } => {
                let on = format!("its trust names the service, if {}", conditions.join("; "));
                self.seen(live, written, [role], &on)
            }
            Assumable::No => Prospect::Never {
                why: format!("the trust of {} does not let {service} assume it", named(role)),
                help: format!("let {service} do sts:AssumeRole in the role's trust"),
            },
        }
    }

    fn rights(&self, live: &Live, written: &[Written], role: &Arn) -> Prospect {
        if let Some(never) = Self::missing(live, role) {
            return never;
        }
        if let Some(Answer::Unreadable(refusal)) = live.answers.get(&Question::RoleGrants(role.clone())) {
            return unreadable(refusal);
        }
        let grants = self.grants(role, live);
        let On::Rights { user, needs, .. } = &self.on else {
            return Prospect::Passing("IAM was not asked".to_owned());
        };
        let table = of_needs(&grants, vec![(user.clone(), (**needs).clone())]);
        let missing = table.rows.iter().filter(|r| matches!(r.row.verdict, Verdict::Missing { .. }));
        let missing: Vec<(&str, &str)> = missing.map(|r| (r.row.action.as_str(), r.row.resource.as_str())).collect();
        if !missing.is_empty() {
            let lacks = actions_on(missing.into_iter());
            return Prospect::Never {
                why: format!("{} does not allow {lacks}", named(role)),
                help: "allow it in a policy of the role".to_owned(),
            };
        }
        let depends: BTreeSet<&str> = table
            .rows
            .iter()
            .filter_map(|r| if let Verdict::Depends { on } = &r.row.verdict { Some(on) } else { None })
            .flatten()
            .map(String::as_str)
            .collect();
        let words = if depends.is_empty() {
            "its policies grant what is asked for".to_owned()
        } else {
            format!("whether its policies grant it depends: {}", depends.into_iter().collect::<Vec<_>>().join("; "))
        };
        let hung = match live.answers.get(&Question::RoleGrants(role.clone())) {
            Some(Answer::RoleGrants(Some(shown))) => shown.attachments.iter().collect(),
            _ => Vec::new(),
        };
        self.seen(live, written, hung.into_iter().chain([role]), &words)
    }

    fn principal(&self, live: &Live, written: &[Written], text: &str) -> Prospect {
        if let Some(role) = self.own_role(text) {
            return match Self::missing(live, &role) {
                Some(never) => never,
                None => self.seen(live, written, [&role], "IAM shows the role"),
            };
        }
        Prospect::Never {
            why: format!("no call of this apply makes the principal {text}"),
            help: "see that it exists, in its own account, and that it is spelt as it is there".to_owned(),
        }
    }

    /// A role or a policy that is not there, neither by IAM's word nor by ours.
    fn missing(live: &Live, arn: &Arn) -> Option<Prospect> {
        let absent = match Self::kind(arn)? {
            Kind::Role => {
                matches!(live.answers.get(&Question::RoleGrants(arn.clone())), Some(Answer::RoleGrants(None)))
                    || matches!(live.answers.get(&Question::RoleAge(arn.clone())), Some(Answer::RoleAge(None)))
            }
            _ => matches!(live.answers.get(&Question::PolicyDocument(arn.clone())), Some(Answer::PolicyDocument(None))),
        };
        absent.then(|| Prospect::Never {
            why: format!("{} does not exist", named(arn)),
            help: format!("make {arn}, or name another"),
        })
    }

    /// What IAM has in order: how lately it was written decides.
    fn seen<'a>(
        &self,
        live: &Live,
        written: &[Written],
        on: impl IntoIterator<Item = &'a Arn>,
        words: &str,
    ) -> Prospect {
        let on: Vec<&Arn> = on.into_iter().collect();
        if let Some(seconds) = on.iter().filter_map(|arn| last(&self.identity, written, arn)).min() {
            return Prospect::Passing(ago(seconds));
        }
        let ages = on.iter().filter_map(|arn| match live.answers.get(&Question::RoleAge((*arn).clone())) {
            Some(Answer::RoleAge(Some(age))) => Some(*age),
            _ => None,
        });
        match ages.min() {
            Some(age) if age < YOUNG => Prospect::Passing(format!("the role was made {} s ago", age.as_secs())),
            Some(age) => Prospect::Doubtful(format!(
                "{words}, the role is {} old, and this apply changed nothing of it: a policy of the organization may forbid it",
                old(age)
            )),
            None => Prospect::Passing(words.to_owned()),
        }
    }
}

fn ago(seconds: u64) -> String {
    format!("this apply wrote it {seconds} s ago")
}

fn old(age: Duration) -> String {
    match age.as_secs() {
        s if s < 7_200 => format!("{} minutes", s / 60),
        s if s < 172_800 => format!("{} hours", s / 3_600),
        s => format!("{} days", s / 86_400),
    }
}

fn unreadable(refusal: &crate::Refusal) -> Prospect {
    Prospect::Passing(format!("IAM would not say how the role is: {refusal}"))
}

impl Prospect {
    /// For the middle of a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Passing(words) | Self::Doubtful(words) => words.clone(),
            Self::Never { why, help } => format!("{why}: {help}"),
        }
    }
}
