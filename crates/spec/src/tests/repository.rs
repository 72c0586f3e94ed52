//! The specs of this repository.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::live;
use crate::{Identity, Request, load, schema};

fn resolved(name: &str, variables: &[(&str, &str)], identity: &Identity) -> String {
    let request = Request {
        path: format!("{}/../../specs/{name}.yaml", env!("CARGO_MANIFEST_DIR")).into(),
        variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..Request::default()
    };
    let mut sources = statewright_source::Sources::default();
    let (desired, findings) = load(&mut sources, &request).unwrap().resolve(identity);
    let titles: Vec<String> = findings.iter().map(|d| format!("{} {}", d.code, d.title)).collect();
    assert_eq!(titles, Vec::<String>::new());
    let desired = desired.unwrap();
    let mut out = format!("{}\n", desired.owner);
    for address in desired.resources.keys() {
        out.push_str(&address.to_string());
        for (sign, edges) in [(" → ", &desired.needs), (" ⇢ ", &desired.prefers)] {
            for on in edges.get(address).into_iter().flatten() {
                out.push_str(sign);
                out.push_str(&on.to_string());
            }
        }
        out.push('\n');
    }
    for mention in &desired.mentions {
        let state = mention.state.as_deref().unwrap_or_default();
        writeln!(out, "{} {state}: {:?}", mention.by, mention.target).unwrap();
    }
    out
}

#[test]
fn lambda_glue() {
    assert_snapshot!(resolved("lambda-glue", &[], &live()), @r#"
    lambda-glue@us-east-1
    policy.GlueInvokePolicy
    policy.LambdaInvokePolicy
    role.SfnLambdaGlueRole → policy.GlueInvokePolicy → policy.LambdaInvokePolicy
    state_machine.lambda-glue → role.SfnLambdaGlueRole
    state_machine.lambda-glue Extract: Function("extract")
    state_machine.lambda-glue Transform: Job("transform")
    "#);
    let offline = resolved("lambda-glue", &[], &Identity::unknown());
    assert_eq!(offline.lines().count(), resolved("lambda-glue", &[], &live()).lines().count());
}

#[test]
fn nightly_etl() {
    let variables = [("bucket", "my-bucket")];
    assert_snapshot!(resolved("nightly-etl", &variables, &live()), @r"
    nightly-etl@us-east-1
    role.NightlyEtlExtract ⇢ log_group./aws/lambda/nightly-extract
    role.NightlyEtlMachine ⇢ function.nightly-extract ⇢ job.nightly-transform
    role.NightlyEtlTransform
    log_group./aws/lambda/nightly-extract
    log_group./aws/vendedlogs/states/nightly-etl
    function.nightly-extract → role.NightlyEtlExtract ⇢ log_group./aws/lambda/nightly-extract
    job.nightly-transform → role.NightlyEtlTransform
    state_machine.nightly-etl → role.NightlyEtlMachine → log_group./aws/vendedlogs/states/nightly-etl ⇢ function.nightly-extract ⇢ job.nightly-transform
    ");
    resolved("nightly-etl", &variables, &Identity::unknown());
}

#[test]
fn the_schema_that_is_committed_is_current() {
    let path = format!("{}/../../docs/schema/spec-1.json", env!("CARGO_MANIFEST_DIR"));
    let committed = std::fs::read_to_string(&path).unwrap();
    let current = format!("{:#}\n", schema());
    assert!(committed == current, "run `statewright schema > docs/schema/spec-1.json`");
}
