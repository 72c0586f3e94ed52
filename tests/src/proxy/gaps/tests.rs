//! Each row of the table, asked of both emulators: bare, it must still be wrong; through the proxy, right.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{GapTable, PROBES, Verdict, probe};
use crate::emulator::Emulator;
use crate::runtime::block_on;
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
    let idle: Vec<&str> =
        PROBES.iter().flat_map(|probes| probes.iter()).map(|(id, _)| *id).filter(|id| !listed(id)).collect();
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

/// The whole table, for a person who adds a row: what each probe finds on each bare emulator, gap or not.
#[test]
#[ignore = "prints; it holds nothing to anything"]
fn what_each_probe_finds() {
    for emulator in Emulator::ALL {
        for (id, probe) in PROBES.iter().flat_map(|probes| probes.iter()) {
            let [bare, mended] = [World::bare(emulator), World::on(emulator)].map(|world| block_on(probe(world.aws())));
            let show = |verdict: Verdict| verdict.map_or_else(|wrong| wrong.0, |()| "as AWS".to_owned());
            eprintln_row(emulator, id, &show(bare), &show(mended));
        }
    }
}

#[expect(clippy::print_stderr, reason = "what the test is for")]
fn eprintln_row(emulator: Emulator, id: &str, bare: &str, mended: &str) {
    let short = |text: &str| text.chars().take(160).collect::<String>();
    eprintln!("{emulator:10} {id:36} {}\n{:47} {}", short(bare), "", short(mended));
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
