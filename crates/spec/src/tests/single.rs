//! One fault is one finding, wherever it is made.

use statewright_source::{FileId, Node, Severity, Value, parse_yaml};

use super::Repository;

/// A spec with every kind and most fields.
const SPEC: &str = r#"statewright: 1
stack: s
aws: { account: "123456789012", region: us-east-1, assume_role: "arn:aws:iam::123456789012:role/deployer" }
variables:
  env: { default: dev, allowed: [dev, prod], description: which }
environments:
  prod: { aws: { account: "210987654321" }, variables: { env: prod } }
tags: { team: data }
policies:
  P:
    description: all of it
    path: /team/
    tags: { a: b }
    document: { file: policy.json }
roles:
  Machine:
    trust: states.amazonaws.com
    policies: [P]
    inline: { I: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:*", Resource: "${log_groups./aws/vendedlogs/states/M.arn}" }] } }
    permissions_boundary: P
    path: /x/
    description: "for ${var.env}"
    max_session_seconds: 7200
    tags: { c: d }
    allow: [SPEC080]
    replace: allowed
  Other: { trust: [lambda.amazonaws.com, glue.amazonaws.com] }
log_groups:
  /aws/vendedlogs/states/M: { retention_days: 30, class: STANDARD, deletion_protection: false, kms_key: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
functions:
  f:
    runtime: python3.12
    handler: app.handler
    role: Other
    code: { s3: { bucket: bkt, key: k.zip, version: "1" } }
    memory: 256
    timeout: 30
    environment: { DAY: "${var.env}" }
    description: a function
jobs:
  j:
    role: Other
    glue_version: "5.0"
    worker_type: G.1X
    workers: 2
    timeout: 60
    script: "s3://bkt/j.py"
    arguments: { --day: today }
    max_retries: 1
state_machines:
  M:
    type: STANDARD
    role: Machine
    tracing: true
    definition: { StartAt: A, States: { A: { Type: Task, Resource: "${functions.f.arn}", End: true } } }
    logging: { level: ALL, include_execution_data: true, log_group: /aws/vendedlogs/states/M }
    encryption: { kms_key: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555", reuse_seconds: 300 }
    tags: { e: f }
"#;

const POLICY: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;

fn errors(text: &str) -> Vec<String> {
    let outcome = Repository::new(text).file("policy.json", POLICY).outcome();
    let worst = outcome.findings.iter().filter(|d| d.severity == Severity::Error);
    worst.map(|d| format!("{} {}", d.code, d.title)).collect()
}

/// Whether the keys below are the spec's own, and not names or AWS's.
fn is_ours(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    !matches!(
        path.as_slice(),
        ["policies"
            | "roles"
            | "log_groups"
            | "functions"
            | "jobs"
            | "state_machines"
            | "variables"
            | "environments"
            | "tags"]
            | ["environments", _, "variables"]
            | [_, _, "tags" | "environment" | "arguments" | "inline"]
            | [_, _, "inline" | "definition", ..]
    )
}

fn each(node: &Node, path: &mut Vec<String>, visit: &mut impl FnMut(&Node, &[String])) {
    visit(node, path);
    for entry in node.as_map().unwrap_or_default() {
        path.push(entry.key.clone());
        each(&entry.value, path, visit);
        path.pop();
    }
}

fn replaced(span: statewright_source::Span, by: &str) -> String {
    format!("{}{by}{}", &SPEC[..span.start], &SPEC[span.end..])
}

#[test]
fn the_spec_is_right() {
    assert_eq!(errors(SPEC), Vec::<String>::new());
}

#[test]
fn a_misspelt_key() {
    let root = parse_yaml(FileId(0), SPEC).root.unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    each(&root, &mut Vec::new(), &mut |node, path| {
        for entry in node.as_map().unwrap_or_default().iter().filter(|_| is_ours(path)) {
            // Without `statewright` a text is no spec.
            if entry.key == "statewright" {
                continue;
            }
            tried += 1;
            for misspelt in [format!("{}x", entry.key), format!("unheard_of_{}", entry.key)] {
                let found = errors(&replaced(entry.key_span, &misspelt));
                // Nobody can know that a whole section, or a file, was meant.
                let leaning = misspelt.starts_with("unheard") && (path.is_empty() || entry.key == "file");
                let required = misspelt.starts_with("unheard")
                    && found.len() == 2
                    && found.iter().any(|f| f.starts_with("SPEC006"));
                if found.len() != 1 && !leaning && !required {
                    wrong.push(format!("{} {misspelt}: {found:?}", path.join(".")));
                }
            }
        }
    });
    assert!(tried > 60, "{tried}");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_value_of_the_wrong_type() {
    let root = parse_yaml(FileId(0), SPEC).root.unwrap();
    let mut wrong = Vec::new();
    each(&root, &mut Vec::new(), &mut |node, path| {
        for entry in node.as_map().unwrap_or_default().iter().filter(|_| is_ours(path)) {
            if path.is_empty() {
                continue;
            }
            let other = match &entry.value.value {
                Value::Map(_) | Value::Seq(_) => "5",
                _ => "[[5]]",
            };
            let found = errors(&replaced(entry.value.span, other));
            if found.len() != 1 {
                wrong.push(format!("{}.{}: {found:?}", path.join("."), entry.key));
            }
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_misspelt_reference() {
    let mut tried = 0;
    for (start, _) in SPEC.match_indices("${") {
        let end = start + SPEC[start..].find('}').unwrap();
        let inner = &SPEC[start + 2..end];
        let (head, rest) = inner.split_once('.').unwrap();
        for wrong in [format!("{head}x.{rest}"), format!("{head}.x{rest}"), format!("{inner}x"), head.to_owned()] {
            tried += 1;
            let text = format!("{}{wrong}{}", &SPEC[..start + 2], &SPEC[end..]);
            let found = errors(&text);
            assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        }
    }
    assert!(tried > 12, "{tried}");
}
