//! Grow before, shrink after: a machine keeps running executions through a change of what its role grants.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use statewright_iam::{
    Document,
    needs::{Parameters, Place, of_task},
    permissions::{Role, Verdict, table},
};
use statewright_tests::{
    Aws, Emulator, Outcome, World,
    proxy::{Act, Effect, Fault, Layer, Next, Nth, Proxy, Reply, Request, Service, Which},
};

/// Old and new share nothing but the role: a managed policy, an inline one and an attachment change.
const OLD: &str = r#"
statewright: 1
stack: shop
policies:
  Calls: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["sns:Publish", "sqs:SendMessage"], Resource: "*" }] } }
roles:
  shop:
    trust: states.amazonaws.com
    policies: [Calls]
    inline: { more: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
state_machines:
  shop: { role: shop, definition: { file: shop.asl.json } }
"#;

const NEW: &str = r#"
statewright: 1
stack: shop
policies:
  Calls: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["sns:Publish", "dynamodb:PutItem"], Resource: "*" }] } }
  Events: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "events:PutEvents", Resource: "*" }] } }
roles:
  shop:
    trust: states.amazonaws.com
    policies: [Calls, Events]
state_machines:
  shop: { role: shop, definition: { file: shop.asl.json } }
"#;

/// Waits long, then does what only the old grants allow.
fn old() -> Value {
    let queue = json!({"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q", "MessageBody": "m"});
    let get = json!({"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "End": true});
    json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 60_000, "Next": "Send"},
        "Send": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": queue, "Next": "Get"},
        "Get": get,
    }})
}

/// Needs what only the new ones do. It waits too, so that its executions run while the old ones are waited for.
fn new() -> Value {
    let put = json!({"TableName": "t", "Item": {"id": {"S": "x"}}});
    let tell = json!({"Entries": [{"Detail": "d", "DetailType": "t", "Source": "s"}]});
    json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 60_000, "Next": "Put"},
        "Put": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": put, "Next": "Tell"},
        "Tell": {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents", "Parameters": tell, "End": true},
    }})
}

/// What there was after a call.
struct Moment {
    call: String,
    at: Instant,
    /// The live definition is the old one.
    old: bool,
    /// What the role's live documents do not grant of what a definition needs.
    old_lacks: Vec<String>,
    new_lacks: Vec<String>,
}

/// Looks at the role and the machine after each call that changes something; no other such call runs meanwhile.
struct Witness {
    emulator: String,
    alone: tokio::sync::Mutex<()>,
    seen: Mutex<Vec<Moment>>,
}

impl Layer for Witness {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if request.client != Proxy::MAIN || request.operation.effect() != Effect::Write {
                return next.run(request).await;
            }
            let _alone = self.alone.lock().await;
            let call = request.operation.to_string();
            let aws = Aws::new(&self.emulator, &request.account, &request.region);
            let reply = next.run(request).await;
            if let Some(moment) = look(&aws, call).await {
                self.seen.lock().unwrap().push(moment);
            }
            reply
        })
    }
}

/// `None` before there is a machine.
async fn look(aws: &Aws, call: String) -> Option<Moment> {
    let arn = format!("arn:aws:states:{}:{}:stateMachine:shop", aws.region(), aws.account());
    let machine = aws.states("DescribeStateMachine", json!({"stateMachineArn": arn})).await.ok()?;
    let definition: Value = serde_json::from_str(machine["definition"].as_str()?).unwrap();
    let documents = documents(aws).await;
    let lacks = |definition: &Value| lacks(aws, &documents, definition);
    let is_old = definition == old();
    Some(Moment { call, at: Instant::now(), old: is_old, old_lacks: lacks(&old()), new_lacks: lacks(&new()) })
}

async fn documents(aws: &Aws) -> Vec<(String, Document)> {
    let document = |text: &Value| {
        let text = percent_decode_str(text.as_str().unwrap_or_default()).decode_utf8_lossy().into_owned();
        Document::of(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    let mut all = Vec::new();
    let held = aws.iam("ListAttachedRolePolicies", json!({"RoleName": "shop"})).await.unwrap();
    for policy in held["AttachedPolicies"].as_array().unwrap_or(&Vec::new()) {
        let arn = policy["PolicyArn"].as_str().unwrap();
        let found = aws.iam("GetPolicy", json!({"PolicyArn": arn})).await.unwrap();
        let version = &found["Policy"]["DefaultVersionId"];
        let found = aws.iam("GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": version})).await.unwrap();
        all.push((arn.to_owned(), document(&found["PolicyVersion"]["Document"])));
    }
    let inline = aws.iam("ListRolePolicies", json!({"RoleName": "shop"})).await.unwrap();
    for name in inline["PolicyNames"].as_array().unwrap_or(&Vec::new()) {
        let found = aws.iam("GetRolePolicy", json!({"RoleName": "shop", "PolicyName": name})).await.unwrap();
        all.push((name.as_str().unwrap().to_owned(), document(&found["PolicyDocument"])));
    }
    all
}

/// What the states of a definition need and the documents do not grant.
fn lacks(aws: &Aws, documents: &[(String, Document)], definition: &Value) -> Vec<String> {
    let place = Place {
        partition: "aws".into(),
        region: aws.region().into(),
        account: aws.account().into(),
        machine: "shop".into(),
    };
    let mut needs = Vec::new();
    for (name, state) in definition["States"].as_object().unwrap() {
        if let Some(resource) = state["Resource"].as_str() {
            let found = of_task(resource, Parameters::Given(&state["Parameters"]), &place);
            needs.extend(found.needs.into_iter().map(|need| (name.clone(), need)));
        }
    }
    assert!(!needs.is_empty());
    let role = Role {
        arn: format!("arn:aws:iam::{}:role/shop", aws.account()),
        policies: Some(documents.to_vec()),
        boundary: None,
    };
    let rows = table(&needs, &role).rows;
    rows.into_iter().filter(|row| matches!(row.verdict, Verdict::Missing { .. })).map(|row| row.action).collect()
}

fn watched() -> (World, Arc<Witness>) {
    let mut witness = None;
    let world = World::with(Emulator::Ministack, |setup| {
        let emulator = setup.upstream.endpoint.clone();
        let watches = Witness { emulator, alone: tokio::sync::Mutex::default(), seen: Mutex::default() };
        setup.weather.push(witness.insert(Arc::new(watches)).clone());
    })
    // At AWS's own pace: it is the seconds that are measured.
    .at_pace(1.0);
    let witness = witness.unwrap();
    write(&world, OLD, &old());
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    for name in ["one", "two"] {
        start(&world, name);
    }
    witness.seen.lock().unwrap().clear();
    world.forget_calls();
    write(&world, NEW, &new());
    (world, witness)
}

fn write(world: &World, spec: &str, definition: &Value) {
    world.write("shop.yaml", spec);
    world.write("shop.asl.json", definition.to_string());
}

fn start(world: &World, name: &str) {
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:shop", world.account());
    world.aws().r#do(&Service::States, "StartExecution", json!({"stateMachineArn": machine, "name": name}));
}

fn stop(world: &World, name: &str) {
    let execution = format!("arn:aws:states:us-east-1:{}:execution:shop:{name}", world.account());
    world.aws().r#do(&Service::States, "StopExecution", json!({"executionArn": execution}));
}

/// New executions never lack what the live definition needs; those that run lack nothing before the update has settled.
#[track_caller]
fn nobody_lacked_a_grant(witness: &Witness, apply: &Outcome) {
    let seen = witness.seen.lock().unwrap();
    let mut updated = None;
    for moment in seen.iter() {
        let Moment { call, at, old, old_lacks, new_lacks } = moment;
        if call == "states:UpdateStateMachine" && !old {
            updated.get_or_insert(*at);
        }
        let (live, lacks) = if *old { ("old", old_lacks) } else { ("new", new_lacks) };
        assert!(lacks.is_empty(), "the {live} definition is live and lacks {lacks:?} after {call}: {apply}");
        if !old_lacks.is_empty() {
            let settled = updated.is_some_and(|updated| at.duration_since(updated) >= Duration::from_secs(5));
            assert!(settled, "executions of the old definition lack {old_lacks:?} after {call}, too soon: {apply}");
        }
    }
}

fn is_tight(world: &World) -> bool {
    let aws = world.behind();
    let documents = statewright_tests::runtime::block_on(documents(&aws));
    !lacks(&aws, &documents, &old()).is_empty()
}

#[test]
fn grants_come_before_the_machine_and_go_after_it_has_settled() {
    let (world, witness) = watched();
    let apply = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    nobody_lacked_a_grant(&witness, &apply);
    assert!(is_tight(&world), "{apply}");
    let told = "2 running executions of state_machine.shop will lose a grant of role.shop";
    assert!(apply.stdout.contains(told) && apply.stdout.contains("--drain"), "{apply}");
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn an_apply_that_fails_at_any_call_takes_no_grant_too_soon() {
    for k in 1.. {
        let (world, witness) = watched();
        let act = Act::Refuse { status: 400, code: "AccessDenied".into(), message: "not now".into() };
        let struck = world.faults().add(Fault::new(Which::Mutating, Nth::Only(k), act));
        let apply = world.statewright(["apply", "shop.yaml", "--yes"]).run();
        nobody_lacked_a_grant(&witness, &apply);
        if !struck.fired() {
            assert!(k > 6, "only {k} calls: {apply}");
            break;
        }
        let _ = apply.expect(1);
        world.faults().clear();
        let again = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
        nobody_lacked_a_grant(&witness, &again);
        assert!(is_tight(&world), "{again}");
    }
}

#[test]
fn a_drain_keeps_the_grants_until_the_old_executions_have_ended() {
    let (world, witness) = watched();
    let apply = world.statewright(["apply", "shop.yaml", "--yes", "--drain"]).start();
    let waits = || world.calls().named("states:DescribeStateMachineForExecution").count();
    let updated = || world.calls().named("states:UpdateStateMachine").count();
    let deadline = Instant::now() + Duration::from_mins(2);
    while updated() == 0 || world.calls().named("states:ListExecutions").count() < 4 {
        assert!(Instant::now() < deadline, "it never looked: {:?}", world.calls().names());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(!is_tight(&world), "the old executions run");
    // A new execution is of the new definition: nobody waits for it.
    start(&world, "three");
    stop(&world, "one");
    stop(&world, "two");
    let apply = apply.wait().expect(0);
    nobody_lacked_a_grant(&witness, &apply);
    assert!(is_tight(&world), "{apply}");
    assert!(apply.stderr.contains("waiting for the executions of shop that still need of shop"), "{apply}");
    assert!(waits() >= 2, "each was looked at");
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn what_a_drain_could_not_take_away_is_told_and_kept_and_the_next_apply_takes_it() {
    let (world, witness) = watched();
    let late = world.statewright(["apply", "shop.yaml", "--yes", "--drain", "--timeout", "9s"]).run().expect(1);
    assert!(late.stdout.contains("is kept: the next apply takes it away"), "{late}");
    assert!(!is_tight(&world), "{late}");
    stop(&world, "one");
    let still = world.statewright(["plan", "shop.yaml", "--drain"]).run().expect(0);
    assert!(still.stdout.contains("1 running execution of state_machine.shop still needs"), "{still}");
    stop(&world, "two");
    let done = world.statewright(["apply", "shop.yaml", "--yes", "--drain"]).run().expect(0);
    nobody_lacked_a_grant(&witness, &done);
    assert!(is_tight(&world), "{done}");
}

/// An alias leads to a published version of the old definition: its executions work with the same role, and start whenever they are
/// started.
#[test]
fn an_alias_leads_to_a_version_that_needs_what_goes() {
    let world = World::ministack();
    write(&world, OLD, &old());
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:shop", world.account());
    let published =
        world.aws().r#do(&Service::States, "PublishStateMachineVersion", json!({"stateMachineArn": machine}));
    let version = published["stateMachineVersionArn"].as_str().unwrap().to_owned();
    let routes = json!([{"stateMachineVersionArn": version, "weight": 100}]);
    world.aws().r#do(
        &Service::States,
        "CreateStateMachineAlias",
        json!({"name": "prod", "routingConfiguration": routes}),
    );
    write(&world, NEW, &new());
    let plan = world.statewright(["plan", "shop.yaml"]).run().expect(0);
    let told = "alias prod of state_machine.shop starts version 1, which will lose a grant of role.shop";
    assert!(plan.stdout.contains(told) && plan.stdout.contains("until no alias leads to it"), "{plan}");
    // Nothing that is not changed is asked about.
    write(&world, OLD, &old());
    world.forget_calls();
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
    assert_eq!(world.calls().named("states:ListStateMachineAliases").count(), 0);
}
