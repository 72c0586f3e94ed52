//! Saved plans: applied exactly, or refused with what changed, and nothing written.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};
use statewright_tests::{
    Emulator, Outcome, World,
    proxy::{ByHand, Fault, Functions, Nth, Service, Weather, When},
};

use crate::outputs::holds;

const SPEC: &str = "specs/lambda-glue.yaml";
const FILE: &str = "plan.json";

fn world() -> World {
    let world = World::ministack();
    world.copy("specs");
    world
}

/// A stack that is there, and a change of it that is planned and saved.
fn changed() -> World {
    let world = world();
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    let text = std::fs::read_to_string(world.repository().join(SPEC)).unwrap();
    let text = text.replace("stack: lambda-glue\n", "stack: lambda-glue\ntags: { team: data }\n");
    world.write(SPEC, text);
    let _ = save(&world).expect(0);
    world.forget_calls();
    world
}

fn save(world: &World) -> Outcome {
    world.statewright(["plan", SPEC, "--out", FILE]).run()
}

fn apply(world: &World, more: &[&str]) -> Outcome {
    world.statewright([&["apply", "--plan", FILE, "--yes"], more].concat()).run()
}

/// It was refused for this reason, and nothing was written.
#[track_caller]
fn refused(world: &World, outcome: Outcome, reason: &str) {
    let outcome = outcome.expect(1);
    assert!(outcome.stderr.contains(reason), "no {reason:?} in\n{outcome}");
    assert_eq!(world.calls().mutating().count(), 0, "{outcome}");
}

#[test]
fn a_saved_plan_is_applied_exactly_and_once() {
    let world = world();
    let out = save(&world).expect(0);
    assert!(
        out.stderr.contains("Saved to plan.json: `statewright apply --plan plan.json` applies exactly this."),
        "{out}"
    );
    let path = world.repository().join(FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let saved: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    holds("saved-plan", &saved);
    holds("plan", &saved);
    let shown = world.statewright(["plan", SPEC, "--format", "json"]).run().expect(0).json();
    for (key, value) in shown.as_object().unwrap() {
        assert_eq!(&saved[key], value, "{key}");
    }
    world.forget_calls();
    let _ = apply(&world, &[]).expect(0);
    let wanted: Vec<&str> = saved["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["calls"].as_array().unwrap())
        .filter_map(Value::as_str)
        .collect();
    let made = world.calls().mutating().names();
    assert_eq!(made.iter().map(String::as_str).collect::<BTreeSet<_>>(), wanted.into_iter().collect());
    // A second time there is nothing left of it.
    world.forget_calls();
    refused(&world, apply(&world, &[]), "state_machine.lambda-glue: there is nothing left to create");
    // A plan without changes can be saved and applied as well, and costs what a plan costs.
    let _ = save(&world).expect(0);
    world.forget_calls();
    let _ = world.statewright(["plan", SPEC]).run().expect(0);
    let plan = world.calls().names();
    world.forget_calls();
    let _ = apply(&world, &[]).expect(0);
    assert_eq!(world.calls().count(), plan.len(), "{:?}", world.calls().names());
}

#[test]
fn several_stacks_are_saved_together() {
    let world = World::ministack();
    for name in ["one", "two"] {
        world.write(
            format!("specs/{name}.yaml"),
            format!("statewright: 1\nstack: {name}\nlog_groups: {{ /{name}: {{}} }}\n"),
        );
    }
    let _ = world.statewright(["plan", "--out", FILE]).run().expect(0);
    let saved: Value = serde_json::from_slice(&std::fs::read(world.repository().join(FILE)).unwrap()).unwrap();
    holds("saved-plan", &saved);
    refused(&world, apply(&world, &["specs/one.yaml"]), "the plan is of stack two too, which no spec here declares");
    let _ = apply(&world, &[]).expect(0);
    assert_eq!(world.calls().named("logs:CreateLogGroup").count(), 2);
}

#[test]
fn what_a_person_changed_since_is_said_and_stops_it() {
    let world = changed();
    let (aws, account) = (world.aws(), world.account());
    let policy = format!("arn:aws:iam::{account}:policy/GlueInvokePolicy");
    aws.r#do(
        &Service::Iam,
        "TagRole",
        json!({"RoleName": "SfnLambdaGlueRole", "Tags": [{"Key": "team", "Value": "web"}]}),
    );
    refused(&world, apply(&world, &[]), r#"role.SfnLambdaGlueRole: tags.team was nothing and is "web""#);
    aws.r#do(&Service::Iam, "UntagRole", json!({"RoleName": "SfnLambdaGlueRole", "TagKeys": ["team"]}));
    // Another version with the same document differs in nothing but its version.
    let version = aws.r#do(&Service::Iam, "GetPolicyVersion", json!({"PolicyArn": policy, "VersionId": "v1"}));
    let document = percent(version["PolicyVersion"]["Document"].as_str().unwrap());
    aws.r#do(
        &Service::Iam,
        "CreatePolicyVersion",
        json!({"PolicyArn": policy, "PolicyDocument": document, "SetAsDefault": true}),
    );
    refused(&world, apply(&world, &[]), r#"version "v1" → "v2""#);
    let _ = save(&world).expect(0);
    let machine = format!("arn:aws:states:us-east-1:{account}:stateMachine:lambda-glue");
    aws.r#do(&Service::States, "DeleteStateMachine", json!({"stateMachineArn": machine}));
    refused(&world, apply(&world, &[]), "state_machine.lambda-glue: the plan was to update it, now it is to create it");
}

fn percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |digit: Option<u8>| digit.and_then(|d| char::from(d).to_digit(16)).map(|d| u8::try_from(d).unwrap());
        bytes.push(if byte == b'%' { hex(rest.next()).unwrap() * 16 + hex(rest.next()).unwrap() } else { byte });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_changed_here_since_is_said_and_stops_it() {
    let world = changed();
    let policy = "specs/lambda-glue/glue-invoke.json";
    let before = std::fs::read_to_string(world.repository().join(policy)).unwrap();
    world.write(policy, before.replace("glue:*", "glue:Get*"));
    refused(&world, apply(&world, &[]), "the file specs/lambda-glue/glue-invoke.json changed");
    world.write(policy, before);
    refused(&world, apply(&world, &["--target", "role.SfnLambdaGlueRole"]), "the plan was made without --target");
    refused(&world, apply(&world, &["--executions", "stop"]), "the plan was made with --executions fail");
    let other = World::ministack();
    let elsewhere =
        world.statewright(["apply", "--plan", FILE, "--yes"]).env("AWS_ACCESS_KEY_ID", other.account()).run();
    refused(
        &world,
        elsewhere,
        &format!("the plan is of account {}, and this is account {}", world.account(), other.account()),
    );
    let _ = apply(&world, &[]).expect(0);
}

#[test]
fn variables_count_and_sensitive_ones_are_nowhere_in_it() {
    let world = World::ministack();
    let spec = r#"
statewright: 1
stack: v
variables: { team: {}, token: { sensitive: true } }
environments: { prod: {} }
roles: { "V-${var.team}": { trust: lambda.amazonaws.com, description: "of ${var.team}, ${var.token}" } }
"#;
    world.write("v.yaml", spec);
    let with = |words: &[&str], team: &str, token: &str| {
        let variables = [format!("team={team}"), format!("token={token}")];
        world.statewright([words, &["--var", &variables[0], "--var", &variables[1]]].concat()).run()
    };
    let _ = with(&["plan", "v.yaml", "--out", FILE], "a", "hunter2").expect(0);
    let text = std::fs::read_to_string(world.repository().join(FILE)).unwrap();
    assert!(!text.contains("hunter2") && text.contains("(sensitive)"), "{text}");
    let plan = ["apply", "--plan", FILE, "--yes"];
    refused(&world, with(&plan, "b", "hunter2"), "the variable team changed");
    refused(&world, with(&[&plan[..], &["--env", "prod"]].concat(), "a", "hunter2"), "the plan was made without --env");
    // Read again, and not compared: no hash of it is kept.
    let _ = with(&plan, "a", "swordfish").expect(0);
}

#[test]
fn a_plan_that_was_edited_smuggles_nothing() {
    let world = changed();
    let path = world.repository().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    let edited = text.replacen("iam:TagPolicy", "iam:DeletePolicy", 1);
    assert_ne!(text, edited);
    world.write(FILE, &edited);
    refused(&world, apply(&world, &[]), "plan.json was changed after it was saved");
    // Whoever makes the checksum right as well gets no further: the file is only compared.
    let mut value: Value = serde_json::from_str(&edited).unwrap();
    value["saved"]["checksum"] = checksum(&value).into();
    world.write(FILE, value.to_string());
    refused(&world, apply(&world, &[]), "the plan is to call iam:DeletePolicy, it would be iam:TagPolicy");
    value["spec"] = "/etc/passwd".into();
    value["saved"]["checksum"] = checksum(&value).into();
    world.write(FILE, value.to_string());
    refused(&world, apply(&world, &[]), "was made of `/etc/passwd`, which is outside of this repository");
    // Another Statewright may mean something else by the same words.
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let ours = value["saved"]["tool"].as_str().unwrap().to_owned();
    value["saved"]["tool"] = "0.0.9".into();
    value["saved"]["checksum"] = checksum(&value).into();
    world.write(FILE, value.to_string());
    refused(&world, apply(&world, &[]), &format!("it was made by Statewright 0.0.9, and this is {ours}"));
    // Cut short, of another version, too large.
    world.write(FILE, &text[..text.len() / 2]);
    refused(&world, apply(&world, &[]), "plan.json is cut short");
    world.write(FILE, text.replace("\"format_version\": \"1.0\"", "\"format_version\": \"7.0\""));
    refused(&world, apply(&world, &[]), "plan.json is of version 7.0; this program reads 1.0");
    std::fs::File::create(&path).unwrap().set_len(100 * 1024 * 1024).unwrap();
    refused(&world, apply(&world, &[]), "plan.json has 104857600 bytes; a saved plan has at most 16 MiB");
    // Another one is saved over a plan and over nothing else.
    refused(&world, save(&world), "plan.json is there and is not a saved plan; it was left as it is");
    world.write(FILE, &text);
    let _ = save(&world).expect(0);
    refused(&world, world.statewright(["plan", SPEC, "--out", SPEC]).run(), "is there and is not a saved plan");
}

/// As `plan --out` makes it.
fn checksum(document: &Value) -> String {
    use sha2::Digest as _;
    let mut document = document.clone();
    document["saved"].as_object_mut().unwrap().remove("checksum");
    document.sort_all_objects();
    sha2::Sha256::digest(document.to_string()).iter().fold(String::new(), |mut text, byte| {
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

#[test]
fn a_plan_with_errors_is_not_saved() {
    let world = world();
    let role = json!({"RoleName": "SfnLambdaGlueRole", "AssumeRolePolicyDocument": r#"{"Version": "2012-10-17", "Statement": []}"#});
    world.aws().r#do(&Service::Iam, "CreateRole", role);
    let out = save(&world).expect(1);
    assert!(out.stderr.contains("The plan was not saved to plan.json: its findings must be mended first."), "{out}");
    assert!(!world.repository().join(FILE).exists());
}

/// Lambda's revision is another one when a function has settled; nobody changed it.
#[test]
fn a_function_that_settled_since_is_as_planned() {
    let functions = Functions { pending_seconds: 0.0, in_progress_seconds: 5.0 };
    let weather = Weather { functions: Some(functions), ..Weather::default() };
    let world = World::with(Emulator::Ministack, |setup| setup.weather.extend(weather.layers()));
    world.write("app.py", "def handler(event, context):\n    return 'ok'\n");
    let spec = "statewright: 1\nstack: f\nroles: { F: { trust: lambda.amazonaws.com } }\n\
                functions: { f: { runtime: python3.12, handler: app.handler, code: app.py, role: F } }\n";
    world.write("f.yaml", spec);
    let _ = world.statewright(["apply", "f.yaml", "--yes"]).run().expect(0);
    let by_hand = json!({ "FunctionName": "f", "Description": "by hand" });
    world.aws().r#do(&Service::Lambda, "UpdateFunctionConfiguration", by_hand.clone());
    let state =
        || world.aws().r#do(&Service::Lambda, "GetFunction", json!({ "FunctionName": "f" }))["Configuration"].take();
    let before = state();
    assert_eq!(before["LastUpdateStatus"], "InProgress", "{before:#}");
    let _ = world.statewright(["plan", "f.yaml", "--out", FILE]).run().expect(0);
    while state()["LastUpdateStatus"] == "InProgress" {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_ne!(state()["RevisionId"], before["RevisionId"]);
    let plan = std::fs::read(world.repository().join(FILE)).unwrap();
    let _ = apply(&world, &[]).expect(0);
    // The same change by another hand is one.
    world.aws().r#do(&Service::Lambda, "UpdateFunctionConfiguration", by_hand);
    world.write(FILE, plan);
    world.forget_calls();
    refused(&world, apply(&world, &[]), "function.f: somebody changed it since (modified ");
}

/// What others hang on a role that leaves its attachments to them is no change of it.
#[test]
fn what_others_hang_on_a_role_that_is_shared_since_is_as_planned() {
    let world = World::ministack();
    let spec = |description: &str| {
        let role = format!("R: {{ trust: lambda.amazonaws.com, attachments: report, description: {description} }}");
        world.write("r.yaml", format!("statewright: 1\nstack: r\nroles: {{ {role} }}\n"));
    };
    spec("before");
    let _ = world.statewright(["apply", "r.yaml", "--yes"]).run().expect(0);
    spec("after");
    let _ = world.statewright(["plan", "r.yaml", "--out", FILE]).run().expect(0);
    let document =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let inline = json!({ "RoleName": "R", "PolicyName": "Theirs", "PolicyDocument": document });
    world.aws().r#do(&Service::Iam, "PutRolePolicy", inline);
    let policy = json!({ "PolicyName": "Theirs", "PolicyDocument": document });
    let arn = world.aws().r#do(&Service::Iam, "CreatePolicy", policy)["Policy"]["Arn"].take();
    world.aws().r#do(&Service::Iam, "AttachRolePolicy", json!({ "RoleName": "R", "PolicyArn": arn }));
    let _ = apply(&world, &[]).expect(0);
    // Nor is it taken from them.
    let left = world.aws().r#do(&Service::Iam, "ListAttachedRolePolicies", json!({ "RoleName": "R" }));
    assert!(left.to_string().contains("Theirs"), "{left}");
    // Where the attachments are the spec's alone, they are.
    world.write(
        "r.yaml",
        "statewright: 1\nstack: r\nroles: { R: { trust: lambda.amazonaws.com, description: more } }\n",
    );
    let _ = world.statewright(["plan", "r.yaml", "--out", FILE]).run().expect(0);
    let inline = json!({ "RoleName": "R", "PolicyName": "Also", "PolicyDocument": document });
    world.aws().r#do(&Service::Iam, "PutRolePolicy", inline);
    world.forget_calls();
    refused(&world, apply(&world, &[]), "role.R: inline.Also");
}

/// A person who changes something while an apply runs: the step that would overwrite it fails, and what needs it is
/// skipped; the rest is done.
#[test]
fn what_a_person_changes_during_an_apply_is_not_overwritten() {
    for saved in [true, false] {
        let world = changed();
        let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:lambda-glue", world.account());
        let tags = json!({"resourceArn": machine, "tags": [{"key": "team", "value": "web"}]});
        let by_hand =
            ByHand { when: When::Before, service: Service::States, operation: "TagResource".into(), parameters: tags };
        world.faults().add(Fault::by_hand("iam:TagRole", Nth::Only(1), by_hand));
        let words = if saved { vec!["apply", "--plan", FILE, "--yes"] } else { vec!["apply", SPEC, "--yes"] };
        let outcome = world.statewright(words).run().expect(1);
        let said = "since the plan was made, somebody else touched state_machine.lambda-glue: it was changed in tags.team. \
                    Nothing of this step was written; plan again";
        assert!(outcome.stderr.contains(said), "{outcome}");
        assert_eq!(world.calls().named("states:TagResource").count(), 0, "{outcome}");
        assert_eq!(world.calls().named("iam:TagPolicy").count(), 2, "{outcome}");
        world.faults().clear();
        let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
        let _ = world.statewright(["plan", SPEC, "--detailed-exitcode"]).run().expect(0);
    }
}

/// Two who apply the same: who comes later finds it done, and does it not again.
#[test]
fn what_somebody_else_did_during_an_apply_is_not_done_again() {
    let world = changed();
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:lambda-glue", world.account());
    let tags = json!({"resourceArn": machine, "tags": [{"key": "team", "value": "data"}]});
    let by_hand =
        ByHand { when: When::Before, service: Service::States, operation: "TagResource".into(), parameters: tags };
    world.faults().add(Fault::by_hand("iam:TagRole", Nth::Only(1), by_hand));
    let _ = apply(&world, &[]).expect(0);
    assert_eq!(world.calls().named("states:TagResource").count(), 0);
}

/// One read for each step that changes something that is there, and none for one that makes something.
#[test]
fn a_look_before_each_write_costs_one_read_a_step() {
    let world = world();
    let _ = world.statewright(["plan", SPEC]).run().expect(0);
    let reads = |world: &World| world.calls().count() - world.calls().mutating().count();
    world.forget_calls();
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    world.forget_calls();
    let _ = world.statewright(["plan", SPEC]).run().expect(0);
    let unchanged = reads(&world);
    world.forget_calls();
    let _ = world.statewright(["apply", SPEC, "--yes"]).run().expect(0);
    assert_eq!(reads(&world), unchanged, "an apply of nothing reads what a plan reads");
    let world = changed();
    let _ = apply(&world, &[]).expect(0);
    // After the last write comes another look, of an apply's own.
    let calls = world.calls();
    let writes = calls.mutating().names();
    let last = calls.names().iter().rposition(|name| writes.contains(name)).unwrap();
    let change = calls.names()[..last].iter().filter(|name| !writes.contains(name)).count();
    // Two policies with two calls each, a role with three, a machine with two; and in the plan the tags of the machine, which
    // are not those of the spec.
    assert_eq!(change - unchanged, 2 * 2 + 3 + 2 + 1, "{:?}", world.calls().names());
}
