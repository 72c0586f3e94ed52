//! What a plan says of the way: the caller's own rights, and quotas.

use serde_json::{Value, json};
use statewright_tests::{
    World,
    proxy::{Fault, Nth, Service},
};

const SPEC: &str = "specs/lambda-glue.yaml";

/// A role that the spec assumes, with these rights; gives its ARN.
fn deployer(world: &World, path: &str, rights: &Value) -> String {
    let aws = world.aws();
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let trust = json!([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]);
    aws.r#do(
        &Service::Iam,
        "CreateRole",
        json!({"RoleName": "Deployer", "Path": path, "AssumeRolePolicyDocument": document(&trust)}),
    );
    let policy = json!({"RoleName": "Deployer", "PolicyName": "P", "PolicyDocument": document(rights)});
    aws.r#do(&Service::Iam, "PutRolePolicy", policy);
    let role = format!("arn:aws:iam::{}:role{path}Deployer", world.account());
    let text = std::fs::read_to_string(world.repository().join(SPEC)).unwrap();
    let with = format!("stack: lambda-glue\naws: {{ assume_role: \"{role}\" }}\n");
    world.write(SPEC, text.replace("stack: lambda-glue\n", &with));
    role
}

fn findings<'p>(plan: &'p Value, code: &str) -> Vec<&'p Value> {
    plan["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).collect()
}

#[test]
fn what_the_caller_may_not_do_is_said_before_anything_is_done() {
    let world = World::ministack();
    world.copy("specs");
    let allowed = json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["iam:CreatePolicy", "states:CreateStateMachine"], "Resource": "*"},
    ]);
    let role = deployer(&world, "/", &allowed);
    let plan = |words: &[&str]| world.statewright([&["plan", SPEC], words].concat()).run();
    let shown = plan(&["--format", "json"]).expect(0).json();
    let lacks = findings(&shown, "PLAN045");
    let titles: Vec<&str> = lacks.iter().map(|finding| finding["title"].as_str().unwrap()).collect();
    let account = world.account();
    assert_eq!(
        titles,
        [
            format!(
                "the caller may not iam:CreatePolicy on arn:aws:iam::{account}:policy/GlueInvokePolicy, \
                 arn:aws:iam::{account}:policy/LambdaInvokePolicy (steps 1, 2)"
            ),
            format!(
                "the caller may not states:CreateStateMachine on \
                 arn:aws:states:us-east-1:{account}:stateMachine:lambda-glue (step 4)"
            ),
        ]
    );
    assert_eq!(lacks[0]["severity"], "warning");
    let help = lacks[0]["help"].as_str().unwrap();
    assert!(help.contains(&role), "{help}");
    let text = plan(&[]).expect(0).stdout;
    assert!(text.contains("\nForecast\n") && text.contains("warning[PLAN045]"), "{text}");
    // It is no error, and whoever wants it to be one says so.
    let _ = plan(&["--deny", "warning"]).expect(1);
}

#[test]
fn where_it_cannot_be_simulated_a_note_says_so_once_and_only_where_something_changes() {
    let world = World::ministack();
    world.copy("specs");
    let plan = ["plan", SPEC, "--format", "json"];
    // Root has no policies.
    let notes = world.statewright(plan).run().expect(0).json();
    let notes = findings(&notes, "PLAN046").into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(notes.len(), 1);
    assert!(notes[0]["help"].as_str().unwrap().contains("root user"), "{}", notes[0]);

    let _ = deployer(&world, "/", &json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let run = |words: &[&str]| world.statewright(words).run();
    let shown = run(&plan).expect(0).json();
    assert_eq!((findings(&shown, "PLAN045").len(), findings(&shown, "PLAN046").len()), (0, 0), "{shown:#}");
    let refuse = |operation: &str| {
        let message = "User: arn:aws:iam::1:user/deployer is not authorized to perform: it";
        world.faults().add(Fault::refuse(operation, Nth::From(1), 403, "AccessDenied", message));
    };
    refuse("iam:SimulatePrincipalPolicy");
    refuse("iam:GetAccountSummary");
    let shown = run(&plan).expect(0).json();
    assert_eq!((findings(&shown, "PLAN046").len(), findings(&shown, "PLAN042").len()), (1, 1), "{shown:#}");
    world.faults().clear();

    let _ = run(&["apply", SPEC, "--yes"]).expect(0);
    world.forget_calls();
    let shown = run(&plan).expect(0).json();
    assert_eq!(findings(&shown, "PLAN046").len(), 0);
    for call in ["iam:SimulatePrincipalPolicy", "iam:GetAccountSummary", "logs:DescribeResourcePolicies"] {
        assert_eq!(world.calls().named(call).count(), 0, "{call}");
    }
}

#[test]
fn the_role_behind_a_session_is_found_with_its_path() {
    let world = World::ministack();
    world.copy("specs");
    let role = deployer(&world, "/team/", &json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let _ = world.statewright(["plan", SPEC, "--format", "json"]).run().expect(0);
    let calls = world.calls();
    let simulated = calls.named("iam:SimulatePrincipalPolicy");
    assert!(simulated.count() > 0, "{:?}", calls.names());
    assert!(simulated.0.iter().all(|call| call.parameters["PolicySourceArn"] == role), "{:?}", simulated.0);
}

#[test]
fn what_nears_a_quota_is_said_with_the_plan() {
    let world = World::ministack();
    let account = world.account();
    // The account's resource policy of CloudWatch Logs is nearly full.
    let full = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": format!("arn:aws:logs:us-east-1:{account}:log-group:{}", "x".repeat(4_700))}]});
    world.aws().r#do(
        &Service::Logs,
        "PutResourcePolicy",
        json!({"policyName": "AWSLogDeliveryWrite20150319", "policyDocument": full.to_string()}),
    );
    let spec = |group: &str| {
        format!(
            r#"
statewright: 1
stack: q
roles: {{ Q: {{ trust: states.amazonaws.com, grants: derived }} }}
log_groups: {{ "{group}": {{}} }}
state_machines:
  q:
    role: Q
    logging: {{ level: ALL, log_group: "{group}" }}
    definition: {{ StartAt: A, States: {{ A: {{ Type: Pass, Comment: "{}", End: true }} }} }}
"#,
            "x".repeat(960_000)
        )
    };
    let codes = |group: &str| {
        world.write("q.yaml", spec(group));
        let plan = world.statewright(["plan", "q.yaml", "--format", "json"]).run().expect(0).json();
        let mut codes: Vec<String> =
            plan["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes.retain(|code| ["PLAN043", "PLAN041", "ASL010"].contains(&code.as_str()));
        codes
    };
    assert_eq!(codes("/own"), ["ASL010", "PLAN041"]);
    assert_eq!(codes("/aws/vendedlogs/states/q"), ["ASL010"]);
    let text = world.statewright(["plan", "q.yaml"]).run().expect(0).stdout;
    assert!(text.contains("note[ASL010]") || text.contains("warning[ASL010]"), "{}", &text[..2_000.min(text.len())]);
}
