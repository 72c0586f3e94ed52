//! Several specs at once, and a part of one.

use std::collections::BTreeSet;

use statewright_tests::{
    Outcome, World,
    account::contents,
    proxy::{Act, Fault, Nth, Which},
};

/// A stack of a role and its policy, which share its name.
fn stack(name: &str) -> String {
    let document =
        r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }"#;
    format!(
        "statewright: 1\nstack: {name}\npolicies: {{ {name}: {{ document: {document} }} }}\n\
         roles: {{ {name}: {{ trust: states.amazonaws.com, policies: [{name}] }} }}\n"
    )
}

fn two() -> World {
    let world = World::ministack();
    for name in ["goods", "shop"] {
        world.write(format!("specs/{name}.yaml"), stack(name));
    }
    world
}

/// The last line of each stack in the events: its name, and whether it says so much of done, failed, not started.
fn journals(outcome: &Outcome) -> Vec<(String, [usize; 3])> {
    let count = |line: &serde_json::Value, key: &str| line[key].as_array().unwrap().len();
    let of = |line: &serde_json::Value| {
        (line["stack"].as_str().unwrap().to_owned(), ["done", "failed", "not_started"].map(|key| count(line, key)))
    };
    outcome.events().iter().filter(|line| line["what"] == "journal").map(of).collect()
}

#[test]
fn a_directory_is_applied_and_destroyed() {
    let world = two();
    let before = contents(&world);
    let applied = world.statewright(["apply", "specs", "--yes", "--format", "json"]).run().expect(0);
    assert_eq!(journals(&applied), [("goods".to_owned(), [2, 0, 0]), ("shop".to_owned(), [2, 0, 0])]);
    let _ = world.statewright(["plan", "specs", "--detailed-exitcode"]).run().expect(0);
    let again = world.statewright(["apply", "specs", "--yes"]).run().expect(0);
    assert_eq!(again.stdout.matches("Nothing to do: AWS is as the spec says.").count(), 2, "{again}");
    let destroyed = world.statewright(["destroy", "specs", "--yes", "--format", "json"]).run().expect(0);
    assert_eq!(journals(&destroyed), [("goods".to_owned(), [2, 0, 0]), ("shop".to_owned(), [2, 0, 0])]);
    assert_eq!(contents(&world), before);
    let empty = world.statewright(["destroy", "specs", "--yes"]).run().expect(0);
    assert_eq!(empty.stdout.matches("Nothing to do: AWS has nothing of this stack.").count(), 2, "{empty}");
}

#[test]
fn aws_refused_one_stack_and_the_other_is_done() {
    let world = two();
    world.faults().add(Fault::refuse("iam:CreatePolicy", Nth::Only(1), 400, "MalformedPolicyDocument", "no"));
    let applied = world.statewright(["apply", "specs", "--yes", "--format", "json"]).run().expect(1);
    assert_eq!(journals(&applied), [("goods".to_owned(), [0, 1, 1]), ("shop".to_owned(), [2, 0, 0])]);
    let _ = world.statewright(["plan", "specs/shop.yaml", "--detailed-exitcode"]).run().expect(0);
    let _ = world.statewright(["apply", "specs", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "specs", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn a_signal_in_the_first_stack_leaves_a_journal_of_each() {
    let world = two();
    world.faults().add(Fault::new(Which::Operation("iam:CreatePolicy".into()), Nth::Only(1), Act::Signal(2)));
    let stopped = world.statewright(["apply", "specs", "--yes", "--format", "json"]).run().expect(130);
    assert_eq!(journals(&stopped), [("goods".to_owned(), [1, 0, 1]), ("shop".to_owned(), [0, 0, 2])]);
    assert_eq!(world.calls().mutating().names(), ["iam:CreatePolicy"]);
    world.faults().clear();
    let _ = world.statewright(["apply", "specs", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "specs", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn a_target_comes_with_what_it_needs_and_nothing_else() {
    let world = World::ministack();
    let before = contents(&world);
    world.write("shop.yaml", format!("{}log_groups: {{ /shop: {{}} }}\n", stack("shop")));
    let with = |words: &[&str]| world.statewright([words, &["shop.yaml", "--target", "role.shop"]].concat()).run();
    let applied = with(&["apply", "--yes"]).expect(0);
    assert!(applied.stdout.contains("left out: log_group./shop"), "{applied}");
    let made: BTreeSet<String> = contents(&world).difference(&before).cloned().collect();
    assert_eq!(made, ["policy.shop", "role.shop"].map(str::to_owned).into());
    let _ = with(&["plan", "--detailed-exitcode"]).expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(2);
}

#[test]
fn an_unknown_target_is_told_with_the_nearest() {
    let world = World::ministack();
    world.write("shop.yaml", stack("shop"));
    for (target, near) in [("role.shpo", "did you mean role.shop?"), ("role", "is not an address")] {
        let refused = world.statewright(["apply", "shop.yaml", "--yes", "--target", target]).run().expect(1);
        assert!(format!("{}{}", refused.stdout, refused.stderr).contains(near), "{refused}");
    }
    assert_eq!(world.calls().mutating().names(), [""; 0]);
}
