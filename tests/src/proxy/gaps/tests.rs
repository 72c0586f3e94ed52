//! Each row of the table, asked of both emulators: bare, it must still be wrong; through the proxy, right.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{GapTable, Verdict, probe, probes};
use crate::emulator::Emulator;
use crate::runtime::block_on;
use crate::wire::Aws;
use crate::world::World;

/// Asks the probe of each gap of `emulator`, each in an account of its own.
fn ask(emulator: Emulator, world: fn(Emulator) -> World) -> Vec<(String, Option<String>, Verdict)> {
    let table = GapTable::of(emulator);
    let worlds: Vec<World> = table.gaps().iter().map(|_| world(emulator)).collect();
    block_on(join_all(table.gaps().iter().zip(&worlds).map(|(gap, world)| async move {
        let probe = probe(&gap.id).unwrap_or_else(|| panic!("the gap {} has no probe", gap.id));
        let verdict = probe(world.aws()).await;
        (gap.id.clone(), gap.repair.clone(), verdict)
    })))
}

fn no_gap_has_closed(emulator: Emulator) {
    let closed: Vec<String> =
        ask(emulator, World::bare).into_iter().filter(|(.., verdict)| verdict.is_ok()).map(|(id, ..)| id).collect();
    assert!(closed.is_empty(), "{emulator} is right by itself now: take its name off these gaps: {closed:#?}");
}

fn every_repair_repairs(emulator: Emulator) {
    let wrong: Vec<String> = ask(emulator, World::on)
        .into_iter()
        .filter(|(_, repair, _)| repair.is_some())
        .filter_map(|(id, _, verdict)| Some(format!("{id}: {}", verdict.err()?.0)))
        .collect();
    assert!(wrong.is_empty(), "{emulator} is still wrong through the proxy: {wrong:#?}");
}

#[test]
fn no_gap_of_ministack_has_closed() {
    no_gap_has_closed(Emulator::Ministack);
}

#[test]
fn no_gap_of_moto_has_closed() {
    no_gap_has_closed(Emulator::Moto);
}

#[test]
fn ministack_is_right_through_the_proxy() {
    every_repair_repairs(Emulator::Ministack);
}

#[test]
fn moto_is_right_through_the_proxy() {
    every_repair_repairs(Emulator::Moto);
}

#[test]
fn every_probe_belongs_to_a_gap() {
    let tables = Emulator::ALL.map(GapTable::of);
    let listed = |id: &str| tables.iter().flat_map(GapTable::gaps).any(|gap| gap.id == id);
    let idle: Vec<&str> = probes().map(|(id, _)| id).filter(|id| !listed(id)).collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn every_repair_belongs_to_a_gap() {
    let tables = Emulator::ALL.map(GapTable::of);
    let used = |name: &str| tables.iter().any(|table| table.repairs().contains(name));
    let idle: Vec<&str> = super::REPAIRS
        .iter()
        .flat_map(|repairs| repairs.iter())
        .map(|repair| repair.name)
        .filter(|name| !used(name))
        .collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn a_table_that_names_an_unknown_repair_is_refused() {
    let text = r#"
        [[gap]]
        id = "x"
        emulators = ["moto"]
        operations = ["iam:GetRole"]
        wrong = "w"
        repair = "nothing.like_it"
        reason = "r"
    "#;
    let error = GapTable::parse(text, Emulator::Ministack).unwrap_err();
    assert_eq!(error.to_string(), "the gap x names the repair nothing.like_it, which does not exist");
}

/// More than a page of each emulator's own lists, all at once.
#[test]
fn the_tagging_api_knows_all_of_many() {
    for emulator in Emulator::ALL {
        let world = World::on(emulator);
        let aws = world.aws();
        block_on(async {
            let groups = (0..120).map(|n| json!({"logGroupName": format!("/group/{n:03}"), "tags": {"stack": "one"}}));
            join_all(groups.map(|group| aws.logs("CreateLogGroup", group)))
                .await
                .into_iter()
                .for_each(|made| drop(made.unwrap()));
            let filter = json!({"TagFilters": [{"Key": "stack", "Values": ["one"]}]});
            let first = aws.tagging("GetResources", filter.clone()).await.unwrap();
            let mut rest = filter;
            rest["PaginationToken"] = first["PaginationToken"].clone();
            let rest = aws.tagging("GetResources", rest).await.unwrap();
            let count = |page: &Value| page["ResourceTagMappingList"].as_array().unwrap().len();
            assert_eq!((count(&first), count(&rest), &rest["PaginationToken"]), (100, 20, &json!("")), "{emulator}");
        });
    }
}

/// Temporary keys act in the account of the role that they are for, which may be another's.
#[test]
fn an_assumed_role_acts_in_its_own_account() {
    for emulator in Emulator::ALL {
        let world = World::on(emulator);
        let caller = world.aws();
        let owner = Aws::new(caller.endpoint(), "999988887777", "us-east-1");
        let account = format!("role-of-{}", world.account());
        block_on(async {
            for role_owner in [&caller, &owner] {
                let arn = role_owner.make_role(&account, "states.amazonaws.com").await.unwrap();
                let parameters = json!({"RoleArn": arn, "RoleSessionName": "session"});
                let answer = caller.sts("AssumeRole", parameters).await.unwrap();
                let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
                let session = Aws::new(caller.endpoint(), key, "us-east-1");
                let identity = session.sts("GetCallerIdentity", json!({})).await.unwrap();
                assert_eq!(identity["Account"], role_owner.account(), "{emulator}");
                let role = session.iam("GetRole", json!({"RoleName": account})).await.unwrap();
                assert_eq!(role["Role"]["Arn"], arn, "{emulator}");
            }
        });
    }
}

#[test]
fn regions_are_apart_and_iam_is_not() {
    for emulator in Emulator::ALL {
        let world = World::on(emulator);
        let [east, west] = ["us-east-1", "eu-west-1"].map(|region| world.aws().in_region(region));
        block_on(async {
            let role = east.make_role("MachineRole", "states.amazonaws.com").await.unwrap();
            let job_role = west.make_role("JobRole", "glue.amazonaws.com").await.unwrap();
            let tags = json!({"stack": "one"});
            let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}).to_string();
            for (aws, fields) in [(&east, json!({"Description": "east"})), (&west, json!({"Description": "west"}))] {
                let mut job = fields;
                job["Name"] = "job".into();
                job["Role"] = job_role.clone().into();
                job["Command"] = json!({"Name": "glueetl", "ScriptLocation": "s3://b/k"});
                job["Tags"] = tags.clone();
                aws.glue("CreateJob", job).await.unwrap();
                aws.logs("CreateLogGroup", json!({"logGroupName": "/group", "tags": tags})).await.unwrap();
                let machine = json!({"name": "machine", "roleArn": role, "definition": definition});
                aws.states("CreateStateMachine", machine).await.unwrap();
            }
            west.glue("DeleteJob", json!({"JobName": "job"})).await.unwrap();
            let job = east.glue("GetJob", json!({"JobName": "job"})).await.unwrap();
            assert_eq!(job["Job"]["Description"], "east", "{emulator}");
            let filter = json!({"TagFilters": [{"Key": "stack"}]});
            let found = west.tagging("GetResources", filter).await.unwrap();
            let arn = format!("arn:aws:logs:eu-west-1:{}:log-group:/group", world.account());
            let expect = json!([{"ResourceARN": arn, "Tags": [{"Key": "stack", "Value": "one"}]}]);
            assert_eq!(found["ResourceTagMappingList"], expect, "{emulator}");
            let machine = json!({"stateMachineArn": format!("arn:aws:states:eu-west-1:{}:stateMachine:machine", world.account())});
            assert!(west.states("DescribeStateMachine", machine).await.is_ok(), "{emulator}");
        });
    }
}
