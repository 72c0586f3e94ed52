//! Executions that run now and lose a grant when grants go: an execution keeps the definition and the role that it started
//! with, and is not told that they have changed (serverless-operations/serverless-step-functions#331).

mod express;
mod published;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_iam::{
    Assumable, Document,
    permissions::{Row, Verdict, table},
};
use statewright_source::Severity;
use statewright_spec::{
    Address, Arn, Kind, MachineNeeds, Resource,
    kind::{
        role::Role,
        state_machine::{MachineType, StateMachine},
    },
};

use crate::{
    Action, Answer, Condition, Mode, Operation, Present, Question, Refusal, Revision, codes,
    draft::{Draft, Phase},
    kind::count,
    notes::{Notes, finding},
    permissions::{actions_on, service_can_assume},
    survey::{Standing, Survey, is_deleting},
};

/// What a role grants at one time.
struct Granted {
    trust: Value,
    /// What it grants; `None` where there is no role.
    role: Option<statewright_iam::permissions::Role>,
}

/// Counts, for every share that takes grants away, the executions that lose one, and where they shall be drained, lets it
/// wait for them.
pub(crate) fn check(survey: &Survey<'_>, drafts: &mut [Draft], notes: &mut Notes) {
    if survey.mode == Mode::Destroy {
        return;
    }
    let mut waits: BTreeMap<Address, Waits> = BTreeMap::new();
    for (role, present) in survey.ours().filter(|(address, _)| address.kind == Kind::Role) {
        let Resource::Role(before) = &present.resource else { continue };
        let Some(way) = Way::of(survey, role, before, drafts) else { continue };
        let was = granted_now(survey, notes, &present.arn, before);
        let shall = match way {
            Way::Shrinks => granted_then(survey, notes, role, present, before),
            Way::Gap => granted_between(survey, notes, role, present, before),
        };
        let express = express::check(survey, (role, &present.arn), way, (&was, &shall), notes);
        if !express.is_empty() {
            waits.entry(role.clone()).or_default().express.extend(express);
        }
        published::check(survey, (role, &present.arn), way, (&was, &shall), notes);
        let standard = |user: &Present| is_on(survey, MachineType::Standard, user, &present.arn, way);
        for (machine, user) in survey.ours().filter(|(_, user)| standard(user)) {
            let Resource::StateMachine(live) = &user.resource else { continue };
            if goes(survey, machine) {
                // What becomes of its executions is asked elsewhere.
                continue;
            }
            let question = Question::Revisions(user.arn.clone());
            let running = match survey.live.answers.get(&question) {
                Some(Answer::Revisions(running)) => running,
                Some(Answer::Unreadable(refusal)) => {
                    unknown(survey, notes, "executions", (role, machine), refusal);
                    continue;
                }
                _ => {
                    notes.asked.insert(question);
                    continue;
                }
            };
            let wanted = match survey.wanted(machine).map(|declared| &declared.resource) {
                Some(Resource::StateMachine(wanted)) => wanted,
                _ => live,
            };
            let stays = (wanted.role == present.arn).then(|| Box::new(wanted.definition.clone()));
            // What runs the definition that stays is looked at with the permissions of that.
            let on_role = running.revisions.iter().filter(|revision| {
                revision.role == present.arn && (way == Way::Gap || stays.as_deref() != Some(&revision.definition))
            });
            let losing: Vec<(usize, Vec<Row>)> = on_role
                .map(|revision| (revision.count, lost(survey, machine, live, revision, &was, &shall)))
                .filter(|(_, rows)| !rows.is_empty())
                .collect();
            if losing.is_empty() {
                continue;
            }
            let n = losing.iter().map(|(n, _)| n).sum::<usize>();
            let rows: Vec<Row> = losing.into_iter().flat_map(|(_, rows)| rows).collect();
            tell(survey, notes, &Loss { role, machine, n, unseen: running.unseen, rows: &rows, way });
            let drained = Condition::Drained {
                machine: user.arn.clone(),
                role: present.arn.clone(),
                stays,
                keeps: actions_on(distinct(&rows).into_iter()),
            };
            if way == Way::Shrinks {
                waits.entry(role.clone()).or_default().drained.push(Operation::Wait(drained));
            }
        }
    }
    if survey.options.drain {
        drain(survey, drafts, &waits);
    }
}

/// What is waited for before grants of a role go.
#[derive(Default)]
struct Waits {
    drained: Vec<Operation>,
    /// Machines whose executions cannot be looked at.
    express: BTreeSet<Arn>,
}

/// How grants of a role go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In a step of their own, after all that needed them.
    Shrinks,
    /// With the role or a policy of it, which is made anew: there is a gap, and nothing can wait for it.
    Gap,
}

impl Way {
    fn of(survey: &Survey<'_>, role: &Address, before: &Role, drafts: &[Draft]) -> Option<Self> {
        let concerns = |draft: &&Draft| {
            draft.address == *role
                || (draft.address.kind == Kind::Policy
                    && survey.present(&draft.address).is_some_and(|policy| before.attachments.contains(&policy.arn)))
        };
        let of_role = || drafts.iter().filter(concerns);
        if of_role().any(|draft| draft.action == Action::Replace) {
            return Some(Self::Gap);
        }
        of_role().any(|draft| matches!(draft.phase, Phase::Shrink | Phase::Delete)).then_some(Self::Shrinks)
    }
}

/// Whether a machine is deleted or made anew by this plan: what becomes of what runs on it is asked elsewhere.
fn goes(survey: &Survey<'_>, machine: &Address) -> bool {
    survey.is_leaving(machine) || matches!(survey.standing.get(machine), Some(Standing::Replaced { .. }))
}

fn unknown(
    survey: &Survey<'_>,
    notes: &mut Notes,
    whose: &str,
    (role, machine): (&Address, &Address),
    refusal: &Refusal,
) {
    let title = format!("whether {whose} of {machine} lose a grant of {role} is not known");
    let note = finding(codes::LOSES_GRANT, Severity::Note, title).help(refusal.to_string());
    notes.find(machine, survey.place(machine).on(note, "", "declared here"));
}

/// Whether the executions of a machine of that type matter for a role: those of a role that no machine has any more may run
/// on any.
fn is_on(survey: &Survey<'_>, of_type: MachineType, user: &Present, role: &Arn, way: Way) -> bool {
    let Resource::StateMachine(machine) = &user.resource else { return false };
    let used = || {
        survey.ours().any(|(_, other)| matches!(&other.resource, Resource::StateMachine(other) if other.role == *role))
    };
    machine.machine_type == of_type && !is_deleting(user) && (machine.role == *role || (way == Way::Shrinks && !used()))
}

/// What an execution of a revision needs of its role, has now, and will not have.
fn lost(
    survey: &Survey<'_>,
    machine: &Address,
    live: &StateMachine,
    revision: &Revision,
    was: &Granted,
    shall: &Granted,
) -> Vec<Row> {
    let identity = &survey.desired.identity;
    let old = StateMachine { definition: revision.definition.clone(), role: revision.role.clone(), ..live.clone() };
    let needs = MachineNeeds::of_live(&machine.name, &old, identity);
    let wanted: Vec<_> = needs.needed.into_iter().map(|needed| (needed.who, needed.need)).collect();
    let Some(role) = &was.role else { return Vec::new() };
    let nobody =
        statewright_iam::permissions::Role { arn: role.arn.clone(), policies: Some(Vec::new()), boundary: None };
    let trusts = |granted: &Granted| service_can_assume(&granted.trust, "states.amazonaws.com", identity);
    let distrusted = trusts(was) == Assumable::Yes && trusts(shall) == Assumable::No;
    let then = if distrusted { &nobody } else { shall.role.as_ref().unwrap_or(&nobody) };
    let (before, after) = (table(&wanted, role), table(&wanted, then));
    let rows = before.rows.into_iter().zip(after.rows);
    rows.filter(|(b, a)| !matches!(b.verdict, Verdict::Missing { .. }) && matches!(a.verdict, Verdict::Missing { .. }))
        .map(|(_, a)| a)
        .collect()
}

/// What a role of ours grants as it is.
fn granted_now(survey: &Survey<'_>, notes: &mut Notes, arn: &Arn, role: &Role) -> Granted {
    let document = |policy: &Arn| {
        let live = survey.by_arn(policy).and_then(|address| survey.present(address));
        live.and_then(|present| match &present.resource {
            Resource::Policy(policy) => Some(policy.document.clone()),
            _ => None,
        })
    };
    granted(survey, notes, arn, role, document)
}

/// What it grants once the plan is done.
fn granted_then(
    survey: &Survey<'_>,
    notes: &mut Notes,
    address: &Address,
    present: &Present,
    before: &Role,
) -> Granted {
    let wanted = match survey.standing.get(address) {
        Some(Standing::Leaving { .. }) => return Granted { trust: Value::Null, role: None },
        _ => survey.wanted(address).map(|declared| &declared.resource),
    };
    let role = match wanted {
        Some(Resource::Role(role)) => role,
        _ => before,
    };
    let document = |policy: &Arn| {
        let address = survey.by_arn(policy)?;
        let resource = match survey.wanted(address) {
            Some(declared) => &declared.resource,
            None if survey.is_leaving(address) => return Some(Value::Null),
            None => &survey.present(address)?.resource,
        };
        match resource {
            Resource::Policy(policy) => Some(policy.document.clone()),
            _ => None,
        }
    };
    granted(survey, notes, &present.arn, role, document)
}

/// What it grants while it, or what hangs on it, is made anew.
fn granted_between(
    survey: &Survey<'_>,
    notes: &mut Notes,
    address: &Address,
    present: &Present,
    before: &Role,
) -> Granted {
    let replaced = |address: &Address| matches!(survey.standing.get(address), Some(Standing::Replaced { .. }));
    if replaced(address) {
        return Granted { trust: Value::Null, role: None };
    }
    let document = |policy: &Arn| {
        let address = survey.by_arn(policy)?;
        match &survey.present(address)?.resource {
            _ if replaced(address) => Some(Value::Null),
            Resource::Policy(policy) => Some(policy.document.clone()),
            _ => None,
        }
    };
    granted(survey, notes, &present.arn, before, document)
}

/// A role with its documents: ours as `document` has them, others' as AWS shows them. What is not shown grants nothing here,
/// before as after.
fn granted(
    survey: &Survey<'_>,
    notes: &mut Notes,
    arn: &Arn,
    role: &Role,
    document: impl Fn(&Arn) -> Option<Value>,
) -> Granted {
    let mut of = |policy: &Arn| {
        if let Some(document) = document(policy) {
            return Document::of(&document);
        }
        let question = Question::PolicyDocument(policy.clone());
        match survey.live.answers.get(&question) {
            Some(Answer::PolicyDocument(Some(document))) => Document::of(document),
            Some(_) => None,
            None => {
                notes.asked.insert(question);
                None
            }
        }
    };
    let inline = role.inline.iter().filter_map(|(name, document)| Some((name.clone(), Document::of(document)?)));
    let mut policies: Vec<(String, Document)> = inline.collect();
    policies.extend(role.attachments.iter().filter_map(|policy| Some((policy.name().to_owned(), of(policy)?))));
    let boundary = role.permissions_boundary.as_ref().and_then(of);
    let role_granted =
        statewright_iam::permissions::Role { arn: arn.as_str().to_owned(), policies: Some(policies), boundary };
    Granted { trust: role.trust.clone(), role: Some(role_granted) }
}

/// What some executions lose.
struct Loss<'a> {
    role: &'a Address,
    machine: &'a Address,
    n: usize,
    /// Others run that were not looked at.
    unseen: usize,
    rows: &'a [Row],
    way: Way,
}

fn tell(survey: &Survey<'_>, notes: &mut Notes, loss: &Loss<'_>) {
    let Loss { role, machine, n, unseen, rows, way } = *loss;
    let what = actions_on(distinct(rows).into_iter());
    let least = if unseen == 0 { "" } else { "at least " };
    let many = format!("{least}{}", count(n, "running execution", "running executions"));
    let states = states(rows);
    let (they, need) = if n == 1 && unseen == 0 { ("it has", "needs") } else { ("they have", "need") };
    let (severity, title, help) = match way {
        Way::Shrinks if survey.options.drain => (
            Severity::Note,
            format!("{many} of {machine} still {need} what {role} no longer grants: {what}"),
            format!("--drain keeps it until {they} ended, for {states}"),
        ),
        Way::Shrinks => (
            Severity::Warning,
            format!("{many} of {machine} will lose a grant of {role}: {what}"),
            format!("{states} will fail: apply with --drain to keep the grant until {they} ended"),
        ),
        Way::Gap => (
            Severity::Warning,
            format!("{many} of {machine} will be without a grant of {role} while it is made anew: {what}"),
            format!("a call of {states} in that gap fails: apply when {they} ended, or rely on a Retry"),
        ),
    };
    let place = survey.place(role);
    notes.find(role, place.on(finding(codes::LOSES_GRANT, severity, title).help(help), "", "declared here"));
}

/// The states that will fail, each once.
fn states(rows: &[Row]) -> String {
    let states: BTreeSet<&str> = rows.iter().map(|row| row.state.as_str()).collect();
    states.into_iter().collect::<Vec<_>>().join(", ")
}

/// Actions and resources, each pair once.
fn distinct(rows: &[Row]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let pair = (row.action.as_str(), row.resource.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
}

/// Puts the waits of a role before each share that takes grants from it.
fn drain(survey: &Survey<'_>, drafts: &mut [Draft], waits: &BTreeMap<Address, Waits>) {
    for draft in drafts.iter_mut().filter(|draft| matches!(draft.phase, Phase::Shrink | Phase::Delete)) {
        let roles: BTreeSet<&Address> = match draft.address.kind {
            Kind::Role => waits.keys().filter(|role| **role == draft.address).collect(),
            Kind::Policy => survey
                .present(&draft.address)
                .map(|policy| survey.holders(&policy.arn).into_iter().map(|(role, _)| role).collect())
                .unwrap_or_default(),
            _ => continue,
        };
        let mut before: Vec<Operation> = Vec::new();
        let mut machines = BTreeSet::new();
        for Waits { drained, express } in roles.into_iter().filter_map(|role| waits.get(role)) {
            let new: Vec<_> = drained.iter().filter(|wait| !before.contains(wait)).cloned().collect();
            before.extend(new);
            machines.extend(express.iter().cloned());
        }
        // All at once: it is the time that ends them.
        before.extend((!machines.is_empty()).then(|| Operation::Wait(Condition::ExpressEnded { machines })));
        if !before.is_empty() {
            draft.risk.retain(|risk| !risk.starts_with("executions that still run"));
            draft.risk.push("it waits for the executions that still need what goes".to_owned());
            draft.operations.splice(0..0, before);
        }
    }
}
