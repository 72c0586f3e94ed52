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
    assert_snapshot!(told(&with("tags: { 'aws:x': y }\n")), @r"
    error[SPEC060] the tag `aws:x` is AWS's own
      spec.yaml:3:9 `'aws:x'` `aws:` is reserved
      = choose another key
    ");
    assert_snapshot!(told(&with("log_groups: { /a: { tags: { 'Statewright:stack': x, 'AWS:y': z, '': e, Team: a, team: b, 'a*': '50%' } } }\n")), @r"
    error[SPEC060] the tag `Statewright:stack` is for this program
      spec.yaml:3:29 `'Statewright:stack'` `statewright:` is reserved
      = it says there whose a resource is; choose another key
    error[SPEC060] the tag `AWS:y` is AWS's own
      spec.yaml:3:53 `'AWS:y'` `aws:` is reserved
      = choose another key
    error[SPEC060] a tag's key is empty
      spec.yaml:3:65 `''` nothing here
      = give it a key
    error[SPEC060] the tags `Team` and `team` differ by case only
      spec.yaml:3:81 `team` IAM takes them for one
      spec.yaml:3:72 `Team` first here
      = keep one of the two
    error[SPEC060] `*` may not stand in the tag `a*`
      spec.yaml:3:90 `'a*'` AWS refuses it
      = letters, digits, spaces and `_.:/=+-@` may stand there
    error[SPEC061] `%` may not stand in the value of the tag `a*`
      spec.yaml:3:96 `'50%'` AWS refuses it
      = letters, digits, spaces and `_.:/=+-@` may stand there
    ");
    let long = "x".repeat(300);
    assert_snapshot!(told(&with(&format!("tags: {{ k: {long} }}\n"))).replace(&long, "…"), @r"
    error[SPEC061] the value of the tag `k` is longer than 256 characters
      spec.yaml:3:12 `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` too long
    ");
    let many: Vec<String> = (0..50).map(|i| format!("k{i}: v")).collect();
    assert_snapshot!(told(&with(&format!("log_groups: {{ /a: {{ tags: {{ {} }} }} }}\n", many.join(", ")))), @r"
    error[SPEC062] a resource has at most 49 tags, this one has 50
      spec.yaml:3:21 `tags` with 1 of this program 51 are too many
      = those of the whole spec count; remove some
    ");
    assert_eq!(told(&with(&format!("log_groups: {{ /a: {{ tags: {{ {} }} }} }}\n", many[1..].join(", ")))), "fine");
}

#[test]
fn the_owner_must_fit() {
    let stack = "s".repeat(128);
    let environment = "e".repeat(128);
    let spec = format!("statewright: 1\nstack: {stack}\nenvironments: {{ {environment}: {{}} }}\n");
    let told = Repository::new(&spec).environment(&environment).told();
    assert_snapshot!(told.replace(&stack, "S").replace(&environment, "E"), @r"
    error[SPEC063] the names of stack and environment are too long: `S/E@REGION`
      spec.yaml:2:8 `ssssssssssssssssssssssssssssssssssssssssssssssssss` the tag that says whose a resource is would have 267 characters, 256 are taken
      = choose a shorter name
    ");
}
