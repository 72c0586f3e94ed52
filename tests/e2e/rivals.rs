//! Another apply of the same stack, or a person, at the same moment.

use serde_json::json;
use statewright_tests::{
    World,
    account::{contents, make_bucket},
    proxy::{ByHand, Fault, Nth, Service, When},
};

const JOB: &str = "
statewright: 1
stack: shop
roles:
  shop: { trust: glue.amazonaws.com }
jobs:
  shop: { glue_version: '5.0', worker_type: G.1X, workers: 2, role: shop, script: { file: job.py, to: 's3://BUCKET/KEY' } }
";

/// Between the plan and `CreateJob` another apply made the job with its script at another place.
#[test]
fn another_apply_made_the_job_first_and_both_scripts_are_found_again() {
    let world = World::ministack();
    let bucket = make_bucket(&world);
    world.write("job.py", "print('ok')\n");
    world.write("shop.yaml", JOB.replace("BUCKET", &bucket).replace("KEY", "second.py"));
    let first = json!({ "Bucket": bucket, "Key": "first.py", "Body": "print(1)", "Tagging": "statewright%3Astack=shop%40us-east-1" });
    world.aws().r#do(&Service::S3, "PutObject", first);
    let parameters = json!({
        "Name": "shop",
        "Role": format!("arn:aws:iam::{}:role/shop", world.account()),
        "GlueVersion": "5.0",
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "Command": { "Name": "glueetl", "ScriptLocation": format!("s3://{bucket}/first.py") },
        "Tags": { "statewright:stack": "shop@us-east-1", "statewright:script": format!("{bucket}/first.py") },
    });
    let other = ByHand { when: When::Before, service: Service::Glue, operation: "CreateJob".to_owned(), parameters };
    world.faults().add(Fault::by_hand("glue:CreateJob", Nth::Only(1), other));
    let lost = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    assert!(lost.stdout.contains("job.shop: glue:CreateJob: AlreadyExistsException"), "{lost}");
    assert_eq!(world.calls().named("s3:PutObject").count(), 0, "{lost}");
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let there = ["job.shop", "object.second.py", "role.shop"].map(str::to_owned);
    assert_eq!(contents(&world), there.into());
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

/// Between a policy's new version and its tag somebody deleted it: waiting brings it back no more.
#[test]
fn somebody_deleted_a_policy_between_its_version_and_its_tag_and_that_is_told() {
    let spec = |action: &str, team: &str| {
        format!(
            "statewright: 1\nstack: shop\ntags: {{ team: {team} }}\npolicies: {{ shop: {{ document: {{ Version: '2012-10-17', \
             Statement: [{{ Effect: Allow, Action: '{action}', Resource: '*' }}] }} }} }}\n"
        )
    };
    let world = World::ministack();
    world.write("shop.yaml", spec("s3:GetObject", "data"));
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    world.write("shop.yaml", spec("s3:PutObject", "night"));
    let arn = format!("arn:aws:iam::{}:policy/shop", world.account());
    for version in ["v1", "v2"] {
        let parameters = match version {
            "v1" => json!({ "PolicyArn": arn, "VersionId": version }),
            _ => json!({ "PolicyArn": arn }),
        };
        let operation = if version == "v1" { "DeletePolicyVersion" } else { "DeletePolicy" };
        let other = ByHand { when: When::Before, service: Service::Iam, operation: operation.to_owned(), parameters };
        world.faults().add(Fault::by_hand("iam:TagPolicy", Nth::Only(1), other));
    }
    let stopped = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    assert!(stopped.stdout.contains("the policy shop does not exist, and waiting does not change that"), "{stopped}");
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}
