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
    /// The text of every element of that name, by what it was.
    Own(&'static str, fn(&str) -> String),
}

/// Says another name, or another place, in an ARN.
fn other(arn: &mut Value, was: &str, is: &str) {
    *arn = arn.as_str().unwrap().replace(was, is).into();
}

/// What is garbled, and how often it was.
#[derive(Default)]
struct Garbler(Mutex<(Option<(&'static str, Garble)>, usize)>);

impl Garbler {
    fn set(&self, garble: Option<(&'static str, Garble)>) {
        *self.0.lock().unwrap() = (garble, 0);
    }

    fn struck(&self) -> bool {
        self.0.lock().unwrap().1 > 0
    }
}

impl Layer for Garbler {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let (operation, by_hand) = (request.operation.to_string(), request.client == Proxy::BY_HAND);
            let reply = next.run(request).await;
            let mut garbler = self.0.lock().unwrap();
            let (Some((garbled, garble)), times) = &mut *garbler else { return reply };
            if *garbled != operation || by_hand {
                return reply;
            }
            *times += 1;
            match garble {
                Garble::Json(edit) => reply.edit_json(edit),
                Garble::Xml(field, text) => reply.edit_xml(|result| set(result, field, &|_| text.map(str::to_owned))),
                Garble::Own(field, edit) => reply.edit_xml(|result| set(result, field, &|was| Some(edit(was)))),
            }
        })
    }
}

/// Sets the text of every element of that name, or takes them out.
fn set(element: &mut xmltree::Element, field: &str, text: &dyn Fn(&str) -> Option<String>) {
    element.children.retain_mut(|node| {
        let Some(child) = node.as_mut_element() else { return true };
        if child.name != field {
            set(child, field, text);
            return true;
        }
        let was = child.get_text().unwrap_or_default().into_owned();
        let now = text(&was);
        child.children = now.iter().map(|text| xmltree::XMLNode::Text(text.clone())).collect();
        now.is_some()
    });
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
            json(|m| other(&mut m["stateMachineArn"], "shop", "shop2")),
            "state_machine.shop",
        ),
        (
            "states:DescribeStateMachine",
            json(|m| other(&mut m["stateMachineArn"], "us-east-1", "eu-west-1")),
            "another region",
        ),
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
        (
            "lambda:GetFunction",
            json(|f| other(&mut f["Configuration"]["FunctionArn"], "shop", "pohs")),
            "function.shop",
        ),
        ("glue:GetJob", json(|j| j["Job"]["Name"] = json!("pohs")), "the job pohs instead of shop"),
        ("glue:GetJob", json(|j| j["Job"] = Value::Null), "glue:GetJob"),
        ("glue:GetJob", json(|j| j["Job"]["MaxRetries"] = json!(-1)), "-1"),
        ("glue:GetJob", json(|j| j["Job"]["Command"] = json!("glueetl")), "glue:GetJob"),
        (
            "logs:DescribeLogGroups",
            json(|l| {
                let group = &mut l["logGroups"][0];
                group["logGroupArn"] = group["arn"].clone();
                other(&mut group["logGroupArn"], "us-east-1", "eu-west-1");
            }),
            "another region",
        ),
        ("logs:DescribeLogGroups", json(|l| l["logGroups"][0]["retentionInDays"] = json!(-7)), "-7"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", None), "iam:GetRole"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", Some("%7B%22Statement")), "not JSON"),
        ("iam:GetRole", Garble::Xml("AssumeRolePolicyDocument", Some("%FF%FE")), "not UTF-8"),
        ("iam:GetRole", Garble::Xml("Arn", Some("arn:aws:iam::999999999999:role/shop")), "another account"),
        (
            "iam:GetRole",
            Garble::Own("Arn", |arn| arn.replace("role/shop", "role/pohs")),
            "another resource than role.shop",
        ),
        (
            "iam:GetPolicy",
            Garble::Own("Arn", |arn| arn.replace("policy/shop", "policy/pohs")),
            "another resource than policy.shop",
        ),
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
        ("tagging:GetResources", json(|t| t["ResourceTagMappingList"] = json!([{"ResourceARN": "nonsense"}, {}]))),
        // Absurd sizes.
        ("states:DescribeStateMachine", json(|m| m["description"] = "x".repeat(20_000_000).into())),
        ("states:DescribeStateMachine", json(|m| m["definition"] = "[".repeat(1_000_000).into())),
        ("lambda:GetFunction", json(|f| f["Tags"] = (0..50_000).map(|n| (n.to_string(), json!("x"))).collect())),
        ("logs:DescribeLogGroups", json(|l| l["logGroups"] = vec![l["logGroups"][0].clone(); 20_000].into())),
        ("iam:GetRole", Garble::Own("AssumeRolePolicyDocument", |document| document.repeat(10_000))),
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
    // Tags that are not those of the spec are read by themselves.
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:shop", world.account());
    let tags = json!({ "resourceArn": machine, "tags": [{ "key": "by", "value": "hand" }] });
    world.aws().r#do(&Service::States, "TagResource", tags);
    // There is something to write, if it were not for the answers.
    world.write("shop.yaml", SPEC.replace("description: before", "description: after"));
    world.forget_calls();
    for (operation, garble, words) in cases() {
        let what = format!("{operation}, {words}");
        garbler.set(Some((operation, garble)));
        let apply = world.statewright(["apply", "shop.yaml", "--yes"]).run();
        assert!(garbler.struck(), "{what}: {apply}");
        assert_eq!(apply.code(), Some(1), "{what}: {apply}");
        let told = format!("{}{}", apply.stdout, apply.stderr);
        assert!(told.contains(operation) && told.contains(words), "{what}: {apply}");
        assert!(!told.contains("panicked"), "{what}: {apply}");
        assert_eq!(world.calls().mutating().names(), [""; 0], "{what}: {apply}");
    }
    for (operation, garble) in odd() {
        garbler.set(Some((operation, garble)));
        let plan = world.statewright(["plan", "shop.yaml"]).run();
        assert!(garbler.struck(), "{operation}: {plan}");
        assert!(matches!(plan.code(), Some(0 | 1)), "{operation}: {plan}");
        assert!(!format!("{}{}", plan.stdout, plan.stderr).contains("panicked"), "{operation}: {plan}");
    }
    garbler.set(None);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}
