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
    assert_snapshot!(told(&with(&two)), @r"
    error[SPEC050] resources need each other in a circle: `role.A` → `role.B` → `role.A`
      spec.yaml:4:113 `'${roles.B.arn}'` `role.A` needs `role.B`
      spec.yaml:5:113 `'${roles.A.arn}'` `role.B` needs `role.A`
      = AWS makes neither without the other: take one of these out
    ");
    assert_snapshot!(told(&with(&format!("roles:\n{}", trusting("A", "A")))), @r"
    error[SPEC050] `role.A` needs itself before it exists
      spec.yaml:4:113 `'${roles.A.arn}'` AWS refuses it
      = make it without this first; or name the account's root and limit it with a condition
    ");
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
  f: { runtime: python3.12, handler: app.h, code: code, role: F, environment: { MACHINE: "${state_machines.M.arn}" } }
state_machines:
  M:
    role: R
    logging: { level: ALL, log_group: /aws/vendedlogs/states/M }
    definition: { StartAt: A, States: { A: { Type: Task, Resource: "${functions.f.arn}", End: true } } }
"#,
    )
    .replace("roles:\n", "  B: { document: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }\nroles:\n");
    let desired = Repository::new(&spec).file("code/app.py", "def h(e, c): pass\n").outcome().desired();
    assert_snapshot!(shown(&desired, true), @r"
    role.R → policy.B, policy.P
    function.f → role.F
    state_machine.M → role.R, log_group./aws/vendedlogs/states/M
    ");
    assert_snapshot!(shown(&desired, false), @r"
    policy.P → state_machine.M
    function.f → log_group./aws/lambda/f, state_machine.M
    state_machine.M → function.f
    ");
}

#[test]
fn names_that_differ_by_case() {
    let role = "trust: states.amazonaws.com";
    assert_snapshot!(told(&with(&format!("roles: {{ etl: {{ {role} }}, ETL: {{ {role} }} }}\n"))), @r"
    error[SPEC051] `etl` and `ETL` are one name to IAM, which ignores case
      spec.yaml:3:48 `ETL` the same name in another case
      spec.yaml:3:10 `etl` first here
      = give one role another name
    ");
    assert_eq!(told(&with("log_groups: { /a: {}, /A: {} }\n")), "fine");
}
