use insta::assert_snapshot;

use super::{Repository, with};

fn policy(path: &str) -> Repository {
    Repository::new(&with(&format!("policies: {{ P: {{ document: {{ file: '{path}' }} }} }}\n")))
}

#[test]
fn documents_that_cannot_be_read() {
    assert_snapshot!(policy("polcy.json").file("policy.json", "{}").told(), @r"
    error[SPEC001] there is no file `polcy.json`
      spec.yaml:3:36 `'polcy.json'` not found; the path is relative to the spec
      = beside it there is `policy.json`
    ");
    assert_snapshot!(policy("dir").file("dir/a.json", "{}").told(), @r"
    error[SPEC001] `dir` is a directory, not a file
      spec.yaml:3:36 `'dir'` a file must stand here
    ");
    assert_snapshot!(policy("/etc/passwd").told(), @r"
    error[SPEC021] `/etc/passwd` is an absolute path
      spec.yaml:3:36 `'/etc/passwd'` starts at the root of this machine
      = write the path relative to the spec, so that it holds on every machine
    ");
    assert_snapshot!(policy("../../../../../../etc/passwd").told(), @r"
    error[SPEC020] `../../../../../../etc/passwd` lies outside the repository that holds the spec
      spec.yaml:3:36 `'../../../../../../etc/passwd'` leads out of the repository
      = copy the file into the repository: what is deployed is what is under version control
    ");
    assert_snapshot!(policy("../no/such/file").told(), @r"
    error[SPEC020] `../no/such/file` lies outside the repository that holds the spec
      spec.yaml:3:36 `'../no/such/file'` leads out of the repository
      = copy the file into the repository: what is deployed is what is under version control
    ");
    assert_snapshot!(policy("a.json").file("a.json", "").told(), @r"
    error[SRC010] the text holds no JSON value
      a.json:1:1 `` nothing stands here
    ");
    assert_snapshot!(policy("a.json").file("a.json", "[1]").told(), @r"
    error[SPEC007] `a.json` must be a map, not a list
      a.json:1:1 `[1]` a document is a map
      spec.yaml:3:36 `'a.json'` named here
    ");
    assert_snapshot!(policy("a.yaml").file("a.yaml", "a: 1\na: 2\nVersion: '2012-10-17'\nStatement: []\n").told(), @r"
    error[IAM002] a policy document has no element `a`
      a.yaml:1:1 `a` IAM refuses the document
      = the elements of a document are Version, Id, Statement
    error[IAM004] the document has no statement
      a.yaml:1:1 `a: 1` IAM refuses it
      = add a `Statement`
    error[SRC005] the key `a` is there twice
      a.yaml:2:1 `a` again here
      a.yaml:1:1 `a` first here
      = keep one of the two: most readers would silently take the last
    ");
    assert_snapshot!(policy("a.json").file("a.json", "{\"a\": 1,}").told(), @r#"
    error[IAM004] the document has no statement
      a.json:1:1 `{"a": 1,}` IAM refuses it
      = add a `Statement`
    error[IAM007] the document has no `Version`, which means 2008-10-17
      a.json:1:1 `{"a": 1,}` IAM answers: policy document must be version 2012-10-17 or greater
      = write `Version: "2012-10-17"`
    error[IAM002] a policy document has no element `a`
      a.json:1:2 `"a"` IAM refuses the document
      = the elements of a document are Version, Id, Statement
    error[SRC015] a comma stands after the last element
      a.json:1:8 `,` nothing follows this comma
      = remove it: JSON allows no trailing comma
    "#);
    assert_snapshot!(policy("a.json").file("a.json", b"{\"\xe4\": 1}").told(), @r"
    error[SRC001] `a.json` is not UTF-8: byte 2 is 0xE4
      a.json:1:3 `�` this is no UTF-8 character
      spec.yaml:3:36 `'a.json'` named here
      = save the file as UTF-8; it may be Latin-1 or Windows-1252 (`iconv -f WINDOWS-1252 -t UTF-8`)
    ");
    assert_snapshot!(policy("${aws.region}.json").told(), @r"
    error[SPEC042] `${aws.region}` may not stand here
      spec.yaml:3:37 `${aws.region}` is known only once AWS is asked
      = use a variable: it has the same value offline
    ");
    assert_snapshot!(policy("${policies.P.name}.json").told(), @r"
    error[SPEC042] `${policies.P.name}` may not stand here
      spec.yaml:3:37 `${policies.P.name}` keys and paths are resolved first
      = use `${var.NAME}`, and in keys `${aws.account}`, `${aws.region}` or `${aws.partition}`
    ");
}

#[test]
fn a_definition_must_be_a_map() {
    let machine = |text: &str| {
        let spec = "roles: { R: { trust: states.amazonaws.com } }\nstate_machines: { M: { role: R, definition: { file: m.json } } }\n";
        Repository::new(&with(spec)).file("m.json", text).told()
    };
    assert_snapshot!(machine("[]"), @r"
    error[SPEC007] `m.json` must be a map, not a list
      m.json:1:1 `[]` a document is a map
      spec.yaml:4:53 `m.json` named here
    ");
    assert_snapshot!(machine("\"x\""), @r#"
    error[SPEC007] `m.json` must be a map, not a string
      m.json:1:1 `"x"` a document is a map
      spec.yaml:4:53 `m.json` named here
    "#);
    assert_snapshot!(machine("{"), @r"
    error[SRC011] the text ends too early
      m.json:1:2 `` it ends here
      m.json:1:1 `{` this map is not closed
    ");
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let repository = policy("link.json");
    std::os::unix::fs::symlink("/etc/hostname", repository.path("link.json")).unwrap();
    assert_snapshot!(repository.told(), @r"
    error[SPEC020] `link.json` lies outside the repository that holds the spec
      spec.yaml:3:36 `'link.json'` leads out of the repository
      = copy the file into the repository: what is deployed is what is under version control
    ");
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
    assert_snapshot!(Repository::new(&spec).file("dev.json", document).var("env", "prod").told(), @r"
    error[SPEC001] there is no file `prod.json`
      spec.yaml:4:36 `'${var.env}.json'` not found; the path is relative to the spec
    ");
}

#[test]
fn a_document_that_two_use_is_told_of_once() {
    let spec = with("policies: { P: { document: { file: p.json } }, Q: { document: { file: p.json } } }\n");
    assert_snapshot!(Repository::new(&spec).file("p.json", "{").told(), @r"
    error[SRC011] the text ends too early
      p.json:1:2 `` it ends here
      p.json:1:1 `{` this map is not closed
    ");
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
    assert_snapshot!(told("spce.yaml"), @r#"SPEC001 there is no file `spce.yaml` Some("beside it there is `spec.yaml`")"#);
    assert_snapshot!(told(".git"), @r"SPEC001 `.git` is a directory, not a file None");
}
