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
fn what_cannot_be_read_is_not_left_out() {
    let repository = Repository::new(&with(""))
        .file("bytes.yaml", b"statewright: 1\nstack: caf\xe9\n")
        .file("large.yaml", format!("{}#{}", with(""), "x".repeat(statewright_source::MAX_FILE_BYTES)))
        .file("folder.yaml/spec.yaml", with(""))
        .file("notes.txt", b"caf\xe9");
    std::os::unix::fs::symlink("gone", repository.path("link.yaml")).unwrap();
    let mut sources = statewright_source::Sources::default();
    let told: Vec<String> = discover(&[repository.path("")])
        .unwrap()
        .into_iter()
        .filter_map(|path| crate::load(&mut sources, &crate::Request { path, ..crate::Request::default() }).err())
        .flatten()
        .map(|d| format!("{} {}", d.code, d.title.replace(&repository.prefix(), "")))
        .collect();
    assert_snapshot!(told.join("\n"), @"
    SRC001 `bytes.yaml` is not UTF-8: byte 25 is 0xE9
    SPEC001 `folder.yaml` is a directory, not a file
    SPEC022 `large.yaml` is larger than 1048576 bytes
    SPEC001 there is no file `link.yaml`
    ");
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
fn two_specs_of_one_stack() {
    let repository = Repository::new("statewright: 1\nstack: shop\nlog_groups: { /a: {} }\n")
        .file("b.yaml", "statewright: 1\n# Copied.\nstack: shop\nlog_groups: { /a: {}, /b: {} }\n");
    let mut sources = statewright_source::Sources::default();
    let loaded = ["spec.yaml", "b.yaml"].map(|name| {
        let request = crate::Request { path: repository.path(name), ..crate::Request::default() };
        crate::load(&mut sources, &request).unwrap()
    });
    let told = |identities: [crate::Identity; 2]| {
        let [a, b] = [0, 1].map(|i| loaded[i].resolve(&identities[i]).0.unwrap());
        let findings = conflicts(&[&a, &b]);
        super::Outcome { desired: None, findings, sources: sources.clone(), prefix: repository.prefix() }.told()
    };
    assert_snapshot!(told([live(), live()]), @"
    error[SPEC056] `spec.yaml` and `b.yaml` are both of the stack `shop`: each would delete what the other declares
      b.yaml:3:8 `shop` again here
      spec.yaml:2:8 `shop` first here
      = give one of them another name after `stack:`, or declare everything in one spec
    error[SPEC052] the specs `spec.yaml` and `b.yaml` both declare log group `/a`
      b.yaml:4:15 `/a` again here
      spec.yaml:3:15 `/a` first here
      = a resource belongs to one stack; the other names it by its ARN
    ");
    // Offline as well, where account and region are not known.
    assert!(told([crate::Identity::unknown(), crate::Identity::unknown()]).contains("SPEC056"));
    let far = crate::Identity { region: crate::Region::new("eu-west-1"), ..live() };
    let other = crate::Identity { account: crate::AccountId::new("210987654321"), ..live() };
    assert_eq!(told([live(), far]), "fine");
    assert_eq!(told([live(), other]), "fine");
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
