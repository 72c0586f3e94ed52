//! A tenth of each matrix: `make faults` tries all of it, and `STATEWRIGHT_SEED` takes another tenth. Then what the matrices found, each by
//! what AWS or a person did.

use serde_json::json;
use statewright_tests::{
    World,
    account::make_bucket,
    matrix::{Matrix, Share, Size},
    proxy::{Act, Break, ByHand, Fault, Nth, Service, When, Which},
};

#[track_caller]
fn a_tenth_of(matrix: Matrix, at_least: usize) {
    let seed = std::env::var("STATEWRIGHT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let share = Share { part: 0.1, seed, only: None };
    let tally = matrix.run(Size::default(), &share, 4, &|_| ());
    let faults: Vec<String> = tally.faults.iter().map(|(point, fault)| format!("{point}: {fault}")).collect();
    assert!(tally.is_well(), "{} of {} points, seed {seed}:\n{}", faults.len(), tally.points, faults.join("\n\n"));
    assert!(tally.points >= at_least, "{} points", tally.points);
}

#[test]
fn what_is_killed_anywhere_goes_on_from_there() {
    a_tenth_of(Matrix::Kill, 30);
}

#[test]
fn what_is_interrupted_anywhere_says_what_is_done_and_what_is_not() {
    a_tenth_of(Matrix::Signal, 30);
}

#[test]
fn two_at_once_end_as_one_of_them_or_say_why() {
    a_tenth_of(Matrix::Race, 10);
}

#[test]
fn the_weather_of_aws_changes_nothing() {
    a_tenth_of(Matrix::Weather, 2);
}

const SPEC: &str = r#"
statewright: 1
stack: shop
policies:
  shop: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
roles:
  shop: { trust: states.amazonaws.com, policies: [shop] }
log_groups:
  /shop: { retention_days: 7 }
"#;

fn applied() -> World {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let outcome = world.statewright(["apply", "shop.yaml", "--yes"]).run();
    assert_eq!(outcome.code(), Some(0), "{outcome}");
    world.forget_calls();
    world
}

#[test]
fn aws_made_a_policy_version_and_its_answer_was_lost() {
    let world = applied();
    // A grant that comes: one version. What goes takes a second one.
    world.write("shop.yaml", SPEC.replace("\"s3:GetObject\"", "[s3:GetObject, s3:PutObject]"));
    let lost = Fault::new(Which::Operation("iam:CreatePolicyVersion".into()), Nth::Only(1), Act::Break(Break::Lost));
    world.faults().add(lost);
    let done = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    assert_eq!(world.calls().named("iam:CreatePolicyVersion").count(), 1, "it is not made a second time: {done}");
}

#[test]
fn s3_took_a_script_and_its_answer_was_lost() {
    let world = World::ministack();
    world.copy("specs");
    let bucket = make_bucket(&world);
    world.faults().add(Fault::new(Which::Operation("s3:PutObject".into()), Nth::Only(1), Act::Break(Break::Lost)));
    let bucket = format!("bucket={bucket}");
    let _ = world.statewright(["apply", "specs/nightly-etl.yaml", "--yes", "--var", &bucket]).run().expect(0);
}

#[test]
fn a_person_changed_what_an_apply_had_just_written() {
    let world = applied();
    world.write("shop.yaml", SPEC.replace("retention_days: 7", "retention_days: 14"));
    // The role is none of this apply's steps: nothing but a last look at everything sees it.
    let tag = json!({"RoleName": "shop", "Tags": [{"Key": "team", "Value": "mine"}]});
    let by_hand = ByHand { when: When::After, service: Service::Iam, operation: "TagRole".into(), parameters: tag };
    world.faults().add(Fault::by_hand("logs:PutRetentionPolicy", Nth::Only(1), by_hand));
    let told = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    assert!(told.stderr.contains("was applied and does not stand: role.shop (tags.team differs)"), "{told}");
    world.faults().clear();
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
}

#[test]
fn a_signal_came_while_the_plan_was_made() {
    for (signal, code) in [(2, 130), (15, 143)] {
        for command in ["apply", "destroy"] {
            let world = applied();
            world.faults().add(Fault::new(Which::Reading, Nth::Only(4), Act::Signal(signal)));
            let _ = world.statewright([command, "shop.yaml", "--yes"]).run().expect(code);
            assert_eq!(world.calls().mutating().names(), [""; 0]);
        }
    }
}

#[test]
fn others_in_the_account_were_throttled_too() {
    let world = applied();
    for operation in ["iam:GetRole", "sts:GetCallerIdentity", "logs:DescribeLogGroups"] {
        world.faults().add(Fault::refuse(operation, Nth::First(3), 400, "Throttling", "Rate exceeded"));
    }
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

/// The nightly stack, its bucket, and the object of somebody else that comes to its script's place.
struct Nightly {
    world: World,
    bucket: String,
}

impl Nightly {
    fn new() -> Self {
        let world = World::ministack();
        world.copy("specs");
        let bucket = make_bucket(&world);
        Self { world, bucket }
    }

    fn apply(&self) -> statewright_tests::Outcome {
        let bucket = format!("bucket={}", self.bucket);
        self.world.statewright(["apply", "specs/nightly-etl.yaml", "--yes", "--var", &bucket]).run()
    }

    fn object(&self) -> serde_json::Value {
        json!({"Bucket": self.bucket, "Key": "nightly-etl/transform.py"})
    }

    /// Somebody else puts theirs there just before the client's call.
    fn theirs_before(&self, call: &str, nth: Nth) {
        let mut parameters = self.object();
        parameters["Body"] = json!("theirs");
        parameters["Tagging"] = json!("whose=theirs");
        let by_hand = ByHand { when: When::Before, service: Service::S3, operation: "PutObject".into(), parameters };
        self.world.faults().add(Fault::by_hand(call, nth, by_hand));
    }

    #[track_caller]
    fn theirs_is_there(&self) {
        let tags = self.world.aws().r#do(&Service::S3, "GetObjectTagging", self.object());
        let tags = tags.to_string();
        assert!(tags.contains("theirs") && !tags.contains("statewright"), "{tags}");
    }
}

#[test]
fn an_object_that_came_after_the_plan_is_not_overwritten() {
    let nightly = Nightly::new();
    nightly.theirs_before("s3:PutObject", Nth::Only(1));
    let refused = nightly.apply().expect(1);
    assert!(refused.stdout.contains("PreconditionFailed"), "{refused}");
    nightly.theirs_is_there();
    // The job is there, for its marks come before its script; what would run it is not.
    assert_eq!(nightly.world.calls().named("states:CreateStateMachine").count(), 0, "{refused}");
    let again = nightly.apply().expect(1);
    assert!(again.stdout.contains("would overwrite an object that has no owner"), "{again}");
}

#[test]
fn a_script_that_somebody_replaced_after_the_plan_is_left_to_them() {
    let nightly = Nightly::new();
    let _ = nightly.apply().expect(0);
    nightly.world.write("specs/nightly-etl/jobs/transform.py", "print('changed')\n");
    nightly.world.forget_calls();
    // The plan's, then the look at the job just before its script goes up.
    nightly.theirs_before("glue:GetJob", Nth::Only(2));
    let refused = nightly.apply().expect(1);
    let says = "transform.py has no owner any more. It was left as it is";
    assert!(refused.stdout.contains(says), "{refused}");
    nightly.theirs_is_there();
    assert_eq!(nightly.world.calls().mutating().names(), [""; 0], "{refused}");
}
