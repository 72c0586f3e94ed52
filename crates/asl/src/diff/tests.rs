use proptest::prelude::*;
use serde_json::{Value, json};

use super::{JsonChange, JsonPath, JsonStep, diff, json_changes};
use crate::{Definition, testing::node};

fn changes(before: &Value, after: &Value) -> Vec<String> {
    let text = |v: &Option<Value>| v.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
    json_changes(before, after).iter().map(|c| format!("{} {} → {}", c.path, text(&c.before), text(&c.after))).collect()
}

#[test]
fn the_deepest_place_is_shown() {
    assert_eq!(
        changes(&json!({"a":{"b":1,"c":2},"d":[1,2]}), &json!({"d":[1,3],"a":{"c":2,"b":null,"e":{}}})),
        ["/d[1] 2 → 3", "/a/b 1 → null", "/a/e - → {}"]
    );
    assert_eq!(changes(&json!({"n":2}), &json!({"n":2.0})), [""; 0]);
    assert_eq!(changes(&json!({"n":2}), &json!({"n":"2"})), ["/n 2 → \"2\""]);
}

#[test]
fn lists_are_aligned() {
    let rule = |v: &str, n: i32| json!({"Variable": v, "NumericEquals": n, "Next": "X"});
    assert_eq!(
        changes(&json!([rule("$.a", 1), rule("$.b", 2)]), &json!([rule("$.z", 0), rule("$.a", 1), rule("$.b", 3)])),
        ["[0] - → {\"Variable\":\"$.z\",\"NumericEquals\":0,\"Next\":\"X\"}", "[2]/NumericEquals 2 → 3"]
    );
    assert_eq!(changes(&json!([1, 2, 3, 4]), &json!([2, 3, 4])), ["[0] 1 → -"]);
}

fn check(before: &str, after: &str, expect: &[&str]) {
    let (before, after) = (node(before), node(after));
    let found = diff(&Definition::of(&before), &Definition::of(&after));
    let machine = found.machine_changes.iter().map(|c| format!("machine {}", c.path));
    let states = found.states.iter().map(|s| {
        let was = s.was.as_ref().map(|w| format!(" was {w}")).unwrap_or_default();
        let fields = if s.fields.is_empty() { String::new() } else { format!(" {}", s.fields.join(",")) };
        format!("{:?} {}{was}{fields}", s.change, s.name)
    });
    let edges = found.edges.iter().map(|e| {
        let name = |n: &Option<String>| n.clone().unwrap_or_else(|| "-".to_owned());
        format!("{}.{} {} → {}", e.from, e.kind, name(&e.before), name(&e.after))
    });
    let found: Vec<String> = machine.chain(states).chain(edges).collect();
    assert_eq!(found, expect);
}

const BASE: &str = r#"{"StartAt":"A","States":{
    "A":{"Type":"Task","Resource":"r","TimeoutSeconds":60,"Next":"C","Catch":[{"ErrorEquals":["E"],"Next":"F"}]},
    "C":{"Type":"Choice","Choices":[{"Variable":"$.x","NumericEquals":1,"Next":"A"}],"Default":"Done"},
    "Done":{"Type":"Succeed"},"F":{"Type":"Fail"}}}"#;

#[test]
fn key_order_and_formatting_do_not_show() {
    let reordered = r#"{"States":{"F":{"Type":"Fail"},"Done":{"Type":"Succeed"},
        "C":{"Default":"Done","Choices":[{"Next":"A","NumericEquals":1.0,"Variable":"$.x"}],"Type":"Choice"},
        "A":{"Next":"C","Type":"Task","TimeoutSeconds":60,"Catch":[{"Next":"F","ErrorEquals":["E"]}],"Resource":"r"}},"StartAt":"A"}"#;
    check(BASE, reordered, &[]);
}

#[test]
fn a_field_an_edge_and_a_state() {
    let after = r#"{"Comment":"new","StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"r","TimeoutSeconds":300,"Next":"N","Catch":[{"ErrorEquals":["E"],"Next":"F"}]},
        "N":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Next":"C"},
        "C":{"Type":"Choice","Choices":[{"Variable":"$.y","IsPresent":true,"Next":"F"},
            {"Variable":"$.x","NumericEquals":1,"Next":"A"}],"Default":"F"},
        "F":{"Type":"Fail"}}}"#;
    check(
        BASE,
        after,
        &[
            "machine /Comment",
            "Changed A TimeoutSeconds",
            "Added N",
            "Changed C Choices",
            "Removed Done",
            "A.next C → N",
            "C.choice[0] - → F",
            "C.default Done → F",
        ],
    );
}

#[test]
fn a_renamed_state_takes_its_edges_with_it() {
    check(BASE, &BASE.replace("\"Done\"", "\"Finished\""), &["Renamed Finished was Done"]);
    check(BASE, &BASE.replace("\"A\"", "\"Begin\""), &["Renamed Begin was A"]);
    // Two with one body: the neighbours tell them apart.
    let two = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}}"#;
    let swapped = r#"{"StartAt":"X","States":{"Y":{"Type":"Pass","End":true},"X":{"Type":"Pass","Next":"Y"}}}"#;
    check(two, swapped, &["Renamed Y was B", "Renamed X was A"]);
}

/// AWS refuses it; a diff must not make a difference of it.
#[test]
fn names_that_stand_twice() {
    let text = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}},
        {"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"End":true}}}]}}}"#;
    check(text, text, &[]);
    check(text, &text.replace("\"Seconds\":1", "\"Seconds\":2"), &["Changed A Seconds"]);
}

#[test]
fn a_start_a_terminal_and_a_container() {
    let before = r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"End":true,
        "ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","Next":"Q"},"Q":{"Type":"Pass","Result":1,"End":true}}}}}}"#;
    let after = r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":2,"Next":"Z",
        "ItemProcessor":{"StartAt":"Q","States":{"Q":{"Type":"Pass","Result":1,"End":true}}}},"Z":{"Type":"Succeed"}}}"#;
    check(before, after, &["Changed M MaxConcurrency", "Added Z", "Removed P", "M.start P → Q", "M.next End → Z"]);
}

#[test]
fn the_shape_that_a_plan_shows() {
    let (before, after) = (node(BASE), node(&BASE.replace("60", "300").replace("\"Next\":\"C\"", "\"Next\":\"Done\"")));
    assert_eq!(
        serde_json::to_value(diff(&Definition::of(&before), &Definition::of(&after))).unwrap(),
        json!({
            "states": [{
                "name": "A", "change": "changed", "fields": ["TimeoutSeconds"], "summary": "Task r",
                "changes": [{ "path": "/TimeoutSeconds", "before": 60, "after": 300 }],
            }],
            "edges": [{ "from": "A", "kind": "next", "before": "C", "after": "Done" }],
        })
    );
}

fn value(lists: bool) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..4).prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let object = prop::collection::btree_map("[abc]", inner.clone(), 0..4);
        let object = object.prop_map(|m| Value::Object(m.into_iter().collect()));
        let list = prop::collection::vec(inner, 0..4).prop_map(Value::from);
        if lists { prop_oneof![list, object].boxed() } else { object.boxed() }
    })
}

/// Makes the changes on a value without lists.
fn apply(mut value: Value, changes: &[JsonChange]) -> Value {
    for change in changes {
        let Some((JsonStep::Key(key), path)) = change.path.0.split_last() else { return change.after.clone().unwrap() };
        let object = value.pointer_mut(&JsonPath(path.to_vec()).pointer()).unwrap().as_object_mut().unwrap();
        match &change.after {
            Some(after) => drop(object.insert(key.clone(), after.clone())),
            None => drop(object.remove(key)),
        }
    }
    value
}

proptest! {
    #[test]
    fn nothing_changed_shows_nothing(v in value(true)) {
        prop_assert_eq!(json_changes(&v, &v), []);
    }

    #[test]
    fn something_changed_shows(a in value(true), b in value(true)) {
        prop_assert_eq!(json_changes(&a, &b).is_empty(), super::json::same(&a, &b));
    }

    /// On values without lists (whose indices speak of two lists) the changes rebuild the new value.
    #[test]
    fn changes_rebuild(a in value(false), b in value(false)) {
        prop_assert!(super::json::same(&apply(a.clone(), &json_changes(&a, &b)), &b));
    }
}
