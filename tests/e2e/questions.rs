//! What `apply` and `destroy` ask on a terminal, and what becomes of the answer.

use serde_json::json;
use statewright_tests::{
    Outcome, World,
    account::contents,
    proxy::{Fault, Nth, Service},
};

const SPEC: &str = "specs/lambda-glue.yaml";
const ASKED: &str = "Only `yes` is taken for a yes:";

/// A stack that is there, and a change of it in the spec.
fn changed() -> World {
    let world = World::ministack();
    world.copy("specs");
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    let text = std::fs::read_to_string(world.repository().join(SPEC)).unwrap();
    world.write(SPEC, text.replace("stack: lambda-glue\n", "stack: lambda-glue\ntags: { team: data }\n"));
    world.forget_calls();
    world
}

/// Runs a command, does something while its question stands, and answers.
fn answered(world: &World, words: &[&str], meanwhile: impl FnOnce(), answer: &str) -> Outcome {
    let mut started = world.statewright(words).on_terminal().start();
    started.until(ASKED);
    meanwhile();
    started.r#type(answer);
    started.wait()
}

fn tag_machine(world: &World, tags: &serde_json::Value) {
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:lambda-glue", world.account());
    world.aws().r#do(&Service::States, "TagResource", json!({ "resourceArn": machine, "tags": tags }));
}

#[test]
fn a_no_changes_nothing() {
    let world = changed();
    for answer in ["no", "", "y", "Yes"] {
        let outcome = answered(&world, &["apply", SPEC], || (), answer).expect(1);
        assert!(outcome.stdout.contains("Nothing was changed."), "{outcome}");
        assert_eq!(world.calls().mutating().names(), [""; 0], "{outcome}");
    }
}

#[test]
fn a_yes_is_carried_out() {
    let world = changed();
    let _ = answered(&world, &["apply", SPEC], || (), "yes").expect(0);
    let _ = world.statewright(["plan", SPEC, "--detailed-exitcode"]).run().expect(0);
    let _ = answered(&world, &["destroy", SPEC], || (), "yes").expect(0);
    assert_eq!(contents(&world).len(), 0, "{:?}", contents(&world));
}

/// The question stands for an hour; meanwhile somebody changes what the last of the steps would write.
#[test]
fn a_person_who_changes_something_while_the_question_stands_is_not_overwritten() {
    let world = changed();
    let _ = world.statewright(["plan", SPEC, "--out", "plan.json"]).run().expect(0);
    for words in [&["apply", SPEC] as &[&str], &["apply", "--plan", "plan.json"]] {
        let by_hand = || tag_machine(&world, &json!([{ "key": "team", "value": "web" }]));
        let outcome = answered(&world, words, by_hand, "yes").expect(1);
        assert!(outcome.stdout.contains("the plan that was shown is no longer what would be done"), "{outcome}");
        assert!(
            outcome.stdout.contains(r#"state_machine.lambda-glue: tags.team was nothing and is "web""#),
            "{outcome}"
        );
        assert_eq!(world.calls().mutating().names(), [""; 0], "{outcome}");
        let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:lambda-glue", world.account());
        let key = json!({ "resourceArn": machine, "tagKeys": ["team"] });
        world.aws().r#do(&Service::States, "UntagResource", key);
    }
}

/// What is made meanwhile by somebody else is not taken away with what was shown.
#[test]
fn a_destroy_takes_what_was_shown_and_no_more() {
    let world = changed();
    let by_hand = || {
        let role = json!({ "RoleName": "Later", "AssumeRolePolicyDocument": r#"{"Version": "2012-10-17", "Statement": []}"#,
                           "Tags": [{ "Key": "statewright:stack", "Value": "lambda-glue@us-east-1" }] });
        world.aws().r#do(&Service::Iam, "CreateRole", role);
    };
    let before = contents(&world);
    let outcome = answered(&world, &["destroy", SPEC], by_hand, "yes").expect(1);
    assert!(outcome.stdout.contains("role.Later: it would now be deleted as well"), "{outcome}");
    assert_eq!(world.calls().mutating().names(), [""; 0], "{outcome}");
    assert!(contents(&world).is_superset(&before));
}

/// AWS that says nothing any more is no consent either.
#[test]
fn what_cannot_be_read_again_is_not_written() {
    let world = changed();
    let denied = || {
        let message = "User: x is not authorized to perform: iam:GetRole";
        world.faults().add(Fault::refuse("iam:GetRole", Nth::From(1), 403, "AccessDenied", message));
    };
    let outcome = answered(&world, &["apply", SPEC], denied, "yes").expect(1);
    assert!(outcome.stdout.contains("nothing was written"), "{outcome}");
    assert_eq!(world.calls().mutating().names(), [""; 0], "{outcome}");
}
