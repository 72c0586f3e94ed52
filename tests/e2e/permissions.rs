//! What a role grants and a state needs: said before anything runs, and read where the spec does not say it.

use serde_json::{Value, json};
use statewright_tests::{
    World,
    proxy::{Fault, Nth, Service},
};

const MACHINE: &str = r#"{"StartAt": "Notify", "States": {"Notify": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
  "Parameters": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:done", "Message": "done"}, "End": true}}}"#;

fn codes(findings: &Value) -> Vec<String> {
    let one = |f: &Value| format!("{}[{}]", f["severity"].as_str().unwrap(), f["code"].as_str().unwrap());
    findings.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn a_role_that_lacks_an_action_fails_a_validation_and_not_a_plan() {
    let world = World::ministack();
    world.copy("specs");
    let policy = "specs/lambda-glue/glue-invoke.json";
    let text = std::fs::read_to_string(world.repository().join(policy)).unwrap();
    world.write(
        policy,
        text.replace("\"glue:*\"", "[\"glue:StartJobRun\", \"glue:BatchStopJobRun\", \"glue:GetJobRuns\"]"),
    );

    let validated =
        world.statewright(["validate", "specs/lambda-glue.yaml", "--format", "json"]).run().expect(1).json();
    let finding = validated["findings"].as_array().unwrap().iter().find(|f| f["code"] == "IAM201").unwrap();
    assert_eq!(finding["severity"], "runtime");
    assert_eq!(finding["file"], "specs/lambda-glue/lambda-glue.asl.yaml");
    assert!(finding["title"].as_str().unwrap().contains("does not allow glue:GetJobRun on "), "{finding}");
    let shown = world.statewright(["validate", "specs/lambda-glue.yaml"]).run().expect(1).stdout;
    assert!(shown.contains("glue-invoke.json:4:5"), "the statement is shown too\n{shown}");

    let plan = world.statewright(["plan", "specs/lambda-glue.yaml", "--format", "json"]).run().expect(0).json();
    let rows = plan["permissions"].as_array().unwrap();
    let missing: Vec<&Value> = rows.iter().filter(|r| r["granted"] == json!(false)).collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0]["action"], "glue:GetJobRun");
    assert_eq!(missing[0]["resource"], format!("arn:aws:glue:us-east-1:{}:job/transform", world.account()));
    assert_eq!(missing[0]["role"], "role.SfnLambdaGlueRole");
    let text = world.statewright(["plan", "specs/lambda-glue.yaml"]).run().expect(0).stdout;
    assert!(text.contains("Permissions of role.SfnLambdaGlueRole"), "{text}");
    assert!(text.contains("✗ Transform needs glue:GetJobRun on arn:aws:glue:"), "{text}");
}

#[test]
fn the_tutorial_allows_more_than_it_needs_and_the_plan_says_what_would_do() {
    let world = World::ministack();
    world.copy("specs");
    let text = world.statewright(["plan", "specs/lambda-glue.yaml"]).run().expect(0).stdout;
    let line = text.lines().find(|line| line.contains("! GlueInvokePolicy: glue:* on *:")).unwrap();
    let account = world.account();
    let enough = "glue:StartJobRun, glue:GetJobRun, glue:GetJobRuns, glue:BatchStopJobRun";
    let enough = format!("4 used; {enough} on arn:aws:glue:us-east-1:{account}:job/transform would do");
    assert!(line.contains(&enough), "{line}");
    let markdown = world.statewright(["plan", "specs/lambda-glue.yaml", "--format", "markdown"]).run().expect(0).stdout;
    assert!(markdown.contains("<summary>Permissions</summary>"), "{markdown}");
}

#[test]
fn a_role_that_is_only_named_is_read_where_a_machine_assumes_it() {
    let world = World::ministack();
    let trust = |service: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
            .to_string()
    };
    let (aws, account) = (world.aws(), world.account());
    aws.r#do(
        &Service::Iam,
        "CreateRole",
        json!({"RoleName": "Theirs", "AssumeRolePolicyDocument": trust("states.amazonaws.com")}),
    );
    let policy =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}]});
    aws.r#do(&Service::Iam, "CreatePolicy", json!({"PolicyName": "Publish", "PolicyDocument": policy.to_string()}));
    let attach = json!({"RoleName": "Theirs", "PolicyArn": format!("arn:aws:iam::{account}:policy/Publish")});
    world.write("m.asl.json", MACHINE.replace("123456789012", account));
    world.write(
        "s.yaml",
        format!("statewright: 1\nstack: s\nstate_machines:\n  m:\n    role: arn:aws:iam::{account}:role/Theirs\n    definition: {{ file: m.asl.json }}\n"),
    );
    let offline = world.statewright(["validate", "s.yaml", "--format", "json"]).run().expect(0).json();
    assert_eq!(codes(&offline["findings"]), ["note[IAM203]"]);

    let plan = || world.statewright(["plan", "s.yaml", "--format", "json"]).run().expect(0).json();
    // The emulator does not simulate what the caller may do.
    let said = |plan: &serde_json::Value| {
        let codes = codes(&plan["findings"]);
        codes.into_iter().filter(|code| code != "note[PLAN046]").collect::<Vec<_>>()
    };
    assert_eq!(said(&plan()), ["runtime[IAM201]"]);
    aws.r#do(&Service::Iam, "AttachRolePolicy", attach);
    let granted = plan();
    assert_eq!(said(&granted), [""; 0]);
    assert_eq!(granted["permissions"][0]["granted"], json!(true));
    assert_eq!(granted["permissions"][0]["by"], "Publish, statement 1");

    let to = json!({"RoleName": "Theirs", "PolicyDocument": trust("lambda.amazonaws.com")});
    aws.r#do(&Service::Iam, "UpdateAssumeRolePolicy", to);
    let refused = world.statewright(["plan", "s.yaml", "--format", "json"]).run().expect(1).json();
    assert_eq!(said(&refused), ["error[IAM204]"]);
}

#[test]
fn a_table_of_a_spec_of_a_definition_and_of_a_live_machine() {
    let world = World::ministack();
    world.copy("specs");
    let spec = world.statewright(["permissions", "specs/lambda-glue.yaml", "--format", "json"]).run().expect(0).json();
    assert_eq!(spec["roles"][0]["role"], "role.SfnLambdaGlueRole");
    assert_eq!(spec["roles"][0]["needs"].as_array().unwrap().len(), 5);

    world.write("m.asl.json", MACHINE);
    let bare = world.statewright(["permissions", "m.asl.json", "--format", "json"]).run().expect(0).json();
    let statement = &bare["roles"][0]["derived"]["Statement"][0];
    assert_eq!(statement["Action"], "sns:Publish");
    assert_eq!(statement["Resource"], "arn:aws:sns:us-east-1:123456789012:done");
    let yaml = world.statewright(["permissions", "m.asl.json", "--format", "yaml"]).run().expect(0).stdout;
    assert!(yaml.contains("Action: sns:Publish"), "{yaml}");
    let text = world.statewright(["permissions", "m.asl.json"]).run().expect(0).stdout;
    assert!(text.contains("Notify  sns:Publish"), "{text}");

    let _ = world.statewright(["apply", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    let account = world.account();
    let arn = format!("arn:aws:states:us-east-1:{account}:stateMachine:lambda-glue");
    let live = world.statewright(["permissions", &arn, "--format", "json"]).run().expect(0).json();
    let granted = live["roles"][0]["needs"].as_array().unwrap().iter().all(|need| need["granted"] == json!(true));
    assert!(granted, "{live:#}");
    assert_eq!(live["roles"][0]["role"], format!("arn:aws:iam::{account}:role/SfnLambdaGlueRole"));
    let derived = live["roles"][0]["derived"]["Statement"].to_string();
    assert!(derived.contains(&format!("arn:aws:glue:us-east-1:{account}:job/transform")), "{derived}");

    let unknown = world.statewright(["permissions", &arn.replace("lambda-glue", "no")]).run().expect(1);
    assert!(unknown.stderr.contains("there is no state machine"), "{}", unknown.stderr);
}

/// Two states, of which the role's own policy grants what one needs.
fn derived(name: &str) -> String {
    let task = |resource: &str, parameters: &str, more: &str| {
        format!("{{ Type: Task, Resource: 'arn:aws:states:::{resource}', Parameters: {parameters}, {more} }}")
    };
    let call = task("lambda:invoke", "{ FunctionName: extract }", "Next: Run");
    let run = task("glue:startJobRun.sync", "{ JobName: transform }", "End: true");
    format!(
        "statewright: 1\nstack: {name}\nroles:\n  R:\n    trust: states.amazonaws.com\n    grants: derived\n    inline:\n      \
         Call: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Action: 'lambda:InvokeFunction', Resource: '*' }}] }}\n\
         state_machines:\n  m:\n    role: R\n    definition: {{ StartAt: Call, States: {{ Call: {call}, Run: {run} }} }}\n"
    )
}

#[test]
fn a_derived_policy_allows_what_the_table_says_and_nothing_else() {
    let world = World::ministack();
    world.write("s.yaml", derived("s"));
    let plan = ["plan", "s.yaml", "--format", "json"];
    let first = world.statewright(plan).run().expect(0).json();
    let rows = first["permissions"].as_array().unwrap().clone();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["granted"] == json!(true)), "{rows:#?}");
    let said: Vec<&Value> = first["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["code"].as_str().unwrap().starts_with("IAM"))
        .collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    let title = said[0]["title"].as_str().unwrap();
    assert!(title.ends_with("`lambda:InvokeFunction` on `*`: every function, 1 used"), "{title}");
    let _ = world.statewright(["apply", "s.yaml", "--yes"]).run().expect(0);
    assert_eq!(world.statewright(plan).run().expect(0).json()["steps"], json!([]), "an apply converges");

    let (aws, account) = (world.aws(), world.account());
    let inline = aws.r#do(&Service::Iam, "ListRolePolicies", json!({"RoleName": "R"})).to_string();
    assert!(inline.contains("statewright-derived"), "{inline}");
    let policy =
        aws.r#do(&Service::Iam, "GetRolePolicy", json!({"RoleName": "R", "PolicyName": "statewright-derived"}));
    assert!(
        !policy.to_string().contains("InvokeFunction"),
        "what the role's own policy grants is not derived: {policy}"
    );
    let decision = |action: &str, resource: &str| {
        let asked = json!({"PolicySourceArn": format!("arn:aws:iam::{account}:role/R"), "ActionNames": [action], "ResourceArns": [resource]});
        aws.r#do(&Service::Iam, "SimulatePrincipalPolicy", asked).to_string()
    };
    for row in &rows {
        let (action, resource) = (row["action"].as_str().unwrap(), row["resource"].as_str().unwrap());
        let said = decision(action, resource);
        assert!(said.contains("\"allowed\""), "{action} on {resource}: {said}");
    }
    let other = format!("arn:aws:glue:us-east-1:{account}:job/other");
    let said = decision("glue:StartJobRun", &other);
    assert!(said.contains("implicitDeny"), "{said}");

    // Without the state that needed it the policy goes with the next apply.
    let text = derived("s").replace("Next: Run", "End: true");
    let at = text.find(", Run: {").unwrap();
    world.write("s.yaml", format!("{} }} }}\n", &text[..at]));
    let less = world.statewright(["plan", "s.yaml"]).run().expect(0).stdout;
    assert!(less.contains("delete 1 inline policy"), "{less}");
    let _ = world.statewright(["apply", "s.yaml", "--yes"]).run().expect(0);
    let inline = aws.r#do(&Service::Iam, "ListRolePolicies", json!({"RoleName": "R"})).to_string();
    assert!(!inline.contains("statewright-derived"), "{inline}");
}

#[test]
fn a_policy_of_that_name_is_nobody_elses() {
    let world = World::ministack();
    world.write("s.yaml", derived("s").replace("      Call: {", "      statewright-derived: {"));
    let found = world.statewright(["validate", "s.yaml", "--format", "json"]).run().expect(1).json();
    assert!(codes(&found["findings"]).contains(&"error[SPEC082]".to_owned()), "{found:#}");
}

/// A role with one inline policy that allows these actions, in a spec that guards against more.
fn guarded(actions: &str) -> String {
    format!(
        "statewright: 1\nstack: s\nguard: no-broadening\nroles:\n  R:\n    trust: states.amazonaws.com\n    inline:\n      \
         Own: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Action: [{actions}], Resource: '*' }}] }}\n"
    )
}

#[test]
fn permissions_that_broaden_are_guarded() {
    let world = World::ministack();
    world.write("s.yaml", guarded("'s3:GetObject'"));
    let apply = ["apply", "s.yaml", "--yes"];
    let refused = world.statewright(apply).run().expect(1);
    assert!(refused.stderr.contains("the plan broadens what role.R allows"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--allow-broadening"), "{}", refused.stderr);
    assert_eq!(world.calls().mutating().count(), 0);
    let allowed = ["apply", "s.yaml", "--yes", "--allow-broadening"];
    let _ = world.statewright(allowed).run().expect(0);
    // Nothing to do, and less to allow, are no broadening.
    let _ = world.statewright(apply).run().expect(0);
    world.write("s.yaml", guarded("'s3:GetObject', 'iam:PassRole'"));
    let plan = world.statewright(["plan", "s.yaml", "--format", "json"]).run().expect(0).json();
    assert!(codes(&plan["findings"]).contains(&"warning[PLAN025]".to_owned()), "{plan:#}");
    let role = &plan["access"][0];
    assert_eq!((role["address"].as_str(), role["may_broaden"].as_bool()), (Some("role.R"), Some(true)), "{role:#}");
    assert_eq!(role["broadens"][0]["actions"], json!(["iam:PassRole"]));
    assert_eq!((&role["broadens"][0]["danger"], &role["narrows"]), (&json!(true), &json!([])));
    let text = world.statewright(["plan", "s.yaml"]).run().expect(0).stdout;
    assert!(text.contains("Permissions of role.R  (+ broadens, - narrows)"), "{text}");
    assert!(text.contains("+ Allow iam:PassRole on *  (Write)  ! danger: a way to more permissions"), "{text}");
    let markdown = world.statewright(["plan", "s.yaml", "--format", "markdown"]).run().expect(0).stdout;
    assert!(markdown.contains("+ Allow iam:PassRole on *"), "{markdown}");
    let _ = world.statewright(apply).run().expect(1);
    let _ = world.statewright(allowed).run().expect(0);
    world.write("s.yaml", guarded("'s3:GetObject'"));
    let text = world.statewright(["plan", "s.yaml"]).run().expect(0).stdout;
    assert!(text.contains("- Allow iam:PassRole on *  (Write)"), "{text}");
    let _ = world.statewright(apply).run().expect(0);
}

#[test]
fn a_policy_that_is_only_named_is_asked_for_once() {
    let world = World::ministack();
    let (aws, account) = (world.aws(), world.account());
    let policy =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}]});
    aws.r#do(&Service::Iam, "CreatePolicy", json!({"PolicyName": "Publish", "PolicyDocument": policy.to_string()}));
    world.write("m.asl.json", MACHINE.replace("123456789012", account));
    world.write(
        "s.yaml",
        format!("statewright: 1\nstack: s\nroles:\n  R: {{ trust: states.amazonaws.com, policies: ['arn:aws:iam::{account}:policy/Publish'] }}\n\
                 state_machines:\n  m:\n    role: R\n    definition: {{ file: m.asl.json }}\n"),
    );
    let plan = world.statewright(["plan", "s.yaml", "--format", "json"]).run().expect(0).json();
    assert_eq!(plan["permissions"][0]["by"], "Publish, statement 1");
    assert_eq!(world.calls().named("iam:GetPolicy").count(), 1);
    assert_eq!(world.calls().named("iam:GetPolicyVersion").count(), 1);
}

#[test]
fn what_access_analyzer_will_not_say_is_a_note() {
    let world = World::ministack();
    world.write("s.yaml", guarded("'s3:GetObject'"));
    let message = "not authorized to perform: access-analyzer:ValidatePolicy";
    world.faults().add(Fault::refuse(
        "access-analyzer:ValidatePolicy",
        Nth::From(1),
        403,
        "AccessDeniedException",
        message,
    ));
    let plan = world.statewright(["plan", "s.yaml", "--format", "json"]).run().expect(0).json();
    let note = plan["findings"].as_array().unwrap().iter().find(|f| f["code"] == "PLAN024").unwrap();
    assert_eq!(note["severity"], "note");
    assert!(note["help"].as_str().unwrap().contains("AccessDeniedException"), "{note:#}");
    assert_eq!(world.calls().named("access-analyzer:ValidatePolicy").count(), 1, "one document was written by hand");
    let _ = world.statewright(["apply", "s.yaml", "--yes", "--allow-broadening"]).run().expect(0);
    let asked = world.calls().named("access-analyzer:ValidatePolicy").count();
    let _ = world.statewright(["plan", "s.yaml"]).run().expect(0);
    assert_eq!(world.calls().named("access-analyzer:ValidatePolicy").count(), asked, "nothing changes");
}
