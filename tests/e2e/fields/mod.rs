//! Every field of every kind: set, changed, changed behind our back, taken away; each time one apply, then an empty plan.

mod function;
mod job;
mod log_group;
mod policy;
mod role;

mod state_machine;

use std::fmt::Write as _;

use statewright_tests::{Aws, Emulator, World};

/// A stack with one resource whose fields are tried, one after another.
pub(crate) struct Bench {
    world: World,
    /// The rest of the spec.
    around: String,
    section: &'static str,
    name: &'static str,
    /// The resource's body where no field is tried: key and value, in YAML's flow form.
    base: Vec<(&'static str, String)>,
}

/// One field and its values, each different from the one before and the first from the base, in YAML's flow form.
pub(crate) struct Field<'a> {
    key: &'static str,
    values: &'a [&'a str],
    /// Somebody changes it in AWS; `None` where AWS lets nobody change it after the create.
    by_hand: Option<&'a dyn Fn(&Aws)>,
}

impl Bench {
    /// Applies the base.
    pub(crate) fn new(
        emulator: Emulator,
        around: &str,
        (section, name): (&'static str, &'static str),
        base: &[(&'static str, &str)],
    ) -> Self {
        let base = base.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let bench = Self { world: World::on(emulator), around: around.to_owned(), section, name, base };
        bench.world.write("lambda/app.py", "def handler(event, context):\n    return 1\n");
        bench.world.write("lambda/other.py", "def handler(event, context):\n    return 2\n");
        bench.world.write("job.py", "print(1)\n");
        bench.world.write("other.py", "print(2)\n");
        bench
    }

    pub(crate) fn aws(&self) -> Aws {
        self.world.aws()
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    fn write(&self, field: Option<(&str, &str)>) {
        let mut spec = format!("statewright: 1\nstack: bench\n{}\n{}:\n  {}:\n", self.around, self.section, self.name);
        for (key, value) in &self.base {
            if field.is_none_or(|(changed, _)| changed != *key) {
                let _ = writeln!(spec, "    {key}: {value}");
            }
        }
        if let Some((key, value)) = field {
            let _ = writeln!(spec, "    {key}: {value}");
        }
        self.world.write("bench.yaml", spec);
    }

    /// One apply that writes, then a plan with nothing in it.
    #[track_caller]
    fn converge(&self, what: &str) {
        self.world.forget_calls();
        let apply = self.world.statewright(["apply", "bench.yaml", "--yes"]).run();
        assert_eq!(apply.code(), Some(0), "{what}: {apply}");
        let wrote = self.world.calls().mutating().names();
        assert!(!wrote.is_empty(), "{what}: nothing was written\n{apply}");
        let plan = self.world.statewright(["plan", "bench.yaml", "--detailed-exitcode"]).run();
        assert_eq!(plan.code(), Some(0), "{what}, after {wrote:?}: {plan}");
    }

    /// Tries the fields, then makes sure that nothing is written where nothing differs, and that all of it goes.
    #[track_caller]
    pub(crate) fn try_all(&self, fields: &[Field<'_>]) {
        self.try_all_beside(fields, &[]);
    }

    /// The same where something is there that is not the stack's, and stays.
    #[track_caller]
    pub(crate) fn try_all_beside(&self, fields: &[Field<'_>], stays: &[&str]) {
        self.write(None);
        self.converge("the base");
        for field in fields {
            for value in field.values {
                self.write(Some((field.key, value)));
                self.converge(&format!("{}.{}: {value}", self.name, field.key));
            }
            if let Some(by_hand) = field.by_hand {
                by_hand(&self.aws());
                self.converge(&format!("{}.{} changed by hand", self.name, field.key));
            }
            self.write(None);
            self.converge(&format!("{}.{} taken away", self.name, field.key));
        }
        self.world.forget_calls();
        let _ = self.world.statewright(["apply", "bench.yaml", "--yes"]).run().expect(0);
        assert_eq!(self.world.calls().mutating().names(), [""; 0], "an apply of nothing writes nothing");
        let _ = self.world.statewright(["destroy", "bench.yaml", "--yes"]).run().expect(0);
        let left = statewright_tests::account::contents(&self.world);
        assert_eq!(left, stays.iter().map(ToString::to_string).collect(), "left over");
    }
}

/// A field that somebody can change by hand.
pub(crate) fn field<'a>(key: &'static str, values: &'a [&'a str], by_hand: &'a dyn Fn(&Aws)) -> Field<'a> {
    Field { key, values, by_hand: Some(by_hand) }
}

/// A field that AWS lets nobody change after the create.
pub(crate) fn fixed<'a>(key: &'static str, values: &'a [&'a str]) -> Field<'a> {
    Field { key, values, by_hand: None }
}

/// Keys of every kind: what is ours to do with a resource, not what it is.
const COMMON: [&str; 7] = ["adopt", "allow", "ignore_tags", "protect", "replace", "retain", "was"];

/// A key that is added to the spec is tried here, or named with where it is.
#[test]
fn of_every_kind_are_all_tried() {
    // Both are what hangs on a role, and stand in the stories of others.
    let elsewhere = ["role.attachments: custody", "role.grants: permissions"];
    let root = statewright_tests::emulator::repository();
    let schema = std::fs::read_to_string(root.join("docs/schema/spec-1.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let mut untried = Vec::new();
    let sections = schema["properties"].as_object().unwrap().values();
    let kinds = sections.filter_map(|section| section["additionalProperties"]["$ref"].as_str()?.rsplit('/').next());
    let kinds: Vec<&str> =
        kinds.filter(|kind| schema["definitions"][kind]["properties"]["adopt"].is_object()).collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    for kind in kinds {
        let source = std::fs::read_to_string(root.join(format!("tests/e2e/fields/{kind}.rs"))).unwrap();
        // `field("KEY"` and `fixed("KEY"`, on one line or on two.
        let calls = ["field(", "fixed("].iter().flat_map(|call| source.split(call).skip(1));
        let tried: std::collections::BTreeSet<&str> =
            calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).collect();
        let keys = schema["definitions"][kind]["properties"].as_object().unwrap().keys();
        let keys = keys.filter(|key| !COMMON.contains(&key.as_str()) && !tried.contains(key.as_str()));
        untried.extend(keys.map(|key| format!("{kind}.{key}")));
    }
    untried.retain(|key| !elsewhere.iter().any(|known| known.split(':').next() == Some(key)));
    assert_eq!(untried, Vec::<String>::new());
}
