//! Taking over, keeping, letting go, renaming, and what others do to what is ours: every kind, against a whole AWS.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use statewright_tests::{
    Emulator, Outcome, World,
    proxy::{Pages, Service, Weather},
};

use statewright_tests::account::{contents, make_bucket};

/// A stack with every kind; `KEYS` stands where each resource may say more.
const SPEC: &str = r#"
statewright: 1
stack: shop
variables: { bucket: {} }
policies:
  ShopRead: { KEYS document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
roles:
  Shop: { KEYS trust: [states.amazonaws.com, lambda.amazonaws.com, glue.amazonaws.com], policies: [ShopRead] }
log_groups:
  /aws/lambda/shop: { KEYS retention_days: 7 }
functions:
  shop: { KEYS runtime: python3.12, handler: app.handler, code: app.py, role: Shop }
jobs:
  shop: { KEYS glue_version: "5.0", worker_type: G.1X, workers: 2, role: Shop, script: { file: job.py, to: "s3://${var.bucket}/job.py" } }
state_machines:
  shop: { KEYS role: Shop, definition: { StartAt: A, States: { A: { Type: Pass, End: true } } } }
"#;
/// The same stack with all of it gone but for something new.
const REST: &str = "statewright: 1\nstack: shop\nvariables: { bucket: {} }\nlog_groups: { '/shop/${var.bucket}': { retention_days: 7 } }\n";

struct Shop {
    world: World,
    bucket: String,
}

impl Shop {
    fn on(emulator: Emulator) -> Self {
        let world = World::on(emulator);
        let bucket = make_bucket(&world);
        world.write("app.py", "def handler(event, context):\n    return 'ok'\n");
        world.write("job.py", "print('ok')\n");
        Self { world, bucket }
    }

    /// Writes the stack with more keys on every resource.
    fn spec(&self, keys: &str) {
        self.world.write("shop.yaml", SPEC.replace("KEYS", keys));
    }

    fn run(&self, words: &[&str]) -> Outcome {
        let bucket = format!("bucket={}", self.bucket);
        self.world.forget_calls();
        self.world.statewright([words, &["shop.yaml", "--var", &bucket]].concat()).run()
    }

    #[track_caller]
    fn apply(&self) {
        let _ = self.run(&["apply", "--yes", "--allow-delete-all"]).expect(0);
        let _ = self.run(&["plan", "--detailed-exitcode"]).expect(0);
    }

    /// Also one that is blocked, as one that keeps nothing of what was ours is.
    fn plan(&self) -> Value {
        self.run(&["plan", "--format", "json"]).json()
    }

    /// Refused, with nothing written and all of `says` said.
    #[track_caller]
    fn refused(&self, words: &[&str], says: &[&str]) {
        let before = contents(&self.world);
        let refused = self.run(words).expect(1);
        assert_eq!(self.world.calls().mutating().names(), [""; 0], "{refused}");
        for word in says {
            assert!(refused.stdout.contains(word), "`{word}` is not said: {refused}");
        }
        assert_eq!(contents(&self.world), before);
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", if service == "iam" { "" } else { "us-east-1" }, self.world.account())
    }

    /// The keys of our tags on everything, as AWS has them.
    fn our_tags(&self) -> BTreeSet<String> {
        let aws = self.world.aws();
        let answers = [
            aws.r#do(&Service::Iam, "ListRoleTags", json!({ "RoleName": "Shop" })),
            aws.r#do(&Service::Iam, "ListPolicyTags", json!({ "PolicyArn": self.arn("iam", "policy/ShopRead") })),
            aws.r#do(
                &Service::Logs,
                "ListTagsForResource",
                json!({ "resourceArn": self.arn("logs", "log-group:/aws/lambda/shop") }),
            ),
            aws.r#do(&Service::Lambda, "ListTags", json!({ "Resource": self.arn("lambda", "function:shop") })),
            aws.r#do(&Service::Glue, "GetTags", json!({ "ResourceArn": self.arn("glue", "job/shop") })),
            aws.r#do(
                &Service::States,
                "ListTagsForResource",
                json!({ "resourceArn": self.arn("states", "stateMachine:shop") }),
            ),
            aws.r#do(&Service::S3, "GetObjectTagging", json!({ "Bucket": self.bucket, "Key": "job.py" })),
        ];
        let all = json!(answers).to_string();
        let parts = all.split("statewright:").skip(1);
        parts.map(|rest| rest.chars().take_while(char::is_ascii_alphabetic).collect()).collect()
    }
}

/// What is retained and leaves the spec stays, without any tag of ours; declared again it is refused, and taken over as it
/// is where the spec says so: every kind, and the object of a script.
fn let_go_and_taken_over(emulator: Emulator) {
    let shop = Shop::on(emulator);
    shop.spec("retain: true,");
    shop.apply();
    let marks = ["stack", "retain", "script"].map(str::to_owned);
    assert_eq!(shop.our_tags(), BTreeSet::from(marks));
    let before = contents(&shop.world);

    shop.world.write("shop.yaml", REST);
    shop.refused(&["apply", "--yes"], &["PLAN008", "delete or forget"]);
    let plan = shop.plan();
    assert_eq!(plan["summary"]["forget"], 6, "{plan:#}");
    shop.apply();
    let after = contents(&shop.world);
    assert!(after.is_superset(&before), "{after:?} lost some of {before:?}");
    assert_eq!(shop.our_tags(), BTreeSet::new());

    shop.spec("");
    shop.refused(&["apply", "--yes", "--allow-delete-all"], &["PLAN002", "`adopt: true` takes it over"]);
    shop.spec("adopt: { from: shop@us-east-1 },");
    shop.refused(&["apply", "--yes", "--allow-delete-all"], &["PLAN031", "has no owner"]);
    shop.spec("adopt: true,");
    let plan = shop.plan();
    assert_eq!((&plan["summary"]["adopt"], &plan["summary"]["replace"]), (&json!(6), &json!(0)), "{plan:#}");
    shop.apply();
    assert_eq!(shop.our_tags(), BTreeSet::from(["stack", "script"].map(str::to_owned)));
    let _ = shop.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(contents(&shop.world), BTreeSet::new());
}

#[test]
fn what_is_let_go_stays_and_can_be_taken_over() {
    let_go_and_taken_over(Emulator::Ministack);
}

#[test]
fn what_is_let_go_stays_and_can_be_taken_over_on_moto() {
    let_go_and_taken_over(Emulator::Moto);
}

/// What is protected is neither deleted nor destroyed, by the live tag, also when its entry is gone; it takes two applies.
fn protected(emulator: Emulator) {
    let shop = Shop::on(emulator);
    shop.spec("protect: true,");
    shop.apply();
    shop.refused(&["destroy", "--yes"], &["PLAN030", "role.Shop is protected and cannot be destroyed"]);
    shop.world.write("shop.yaml", REST);
    shop.refused(
        &["apply", "--yes", "--allow-delete-all"],
        &["PLAN030", "state_machine.shop is protected and no longer in the spec", "it takes two applies"],
    );
    shop.refused(&["destroy", "--yes"], &["PLAN030"]);
    shop.spec("");
    // Not yet applied: the live tag still says so.
    shop.refused(&["destroy", "--yes"], &["PLAN030", "`protect: false` and apply"]);
    shop.apply();
    let _ = shop.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(contents(&shop.world), BTreeSet::new());
}

#[test]
fn what_is_protected_stays() {
    protected(Emulator::Ministack);
}

#[test]
fn what_is_protected_stays_on_moto() {
    protected(Emulator::Moto);
}

/// Another stack's only with its owner named, and exactly.
#[test]
fn another_stacks_is_taken_over_with_its_owner_named() {
    let shop = Shop::on(Emulator::Ministack);
    shop.spec("");
    shop.apply();
    let other = |keys: &str| {
        shop.world.write("shop.yaml", SPEC.replace("stack: shop", "stack: other").replace("KEYS", keys));
    };
    other("");
    shop.refused(&["apply", "--yes"], &["PLAN001", "belongs to shop@us-east-1"]);
    for wrong in ["adopt: true,", "adopt: { from: shop/prod@us-east-1 },", "adopt: { from: shop@eu-west-1 },"] {
        other(wrong);
        shop.refused(&["apply", "--yes"], &["PLAN031", "belongs to shop@us-east-1"]);
    }
    other("adopt: { from: shop@us-east-1 },");
    assert_eq!(shop.plan()["summary"]["adopt"], 6);
    shop.apply();
    // To the first stack it is another's now: it neither takes it back nor deletes what left its spec.
    shop.spec("");
    shop.refused(&["apply", "--yes"], &["belongs to other@us-east-1"]);
    let before = contents(&shop.world);
    shop.world.write("shop.yaml", REST);
    let plan = shop.plan();
    assert_eq!((&plan["summary"]["create"], &plan["summary"]["delete"]), (&json!(1), &json!(0)), "{plan:#}");
    shop.apply();
    assert!(contents(&shop.world).is_superset(&before));
}

/// Lambda makes the group of a function when it first runs; its retention is set when it is taken over.
#[test]
fn a_log_group_that_lambda_made_is_taken_over() {
    let world = World::ministack();
    world.aws().r#do(&Service::Logs, "CreateLogGroup", json!({ "logGroupName": "/aws/lambda/hand" }));
    let spec = |keys: &str| {
        format!("statewright: 1\nstack: logs\nlog_groups: {{ /aws/lambda/hand: {{ retention_days: 30 {keys} }} }}\n")
    };
    world.write("shop.yaml", spec(""));
    let refused = world.statewright(["plan", "shop.yaml"]).run().expect(1);
    assert!(refused.stdout.contains("PLAN002"), "{refused}");
    world.write("shop.yaml", spec(", adopt: true"));
    let plan = world.statewright(["plan", "shop.yaml"]).run().expect(0);
    assert!(plan.stdout.contains("& log_group./aws/lambda/hand  adopt, retention_days"), "{plan}");
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

/// What others tag and hang on a role is removed, unless the spec leaves it to them.
#[test]
fn what_is_left_to_others() {
    let shop = Shop::on(Emulator::Ministack);
    shop.spec("");
    shop.apply();
    let aws = shop.world.aws();
    let by_hand = || {
        let theirs = json!([{ "Key": "cost-centre", "Value": "4711" }]);
        aws.r#do(&Service::Iam, "TagRole", json!({ "RoleName": "Shop", "Tags": theirs }));
        aws.r#do(
            &Service::Lambda,
            "TagResource",
            json!({ "Resource": shop.arn("lambda", "function:shop"), "Tags": { "cost-centre": "4711" } }),
        );
        let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        aws.r#do(&Service::Iam, "AttachRolePolicy", json!({ "RoleName": "Shop", "PolicyArn": policy }));
    };
    by_hand();
    let plan = shop.run(&["plan", "--detailed-exitcode"]).expect(2);
    assert!(plan.stdout.contains("cost-centre") && plan.stdout.contains("ReadOnlyAccess"), "{plan}");

    shop.spec("");
    let spec = SPEC
        .replace("stack: shop\n", "stack: shop\nignore_tags: [cost-*]\n")
        .replace("Shop: { KEYS", "Shop: { attachments: report, KEYS")
        .replace("KEYS", "");
    shop.world.write("shop.yaml", &spec);
    let plan = shop.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert!(!plan.stdout.contains("cost-centre"), "{plan}");
    assert!(plan.stdout.contains("note[PLAN035]") && plan.stdout.contains("policy/ReadOnlyAccess"), "{plan}");
    // A change beside them leaves them where they are.
    shop.world.write("shop.yaml", spec.replace("policies: [ShopRead]", "policies: [ShopRead], description: a shop"));
    shop.apply();
    let attached = aws.r#do(&Service::Iam, "ListAttachedRolePolicies", json!({ "RoleName": "Shop" })).to_string();
    assert!(attached.contains("ReadOnlyAccess"), "{attached}");
    let tags = aws.r#do(&Service::Iam, "ListRoleTags", json!({ "RoleName": "Shop" })).to_string();
    assert!(tags.contains("cost-centre"), "{tags}");
    let _ = shop.run(&["destroy", "--yes"]).expect(0);
    assert_eq!(contents(&shop.world), BTreeSet::new());
}

#[test]
fn a_rename_is_a_pair() {
    let shop = Shop::on(Emulator::Ministack);
    shop.spec("");
    shop.apply();
    let renamed =
        SPEC.replace("KEYS", "").replace("  Shop: {", "  Store: { was: Shop,").replace("role: Shop", "role: Store");
    shop.world.write("shop.yaml", &renamed);
    let plan = shop.run(&["plan"]).expect(0);
    assert!(plan.stdout.contains("+ role.Store") && plan.stdout.contains("create, renamed from Shop"), "{plan}");
    assert!(plan.stdout.contains("- role.Shop") && plan.stdout.contains("delete, renamed to Store"), "{plan}");
    shop.apply();
    assert!(!contents(&shop.world).contains("role.Shop"));
    // Who still uses the old name is told the new one.
    shop.world.write("shop.yaml", renamed.replacen("role: Store", "role: Shop", 1));
    let told = shop.run(&["validate"]).expect(1);
    let told = format!("{}{}", told.stdout, told.stderr);
    assert!(told.contains("did you mean `Store`?"), "{told}");
}

/// Whoever else holds a policy would lose it; all of them are named, however they are listed.
#[test]
fn a_policy_on_another_role_stops_the_plan() {
    let weather = Weather { pages: Some(Pages { items: 1, empty_first: false }), ..Weather::default() };
    let world = World::with(Emulator::Ministack, |setup| setup.weather.extend(weather.layers()));
    let spec = |policy: &str| {
        let document =
            r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }"#;
        let policy = policy.replace("DOCUMENT", document);
        let role = "roles: { Ours: { trust: states.amazonaws.com } }";
        world.write("shop.yaml", format!("statewright: 1\nstack: shop\n{role}\npolicies: {{ {policy} }}\n"));
    };
    spec("Shop: { document: DOCUMENT }");
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let aws = world.aws();
    let arn = format!("arn:aws:iam::{}:policy/Shop", world.account());
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
    aws.r#do(&Service::Iam, "CreateRole", json!({ "RoleName": "Theirs", "AssumeRolePolicyDocument": trust }));
    aws.r#do(&Service::Iam, "AttachRolePolicy", json!({ "RoleName": "Theirs", "PolicyArn": arn }));
    aws.r#do(&Service::Iam, "CreateUser", json!({ "UserName": "theirs" }));
    aws.r#do(&Service::Iam, "AttachUserPolicy", json!({ "UserName": "theirs", "PolicyArn": arn }));
    let before = contents(&world);
    for (way, policy) in [("replaced", "Shop: { document: DOCUMENT, path: /team/, replace: allowed }"), ("dropped", "")]
    {
        spec(policy);
        for command in [&["plan", "shop.yaml"] as &[&str], &["apply", "shop.yaml", "--yes"]] {
            world.forget_calls();
            let refused = world.statewright(command).run().expect(1);
            for said in ["PLAN009", "role/Theirs", "user/theirs"] {
                assert!(refused.stdout.contains(said), "{way}, {said}: {refused}");
            }
            assert_eq!(world.calls().mutating().names(), [""; 0], "{way}: {refused}");
        }
    }
    assert_eq!(contents(&world), before);
}
