//! Whether a request is allowed, and which statement decides.
//!
//! The order is IAM's: an explicit deny in any policy decides; then the identity policies must allow, inside the
//! boundary and the service control policies; a resource policy of the same account may allow as well, and one of
//! another account must. Session policies are not seen.
//!
//! What is not known stays open: a condition on a key whose value nobody knows, or a request for "any resource" of which
//! a statement covers some, gives [`Decision::Depends`] with the reasons.

mod compare;
mod context;
mod rule;

use serde::Serialize;

pub use context::{Context, Unsaid};

pub(crate) use self::rule::{Held, Rule};
use crate::{
    document::{Document, Effect},
    pattern::is_wild,
    principal::Principal,
};

/// Who wants to do what to what.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// A user or a role by its ARN ([`Principal::new`] of kind `AWS`), or a service.
    pub principal: &'a Principal,
    /// `glue:StartJobRun`. With wildcards: every action that matches.
    pub action: &'a str,
    /// An ARN, or `*` for an action that has no resource. With wildcards: every resource that matches.
    pub resource: &'a str,
    /// The account of the resource, where its ARN does not say (S3).
    pub resource_account: Option<&'a str>,
    /// What else the request carries.
    pub context: &'a Context,
}

/// A request, looked at once for all the statements it is held against.
pub(crate) struct Asked<'a> {
    request: Request<'a>,
    /// In lower case.
    action: String,
    wild_action: bool,
    wild_resource: bool,
}

impl<'a> Asked<'a> {
    fn new(request: &Request<'a>) -> Self {
        let mut request = request.clone();
        // An action that has no resource is granted on `*` alone: an ARN in a policy does not reach it, however much `*` as a
        // pattern might mean that ARN too.
        if request.resource == "*"
            && crate::actions::catalogue().action(request.action).is_some_and(|a| a.resource_types().next().is_none())
        {
            request.resource = "";
        }
        Self {
            action: request.action.to_lowercase(),
            wild_action: is_wild(request.action),
            wild_resource: is_wild(request.resource),
            request,
        }
    }
}

/// The policies that decide about a principal's requests.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// Inline and attached policies.
    pub identity: Vec<Policy>,
    /// The boundary, if the principal has one. More than one must all allow.
    pub boundary: Vec<Policy>,
    /// The service control policies of the principal's organization, level by level, where they are known: each level must
    /// allow.
    pub control: Vec<Vec<Policy>>,
    /// The policy of the resource.
    pub resource: ResourcePolicy,
}

/// What is known of the policy of the resource.
#[derive(Debug, Clone, Default)]
pub enum ResourcePolicy {
    /// It has none.
    #[default]
    None,
    /// It was not read.
    Unknown,
    /// This one.
    Known(Policy),
}

/// A document ready to be evaluated, often.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<Rule>,
}

/// Which policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Inline or attached.
    Identity,
    /// The boundary.
    Boundary,
    /// A service control policy.
    Control,
    /// The resource's own.
    Resource,
}

/// The statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Decider {
    /// In which kind of policy.
    pub layer: Layer,
    /// Which policy of that kind, from 0 in the order given.
    pub policy: usize,
    /// Which statement of it, from 0.
    pub statement: usize,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "camelCase")]
pub enum Decision {
    /// Allowed by this statement.
    Allowed {
        /// The first that allows.
        by: Decider,
    },
    /// Forbidden by this statement, whatever else allows.
    ExplicitDeny {
        /// The first that forbids.
        by: Decider,
    },
    /// Nothing allows it there.
    ImplicitDeny {
        /// The kind of policy that would have to allow.
        missing: Layer,
    },
    /// It depends on what is not known.
    Depends {
        /// On what, in words: `StringEquals aws:SourceAccount = 123456789012`, `only on arn:…`.
        on: Vec<String>,
        /// The statements that would allow or forbid.
        by: Vec<Decider>,
    },
}

impl Policy {
    /// Reads a document. Statements that IAM would refuse (no effect, no action, an unknown operator) say nothing.
    pub fn new(document: &Document) -> Self {
        let variables = document.version.has_variables();
        let rules = document
            .statements
            .iter()
            .enumerate()
            .filter_map(|(at, statement)| Rule::new(at, statement, variables))
            .collect();
        Self { rules }
    }
}

impl Policies {
    /// Decides about one request.
    pub fn evaluate(&self, request: &Request<'_>) -> Decision {
        let asked = &Asked::new(request);
        let request = &asked.request;
        let identity = layer(Layer::Identity, &self.identity, asked);
        let boundary = self.boundary.iter().map(|policy| layer(Layer::Boundary, std::slice::from_ref(policy), asked));
        let control = self.control.iter().map(|level| layer(Layer::Control, level, asked));
        let limits: Vec<Answer> = boundary.chain(control).collect();
        let resource = match &self.resource {
            ResourcePolicy::Known(policy) => layer(Layer::Resource, std::slice::from_ref(policy), asked),
            ResourcePolicy::None | ResourcePolicy::Unknown => Answer::nothing(Layer::Resource),
        };
        let answers = || limits.iter().chain([&identity, &resource]);
        if let Some(by) = answers().find_map(|a| a.deny.clone()) {
            return Decision::ExplicitDeny { by };
        }
        let mut open = Open::default();
        for answer in answers() {
            open.take(&answer.maybe_deny, true);
        }
        match self.granted(request, &identity, &limits, &resource, &mut open) {
            Grant::No(missing) => Decision::ImplicitDeny { missing },
            Grant::Yes(by) if open.on.is_empty() => Decision::Allowed { by },
            Grant::Yes(_) | Grant::Maybe => Decision::Depends { on: open.on, by: open.by },
        }
    }

    /// Every statement of the identity policies that allows the request, or may: which of a role's statements are used.
    pub fn allowing(&self, request: &Request<'_>) -> Vec<Decider> {
        let asked = Asked::new(request);
        let mut out = Vec::new();
        for (at, policy) in self.identity.iter().enumerate() {
            for rule in policy.rules.iter().filter(|rule| rule.effect == Effect::Allow) {
                if !matches!(rule.holds(&asked), Held::No) {
                    out.push(Decider { layer: Layer::Identity, policy: at, statement: rule.statement });
                }
            }
        }
        out
    }

    fn granted(
        &self,
        request: &Request<'_>,
        identity: &Answer,
        limits: &[Answer],
        resource: &Answer,
        open: &mut Open,
    ) -> Grant {
        let own = account_of(request.principal);
        let theirs = request.resource_account.or_else(|| context::account_of_arn(request.resource));
        let across = matches!((own, theirs), (Some(a), Some(b)) if a != b);
        let own_side = || {
            let mut sides: Vec<&Answer> = vec![identity];
            sides.extend(limits);
            all(&sides)
        };
        if across {
            if let ResourcePolicy::Unknown = self.resource {
                let side = own_side();
                if let Grant::No(missing) = side.grant {
                    return Grant::No(missing);
                }
                open.take(&side.maybe, false);
                open.on.push(format!("the resource's own policy in account {}", theirs.unwrap_or_default()));
                return Grant::Maybe;
            }
            let mut sides: Vec<&Answer> = vec![identity];
            sides.extend(limits);
            sides.push(resource);
            let side = all(&sides);
            open.take(&side.maybe, false);
            return side.grant;
        }
        // A role and a key are given out by their own policy alone, which may leave it to the account.
        if matches!(self.resource, ResourcePolicy::Known(_))
            && resource.allow.is_none()
            && resource.maybe_allow.is_empty()
            && is_given_out(request.action)
        {
            return Grant::No(Layer::Resource);
        }
        // In one account the resource's policy grants by itself when it names the principal or everyone. When it names the
        // account, it leaves the grant to the identity policies. A role's boundary limits both; a user's does not.
        let by_resource = match &resource.allow {
            Some((by, direct)) if *direct => Some(by.clone()),
            _ => None,
        };
        if let Some(by) = by_resource {
            // What a resource grants to a user or to a session by name, no boundary takes.
            let by_name =
                matches!(request.principal, Principal::Aws(arn) if arn.contains(":user/")) || resource.session;
            let binding: Vec<&Answer> = limits.iter().filter(|l| !(by_name && l.missing == Layer::Boundary)).collect();
            if binding.is_empty() || matches!(request.principal, Principal::Service(_)) {
                return Grant::Yes(by);
            }
            let side = all(&binding);
            open.take(&side.maybe, false);
            return match side.grant {
                Grant::Yes(_) => Grant::Yes(by),
                other => other,
            };
        }
        let side = own_side();
        if let Grant::No(missing) = side.grant {
            let direct: Vec<_> = resource.maybe_allow.iter().filter(|m| m.direct).cloned().collect();
            if direct.is_empty() {
                return Grant::No(missing);
            }
            open.take(&direct, false);
            return Grant::Maybe;
        }
        open.take(&side.maybe, false);
        side.grant
    }
}

/// Whether a grant stands.
enum Grant {
    Yes(Decider),
    Maybe,
    No(Layer),
}

/// A statement that decides if something holds.
#[derive(Debug, Clone)]
struct Maybe {
    by: Decider,
    on: Vec<String>,
    /// It names the principal itself or everyone, not its account.
    direct: bool,
}

/// What one kind of policy says.
struct Answer {
    missing: Layer,
    deny: Option<Decider>,
    maybe_deny: Vec<Maybe>,
    allow: Option<(Decider, bool)>,
    maybe_allow: Vec<Maybe>,
    /// A statement allows that names the session itself.
    session: bool,
}

impl Answer {
    const fn nothing(missing: Layer) -> Self {
        Self { missing, deny: None, maybe_deny: Vec::new(), allow: None, maybe_allow: Vec::new(), session: false }
    }
}

struct Side {
    grant: Grant,
    maybe: Vec<Maybe>,
}

/// All of them must allow. The first (the identity policies) names the decider.
fn all(answers: &[&Answer]) -> Side {
    let mut maybe = Vec::new();
    let mut by = None;
    for answer in answers {
        match &answer.allow {
            Some((decider, _)) => {
                if by.is_none() {
                    by = Some(decider.clone());
                }
            }
            None if answer.maybe_allow.is_empty() => {
                return Side { grant: Grant::No(answer.missing), maybe: Vec::new() };
            }
            None => maybe.extend(answer.maybe_allow.iter().cloned()),
        }
    }
    let grant = match by {
        Some(by) if maybe.is_empty() => Grant::Yes(by),
        _ => Grant::Maybe,
    };
    Side { grant, maybe }
}

/// What the answer depends on.
#[derive(Default)]
struct Open {
    on: Vec<String>,
    by: Vec<Decider>,
}

impl Open {
    fn take(&mut self, maybes: &[Maybe], denies: bool) {
        for maybe in maybes {
            for text in &maybe.on {
                let text = if denies { format!("not ({text})") } else { text.clone() };
                if !self.on.contains(&text) {
                    self.on.push(text);
                }
            }
            if !self.by.contains(&maybe.by) {
                self.by.push(maybe.by.clone());
            }
        }
    }
}

fn layer(layer: Layer, policies: &[Policy], asked: &Asked<'_>) -> Answer {
    let mut answer = Answer::nothing(layer);
    for (at, policy) in policies.iter().enumerate() {
        for rule in &policy.rules {
            let held = rule.holds(asked);
            if matches!(held, Held::No) {
                continue;
            }
            let by = Decider { layer, policy: at, statement: rule.statement };
            let direct = layer != Layer::Resource || rule.names_directly(asked.request.principal);
            match (rule.effect, held) {
                (_, Held::No) => {}
                (Effect::Deny, Held::Yes) => answer.deny = answer.deny.or(Some(by)),
                (Effect::Deny, Held::Maybe(on)) => answer.maybe_deny.push(Maybe { by, on, direct }),
                (Effect::Allow, Held::Yes) => {
                    answer.session |= rule.names_session(asked.request.principal);
                    if answer.allow.as_ref().is_none_or(|(_, had)| !had && direct) {
                        answer.allow = Some((by, direct));
                    }
                }
                (Effect::Allow, Held::Maybe(on)) => answer.maybe_allow.push(Maybe { by, on, direct }),
            }
        }
    }
    answer
}

/// Whether the resource's own policy must allow an action even inside one account.
fn is_given_out(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    action.starts_with("sts:assumerole") || action.starts_with("kms:")
}

fn account_of(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::Account(account) => Some(account),
        Principal::Aws(arn) => context::account_of_arn(arn),
        _ => None,
    }
}
