use insta::assert_snapshot;

use super::{Repository, live, with};
use crate::{Desired, conflicts, discover};

#[test]
fn a_directory_is_its_specs() {
    let repository = Repository::new(&with(""))
        .file("b.yml", with(""))
        .file("broken.yaml", "statewright: 1\nstack: [\n")
        .file("vars.yaml", "bucket: x\n")
        .file("m.asl.yaml", "StartAt: A\n")
        .file("deeper/c.yaml", with(""))
        .file("d.json", "{}");
    let found = discover(&[repository.path(""), repository.path("b.yml"), repository.path("./spec.yaml")]).unwrap();
    let names: Vec<_> = found.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["b.yml", "broken.yaml", "spec.yaml"]);
}

#[test]
fn a_directory_without_specs() {
    let repository = Repository::new("a: 1\n").file("empty/x.txt", "");
    let told = |path: &str| {
        let found = discover(&[repository.path(path)]).unwrap_err();
        found
            .iter()
            .map(|d| format!("{} {}", d.code, d.title.replace(&repository.dir.path().display().to_string(), "DIR")))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(told("empty"), @r"SPEC002 there is no spec in `DIR/empty`: it holds no YAML file");
    assert_snapshot!(told(""), @r"SPEC002 there is no spec in `DIR/`: its one YAML file has no key `statewright`");
}

#[test]
fn two_stacks_with_one_resource() {
    let one = Repository::new(
        "statewright: 1\nstack: one\nroles: { Etl: { trust: states.amazonaws.com } }\nlog_groups: { /a: {}, /b: {} }\n",
    );
    let two = Repository::new(
        "statewright: 1\nstack: two\nroles: { etl: { trust: states.amazonaws.com } }\nlog_groups: { /A: {}, /b: {} }\n",
    );
    let desired = |repository: &Repository, region: &str| -> Desired {
        let mut identity = live();
        identity.region = crate::Region::new(region);
        let mut sources = statewright_source::Sources::default();
        crate::load(&mut sources, &repository.request).unwrap().resolve(&identity).0.unwrap()
    };
    let titles = |a: &Desired, b: &Desired| {
        conflicts(&[a, b]).into_iter().map(|d| format!("{} {}", d.title, d.related.len())).collect::<Vec<_>>()
    };
    let (first, second, far) = (desired(&one, "us-east-1"), desired(&two, "us-east-1"), desired(&two, "eu-west-1"));
    assert_eq!(
        titles(&first, &second),
        [
            "the stacks `one` and `two` both declare role `etl` 1",
            "the stacks `one` and `two` both declare log group `/b` 1"
        ]
    );
    assert_eq!(titles(&first, &far), ["the stacks `one` and `two` both declare role `etl` 1"]);
}
