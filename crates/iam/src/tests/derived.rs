//! The derived policy and the permission table.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    Document, broadens,
    derive::derive,
    narrows,
    needs::{self, Certainty, Conditions, Need, Parameters, Place},
    permissions::{Granted, Role, Row, table},
    validate,
};

fn place() -> Place {
    Place {
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        machine: "nightly".to_owned(),
    }
}

fn machine() -> Vec<(String, Need)> {
    let of = |state: &str, resource: &str, given: Value| {
        let resource = format!("arn:aws:states:::{resource}");
        needs::of_task(&resource, Parameters::Given(&given), &place())
            .needs
            .into_iter()
            .map(|need| (state.to_owned(), need))
            .collect::<Vec<_>>()
    };
    [
        of("Fetch orders", "lambda:invoke", json!({"FunctionName": "fetch"})),
        of("Transform", "glue:startJobRun.sync", json!({"JobName": "transform"})),
        of("Load", "glue:startJobRun.sync", json!({"JobName": "load"})),
        of("Notify", "sns:publish", json!({"TopicArn.$": "$.topic"})),
        of("Notify", "sqs:sendMessage", json!({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"})),
        needs::of_logging(&place()).needs.into_iter().map(|n| ("Logging".to_owned(), n)).collect(),
    ]
    .concat()
}

#[test]
fn a_machine_gets_the_least_policy() {
    let policy = derive(&machine()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&policy).unwrap());
    let text = policy.to_string();
    let file = statewright_source::Sources::default().add("p", text.clone());
    let root = statewright_source::parse_json(file, &text).root.unwrap();
    assert_eq!(validate(&root, crate::Kind::Identity), []);
    assert_eq!(derive(&[]), None);
}

fn policy_of_the_role() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Glue", "Effect": "Allow", "Action": "glue:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "lambda:GetFunction"], "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:fetch",
         "Condition": {"StringEquals": {"aws:ResourceTag/team": "etl"}}},
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:alerts"},
        {"Sid": "NoJob", "Effect": "Deny", "Action": "glue:BatchStopJobRun", "Resource": "*"},
        {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:x"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b"}]})
}

#[test]
fn the_table_says_what_is_missing_and_what_is_too_much() {
    let documents = |value: Value| vec![("run".to_owned(), Document::of(&value).unwrap())];
    let role = |policies| Role { arn: "arn:aws:iam::123456789012:role/nightly".to_owned(), policies, boundary: None };
    let table_of = |policies| {
        let table = table(&machine(), &role(policies));
        let rows = table.rows.iter().map(|r| {
            let can = if r.resource_policy_may_grant { " (or the resource's policy)" } else { "" };
            format!(
                "{} | {} | {} | {}{can}\n",
                r.state,
                r.action,
                r.resource,
                serde_json::to_string(&r.verdict).unwrap()
            )
        });
        let grants = table.grants.iter().map(|g| {
            format!(
                "{} {} {:?} used by {:?}: {} {:?}\n",
                g.policy,
                g.statement,
                g.sid,
                g.states,
                g.excess.as_deref().unwrap_or("all used"),
                g.unused
            )
        });
        rows.chain(grants).collect::<String>()
    };
    insta::assert_snapshot!(table_of(Some(documents(policy_of_the_role()))));
    let all = table(&machine(), &role(Some(documents(policy_of_the_role()))));
    let said: Vec<String> = all
        .rows
        .iter()
        .filter_map(Row::finding)
        .chain(all.grants.iter().filter_map(Granted::finding))
        .map(|d| format!("{} {}: {} ({})", d.severity, d.code, d.title, d.help.unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    let derived = derive(&machine()).unwrap();
    let text = table_of(Some(documents(derived)));
    let open: Vec<&str> = text.lines().filter(|line| !line.contains("granted") && !line.contains("all used")).collect();
    assert!(open.iter().all(|line| line.contains("encrypted with a key of the customer")), "{open:?}");
    assert!(table_of(None).lines().all(|line| line.contains("not read")));
}

#[test]
fn a_grant_on_everything_is_too_much_where_one_thing_is_used() {
    let call = |resource: &str, given: Value| -> Vec<(String, Need)> {
        let resource = format!("arn:aws:states:::{resource}");
        let needs = needs::of_task(&resource, Parameters::Given(&given), &place()).needs;
        needs.into_iter().map(|need| ("State".to_owned(), need)).collect()
    };
    let check = |needs: &[(String, Need)], action: Value, resource: Value, rest: Value, expect: Option<&str>| {
        let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
        statement.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        let document = Document::of(&json!({"Version": "2012-10-17", "Statement": [statement]})).unwrap();
        let role = Role {
            arn: "arn:aws:iam::123456789012:role/nightly".to_owned(),
            policies: Some(vec![("run".to_owned(), document)]),
            boundary: None,
        };
        let found = table(needs, &role).grants[0].excess.clone();
        assert_eq!(found.as_deref(), expect, "{statement}");
    };
    let none = json!({});
    let invoke = call("lambda:invoke", json!({"FunctionName": "fetch"}));
    let name = || json!("lambda:InvokeFunction");
    check(&invoke, name(), json!("*"), none.clone(), Some("`lambda:InvokeFunction` on `*`: every function, 1 used"));
    let all = "arn:aws:lambda:eu-west-1:123456789012:function:*";
    check(
        &invoke,
        name(),
        json!([all]),
        none.clone(),
        Some(&format!("`lambda:InvokeFunction` on `{all}`: every function, 1 used")),
    );
    // A prefix, an open region or account, a condition, and what is known at run time only are no oversight.
    for narrow in ["function:fetch", "function:fetch*", "function:f*"] {
        check(&invoke, name(), json!(format!("arn:aws:lambda:*:*:{narrow}")), none.clone(), None);
    }
    let tagged = json!({"Condition": {"StringEquals": {"aws:ResourceTag/team": "etl"}}});
    check(&invoke, name(), json!("*"), tagged, None);
    let dynamic = call("lambda:invoke", json!({"FunctionName.$": "$.f"}));
    check(&dynamic, name(), json!("*"), none.clone(), None);
    // What has no resources is granted on `*` alone, and a bucket's objects are not every object.
    let trace: Vec<_> = needs::of_tracing(&place()).needs.into_iter().map(|n| ("Tracing".to_owned(), n)).collect();
    let actions: Vec<String> = trace.iter().flat_map(|(_, n)| n.actions.clone()).collect();
    check(&trace, json!(actions), json!("*"), none.clone(), None);
    let get = call("aws-sdk:s3:getObject", json!({"Bucket": "b", "Key": "k.csv"}));
    check(&get, json!("s3:GetObject"), json!("arn:aws:s3:::b/*"), none.clone(), None);
    check(
        &get,
        json!("s3:GetObject"),
        json!("arn:aws:s3:::*"),
        none,
        Some("`s3:GetObject` on `arn:aws:s3:::*`: every object, 1 used"),
    );
}

fn need() -> impl Strategy<Value = (String, Need)> {
    let actions = prop::collection::vec((0..2u8, 0..3u8).prop_map(|(s, a)| format!("s{s}:Do{a}")), 1..3);
    let resource = prop_oneof![
        3 => (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}")),
        1 => (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}*")),
        1 => Just("*".to_owned()),
    ];
    let conditions = prop_oneof![
        3 => Just(Conditions::new()),
        1 => (0..2u8).prop_map(|v| {
            let keys = [("iam:PassedToService".to_owned(), vec![format!("v{v}")])];
            [("StringEquals".to_owned(), keys.into_iter().collect())].into_iter().collect()
        }),
    ];
    (0..4u8, actions, prop::collection::vec(resource, 1..3), conditions).prop_map(
        |(state, actions, resources, conditions)| {
            let need = Need {
                actions,
                resources,
                also: Vec::new(),
                conditions,
                wide: Vec::new(),
                certainty: Certainty::Certain,
                managed_rule: false,
                verified: true,
                sources: Vec::new(),
            };
            (format!("State {state}"), need)
        },
    )
}

/// One statement a need, as it stands.
fn plain(needs: &[(String, Need)]) -> Value {
    let statements: Vec<Value> = needs
        .iter()
        .map(|(_, n)| json!({"Effect": "Allow", "Action": n.actions, "Resource": n.resources, "Condition": n.conditions}))
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_derived_policy_allows_the_needs_and_nothing_else(needs in prop::collection::vec(need(), 1..8)) {
        let derived = derive(&needs).unwrap();
        let plain = plain(&needs);
        prop_assert!(!broadens(&plain, &derived), "{} {}", plain, derived);
        prop_assert!(!narrows(&plain, &derived), "{} {}", plain, derived);
        let mut turned = needs.clone();
        turned.reverse();
        let without_sids = |mut policy: Value| {
            for statement in policy["Statement"].as_array_mut().unwrap() {
                statement.as_object_mut().unwrap().shift_remove("Sid");
            }
            crate::canonical(&policy)
        };
        prop_assert_eq!(without_sids(derive(&turned).unwrap()), without_sids(derived));
    }

    #[test]
    fn no_statement_of_it_can_go(needs in prop::collection::vec(need(), 1..8)) {
        let derived = derive(&needs).unwrap();
        let count = derived["Statement"].as_array().unwrap().len();
        for at in 0..count {
            let mut less = derived.clone();
            less["Statement"].as_array_mut().unwrap().remove(at);
            prop_assert!(narrows(&derived, &less), "statement {} of {}", at, derived);
        }
    }
}
