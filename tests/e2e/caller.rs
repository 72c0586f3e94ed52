//! What the caller must be allowed, as the book says it, held against the calls that each command makes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;
use statewright_tests::{World, account::make_bucket, emulator::repository};

/// The page, read as who follows it reads it.
struct Page {
    /// What the policy of a command allows.
    commands: BTreeMap<String, BTreeSet<String>>,
    /// The actions that a call always needs.
    calls: BTreeMap<String, BTreeSet<String>>,
}

impl Page {
    fn read() -> Self {
        let text = fs::read_to_string(repository().join("docs/src/reference/permissions.md")).unwrap();
        let mut page = Self { commands: BTreeMap::new(), calls: BTreeMap::new() };
        for section in text.split("\n## ").skip(1) {
            let (title, body) = section.split_once('\n').unwrap();
            if let Some(command) = title.strip_prefix('`').and_then(|title| title.strip_suffix('`')) {
                let policy = body.split("```json\n").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
                let policy: Value = serde_json::from_str(policy).unwrap();
                let actions = policy["Statement"][0]["Action"].as_array().unwrap();
                let actions = actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect();
                page.commands.insert(command.to_owned(), actions);
                continue;
            }
            for row in body.lines().filter_map(|line| line.strip_prefix("| `")) {
                let (call, needs) = row.split_once("` | ").unwrap();
                // `a` for something: only where the spec uses it.
                let always = needs.trim_end_matches(" |").split(", ").filter(|need| need.ends_with('`'));
                page.calls.insert(call.to_owned(), always.map(|need| need.trim_matches('`').to_owned()).collect());
            }
        }
        page
    }
}

/// The story of a stack, told from its first plan to its end: with each command, what it may and what it called.
#[test]
fn each_command_calls_what_its_table_allows() {
    let page = Page::read();
    let world = World::ministack();
    world.copy("specs");
    let bucket = format!("bucket={}", make_bucket(&world));
    let spec = "specs/nightly-etl.yaml";
    let machine = format!("arn:aws:states:{}:{}:stateMachine:nightly-etl", world.region(), world.account());
    let execution = format!("{}:story", machine.replace("stateMachine", "execution"));
    let mut lacking = Vec::new();
    let mut made: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut tell = |command: &'static str, arguments: &[&str]| {
        world.forget_calls();
        let _ = world.statewright([arguments, &["--var", &bucket]].concat()).run().expect(0);
        for call in world.calls().names() {
            // The proxy calls the service by the name of its endpoint, IAM by that of its actions.
            let call = call.replace("tagging:", "tag:");
            let needs = page.calls.get(&call).unwrap_or_else(|| panic!("{call} is not on the page"));
            let allowed = page.commands.get(command);
            let missing = needs.iter().filter(|need| !allowed.is_some_and(|allowed| allowed.contains(*need)));
            lacking.extend(missing.map(|need| format!("{command}: {need} for {call}")));
            made.entry(command).or_default().insert(call);
        }
    };
    tell("validate", &["validate", spec]);
    tell("plan", &["plan", spec]);
    tell("apply", &["apply", spec, "--yes"]);
    tell("plan", &["plan", spec]);
    tell("run", &["run", "nightly-etl", "--name", "story", "--input", r#"{"day": "2026-11-22"}"#]);
    tell("status", &["status", spec]);
    tell("graph", &["graph", &machine, "--format", "text"]);
    tell("graph", &["graph", spec, "--diff", "--format", "text"]);
    tell("graph", &["graph", "--execution", &execution, "--format", "text"]);
    tell("permissions ARN", &["permissions", &machine]);
    world.write("specs/nightly-etl/functions/extract/more.py", "MORE = 1\n");
    tell("apply", &["apply", spec, "--yes"]);
    tell("destroy", &["destroy", spec, "--yes"]);
    lacking.sort();
    lacking.dedup();
    assert_eq!(lacking, Vec::<String>::new());
    let commands: BTreeSet<&str> = page.commands.keys().map(String::as_str).collect();
    let told: BTreeSet<&str> = made.keys().copied().chain(["serve"]).collect();
    assert_eq!(told, commands);
    // What reads one thing allows no more than it reads, in any stack: attached policies and Maps are not in this one.
    for (command, others) in
        [("permissions ARN", &["iam:GetPolicy", "iam:GetPolicyVersion"][..]), ("graph", &["states:DescribeMapRun"])]
    {
        let needed: BTreeSet<String> = made[command].iter().flat_map(|call| page.calls[call].clone()).collect();
        let more: Vec<&str> = page.commands[command].difference(&needed).map(String::as_str).collect();
        assert_eq!(more, others, "{command}");
    }
}
