//! What is known of a role: its policies, its boundary, its trust.

use serde_json::Value;
use statewright_iam::{Document, permissions::Verdict};
use statewright_source::Span;
use statewright_spec::{Address, Arn, Declared, Desired, Kind, Resource, kind::role::Role};

use super::{
    declared,
    known::{known_json, known_node},
};
use crate::{Answer, Live, Question};

/// What a role grants, as far as it is known.
#[derive(Debug, Clone)]
pub struct Grants {
    /// The role.
    pub arn: Arn,
    /// Its address, where the spec declares it.
    pub address: Option<Address>,
    /// Who may assume it; `None` where that was not read.
    pub trust: Option<Value>,
    /// The policies that are known.
    pub policies: Vec<Source>,
    /// The boundary, where there is one and it is known.
    pub boundary: Option<Document>,
    /// What was not read, in words.
    pub unread: Vec<String>,
    /// The boundary is among what was not read: what seems granted may not be.
    boundary_unread: bool,
    /// The account is not known, and a condition asks for it.
    asks_for_account: bool,
    /// What AWS can be asked.
    asked: Vec<Question>,
}

/// One policy of a role.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub document: Document,
    /// Its place, where the spec declares it.
    pub span: Option<Span>,
}

/// Where a policy of a role comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It stands on the role.
    Inline,
    /// It is attached, and the spec declares it.
    Declared(Address),
    /// It is attached, and was read.
    Attached(Arn),
}

impl Grants {
    /// The role of that ARN as the spec wants it, or as it was read.
    pub fn of(arn: &Arn, desired: &Desired, live: Option<&Live>) -> Self {
        let mut out = Self::empty(arn);
        match declared(desired, Kind::Role, arn) {
            Some((address, role)) => {
                out.address = Some(address.clone());
                if let Resource::Role(resource) = &role.resource {
                    out.take(resource, Some(role), desired, live);
                }
            }
            None => match answer(live, Question::RoleGrants(arn.clone()), &mut out.asked) {
                Ok(Answer::RoleGrants(Some(role))) => out.take(role, None, desired, live),
                Ok(_) => out.unread.push(format!("the role {}, which does not exist", arn.name())),
                Err(why) => out.unread.push(format!("the role {}, {why}", arn.name())),
            },
        }
        out.asks_for_account = !desired.identity.account.is_known()
            && out
                .policies
                .iter()
                .flat_map(|p| &p.document.statements)
                .flat_map(|s| &s.conditions)
                .any(|condition| condition.key.value.to_ascii_lowercase().starts_with("aws:principal"));
        out
    }

    /// What AWS can be asked about it that was not asked yet.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.asked.iter()
    }

    fn empty(arn: &Arn) -> Self {
        Self {
            arn: arn.clone(),
            address: None,
            trust: None,
            policies: Vec::new(),
            boundary: None,
            unread: Vec::new(),
            boundary_unread: false,
            asks_for_account: false,
            asked: Vec::new(),
        }
    }

    fn take(&mut self, role: &Role, place: Option<&Declared>, desired: &Desired, live: Option<&Live>) {
        self.trust = Some(known_json(&role.trust));
        for (name, value) in &role.inline {
            let field = format!("inline/{}", name.replace('~', "~0").replace('/', "~1"));
            let (document, span) = read(value, place, &field);
            self.policies.extend(document.map(|document| Source {
                name: name.clone(),
                origin: Origin::Inline,
                document,
                span,
            }));
        }
        for arn in &role.attachments {
            match self.policy(arn, desired, live) {
                Ok((origin, Some(document), span)) => {
                    self.policies.push(Source { name: arn.name().to_owned(), origin, document, span });
                }
                Ok((_, None, _)) => {}
                Err(why) => self.unread.push(format!("the policy {}, {why}", arn.name())),
            }
        }
        if let Some(arn) = &role.permissions_boundary {
            match self.policy(arn, desired, live) {
                Ok((_, document, _)) => self.boundary = document,
                Err(why) => {
                    self.boundary_unread = true;
                    self.unread.push(format!("the permissions boundary {}, {why}", arn.name()));
                }
            }
        }
    }

    fn policy(
        &mut self,
        arn: &Arn,
        desired: &Desired,
        live: Option<&Live>,
    ) -> Result<(Origin, Option<Document>, Option<Span>), String> {
        if let Some((address, policy)) = declared(desired, Kind::Policy, arn)
            && let Resource::Policy(resource) = &policy.resource
        {
            let (document, span) = read(&resource.document, Some(policy), "document");
            return Ok((Origin::Declared(address.clone()), document, span));
        }
        match answer(live, Question::PolicyDocument(arn.clone()), &mut self.asked)? {
            Answer::PolicyDocument(Some(value)) => Ok((Origin::Attached(arn.clone()), Document::of(value), None)),
            _ => Err("which does not exist".to_owned()),
        }
    }

    /// What cannot be said for certain because something was not read.
    pub(super) fn softened(&self, verdict: Verdict) -> Verdict {
        match &verdict {
            Verdict::Missing { denied: false, .. } if !self.unread.is_empty() => {
                Verdict::Depends { on: self.unread.clone() }
            }
            Verdict::Missing { .. } if self.asks_for_account => {
                Verdict::Depends { on: vec!["the account, which is not known offline".to_owned()] }
            }
            Verdict::Granted { .. } if self.boundary_unread => Verdict::Depends { on: self.unread.clone() },
            _ => verdict,
        }
    }
}

/// A document of a declared resource with its places where they are known.
fn read(value: &Value, place: Option<&Declared>, field: &str) -> (Option<Document>, Option<Span>) {
    match place.and_then(|declared| declared.documents.get(field)) {
        Some(tree) => (Document::read(&known_node(tree)).0, Some(tree.span)),
        None => (Document::of(&known_json(value)), None),
    }
}

/// An answer, or why there is none.
fn answer<'l>(live: Option<&'l Live>, question: Question, asked: &mut Vec<Question>) -> Result<&'l Answer, String> {
    let Some(live) = live else { return Err("which is not read offline".to_owned()) };
    match live.answers.get(&question) {
        Some(Answer::Unreadable(refusal)) => Err(format!("which AWS would not show: {refusal}")),
        Some(answer) => Ok(answer),
        None => {
            asked.push(question);
            Err("which was not read".to_owned())
        }
    }
}
