//! Answers of AWS that do not fit its own model: a clear error, nothing written, no panic.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use statewright_tests::{
    Emulator, World,
    proxy::{Layer, Next, Proxy, Reply, Request, Service},
};

const SPEC: &str = r#"
statewright: 1
stack: shop
policies:
  shop: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
roles:
  shop: { trust: [states.amazonaws.com, lambda.amazonaws.com, glue.amazonaws.com], policies: [shop], description: before }
log_groups:
  /shop: { retention_days: 7 }
functions:
  shop: { runtime: python3.12, handler: app.handler, role: shop, code: src }
jobs:
  shop: { role: shop, script: "s3://shop/script.py", glue_version: "4.0" }
state_machines:
  shop: { role: shop, definition: { StartAt: A, States: { A: { Type: Pass, End: true } } } }
"#;

/// What is done to the answers of one operation.
type Edit = fn(&mut Value);

/// Answers of IAM, in XML, are edited by the text of one field; anything else as JSON.
enum Garble {
    Json(Edit),
    Xml(&'static str, Option<&'static str>),
}

#[derive(Default)]
struct Garbler(Mutex<Option<(&'static str, Garble)>>);

impl Layer for Garbler {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let (operation, by_hand) = (request.operation.to_string(), request.client == Proxy::BY_HAND);
            let reply = next.run(request).await;
            match &*self.0.lock().unwrap() {
                Some((garbled, Garble::Json(edit))) if *garbled == operation && !by_hand => reply.edit_json(edit),
                Some((garbled, Garble::Xml(field, text))) if *garbled == operation && !by_hand => {
                    reply.edit_xml(|result| set(result, field, *text))
                }
                _ => reply,
            }
        })
    }
}

/// Sets the text of every element of that name, or takes them out.
fn set(element: &mut xmltree::Element, field: &str, text: Option<&str>) {
    if text.is_none() {
        element.children.retain(|node| node.as_element().is_none_or(|child| child.name != field));
    }
    for child in element.children.iter_mut().filter_map(|node| node.as_mut_element()) {
        match text {
            Some(text) if child.name == field => child.children = vec![xmltree::XMLNode::Text(text.to_owned())],
            _ => set(child, field, text),
        }
    }
}

/// Garbled answers that must end in an error which names the call and says `words`.
fn cases() -> Vec<(&'static str, Garble, &'static str)> {
    let json = Garble::Json;
    vec![
        ("states:DescribeStateMachine", json(|m| m["type"] = json!("TURBO")), "TURBO"),
        ("states:DescribeStateMachine", json(|m| m["roleArn"] = json!("nonsense")), "nonsense"),
        ("states:DescribeStateMachine", json(|m| m["definition"] = json!("{\"StartAt\": ")), "not JSON"),
        ("states:DescribeStateMachine", json(|m| m["definition"] = json!(7)), "states:DescribeStateMachine"),
        (
            "states:DescribeStateMachine",
            json(|m| m["stateMachineArn"] = json!("arn:aws:states:us-east-1:999999999999:stateMachine:shop")),
            "another account",
        ),
        ("states:DescribeStateMachine", json(|m| m["stateMachineArn"] = json!("shop")), "not an ARN"),
        (
            "states:DescribeStateMachine",
            json(|m| m["loggingConfiguration"] = json!({"level": "LOUD", "includeExecutionData": false})),
            "LOUD",
        ),
        (
            "states:DescribeStateMachine",
            json(|m| m["loggingConfiguration"] = json!({"level": "ALL", "destinations": []})),
            "no log destination",
        ),
        ("states:DescribeStateMachine", json(|m| m["encryptionConfiguration"] = json!({"type": "ROT13"})), "ROT13"),
        ("lambda:GetFunction", json(|f| f["Configuration"] = Value::Null), "no configuration"),
        ("lambda:GetFunction", json(|f| f["Configuration"]["Role"] = json!("shop")), "not an ARN"),
        ("lambda:GetFunction", json(|f| f["Configuration"]["Runtime"] = Value::Null), "no runtime"),
        ("lambda:GetFunction", json(|f| f["Configuration"]["CodeSha256"] = Value::Null), "no CodeSha256"),
        ("lambda:GetFunction", json(|f| f["Configuration"]["MemorySize"] = json!(-128)), "-128"),
        (
            "lambda:GetFunction",
            json(|f| f["Configuration"]["Timeout"] = json!(9_000_000_000_000_000_000_u64)),
            "lambda:GetFunction",
        ),
        (
            "lambda:GetFunction",
            json(|f| f["Configuration"]["FunctionArn"] = json!("arn:aws:lambda:us-east-1:999999999999:function:shop")),
            "another account",
        ),
        ("glue:GetJob", json(|j| j["Job"] = Value::Null), "glue:GetJob"),
        ("glue:GetJob", json(|j| j["Job"]["MaxRetries"] = json!(-1)), "-1"),
        ("glue:GetJob", json(|j| j["Job"]["Command"] = json!("glueetl")), "glue:GetJob"),
        ("logs:DescribeLogGroups", json(|l| l["logGroups"][0]["retentionInDays"] = json!(-7)), "-7"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", None), "iam:GetRole"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", Some("%7B%22Statement")), "not JSON"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", Some("%FF%FE")), "not UTF-8"),
        ("iam:GetRole", Garble::Xml("Arn", Some("arn:aws:iam::999999999999:role/shop")), "another account"),
        ("iam:GetRole", Garble::Xml("MaxSessionDuration", Some("-1")), "-1"),
        ("iam:GetRole", Garble::Xml("MaxSessionDuration", Some("soon")), "iam:GetRole"),
        ("iam:GetPolicy", Garble::Xml("DefaultVersionId", None), "no default version"),
        ("iam:GetPolicy", Garble::Xml("Arn", Some("policy")), "not an ARN"),
        ("iam:GetPolicyVersion", Garble::Xml("Document", None), "no document"),
        ("iam:ListAttachedRolePolicies", Garble::Xml("PolicyArn", Some("nonsense")), "nonsense"),
        ("sts:GetCallerIdentity", Garble::Xml("Arn", Some("nobody")), "sts:GetCallerIdentity"),
    ]
}

/// Those that are new or odd, and harm nothing: they may pass or not, but not panic.
fn odd() -> Vec<(&'static str, Garble)> {
    let json = Garble::Json;
    vec![
        ("states:DescribeStateMachine", json(|m| m["status"] = json!("MELTING"))),
        ("states:DescribeStateMachine", json(|m| m["fromTheFuture"] = json!({"a": [1, 2]}))),
        ("states:DescribeStateMachine", json(|m| m["creationDate"] = json!(-1e300))),
        ("states:ListTagsForResource", json(|t| t["tags"] = json!([{"key": null}, {"value": "x"}, {}]))),
        ("states:ListTagsForResource", json(|t| t["tags"] = Value::Null)),
        ("lambda:GetFunction", json(|f| f["Configuration"]["State"] = json!("Dozing"))),
        ("lambda:GetFunction", json(|f| f["Configuration"]["LastModified"] = json!("the day before yesterday"))),
        ("logs:DescribeLogGroups", json(|l| l["logGroups"] = Value::Null)),
        ("logs:DescribeLogGroups", json(|l| l["logGroups"][0]["arn"] = Value::Null)),
        ("tag:GetResources", json(|t| t["ResourceTagMappingList"] = json!([{"ResourceARN": "nonsense"}, {}]))),
        ("iam:GetRole", Garble::Xml("CreateDate", Some("9999999-99-99"))),
        ("iam:GetAccountAuthorizationDetails", Garble::Xml("RoleName", None)),
    ]
}

#[test]
fn what_does_not_fit_the_model_is_told_and_nothing_is_written() {
    let garbler = Arc::new(Garbler::default());
    let world = World::with(Emulator::Ministack, |setup| setup.weather.push(garbler.clone()));
    world.write("src/app.py", "def handler(event, context):\n    return event\n");
    world.aws().r#do(&Service::S3, "CreateBucket", json!({"Bucket": "shop"}));
    world.aws().r#do(&Service::S3, "PutObject", json!({"Bucket": "shop", "Key": "script.py", "Body": "print()"}));
    world.write("shop.yaml", SPEC);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    // There is something to write, if it were not for the answers.
    world.write("shop.yaml", SPEC.replace("description: before", "description: after"));
    world.forget_calls();
    for (operation, garble, words) in cases() {
        let what = format!("{operation}, {words}");
        *garbler.0.lock().unwrap() = Some((operation, garble));
        let apply = world.statewright(["apply", "shop.yaml", "--yes"]).run();
        assert_eq!(apply.code(), Some(1), "{what}: {apply}");
        let told = format!("{}{}", apply.stdout, apply.stderr);
        assert!(told.contains(operation) && told.contains(words), "{what}: {apply}");
        assert!(!told.contains("panicked"), "{what}: {apply}");
        assert_eq!(world.calls().mutating().names(), [""; 0], "{what}: {apply}");
    }
    for (operation, garble) in odd() {
        *garbler.0.lock().unwrap() = Some((operation, garble));
        let plan = world.statewright(["plan", "shop.yaml"]).run();
        assert!(matches!(plan.code(), Some(0 | 1)), "{operation}: {plan}");
        assert!(!format!("{}{}", plan.stdout, plan.stderr).contains("panicked"), "{operation}: {plan}");
    }
    *garbler.0.lock().unwrap() = None;
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}
