//! What the plan makes, held against AWS's quotas: what nears one is noted, what AWS will refuse is an error. Quotas that an
//! account can have raised are asked for, once, and only where something that counts is made; a plan without changes asks
//! nothing. How many machines an account has no one call tells, so that quota (100,000) is not forecast.

use std::collections::{BTreeMap, BTreeSet};

use statewright_iam::{Kind as PolicyKind, lint, quota, size};
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Arn, Kind, Resource, kind::role::Role};

use crate::{
    Action, Answer, Mode, Operation, Question, Step, codes,
    kind::count,
    notes::{Notes, Place, finding},
    operation::policy::PolicyOperation,
    survey::{Standing, Survey},
};

/// A function's environment in bytes of JSON: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const ENVIRONMENT: usize = 4_096;
/// Tags of one resource.
const TAGS: usize = 50;
/// The resource policies of `CloudWatch` Logs, in characters each:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html>.
const LOG_POLICY: usize = 5_120;
/// Log groups that need no entry there.
const VENDED: &str = "/aws/vendedlogs/";

/// How much of one quota the plan uses.
struct Share<'a> {
    place: Place<'a>,
    field: &'a str,
    used: usize,
    most: usize,
    /// `characters of its trust policy`
    what: String,
    help: &'a str,
    /// Whether AWS certainly refuses more.
    sure: bool,
}

impl Share<'_> {
    /// Notes nine tenths and more.
    fn tell(self, notes: &mut Notes) {
        let Self { place, field, used, most, what, help, sure } = self;
        let address = place.address;
        let found = if used > most {
            let severity = if sure { Severity::Error } else { Severity::Warning };
            let title = format!("{address}: {used} {what}, and AWS takes {most}");
            finding(codes::QUOTA_EXCEEDED, severity, title)
        } else if used * 10 >= most * 9 {
            let percent = used * 100 / most.max(1);
            finding(codes::QUOTA_NEAR, Severity::Note, format!("{address}: {used} of {most} {what} ({percent} %)"))
        } else {
            return;
        };
        notes.find(address, place.on(found, field, "counted here").help(help));
    }
}

/// Looks at all that is made or changes.
pub(crate) fn check(survey: &Survey<'_>, steps: &[Step], notes: &mut Notes) {
    if survey.mode == Mode::Destroy || steps.is_empty() {
        return;
    }
    let made = steps.iter().filter(|step| !matches!(step.action, Action::Delete | Action::Forget));
    let changing: BTreeSet<&Address> = made.map(|step| &step.address).collect();
    let quotas = Quotas::ask(survey, &changing, notes);
    quotas.counts(survey, &changing, notes);
    for address in &changing {
        let Some(declared) = survey.wanted(address) else { continue };
        let place = survey.place(address);
        match &declared.resource {
            Resource::Policy(policy) => {
                near(notes, place, "/document", size(&policy.document), PolicyKind::Identity, false);
                versions(steps, place, notes);
            }
            Resource::Role(role) => {
                let inline = role.inline.values().map(size).sum();
                near(notes, place, "/inline", inline, PolicyKind::Identity, true);
                quotas.role(place, role, notes);
            }
            Resource::Function(function) => {
                let variables: BTreeMap<&str, &str> =
                    function.environment.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
                let used = serde_json::to_string(&variables).map_or(0, |text| text.len());
                let what = "bytes of its environment".to_owned();
                let help = "keep long values in Parameter Store or S3, and give their names";
                Share { place, field: "/environment", used, most: ENVIRONMENT, what, help, sure: true }.tell(notes);
            }
            Resource::LogGroup(_) | Resource::Job(_) | Resource::StateMachine(_) => {}
        }
        // Ours is one of them.
        let used = declared.resource.tags().len() + 1;
        let help = "the tags of the whole spec count as well";
        Share { place, field: "/tags", used, most: TAGS, what: "tags".to_owned(), help, sure: true }.tell(notes);
    }
    log_policy(survey, &changing, notes);
}

/// A document near its quota; one beyond it was refused before.
fn near(notes: &mut Notes, place: Place<'_>, field: &str, size: usize, kind: PolicyKind, total: bool) {
    let found = lint::forecast(size, kind, total).filter(|found| found.severity == Severity::Note);
    if let Some(mut found) = found {
        found.title = format!("{}: {}", place.address, found.title);
        notes.find(place.address, place.on(found, field, "counted here"));
    }
}

/// A new version where there is no room for another.
fn versions(steps: &[Step], place: Place<'_>, notes: &mut Notes) {
    let own = steps.iter().filter(|step| step.address == *place.address && step.action == Action::Update);
    let pruned = own.flat_map(|step| &step.operations).filter_map(|operation| match operation {
        Operation::Policy(PolicyOperation::DeleteVersion { version, .. }) => Some(version.as_str()),
        _ => None,
    });
    let pruned: Vec<&str> = pruned.collect();
    if !pruned.is_empty() {
        let goes = if pruned.len() == 1 { "goes" } else { "go" };
        let title = format!(
            "{} has {} versions at most: {} {goes} to make room",
            place.address,
            quota::VERSIONS,
            pruned.join(" and ")
        );
        let note = finding(codes::QUOTA_NEAR, Severity::Note, title);
        let note = place.on(note, "/document", "another version");
        notes.find(
            place.address,
            note.help("nothing is lost but the way back to it: the oldest goes, never the default"),
        );
    }
}

/// What the account may have of IAM, and has: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>.
struct Quotas<'a> {
    account: Option<&'a BTreeMap<String, u64>>,
}

impl<'a> Quotas<'a> {
    fn ask(survey: &Survey<'a>, changing: &BTreeSet<&Address>, notes: &mut Notes) -> Self {
        let counts = changing.iter().any(|address| match survey.standing.get(*address) {
            Some(Standing::New { .. }) => matches!(address.kind, Kind::Role | Kind::Policy),
            Some(Standing::Kept { declared, .. } | Standing::Replaced { declared, .. }) => match &declared.resource {
                Resource::Role(role) => {
                    role.attachments.len() * 10 >= quota::ATTACHMENTS * 9 || size(&role.trust) * 10 >= quota::TRUST * 9
                }
                _ => false,
            },
            Some(Standing::Leaving { .. } | Standing::Forgotten { .. } | Standing::Blocked) | None => false,
        });
        if !counts {
            return Self { account: None };
        }
        let account = match survey.live.answers.get(&Question::AccountSummary) {
            Some(Answer::AccountSummary(summary)) => Some(summary),
            Some(Answer::Unreadable(refusal)) => {
                let title = "AWS would not say what the account may have of IAM: its quotas are not forecast";
                notes.find_plain(finding(codes::NOT_FORECAST, Severity::Note, title).help(refusal.to_string()));
                None
            }
            Some(_) => None,
            None => {
                notes.asked.insert(Question::AccountSummary);
                None
            }
        };
        Self { account }
    }

    fn of(&self, key: &str) -> Option<usize> {
        usize::try_from(*self.account?.get(key)?).ok().filter(|quota| *quota > 0)
    }

    /// What is new against what the account has.
    fn counts(&self, survey: &Survey<'_>, changing: &BTreeSet<&Address>, notes: &mut Notes) {
        for (kind, one, many, used, most) in [
            (Kind::Role, "role", "roles", "Roles", "RolesQuota"),
            (Kind::Policy, "policy", "policies", "Policies", "PoliciesQuota"),
        ] {
            let is_new = |address: &&Address| {
                address.kind == kind && matches!(survey.standing.get(*address), Some(Standing::New { .. }))
            };
            let new: Vec<&Address> = changing.iter().copied().filter(is_new).collect();
            // An account may have none yet.
            let has = self.account.and_then(|all| all.get(used)).and_then(|n| usize::try_from(*n).ok());
            let (Some(first), Some(has), Some(most)) = (new.first(), has, self.of(most)) else { continue };
            let after = has + new.len();
            let made = count(new.len(), one, many);
            let found = if after > most {
                let title = format!("the plan makes {made}, the account has {has}, and AWS takes {most}");
                Diagnostic::error(codes::QUOTA_EXCEEDED, title)
            } else if after * 10 >= most * 9 {
                let title = format!("the account will have {after} of {most} {many}");
                finding(codes::QUOTA_NEAR, Severity::Note, title)
            } else {
                continue;
            };
            let help = format!("delete {many} that nobody uses, or ask AWS for more (Service Quotas, IAM)");
            notes.find(first, survey.place(first).on(found, "", "one of them").help(help));
        }
    }

    /// Those of one role; the account tells how far they were raised.
    fn role(&self, place: Place<'_>, role: &Role, notes: &mut Notes) {
        let most = self.of("AttachedPoliciesPerRoleQuota");
        Share {
            place,
            field: "/policies",
            used: role.attachments.len(),
            most: most.unwrap_or(quota::ATTACHMENTS),
            what: "managed policies on one role".to_owned(),
            help: "put several policies into one, or ask AWS for more (Service Quotas, IAM)",
            sure: most.is_some(),
        }
        .tell(notes);
        let most = self.of("AssumeRolePolicySizeQuota");
        Share {
            place,
            field: "/trust",
            used: size(&role.trust),
            most: most.unwrap_or(quota::TRUST),
            what: "characters of its trust policy".to_owned(),
            help: "trust fewer principals, or ask AWS for more (Service Quotas, IAM)",
            sure: most.is_some(),
        }
        .tell(notes);
    }
}

/// Whoever sets up a machine's logging writes its log group into a resource policy of the account, which is soon full
/// (aws/aws-cdk#28577); groups under `/aws/vendedlogs/` share one entry.
fn log_policy(survey: &Survey<'_>, changing: &BTreeSet<&Address>, notes: &mut Notes) {
    let mut groups: BTreeMap<&Arn, &Address> = BTreeMap::new();
    for address in changing {
        let Some(Resource::StateMachine(machine)) = survey.wanted(address).map(|declared| &declared.resource) else {
            continue;
        };
        let Some(logging) = &machine.logging else { continue };
        let before = match survey.present(address).map(|present| &present.resource) {
            Some(Resource::StateMachine(before)) => before.logging.as_ref().map(|logging| &logging.log_group),
            _ => None,
        };
        let vended = logging.log_group.resource().strip_prefix("log-group:").is_some_and(|n| n.starts_with(VENDED));
        if !vended && before != Some(&logging.log_group) {
            groups.insert(&logging.log_group, *address);
        }
    }
    let Some(first) = groups.values().next() else { return };
    let policies = match survey.live.answers.get(&Question::LogPolicies) {
        Some(Answer::LogPolicies(policies)) => policies,
        Some(Answer::Unreadable(refusal)) => {
            let title = "AWS would not say how full the resource policy of CloudWatch Logs is";
            notes.find_plain(finding(codes::NOT_FORECAST, Severity::Note, title).help(refusal.to_string()));
            return;
        }
        Some(_) => return,
        None => {
            notes.asked.insert(Question::LogPolicies);
            return;
        }
    };
    let delivery = policies.iter().filter(|text| text.contains("delivery.logs.amazonaws.com"));
    let has = delivery.map(|text| text.chars().count()).max().unwrap_or(0);
    let new = groups.keys().filter(|group| !policies.iter().any(|text| text.contains(group.as_str())));
    let added: usize = new.map(|group| format!("\"{group}:log-stream:*\",").chars().count()).sum();
    if added == 0 {
        return;
    }
    Share {
        place: survey.place(first),
        field: "/logging",
        used: has + added,
        most: LOG_POLICY,
        what: "characters of the account's resource policy of CloudWatch Logs".to_owned(),
        help: "log to a group under /aws/vendedlogs/states/: those need no entry of their own there",
        // How AWS writes its entry is AWS's own affair.
        sure: false,
    }
    .tell(notes);
}
