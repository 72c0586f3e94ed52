//! Whose a resource is: what is not ours is not touched, what is ours and left the spec goes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use statewright_tests::{
    Emulator, Outcome, World,
    proxy::{Fault, Nth, Pages, Service, Weather},
};

use statewright_tests::account::contents;

const SPEC: &str = r#"
statewright: 1
stack: shop
variables: { env: { default: dev } }
environments:
  dev: { variables: { env: dev } }
  prod: { variables: { env: prod } }
policies:
  shop-${var.env}: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
roles:
  shop-${var.env}: { trust: states.amazonaws.com, policies: ["shop-${var.env}"] }
log_groups:
  /shop/${var.env}: { retention_days: 7 }
state_machines:
  shop-${var.env}:
    role: shop-${var.env}
    definition: { StartAt: A, States: { A: { Type: Pass, End: true } } }
"#;

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn apply(world: &World, more: &[&str]) -> Outcome {
    world.statewright([&["apply", "shop.yaml", "--yes"], more].concat()).run()
}

#[test]
fn two_environments_never_touch_each_other() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let _ = apply(&world, &["--env", "dev"]).expect(0);
    let dev = contents(&world);
    world.forget_calls();
    let _ = apply(&world, &["--env", "prod"]).expect(0);
    let touched = world.calls().mutating().only(|call| call.parameters.to_string().contains("shop-dev"));
    assert_eq!(touched.names(), [""; 0]);
    assert_eq!(contents(&world).len(), 2 * dev.len());
    let _ = world.statewright(["destroy", "shop.yaml", "--env", "prod", "--yes"]).run().expect(0);
    assert_eq!(contents(&world), dev);
    let _ = world.statewright(["plan", "shop.yaml", "--env", "dev", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn an_environment_with_the_same_names_is_refused() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC.replace("${var.env}", "same"));
    let _ = apply(&world, &["--env", "dev"]).expect(0);
    world.forget_calls();
    let refused = apply(&world, &["--env", "prod"]).expect(1);
    assert!(refused.stdout.contains("shop/dev@us-east-1"), "{refused}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
}

#[test]
fn another_region_with_the_same_iam_names_is_refused() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let _ = apply(&world, &[]).expect(0);
    world.forget_calls();
    let refused = world.statewright(["apply", "shop.yaml", "--yes", "--region", "eu-west-1"]).run().expect(1);
    assert!(refused.stdout.contains("role.shop-dev") && refused.stdout.contains("shop@us-east-1"), "{refused}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
}

#[test]
fn another_region_with_other_iam_names_is_another_stack() {
    let world = World::ministack();
    let spec = SPEC.replace("shop-${var.env}", "shop-${aws.region}");
    world.write("shop.yaml", &spec);
    let _ = apply(&world, &["--region", "us-east-1"]).expect(0);
    let _ = apply(&world, &["--region", "eu-west-1"]).expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--region", "us-east-1", "--detailed-exitcode"]).run().expect(0);
    let _ = world.statewright(["destroy", "shop.yaml", "--region", "eu-west-1", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--region", "us-east-1", "--detailed-exitcode"]).run().expect(0);
}

fn made_by_hand(emulator: Emulator) {
    let world = World::on(emulator);
    world.write("shop.yaml", SPEC);
    let aws = world.aws();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    aws.r#do(
        &Service::Iam,
        "CreateRole",
        json!({"RoleName": "shop-dev", "AssumeRolePolicyDocument": trust.to_string()}),
    );
    aws.r#do(
        &Service::Logs,
        "CreateLogGroup",
        json!({"logGroupName": "/shop/dev", "tags": {"statewright:stack": "other@us-east-1"}}),
    );
    let refused = apply(&world, &[]).expect(1);
    assert!(refused.stdout.contains("role.shop-dev"), "{refused}");
    assert!(refused.stdout.contains("other@us-east-1"), "{refused}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
    // Nor is it taken away.
    let _ = world.statewright(["destroy", "shop.yaml", "--yes"]).run();
    assert_eq!(contents(&world), names(&["role.shop-dev", "log_group./shop/dev"]));
    assert_eq!(world.calls().mutating().names(), [""; 0]);
}

#[test]
fn what_was_made_by_hand_is_refused() {
    made_by_hand(Emulator::Ministack);
}

#[test]
fn what_was_made_by_hand_is_refused_on_moto() {
    made_by_hand(Emulator::Moto);
}

fn leaving(emulator: Emulator) {
    let world = World::on(emulator);
    world.write("shop.yaml", SPEC);
    let _ = apply(&world, &[]).expect(0);
    let keep = "statewright: 1\nstack: shop\nlog_groups: { /shop/dev: { retention_days: 7 } }\n";
    world.write("shop.yaml", keep);
    let plan = world.statewright(["plan", "shop.yaml", "--format", "json"]).run().expect(0).json();
    assert_eq!(plan["summary"]["delete"], 3, "{plan:#}");
    let _ = apply(&world, &[]).expect(0);
    assert_eq!(contents(&world), names(&["log_group./shop/dev"]));
    // A spec that keeps nothing of what is ours looks like a copied stack name.
    world.write("shop.yaml", keep.replace("/shop/dev", "/shop/other"));
    world.forget_calls();
    let _ = apply(&world, &[]).expect(1);
    assert_eq!(world.calls().mutating().names(), [""; 0]);
    let _ = apply(&world, &["--allow-delete-all"]).expect(0);
    assert_eq!(contents(&world), names(&["log_group./shop/other"]));
}

#[test]
fn what_left_the_spec_is_deleted_orphans_included() {
    leaving(Emulator::Ministack);
}

#[test]
fn what_left_the_spec_is_deleted_orphans_included_on_moto() {
    leaving(Emulator::Moto);
}

#[test]
fn the_guards_hold_before_anything_is_shown() {
    let world = World::ministack();
    for (guard, says) in [("account: '999999999999'", "999999999999"), ("region: eu-west-1", "eu-west-1")] {
        world.write("shop.yaml", format!("{SPEC}aws: {{ {guard} }}\n"));
        world.forget_calls();
        let refused = world.statewright(["plan", "shop.yaml", "--region", "us-east-1"]).run().expect(1);
        assert!(refused.stdout.is_empty() && refused.stderr.contains(says), "{refused}");
        assert_eq!(world.calls().only(|call| call.name() != "sts:GetCallerIdentity").names(), [""; 0]);
    }
}

/// The plan of `shop.yaml`, and the helps of its PLAN016.
#[track_caller]
fn searched(world: &World, more: &[&str]) -> (Value, Vec<String>) {
    let plan = world.statewright([&["plan", "shop.yaml", "--format", "json"], more].concat()).run().expect(0).json();
    let findings = plan["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "PLAN016");
    let incomplete = findings.map(ToString::to_string).collect();
    (plan["summary"]["delete"].clone(), incomplete)
}

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;

#[test]
fn a_search_that_is_cut_short_says_so_and_deep_completes_it() {
    let weather = Weather { pages: Some(Pages { items: 1, empty_first: false }), ..Weather::default() };
    let world = World::with(Emulator::Ministack, |setup| setup.weather.extend(weather.layers()));
    for n in 0..11 {
        let role = json!({ "RoleName": format!("Another{n:02}"), "AssumeRolePolicyDocument": TRUST });
        world.aws().r#do(&Service::Iam, "CreateRole", role);
    }
    let group = "statewright: 1\nstack: shop\nlog_groups: { /shop: {} }\n";
    world.write("shop.yaml", format!("{group}roles: {{ Zed: {{ trust: states.amazonaws.com }} }}\n"));
    let _ = apply(&world, &[]).expect(0);
    world.write("shop.yaml", group);
    let (deleted, incomplete) = searched(&world, &[]);
    assert_eq!(deleted, 0);
    assert!(
        incomplete.len() == 1
            && incomplete[0].contains("roles: there are more than were searched (--deep searches all)"),
        "{incomplete:?}"
    );
    let (deleted, incomplete) = searched(&world, &["--deep"]);
    assert_eq!((deleted, incomplete), (json!(1), vec![]));
}

#[test]
fn a_search_that_is_refused_is_a_note() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let _ = apply(&world, &[]).expect(0);
    for (call, action, part) in [
        ("tagging:GetResources", "tag:GetResources", "resources of this region"),
        ("iam:GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", "roles"),
    ] {
        world.faults().add(Fault::refuse(call, Nth::From(1), 403, "AccessDeniedException", "not you"));
        let (deleted, incomplete) = searched(&world, &["--detailed-exitcode"]);
        world.faults().clear();
        assert_eq!(deleted, 0);
        let said = format!("{part}: {action}: AccessDeniedException: not you");
        assert!(incomplete.len() == 1 && incomplete[0].contains(&said), "{said}: {incomplete:?}");
    }
    assert_eq!(searched(&world, &[]).1, [""; 0]);
}

/// The tagging API knows IAM's policies in one region of a partition only.
#[test]
fn a_policy_that_left_the_spec_is_found_from_another_region() {
    let world = World::ministack().in_region("eu-west-1");
    let group = "statewright: 1\nstack: shop\nlog_groups: { /shop: {} }\n";
    let document =
        r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }"#;
    world.write("shop.yaml", format!("{group}policies: {{ Shop: {{ document: {document} }} }}\n"));
    let _ = apply(&world, &[]).expect(0);
    world.write("shop.yaml", group);
    world.forget_calls();
    assert_eq!(searched(&world, &[]), (json!(1), vec![]));
    let asked: BTreeSet<String> =
        world.calls().named("tagging:GetResources").0.iter().map(|call| call.region.clone()).collect();
    assert_eq!(asked, names(&["eu-west-1", "us-east-1"]));
    let _ = apply(&world, &[]).expect(0);
    assert_eq!(contents(&world), names(&["log_group./shop"]));
}

/// The tagging API lags behind: what it tells of may be gone, or another's by now.
#[test]
fn a_hit_that_is_gone_or_anothers_is_no_orphan() {
    let world = World::ministack();
    world.write("shop.yaml", "statewright: 1\nstack: shop\nlog_groups: { /shop: {} }\n");
    let _ = apply(&world, &[]).expect(0);
    let theirs = json!({ "logGroupName": "/theirs", "tags": { "statewright:stack": "other@us-east-1" } });
    world.aws().r#do(&Service::Logs, "CreateLogGroup", theirs);
    world.aws().r#do(&Service::Logs, "CreateLogGroup", json!({ "logGroupName": "/nobodys" }));
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{}:{rest}", world.account());
    let hits: Vec<Value> = [
        arn("states", "stateMachine:gone"),
        arn("lambda", "function:gone"),
        arn("glue", "job/gone"),
        arn("logs", "log-group:/gone"),
        arn("logs", "log-group:/theirs"),
        arn("logs", "log-group:/nobodys"),
        format!("arn:aws:iam::{}:policy/gone", world.account()),
        arn("states", "stateMachine:ours").replace(world.account(), "999999999999"),
    ]
    .iter()
    .map(|arn| json!({ "ResourceARN": arn, "Tags": [{ "Key": "statewright:stack", "Value": "shop@us-east-1" }] }))
    .collect();
    let late = Fault::answer("tagging:GetResources", Nth::From(1), json!({ "ResourceTagMappingList": hits }));
    let struck = world.faults().add(late);
    assert_eq!(searched(&world, &["--detailed-exitcode"]), (json!(0), vec![]));
    assert!(struck.fired());
}
