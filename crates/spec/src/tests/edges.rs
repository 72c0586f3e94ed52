use insta::assert_snapshot;

use super::{Repository, told, with};
use crate::{Address, Desired};

fn trusting(name: &str, other: &str) -> String {
    format!(
        "  {name}: {{ trust: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Action: 'sts:AssumeRole', Principal: {{ AWS: '${{roles.{other}.arn}}' }} }}] }} }}\n"
    )
}

#[test]
fn circles() {
    let two = format!("roles:\n{}{}", trusting("A", "B"), trusting("B", "A"));
    assert_snapshot!(told(&with(&two)), @"");
    assert_snapshot!(told(&with(&format!("roles:\n{}", trusting("A", "A")))), @"");
    let fine = format!("roles:\n{}  B: {{ trust: states.amazonaws.com }}\n", trusting("A", "B"));
    let desired = Repository::new(&with(&fine)).outcome().desired();
    assert_eq!(shown(&desired, true), "role.A → role.B");
}

fn shown(desired: &Desired, needs: bool) -> String {
    let edges = if needs { &desired.needs } else { &desired.prefers };
    let line = |(from, on): (&Address, &std::collections::BTreeSet<Address>)| {
        let on: Vec<String> = on.iter().map(ToString::to_string).collect();
        (!on.is_empty()).then(|| format!("{from} → {}", on.join(", ")))
    };
    edges.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn who_needs_whom() {
    let spec = with(
        r#"policies:
  P: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "states:*", Resource: ["${state_machines.M.arn}", "${policies.P.arn}"] }] } }
roles:
  R: { trust: states.amazonaws.com, policies: [P], permissions_boundary: B }
  F: { trust: lambda.amazonaws.com }
log_groups:
  /aws/lambda/f: {}
  /aws/vendedlogs/states/M: {}
functions:
  f: { runtime: python3.12, handler: app.h, code: code, role: F, environment: { M: "${state_machines.M.arn}" } }
state_machines:
  M:
    role: R
    logging: { level: ALL, log_group: /aws/vendedlogs/states/M }
    definition: { StartAt: A, States: { A: { Type: Task, Resource: "${functions.f.arn}", End: true } } }
"#,
    )
    .replace("roles:\n", "  B: { document: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }\nroles:\n");
    let desired = Repository::new(&spec).file("code/app.py", "def h(e, c): pass\n").outcome().desired();
    assert_snapshot!(shown(&desired, true), @"");
    assert_snapshot!(shown(&desired, false), @"");
}

#[test]
fn names_that_differ_by_case() {
    let role = "trust: states.amazonaws.com";
    assert_snapshot!(told(&with(&format!("roles: {{ etl: {{ {role} }}, ETL: {{ {role} }} }}\n"))), @"");
    assert_eq!(told(&with("log_groups: { /a: {}, /A: {} }\n")), "fine");
}
