use insta::assert_snapshot;

use super::{Repository, with};

fn policy(path: &str) -> Repository {
    Repository::new(&with(&format!("policies: {{ P: {{ document: {{ file: '{path}' }} }} }}\n")))
}

#[test]
fn documents_that_cannot_be_read() {
    assert_snapshot!(policy("polcy.json").file("policy.json", "{}").told(), @"");
    assert_snapshot!(policy("dir").file("dir/a.json", "{}").told(), @"");
    assert_snapshot!(policy("/etc/passwd").told(), @"");
    assert_snapshot!(policy("../../../../../../etc/passwd").told(), @"");
    assert_snapshot!(policy("../no/such/file").told(), @"");
    assert_snapshot!(policy("a.json").file("a.json", "").told(), @"");
    assert_snapshot!(policy("a.json").file("a.json", "[1]").told(), @"");
    assert_snapshot!(policy("a.yaml").file("a.yaml", "a: 1\na: 2\nVersion: '2012-10-17'\nStatement: []\n").told(), @"");
    assert_snapshot!(policy("a.json").file("a.json", "{\"a\": 1,}").told(), @"");
    assert_snapshot!(policy("a.json").file("a.json", b"{\"\xe4\": 1}").told(), @"");
    assert_snapshot!(policy("${aws.region}.json").told(), @"");
    assert_snapshot!(policy("${policies.P.name}.json").told(), @"");
}

#[test]
fn a_definition_must_be_a_map() {
    let machine = |text: &str| {
        let spec = "roles: { R: { trust: states.amazonaws.com } }\nstate_machines: { M: { role: R, definition: { file: m.json } } }\n";
        Repository::new(&with(spec)).file("m.json", text).told()
    };
    assert_snapshot!(machine("[]"), @"");
    assert_snapshot!(machine("\"x\""), @"");
    assert_snapshot!(machine("{"), @"");
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let repository = policy("link.json");
    std::os::unix::fs::symlink("/etc/hostname", repository.path("link.json")).unwrap();
    assert_snapshot!(repository.told(), @"");
    let inside = policy("link.json").file(
        "real.json",
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
    );
    std::os::unix::fs::symlink("real.json", inside.path("link.json")).unwrap();
    assert_eq!(inside.told(), "fine");
}

#[test]
fn a_path_may_hold_variables() {
    let spec =
        with("variables: { env: { default: dev } }\npolicies: { P: { document: { file: '${var.env}.json' } } }\n");
    let document = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    assert_eq!(Repository::new(&spec).file("dev.json", document).told(), "fine");
    assert_snapshot!(Repository::new(&spec).file("dev.json", document).var("env", "prod").told(), @"");
}

#[test]
fn a_document_that_two_use_is_told_of_once() {
    let spec = with("policies: { P: { document: { file: p.json } }, Q: { document: { file: p.json } } }\n");
    assert_snapshot!(Repository::new(&spec).file("p.json", "{").told(), @"");
}

#[test]
fn the_spec_itself() {
    let repository = Repository::new("");
    let mut request = repository.request.clone();
    request.path = repository.path("spce.yaml");
    let told = |path: &str| {
        let request = crate::Request { path: repository.path(path), ..request.clone() };
        let found = crate::load(&mut statewright_source::Sources::default(), &request).unwrap_err();
        let text: Vec<String> = found.iter().map(|d| format!("{} {} {:?}", d.code, d.title, d.help)).collect();
        text.join("\n").replace(&format!("{}/", repository.dir.path().display()), "")
    };
    assert_snapshot!(told("spce.yaml"), @"");
    assert_snapshot!(told(".git"), @"");
}
