//! What is wrong from outside: a clear diagnostic, exit code 1, no mutating call.

use std::fs;

use serde_json::json;
use statewright_tests::{
    Outcome, World,
    proxy::{Fault, Nth, Service},
};

/// A spec that is right, for changing.
const GOOD: &str = r#"statewright: 1
stack: shop
policies:
  ShopPolicy: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
roles:
  ShopRole: { trust: states.amazonaws.com, policies: [ShopPolicy] }
state_machines:
  shop: { role: ShopRole, definition: { StartAt: A, States: { A: { Type: Pass, End: true } } } }
"#;

/// Applies what the arguments say; it must be refused, writing nothing, and say all of `says`.
#[track_caller]
fn refused(world: &World, arguments: &[&str], says: &[&str]) -> Outcome {
    let outcome = world.statewright(arguments).run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_eq!(world.calls().mutating().names(), [""; 0], "{outcome}");
    let told = format!("{}{}", outcome.stdout, outcome.stderr);
    for words in says {
        assert!(told.contains(words), "`{words}` is not said: {outcome}");
    }
    assert!(!told.contains("panicked"), "{outcome}");
    outcome
}

/// The same for a spec's text.
#[track_caller]
fn spec(text: &str, says: &[&str]) {
    let world = World::ministack();
    world.write("shop.yaml", text);
    refused(&world, &["apply", "shop.yaml", "--yes"], says);
}

fn changed(before: &str, after: &str) -> String {
    assert!(GOOD.contains(before), "{before}");
    GOOD.replace(before, after)
}

#[test]
fn files_that_are_not_there_or_cannot_be_read() {
    let world = World::ministack();
    refused(&world, &["apply", "none.yaml", "--yes"], &["none.yaml"]);
    fs::create_dir_all(world.repository().join("empty")).unwrap();
    refused(&world, &["plan", "empty"], &["there is no spec in `empty`"]);
    world.write(
        "shop.yaml",
        changed("{ StartAt: A, States: { A: { Type: Pass, End: true } } }", "{ file: gone.asl.json }"),
    );
    refused(&world, &["apply", "shop.yaml", "--yes"], &["shop.yaml:8:", "gone.asl.json"]);
    world.write(
        "shop.yaml",
        changed("{ StartAt: A, States: { A: { Type: Pass, End: true } } }", "{ file: ../outside.json }"),
    );
    fs::write(world.repository().join("../outside.json"), "{}").unwrap();
    refused(&world, &["apply", "shop.yaml", "--yes"], &["shop.yaml:8:", "outside"]);
}

#[test]
fn files_that_are_no_files() {
    let world = World::ministack();
    let definition = "{ StartAt: A, States: { A: { Type: Pass, End: true } } }";
    let named = |name: &str| changed(definition, &format!("{{ file: {name} }}"));
    let _socket = std::os::unix::net::UnixListener::bind(world.repository().join("socket.json")).unwrap();
    world.write("shop.yaml", named("socket.json"));
    refused(
        &world,
        &["apply", "shop.yaml", "--yes"],
        &["SPEC001", "shop.yaml:8:", "`socket.json` is not a plain file"],
    );
    std::os::unix::fs::symlink("loop.json", world.repository().join("loop.json")).unwrap();
    world.write("shop.yaml", named("loop.json"));
    refused(&world, &["apply", "shop.yaml", "--yes"], &["SPEC001", "shop.yaml:8:", "`loop.json` cannot be read"]);
    fs::create_dir(world.repository().join("folder.json")).unwrap();
    world.write("shop.yaml", named("folder.json"));
    refused(&world, &["apply", "shop.yaml", "--yes"], &["SPEC001", "shop.yaml:8:", "`folder.json` is a directory"]);
}

#[test]
fn roles_that_trust_each_other_in_a_circle() {
    let trusts = |other: &str| {
        let principal = format!("{{ AWS: \"${{roles.{other}.arn}}\" }}");
        format!(
            "{{ Version: \"2012-10-17\", Statement: [{{ Effect: Allow, Principal: {principal}, Action: \"sts:AssumeRole\" }}] }}"
        )
    };
    let roles = format!("roles:\n  One: {{ trust: {} }}\n  Two: {{ trust: {} }}\n", trusts("Two"), trusts("One"));
    spec(&changed("roles:\n", &roles), &["SPEC050", "shop.yaml:6:", "role.One", "role.Two"]);
}

#[test]
fn text_that_is_not_a_spec() {
    spec("statewright: 1\nstack: [shop\n", &["shop.yaml:"]);
    spec(&changed("stack: shop\n", "stack: shop\nstack: other\n"), &["shop.yaml:3:1", "2 | stack: shop", "first here"]);
    spec(&changed("trust:", "turst:"), &["turst", "`trust`", "shop.yaml:6:"]);
    spec(&changed("policies: [ShopPolicy]", "policies: 3"), &["shop.yaml:6:", "a list"]);
    spec(&changed("role: ShopRole", "role: ShopRoel"), &["ShopRoel", "ShopRole", "shop.yaml:8:"]);
    spec(&changed("{ StartAt: A, States: { A: { Type: Pass, End: true } } }", "[1, 2]"), &["shop.yaml:8:"]);
    spec(&changed("Resource: \"*\"", "Resource: \"${roles.Nobody.arn}\""), &["Nobody", "shop.yaml:4:"]);
}

#[test]
fn what_aws_would_refuse() {
    spec(
        &changed("ShopRole: {", &format!("{}: {{", "R".repeat(65)))
            .replace("role: ShopRole", &format!("role: {}", "R".repeat(65))),
        &["64"],
    );
    spec(&changed("  shop: {", "  sh*op: {"), &["shop.yaml:8:5", "`*` may not stand in the name of a state machine"]);
    spec(&changed("\"s3:GetObject\"", "\"s3:GetObject\", Sid: \"em—dash\""), &["shop.yaml:4:"]);
    spec(&changed("Resource: \"*\"", &format!("Resource: \"arn:aws:s3:::{}\"", "b".repeat(6200))), &["6144"]);
    spec(&changed("roles:\n", "roles:\n  SHOPROLE: { trust: states.amazonaws.com }\n"), &["SHOPROLE", "ShopRole"]);
}

#[test]
fn names_that_aws_would_refuse() {
    let long = |n: usize| "n".repeat(n);
    spec(&changed("  shop: {", &format!("  {}: {{", long(81))), &["SPEC070", "shop.yaml:8:3", "80"]);
    let role = |name: &str| {
        changed("  ShopRole: {", &format!("  {name}: {{")).replace("role: ShopRole", &format!("role: {name}"))
    };
    spec(&role("Shop/Role"), &["SPEC070", "shop.yaml:6:", "`/`"]);
    spec(&role("Shop–Role"), &["SPEC070", "shop.yaml:6:", "`–`"]);
    let policy =
        |name: &str| changed("  ShopPolicy: {", &format!("  {name}: {{")).replace("[ShopPolicy]", &format!("[{name}]"));
    spec(&policy(&long(129)), &["SPEC070", "shop.yaml:4:3", "128"]);
    spec(&policy("Shop*Policy"), &["SPEC070", "shop.yaml:4:", "`*`"]);
    let twin = "policies:\n  SHOPPOLICY: { document: { Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: \"s3:*\", Resource: \"*\" }] } }\n";
    spec(&changed("policies:\n", twin), &["SPEC051", "SHOPPOLICY", "ShopPolicy", "shop.yaml:5:3"]);
}

#[test]
fn an_account_that_is_not_the_specs() {
    let world = World::ministack();
    world.write("shop.yaml", changed("stack: shop\n", "stack: shop\naws: { account: '999999999999' }\n"));
    for command in ["plan", "apply", "destroy"] {
        let mut arguments = vec![command, "shop.yaml"];
        arguments.extend((command != "plan").then_some("--yes"));
        let ours = format!("the credentials are for account {}", world.account());
        refused(&world, &arguments, &["SPEC053", "shop.yaml:3:", &ours, "--profile"]);
    }
}

#[test]
fn a_function_whose_directory_is_no_good() {
    let function = "\nfunctions:\n  f: { runtime: python3.12, handler: a.b, role: ShopRole, code: src }\n";
    let world = World::ministack();
    world.write("shop.yaml", format!("{GOOD}{function}"));
    refused(&world, &["apply", "shop.yaml", "--yes"], &["src", "shop.yaml:11:"]);
    fs::create_dir_all(world.repository().join("src")).unwrap();
    refused(&world, &["apply", "shop.yaml", "--yes"], &["`src` has no file in it"]);
    world.write("src/a.py", "");
    std::os::unix::fs::symlink("/etc/hostname", world.repository().join("src/link")).unwrap();
    refused(&world, &["apply", "shop.yaml", "--yes"], &["link"]);
    fs::remove_file(world.repository().join("src/link")).unwrap();
    // Noise does not compress: 60 MB of it are over what a direct upload takes.
    let mut seed = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed.to_le_bytes()[6]
    })
    .take(60 << 20)
    .collect();
    world.write("src/noise.bin", noise);
    refused(&world, &["apply", "shop.yaml", "--yes"], &["s3"]);
}

#[test]
fn two_stacks_that_declare_the_same() {
    let world = World::ministack();
    world.write("specs/one.yaml", GOOD);
    world.write("specs/two.yaml", GOOD.replace("stack: shop", "stack: other"));
    refused(&world, &["apply", "specs", "--yes"], &["ShopRole", "one.yaml", "two.yaml"]);
}

#[test]
fn two_specs_of_one_stack_do_not_delete_each_other() {
    let world = World::ministack();
    world.write("specs/one.yaml", GOOD);
    world.write("specs/two.yaml", "statewright: 1\nstack: shop\nlog_groups: { /shop: {} }\n");
    for command in ["validate", "apply", "destroy"] {
        let mut arguments = vec![command, "specs"];
        arguments.extend((command != "validate").then_some("--yes"));
        refused(&world, &arguments, &["SPEC056", "one.yaml:2:8", "two.yaml:2:8", "another name after `stack:`"]);
    }
}

#[test]
fn credentials_accounts_and_endpoints() {
    let world = World::ministack();
    world.write("shop.yaml", GOOD);
    let without = world
        .statewright(["plan", "shop.yaml"])
        .without_env("AWS_ACCESS_KEY_ID")
        .without_env("AWS_SECRET_ACCESS_KEY")
        .run()
        .expect(1);
    assert!(without.stderr.contains("credentials"), "{without}");
    let nowhere =
        world.statewright(["plan", "shop.yaml"]).env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").run().expect(1);
    assert!(nowhere.stderr.contains("127.0.0.1:9"), "{nowhere}");
    let region = world.statewright(["plan", "shop.yaml"]).without_env("AWS_REGION").run().expect(1);
    assert!(region.stderr.starts_with("error: no region is set"), "{region}");
    let authorities = world.statewright(["plan", "shop.yaml"]).env("SSL_CERT_FILE", "/dev/null").run().expect(1);
    assert!(authorities.stderr.starts_with("error: this machine has no certificates"), "{authorities}");
    let profile = world.statewright(["plan", "shop.yaml", "--profile", "nobody"]).run().expect(1);
    assert!(profile.stderr.contains("nobody"), "{profile}");
    world.faults().add(Fault::refuse(
        "sts:GetCallerIdentity",
        Nth::From(1),
        403,
        "ExpiredToken",
        "The security token included in the request is expired",
    ));
    let expired = world.statewright(["plan", "shop.yaml"]).run().expect(1);
    assert!(expired.stderr.contains("ExpiredToken") && expired.stderr.contains("log in again"), "{expired}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
}

#[test]
fn what_may_not_be_read_is_a_finding() {
    let world = World::ministack();
    world.write("shop.yaml", GOOD);
    world.faults().add(Fault::refuse(
        "iam:GetRole",
        Nth::From(1),
        403,
        "AccessDenied",
        "User is not authorized to perform: iam:GetRole",
    ));
    refused(&world, &["apply", "shop.yaml", "--yes"], &["role.ShopRole", "iam:GetRole", "shop.yaml:6:3"]);
    world.faults().clear();
    // What was only looked up is a note.
    world.faults().add(Fault::refuse("lambda:GetFunction", Nth::From(1), 403, "AccessDeniedException", "no"));
    world.write("shop.yaml", changed(
        "A: { Type: Pass, End: true }",
        "A: { Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: somebody }, End: true }",
    ));
    let plan = world.statewright(["plan", "shop.yaml", "--format", "json"]).run().expect(0).json();
    let notes: Vec<_> = plan["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "PLAN004").collect();
    assert_eq!(notes.len(), 1, "{plan:#}");
    assert_eq!(notes[0]["severity"], "note");
}

#[test]
fn nobody_to_ask_is_a_no() {
    let world = World::ministack();
    world.write("shop.yaml", GOOD);
    refused(&world, &["apply", "shop.yaml"], &["--yes"]);
    let usage = world.statewright(["plan", "--no-such-flag"]).run().expect(1);
    assert!(usage.stderr.contains("--no-such-flag"), "{usage}");
}

#[test]
fn the_same_machine_of_somebody_else_is_not_taken() {
    let world = World::ministack();
    world.write("shop.yaml", GOOD);
    let _ = world.statewright(["apply", "shop.yaml", "--yes", "--target", "role.ShopRole"]).run().expect(0);
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}).to_string();
    let role = format!("arn:aws:iam::{}:role/ShopRole", world.account());
    world.aws().r#do(
        &Service::States,
        "CreateStateMachine",
        json!({"name": "shop", "definition": definition, "roleArn": role}),
    );
    world.forget_calls();
    refused(&world, &["apply", "shop.yaml", "--yes"], &["state_machine.shop"]);
}
