//! The cases of `../shared/corpus/iam`, where it is there: the numbers that must not fall.

use std::{io::Read, path::PathBuf};

use crate::conformance::{Case, answer, score};

/// The answers for a file, or `None` where the corpus is absent.
fn cases(file: &str) -> Option<Vec<Case>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/iam")).join(file);
    let text = std::fs::read_to_string(&path).ok().or_else(|| {
        let packed = std::fs::read(path.with_extension("jsonl.gz")).ok()?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).ok()?;
        Some(text)
    })?;
    Some(answer(file, &text))
}

/// Fails when more than `missed` of the scored rows are wrong, or fewer than `rows` are scored.
fn check(file: &str, rows: usize, missed: usize) {
    let Some(cases) = cases(file) else { return };
    let (right, scored) = score(&cases);
    let wrong: Vec<_> = cases.iter().filter(|c| c.right == Some(false)).map(|c| (c.row, &c.name, &c.note)).collect();
    assert!(scored >= rows && right + missed >= scored, "{right} of {scored}: {wrong:#?}");
}

#[test]
fn equivalence() {
    check("equivalence.jsonl", 98, 0);
}

#[test]
fn evaluation() {
    check("evaluation.jsonl", 16, 0);
}

#[test]
fn widening() {
    check("widening.jsonl", 16, 0);
}

/// Two documents with `_` in a `Sid` are "accepted" in the tests of a simulator that does not look at the characters.
/// IAM: "Statement IDs (SID) must be alpha-numeric"; Access Analyzer has an error for it, `UNSUPPORTED_SID`.
#[test]
fn documents_that_aws_refuses() {
    check("iam-api-truth.jsonl", 63, 2);
}

/// The same two.
#[test]
fn documents_that_others_judge() {
    check("lint.jsonl", 80, 2);
}

#[test]
fn policies_that_aws_publishes() {
    check("managed-policies.jsonl", 1_641, 16);
}

/// Where CDK grants less than we ask for: nine rows, all of them of two kinds.
#[test]
fn what_cdk_grants() {
    let Some(cases) = cases("cdk-synth.jsonl") else { return };
    let differs: Vec<&str> = cases.iter().filter(|c| c.right == Some(false)).map(|c| c.name.as_str()).collect();
    assert_eq!(
        differs,
        [
            // CDK leaves out what `.sync` polls with.
            "batch:submitJob dynamic.sync",
            // CDK grants the catalogue, and no table, when the query names no database; a query may name one itself.
            "athena:startQueryExecution minimal",
            // CDK grants actions that do not exist, unless its user gives the name of the action.
            "aws-sdk:s3:listBuckets (CDK CallAwsService)",
            "aws-sdk:apigateway:getRestApis (CDK CallAwsService)",
            "aws-sdk:lambda:invoke (CDK CallAwsService)",
            "aws-sdk:bedrockruntime:invokeModel (CDK CallAwsService)",
            "aws-sdk:sesv2:sendEmail (CDK CallAwsService)",
            "aws-sdk:neptunedata:executeGremlinQuery (CDK CallAwsService)",
            "aws-sdk:pinpointsmsvoicev2:sendTextMessage (CDK CallAwsService)",
        ]
    );
}
