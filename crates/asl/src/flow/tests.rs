use super::{ContainerRole, EdgeKind, Flow};
use crate::{Definition, testing::node};

/// The edges in words.
fn edges(text: &str) -> Vec<String> {
    let root = node(text);
    let flow = Flow::of(&Definition::of(&root));
    let name = |i: usize| flow.states[i].name.as_str();
    flow.edges
        .iter()
        .map(|e| {
            let why = match &e.kind {
                EdgeKind::Next => "next".to_owned(),
                EdgeKind::Default => "default".to_owned(),
                EdgeKind::Choice { index, condition } => format!("{index}: {condition}"),
                EdgeKind::Catch { index, errors } => format!("catch {index} {}", errors.join(" ")),
            };
            format!("{} → {} [{why}]", name(e.from), e.to.map_or("?", name))
        })
        .collect()
}

#[test]
fn conditions_in_words() {
    let rules = [
        (r#"{"Variable":"$.n","NumericGreaterThanEquals":5,"Next":"Z"}"#, "$.n ≥ 5"),
        (r#"{"Variable":"$.s","StringEquals":"a","Next":"Z"}"#, "$.s = \"a\""),
        (r#"{"Variable":"$.s","StringLessThanPath":"$.t","Next":"Z"}"#, "$.s < $.t"),
        (r#"{"Variable":"$.s","StringMatches":"a*","Next":"Z"}"#, "$.s matches \"a*\""),
        (r#"{"Variable":"$.d","IsPresent":false,"Next":"Z"}"#, "$.d is not present"),
        (r#"{"Variable":"$.d","TimestampEquals":"2026-01-01T00:00:00Z","Next":"Z"}"#, "$.d = 2026-01-01T00:00:00Z"),
        (
            r#"{"And":[{"Variable":"$.a","IsNumeric":true},{"Or":[{"Variable":"$.a","NumericEquals":1},
                {"Not":{"Variable":"$.b","BooleanEquals":true}}]}],"Next":"Z"}"#,
            "$.a is a number and ($.a = 1 or not ($.b = true))",
        ),
        (
            r#"{"Or":[{"Variable":"$.s","StringEquals":"a"},{"Variable":"$.s","StringEquals":"b"},
                {"Variable":"$.s","StringEqualsPath":"$.t"}],"Next":"Z"}"#,
            "$.s = \"a\", \"b\" or $.t",
        ),
        (
            r#"{"Or":[{"Variable":"$.s","StringEquals":"a"},{"Variable":"$.t","StringEquals":"b"}],"Next":"Z"}"#,
            "$.s = \"a\" or $.t = \"b\"",
        ),
        (r#"{"Condition":"{% $states.input.n > 5 %}","Next":"Z"}"#, "$states.input.n > 5"),
        (r#"{"Condition":true,"Next":"Z"}"#, "true"),
        (r#"{"Next":"Z"}"#, ""),
    ];
    for (rule, words) in rules {
        let text = format!(
            r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{rule}],"Default":"Z"}},"Z":{{"Type":"Succeed"}}}}}}"#
        );
        assert_eq!(edges(&text), [format!("C → Z [0: {words}]"), "C → Z [default]".to_owned()]);
    }
}

#[test]
fn containers_and_what_they_hold() {
    let text = r#"{"StartAt":"P","States":{
        "P":{"Type":"Parallel","Branches":[{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"Q"}}}],
            "Catch":[{"ErrorEquals":["E","F"],"Next":"M"}],"Next":"M"},
        "M":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"Q","States":{
            "Q":{"Type":"Task","Resource":"r","Retry":[{"ErrorEquals":["E"],"MaxAttempts":0}],"End":true}}},"End":true},
        "U":{"Type":"Fail"}}}"#;
    assert_eq!(edges(text), ["P → M [next]", "P → M [catch 0 E F]", "A → ? [next]"]);
    let root = node(text);
    let flow = Flow::of(&Definition::of(&root));
    let roles: Vec<ContainerRole> = flow.containers.iter().map(|c| c.role).collect();
    assert_eq!(roles, [ContainerRole::Machine, ContainerRole::Branch(0), ContainerRole::Distributed]);
    let state = |name: &str| flow.states.iter().find(|s| s.name == name).unwrap();
    assert_eq!(flow.containers[state("Q").container].owner.map(|i| flow.states[i].name.as_str()), Some("M"));
    assert_eq!(state("Q").location, "/States/M/ItemProcessor/States/Q");
    assert_eq!(state("Q").retries[0].max_attempts, 0);
    assert!(state("Q").terminal && state("Q").reachable && !state("U").reachable);
    assert_eq!(state("P").contains, [1]);
}
