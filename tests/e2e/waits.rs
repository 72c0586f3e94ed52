//! What AWS does not see yet is waited for; what it never will is told in seconds.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use statewright_tests::{
    Aws, Emulator, World,
    account::contents,
    proxy::{Fault, Layer, Next, Nth, Propagation, Proxy, Reply, Request, Service, Weather},
};

const ROLE: &str = "
statewright: 1
stack: shop
roles:
  shop: { trust: states.amazonaws.com }
";

const MACHINE: &str = "
state_machines:
  shop: { role: shop, definition: { StartAt: A, States: { A: { Type: Pass, End: true } } } }
";

fn trust(service: &str) -> Value {
    let statement = json!([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]);
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// Somebody who changes the trust of the role between the plan and the create of the machine.
struct Meddler {
    emulator: String,
    done: AtomicBool,
}

impl Layer for Meddler {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let creates = request.operation.to_string() == "states:CreateStateMachine";
            if creates && request.client == Proxy::MAIN && !self.done.swap(true, Ordering::SeqCst) {
                let aws = Aws::new(&self.emulator, &request.account, &request.region);
                let document = trust("lambda.amazonaws.com").to_string();
                let parameters = json!({"RoleName": "shop", "PolicyDocument": document});
                aws.iam("UpdateAssumeRolePolicy", parameters).await.unwrap();
            }
            next.run(request).await
        })
    }
}

#[test]
fn a_role_that_does_not_trust_step_functions_is_told_within_ten_seconds() {
    let world = World::with(Emulator::Ministack, |setup| {
        let meddler = Meddler { emulator: setup.upstream.endpoint.clone(), done: AtomicBool::new(false) };
        setup.weather.push(Arc::new(meddler));
    })
    .at_pace(1.0);
    world.write("shop.yaml", ROLE);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    world.write("shop.yaml", [ROLE, MACHINE].concat());
    world.forget_calls();
    let refused = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    for words in [
        "the trust of the role shop does not let states.amazonaws.com assume it, and waiting does not change that",
        "let states.amazonaws.com do sts:AssumeRole in the role's trust",
        "Neither the global service principal",
    ] {
        assert!(refused.stdout.contains(words), "`{words}` is not said: {refused}");
    }
    let tries = world.calls().named("states:CreateStateMachine").0;
    assert!(tries.len() >= 2, "IAM's reads lag, so one of them is not believed: {refused}");
    let spent = tries[tries.len() - 1].end.saturating_sub(tries[0].start);
    assert!(spent < Duration::from_secs(10), "told after {spent:?}: {refused}");
    // Mended, it goes on.
    let document = trust("states.amazonaws.com").to_string();
    world.aws().r#do(&Service::Iam, "UpdateAssumeRolePolicy", json!({"RoleName": "shop", "PolicyDocument": document}));
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn a_role_that_was_just_made_is_waited_for_and_named() {
    let world = World::with(Emulator::Ministack, |setup| {
        let propagation = Some(Propagation { seconds: 6.0, iam_seconds: 2.0 });
        setup.weather.extend(Weather { propagation, ..Weather::default() }.layers());
    })
    .at_pace(1.0);
    world.write("shop.yaml", [ROLE, MACHINE].concat());
    let apply = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let words = "waiting for states.amazonaws.com to be able to assume the role shop; this apply wrote it";
    assert!(apply.stderr.contains(words), "{apply}");
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn a_policy_that_is_not_there_any_more_is_told_within_ten_seconds() {
    let world = World::ministack().at_pace(1.0);
    world.write("shop.yaml", ROLE);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let arn = format!("arn:aws:iam::{}:policy/Gone", world.account());
    world.write("shop.yaml", ROLE.replace('}', &format!(", policies: ['{arn}'] }}")));
    let statement = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]);
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    world.aws().r#do(&Service::Iam, "CreatePolicy", json!({"PolicyName": "Gone", "PolicyDocument": document}));
    let message = format!("Policy {arn} does not exist or is not attachable.");
    world.faults().add(Fault::refuse("iam:AttachRolePolicy", Nth::From(1), 404, "NoSuchEntity", &message));
    // There when it was planned, gone when it is asked for.
    world.faults().add(Fault::refuse("iam:GetPolicy", Nth::From(2), 404, "NoSuchEntity", &message));
    world.forget_calls();
    let refused = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    assert!(refused.stdout.contains("the policy Gone does not exist, and waiting does not change that"), "{refused}");
    let tries = world.calls().named("iam:AttachRolePolicy").0;
    let spent = tries[tries.len() - 1].end.saturating_sub(tries[0].start);
    assert!(spent < Duration::from_secs(10), "told after {spent:?}: {refused}");
}

/// Lambda, which writes a function's last lines six seconds after both are gone, into a group that it makes anew.
struct LateFlush {
    emulator: String,
    pace: f64,
    began: AtomicBool,
    flushed: Arc<AtomicBool>,
}

impl Layer for LateFlush {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let deletes = request.operation.to_string() == "logs:DeleteLogGroup";
            let aws = Aws::new(&self.emulator, &request.account, &request.region);
            let reply = next.run(request).await;
            if deletes && !self.began.swap(true, Ordering::SeqCst) {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(6).mul_f64(self.pace)).await;
                    let made = aws.logs("CreateLogGroup", json!({"logGroupName": "/aws/lambda/shop"})).await;
                    assert!(made.is_ok(), "{made:?}");
                    self.flushed.store(true, Ordering::SeqCst);
                });
            }
            reply
        })
    }
}

#[test]
fn lambda_made_a_log_group_anew_seconds_after_its_delete() {
    let flushed = Arc::new(AtomicBool::new(false));
    let world = World::with(Emulator::Ministack, |setup| {
        setup.weather.push(Arc::new(LateFlush {
            emulator: setup.upstream.endpoint.clone(),
            pace: PACE,
            began: AtomicBool::new(false),
            flushed: Arc::clone(&flushed),
        }));
    })
    .at_pace(PACE);
    let function = "{ runtime: python3.12, handler: app.handler, code: src, role: shop }";
    let rest = format!("log_groups: {{ /aws/lambda/shop: {{}} }}\nfunctions: {{ shop: {function} }}\n");
    world.write("shop.yaml", ROLE.replace("states.", "lambda.") + &rest);
    world.write("src/app.py", "def handler(event, context):\n    return 1\n");
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    world.forget_calls();
    let _ = world.statewright(["destroy", "shop.yaml", "--yes"]).run().expect(0);
    while !flushed.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(contents(&world), BTreeSet::new());
    let deletes = world.calls().only(|call| call.name() == "logs:DeleteLogGroup");
    assert_eq!(deletes.count(), 2);
    // A second apply is not refused for a group without an owner.
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
}

/// The part of its waits that the binary makes here.
const PACE: f64 = 0.1;
