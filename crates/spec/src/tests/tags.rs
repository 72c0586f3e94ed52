use insta::assert_snapshot;

use super::{Repository, told, with};
use crate::{Address, Kind};

#[test]
fn tags_of_the_stack_are_everybodys() {
    let spec = with("tags: { team: data, tier: silver }\nlog_groups: { /a: { tags: { tier: gold } } }\n");
    let desired = Repository::new(&spec).outcome().desired();
    let tags = desired.resources[&Address::new(Kind::LogGroup, "/a")].resource.tags();
    assert_eq!(tags.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(), ["team=data", "tier=gold"]);
}

#[test]
fn what_aws_refuses() {
    assert_snapshot!(told(&with("tags: { 'aws:x': y }\n")), @"");
    assert_snapshot!(told(&with("log_groups: { /a: { tags: { 'Statewright:stack': x, 'AWS:y': z, '': e, Team: a, team: b, 'a*': '50%' } } }\n")), @"");
    let long = "x".repeat(300);
    assert_snapshot!(told(&with(&format!("tags: {{ k: {long} }}\n"))).replace(&long, "…"), @"");
    let many: Vec<String> = (0..50).map(|i| format!("k{i}: v")).collect();
    assert_snapshot!(told(&with(&format!("log_groups: {{ /a: {{ tags: {{ {} }} }} }}\n", many.join(", ")))), @"");
    assert_eq!(told(&with(&format!("log_groups: {{ /a: {{ tags: {{ {} }} }} }}\n", many[1..].join(", ")))), "fine");
}

#[test]
fn the_owner_must_fit() {
    let stack = "s".repeat(128);
    let environment = "e".repeat(128);
    let spec = format!("statewright: 1\nstack: {stack}\nenvironments: {{ {environment}: {{}} }}\n");
    let told = Repository::new(&spec).environment(&environment).told();
    assert_snapshot!(told.replace(&stack, "S").replace(&environment, "E"), @"");
}
