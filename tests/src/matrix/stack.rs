use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::verdict::PLANTED;
use super::{Verdict, at_once, prepared};
use crate::account::{make_bucket, meaning};
use crate::proxy::{Service, Setup};
use crate::runtime::block_on;
use crate::{Emulator, Outcome, World};

/// The spec that the matrices apply: the repository's largest, every kind in it.
pub(super) const SPEC: &str = "specs/nightly-etl.yaml";

/// A form of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Version {
    /// As it is first made.
    First,
    /// Each kind changed: grants grow and shrink, a script moves, a log group's retention, a policy's document.
    Changed,
    /// What cannot be changed is changed: a machine's type, a role's and a policy's path.
    Replaced,
}

/// What the stack holds, by address.
pub(super) type Meaning = BTreeMap<String, Value>;

impl Version {
    pub(super) const ALL: [Self; 3] = [Self::First, Self::Changed, Self::Replaced];

    /// The spec's text.
    fn text(self) -> String {
        let path = crate::emulator::repository().join(SPEC);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // A managed policy and a secret are all that it lacks.
        let first = edited(
            text,
            &[
                ("\nvariables:\n", "\nvariables:\n  token: { sensitive: true }\n"),
                ("{ SOURCE: orders }", "{ SOURCE: orders, TOKEN: \"${var.token}\" }"),
                (
                    "\nroles:\n",
                    "\npolicies:\n  NightlyEtlRead:\n    document: { Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: [s3:GetObject], \
                     Resource: \"arn:${aws.partition}:s3:::${var.bucket}/orders/*\" }] }\n\nroles:\n",
                ),
                (
                    "    trust: lambda.amazonaws.com\n",
                    "    trust: lambda.amazonaws.com\n    policies: [NightlyEtlRead]\n",
                ),
            ],
        );
        match self {
            Self::First => first,
            Self::Changed => edited(
                first,
                &[
                    ("[s3:GetObject]", "[s3:GetObject, s3:GetObjectVersion]"),
                    ("[glue:StartJobRun, glue:GetJobRun]", "[glue:StartJobRun, glue:GetJobRun, glue:GetJobRuns]"),
                    ("      InvokeExtract:\n", "      InvokeFunction:\n"),
                    ("retention_days: 30", "retention_days: 60"),
                    ("memory: 256", "memory: 512"),
                    ("code: nightly-etl/functions/extract\n", "code: nightly-etl/functions/changed\n"),
                    ("/nightly-etl/transform.py\"", "/nightly-etl/moved/transform.py\""),
                    ("timeout: 60", "timeout: 90"),
                    ("level: ERROR", "level: ALL"),
                    ("team: data", "team: night"),
                ],
            ),
            Self::Replaced => edited(
                first,
                &[
                    ("  NightlyEtlRead:\n", "  NightlyEtlRead:\n    path: /etl/\n    replace: allowed\n"),
                    (
                        "    trust: lambda.amazonaws.com\n",
                        "    trust: lambda.amazonaws.com\n    path: /etl/\n    replace: allowed\n",
                    ),
                    (
                        "    role: NightlyEtlMachine\n",
                        "    role: NightlyEtlMachine\n    type: EXPRESS\n    replace: allowed\n",
                    ),
                ],
            ),
        }
    }

    /// What an account holds after it was applied to an empty one; found out once.
    pub(super) fn end(self) -> &'static Meaning {
        static ENDS: OnceLock<BTreeMap<Version, Meaning>> = OnceLock::new();
        let ends = ENDS.get_or_init(|| {
            let each = Version::ALL.map(|version| {
                move || {
                    let stack = Stack::new(|_| ());
                    stack.write(version);
                    let _ = stack.run("apply").expect(0);
                    (version, stack.meaning())
                }
            });
            at_once(each).into_iter().collect()
        });
        &ends[&self]
    }
}

fn edited(mut text: String, edits: &[(&str, &str)]) -> String {
    for (before, after) in edits {
        assert!(text.contains(before), "{before:?} is no longer in {SPEC}");
        text = text.replace(before, after);
    }
    text
}

/// An account with strangers in it, in which the stack is applied.
pub(super) struct Stack {
    pub(super) world: World,
    bucket: String,
    strangers: Meaning,
}

impl Stack {
    /// A new account in which others live: another stack's and what was made by hand.
    pub(super) fn new(change: impl FnOnce(&mut Setup)) -> Self {
        Self::inside(World::with(Emulator::Ministack, change))
    }

    /// A new account in which nobody else lives.
    fn alone() -> Self {
        Self::in_empty(World::ministack())
    }

    pub(super) fn in_empty(world: World) -> Self {
        world.copy("specs");
        let bucket = make_bucket(&world);
        Self { world, bucket, strangers: Meaning::new() }
    }

    /// The same in a world of its own.
    pub(super) fn inside(world: World) -> Self {
        let Self { world, bucket, .. } = Self::in_empty(world);
        let aws = world.aws();
        let by_hand =
            block_on(aws.make_role("ByHand", "states.amazonaws.com")).unwrap_or_else(|error| panic!("{error}"));
        let owner = |key: &str, value: &str| json!([{ key: "statewright:stack", value: "other@us-east-1" }]);
        aws.r#do(&Service::Iam, "TagRole", json!({ "RoleName": "ByHand", "Tags": owner("Key", "Value") }));
        block_on(aws.make_role("NightlyEtlOther", "glue.amazonaws.com")).unwrap_or_else(|error| panic!("{error}"));
        aws.r#do(&Service::Logs, "CreateLogGroup", json!({ "logGroupName": "/aws/vendedlogs/states/nightly" }));
        let definition = json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }).to_string();
        let machine =
            json!({ "name": "nightly", "roleArn": by_hand, "definition": definition, "tags": owner("key", "value") });
        aws.r#do(&Service::States, "CreateStateMachine", machine);
        let object = json!({ "Bucket": bucket, "Key": "nightly-etl/notes.txt", "Body": "somebody's" });
        aws.r#do(&Service::S3, "PutObject", object);
        let strangers = meaning(&world);
        Self { world, bucket, strangers }
    }

    /// A new account; others live in it where it matters what becomes of them.
    pub(super) fn beside(others: bool) -> Self {
        if others { Self::new(|_| ()) } else { Self::alone() }
    }

    /// The same account with the first version in it.
    #[must_use]
    pub(super) fn with_first(self) -> Self {
        prepared::first(&self.world);
        self
    }

    /// Puts a version's text where the next command reads it.
    pub(super) fn write(&self, version: Version) {
        self.write_at(SPEC, version);
    }

    /// Puts a version's text beside the others.
    pub(super) fn write_at(&self, path: &str, version: Version) {
        self.world.write(path, version.text());
        // The code of a version is in a folder of its own, so that two versions can be applied at once.
        let code = crate::emulator::repository().join("specs/nightly-etl/functions/extract/app.py");
        let code = std::fs::read(&code).unwrap_or_else(|error| panic!("{}: {error}", code.display()));
        self.world.write("specs/nightly-etl/functions/changed/app.py", code);
        self.world.write("specs/nightly-etl/functions/changed/more.py", "MORE = 1\n");
    }

    /// The binary with `command` and more words, with planted secrets in its environment and its variables.
    pub(super) fn command(&self, spec: &str, command: &str, more: &[&str]) -> crate::Statewright<'_> {
        let bucket = format!("bucket={}", self.bucket);
        let token = format!("token={PLANTED}variable");
        let mut words = vec![command, spec, "--var", &bucket, "--var", &token];
        if command != "plan" {
            words.push("--yes");
        }
        words.extend(more);
        self.world
            .statewright(words)
            .env("AWS_SECRET_ACCESS_KEY", format!("{PLANTED}secret-access-key"))
            .env("AWS_SESSION_TOKEN", format!("{PLANTED}session-token"))
    }

    pub(super) fn run(&self, command: &str) -> Outcome {
        self.command(SPEC, command, &[]).run()
    }

    /// What the account holds beside the strangers; what became of those that are not as they were is in it.
    pub(super) fn meaning(&self) -> Meaning {
        let mut all = meaning(&self.world);
        for (address, value) in &self.strangers {
            match all.get(address) {
                Some(now) if now == value => {
                    all.remove(address);
                }
                Some(_) => {}
                None => {
                    all.insert(address.clone(), "a stranger's, and gone".into());
                }
            }
        }
        all
    }

    /// Holds the account to what it should hold.
    pub(super) fn expect(&self, verdict: &mut Verdict, expect: &Meaning, after: &Outcome) {
        let differences = differences(expect, &self.meaning());
        if !differences.is_empty() {
            verdict.left_over(format!("not as it should be: {}\nafter {after}", differences.join("; ")));
        }
    }

    /// Holds a plan to seeing no difference.
    pub(super) fn expect_no_changes(&self, verdict: &mut Verdict) {
        let plan = self.command(SPEC, "plan", &["--detailed-exitcode"]).run();
        verdict.look(&plan);
        match plan.code() {
            Some(0) => {}
            Some(2) => verdict.false_drift(format!("a difference where there is none: {plan}")),
            _ => verdict.fail(format!("the plan afterwards: {plan}")),
        }
    }
}

/// What differs, in words.
pub(super) fn differences(expect: &Meaning, found: &Meaning) -> Vec<String> {
    let missing = expect
        .iter()
        .filter(|(address, _)| !found.contains_key(*address))
        .map(|(address, _)| format!("{address} is missing"));
    let others = found.iter().filter_map(|(address, value)| match expect.get(address) {
        None => Some(format!("{address} is left over: {value}")),
        Some(wanted) if wanted != value => {
            let mut fields = Vec::new();
            fields_apart(address, wanted, value, &mut fields);
            Some(fields.join("; "))
        }
        Some(_) => None,
    });
    missing.chain(others).collect()
}

/// Where two values of one resource are apart, field by field.
fn fields_apart(path: &str, wanted: &Value, found: &Value, fields: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let of = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
                fields_apart(&format!("{path}.{key}"), &of(a), &of(b), fields);
            }
        }
        _ if wanted == found => {}
        _ => fields.push(format!("{path} is {found} and should be {wanted}")),
    }
}
