use proptest::prelude::*;
use statewright_asl::Definition;

use super::Chart;
use crate::{
    Mark,
    testing::{chart, fixtures, tree},
};

#[test]
fn captions() {
    let cases = [
        (
            r#"{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:extract:live"}"#,
            "Lambda extract",
            "",
        ),
        (
            r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"Retry":[{"ErrorEquals":["E"]},{"ErrorEquals":["F"],"MaxAttempts":6}]}"#,
            "Lambda extract",
            "retry ×6, timeout 60s",
        ),
        (
            r#"{"Type":"Task","Resource":"arn:aws:states:::glue:startJobRun.sync","Parameters":{"JobName":"transform"}}"#,
            "Glue transform, waits",
            "",
        ),
        (
            r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Arguments":{"FunctionName":"{% $f %}"},"HeartbeatSecondsPath":"$.h"}"#,
            "Lambda $f, waits for a token",
            "heartbeat $.h",
        ),
        (
            r#"{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:glue:getJobRun","Parameters":{"JobName.$":"$.job"}}"#,
            "Glue getJobRun $.job",
            "",
        ),
        (
            r#"{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:child"}}"#,
            "Step Functions child, waits",
            "",
        ),
        (r#"{"Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:sign"}"#, "Activity sign", ""),
        (r#"{"Type":"Task","Resource":"${ExtractArn}"}"#, "Task ${ExtractArn}", ""),
        (r#"{"Type":"Wait","Seconds":30}"#, "Wait 30s", ""),
        (r#"{"Type":"Wait","TimestampPath":"$.t"}"#, "Wait until $.t", ""),
        (r#"{"Type":"Pass","Result":{"a":1,"b":2}}"#, "Pass, sets 2 fields", ""),
        (r#"{"Type":"Pass","Assign":{"n.$":"$.n"}}"#, "Pass, assigns n", ""),
        (r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"S"}]}"#, "Choice, 1 rule", ""),
        (r#"{"Type":"Fail","Error":"Lost"}"#, "Fail Lost", ""),
        (r#"{"Type":"Parallel","Branches":[{},{}]}"#, "Parallel, 2 branches", ""),
        (
            r#"{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":5,"ItemProcessor":{}}"#,
            "Map over $.items, 5 at once",
            "",
        ),
        (
            r#"{"Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Parameters":{"Bucket":"in"}},"ToleratedFailurePercentage":5,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"}}}"#,
            "Distributed Map",
            "reads S3 getObject in, tolerates 5%",
        ),
        (r#"{"Type":"Dance"}"#, "unknown type Dance", ""),
        (r#"{"Type":"Pass","Next":"Nowhere"}"#, "Pass", "Nowhere is not there"),
    ];
    for (state, caption, details) in cases {
        let chart = chart(&format!(r#"{{"StartAt":"S","States":{{"S":{state}}}}}"#));
        let node = &chart.nodes()[0];
        assert_eq!((node.caption.as_str(), node.details.join(", ").as_str()), (caption, details), "{state}");
    }
}

#[test]
fn ways_with_one_target_are_one() {
    let chart = chart(
        r#"{"StartAt":"C","States":{
            "C":{"Type":"Choice","Default":"Z","Choices":[
                {"Variable":"$.n","NumericEquals":1,"Next":"A"},
                {"Variable":"$.n","NumericEquals":2,"Next":"Z"},
                {"Variable":"$.n","NumericEquals":3,"Next":"A"}]},
            "A":{"Type":"Task","Resource":"r","Next":"Z","Catch":[
                {"ErrorEquals":["E","F"],"Next":"Z"},{"ErrorEquals":["States.ALL"],"Next":"Z"}]},
            "Z":{"Type":"Succeed"}}}"#,
    );
    let name = |n: usize| chart.nodes()[n].name.as_str();
    let links: Vec<String> = chart
        .links()
        .iter()
        .map(|l| format!("{} → {} {} [{}]", name(l.from), name(l.to), l.kind.key(), l.labels.join("; ")))
        .collect();
    assert_eq!(
        links,
        [
            "C → A choice [1 $.n = 1; 3 $.n = 3]",
            "C → Z choice [2 $.n = 2]",
            "C → Z default [default]",
            "A → Z next []",
            "A → Z catch [catch E, F; catch States.ALL]",
        ]
    );
}

#[test]
fn what_goes_stays_in_the_picture() {
    let before = tree(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"P"},
            "P":{"Type":"Parallel","Next":"Z","Branches":[
                {"StartAt":"B","States":{"B":{"Type":"Pass","Next":"Gone"},"Gone":{"Type":"Wait","Seconds":1,"End":true}}},
                {"StartAt":"Y","States":{"Y":{"Type":"Pass","End":true}}}]},
            "Z":{"Type":"Succeed"}}}"#,
    );
    let after = tree(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Comment":"c","Next":"P"},
            "P":{"Type":"Parallel","Next":"New","Branches":[
                {"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}]},
            "New":{"Type":"Wait","Seconds":5,"Next":"End"},
            "End":{"Type":"Succeed"}}}"#,
    );
    let (chart, paint) = Chart::between(&Definition::of(&before), &Definition::of(&after));
    let marks: Vec<String> = paint.states.iter().map(|(name, mark)| format!("{name}: {}", mark.words())).collect();
    assert_eq!(
        marks,
        [
            "A: changed: Comment",
            "End: renamed from Z",
            "Gone: removed",
            "New: added",
            "P: changed: Branches",
            "Y: removed"
        ]
    );
    let links: Vec<String> = paint.links.iter().map(|(k, m)| format!("{} → {} {}", k.from, k.to, m.word())).collect();
    assert_eq!(links, ["B → Gone removed", "New → End added", "P → End removed", "P → New added"]);
    let block_of = |name: &str| chart.node(name).unwrap().block;
    assert_eq!(block_of("Gone"), block_of("B"));
    assert_eq!(chart.blocks()[block_of("Y")].start.map(|n| chart.nodes()[n].name.as_str()), Some("Y"));
    assert_eq!(chart.links().len(), 5);
    assert_eq!(paint.link("A", "P", crate::LinkKind::Next), Mark::Unchanged);
}

/// The same definition with the keys of every object in another order.
fn shuffled(node: &serde_json::Value, seed: u64) -> serde_json::Value {
    match node {
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(k, v)| (k.clone(), shuffled(v, seed))).collect();
            let weight = |key: &str| {
                key.bytes().fold(seed, |a, b| a.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u64::from(b)))
            };
            entries.sort_by_key(|(key, _)| weight(key));
            serde_json::Value::Object(entries.into_iter().collect())
        }
        serde_json::Value::Array(items) => items.iter().map(|v| shuffled(v, seed)).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn the_order_of_keys_does_not_count(seed in any::<u64>()) {
        for (name, text) in fixtures() {
            let other = shuffled(&serde_json::from_str(&text).unwrap(), seed).to_string();
            prop_assert_eq!(chart(&text), chart(&other), "{}", name);
        }
    }
}
