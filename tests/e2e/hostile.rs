//! Names, tags and texts of others that hold escapes for terminals, Markdown or HTML: shown, and not obeyed.

use serde_json::json;
use statewright_tests::{World, proxy::Service};

/// A colour, a window's title, a bell, HTML, a table's cell, a link, emphasis, a fence, and text that turns around.
const HOSTILE: &str = "\u{1b}[31mred\u{1b}]0;title\u{7} <img src=x onerror=alert(1)> `code` | [l](http://x) **b**\n```\n# h\n\u{202e}txet";

/// As much of that as IAM takes in a description or a policy: Latin-1 without controls. Without HTML, which the emulator
/// writes into its XML as it is.
const PLAIN: &str = "`code` | [l](http://x) **b**\n```\n# h";

const SPEC: &str = r"
statewright: 1
stack: shop
roles:
  Shop: { trust: states.amazonaws.com }
log_groups:
  /shop: {}
state_machines:
  shop:
    role: Shop
    definition: { StartAt: A, States: { A: { Type: Pass, End: true } } }
";

/// A shop in which somebody has put such texts wherever AWS keeps texts.
fn shop() -> World {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let aws = world.aws();
    aws.r#do(&Service::Iam, "UpdateRole", json!({ "RoleName": "Shop", "Description": PLAIN }));
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{PLAIN}") }] });
    aws.r#do(
        &Service::Iam,
        "PutRolePolicy",
        json!({ "RoleName": "Shop", "PolicyName": "by-hand", "PolicyDocument": document.to_string() }),
    );
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:shop", world.account());
    let tags = json!([{ "key": format!("note {HOSTILE}"), "value": HOSTILE }]);
    aws.r#do(&Service::States, "TagResource", json!({ "resourceArn": machine, "tags": tags }));
    let definition = json!({ "StartAt": HOSTILE, "Comment": HOSTILE,
        "States": { HOSTILE: { "Type": "Pass", "Comment": HOSTILE, "End": true } } });
    aws.r#do(
        &Service::States,
        "UpdateStateMachine",
        json!({ "stateMachineArn": machine, "definition": definition.to_string() }),
    );
    world
}

/// Nothing of a terminal's own language is left in a text, but for the colours that are ours.
#[track_caller]
fn is_harmless(text: &str) {
    for bad in ["\u{1b}]", "\u{7}", "\u{202e}", "\u{1b}[31mred"] {
        assert!(!text.contains(bad), "{bad:?} is obeyed:\n{text:?}");
    }
}

#[test]
fn a_terminal_obeys_no_text_of_others() {
    let world = shop();
    for colour in ["never", "always"] {
        let plan = world.statewright(["plan", "shop.yaml", "--color", colour]).run().expect(0);
        is_harmless(&plan.stdout);
        is_harmless(&plan.stderr);
        // It is shown all the same.
        assert!(plan.stdout.contains("red\\u{1b}]0;title"), "{plan}");
    }
    let logged = world.statewright(["plan", "shop.yaml", "-vvv"]).run().expect(0);
    is_harmless(&logged.stderr);
}

#[test]
fn json_says_it_as_it_is_and_harms_no_terminal() {
    let world = shop();
    let plan = world.statewright(["plan", "shop.yaml", "--format", "json"]).run().expect(0);
    is_harmless(&plan.stdout);
    let changes = plan.json()["steps"].to_string();
    assert!(changes.contains(&json!(HOSTILE).to_string()), "{changes}");
}

#[test]
fn markdown_stays_in_its_frame() {
    let world = shop();
    let plan = world.statewright(["plan", "shop.yaml", "--format", "markdown"]).run().expect(0);
    is_harmless(&plan.stdout);
    // What is left beside fences and code spans is ours alone.
    let mut rest = String::new();
    let mut fence: Option<String> = None;
    for line in plan.stdout.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line.trim_end() == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    assert!(fence.is_none(), "a fence is left open:\n{}", plan.stdout);
    let rest: String = rest.split('`').step_by(2).collect();
    for bad in ["<img", "[l](http", "**b**", "# h"] {
        assert!(!rest.contains(bad), "{bad} is obeyed:\n{rest}");
    }
}

/// An owner is a text that anybody may have written.
#[test]
fn a_hostile_owner_is_named_and_not_obeyed() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    world.aws().r#do(
        &Service::Logs,
        "CreateLogGroup",
        json!({ "logGroupName": "/shop", "tags": { "statewright:stack": HOSTILE } }),
    );
    for format in ["text", "json", "markdown"] {
        let refused = world.statewright(["plan", "shop.yaml", "--format", format, "--color", "always"]).run().expect(1);
        is_harmless(&refused.stdout);
        is_harmless(&refused.stderr);
        assert!(refused.stdout.contains("PLAN001"), "{refused}");
    }
}
