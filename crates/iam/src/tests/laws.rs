//! Laws over generated documents. Names come from a small world, so that patterns meet.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{
    Document, Principal,
    access::{Access, change},
    broadens, canonical, equivalent,
    evaluate::{Context, Decision, Policies, Policy, Request},
    narrows,
    pattern::{Case, covers, matches, meets},
    union,
};

fn action() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..2u8, 0..4u8).prop_map(|(s, a)| format!("s{s}:Get{a}")),
        1 => (0..2u8).prop_map(|s| format!("S{s}:get*")),
        1 => (0..2u8).prop_map(|s| format!("s{s}:*")),
        1 => Just("*".to_owned()),
    ]
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}")),
        1 => (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}*")),
        1 => Just("arn:aws:s0:::*".to_owned()),
        1 => Just("*".to_owned()),
    ]
}

fn list(item: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Value> {
    prop::collection::vec(item, 1..4)
        .prop_map(|items| if items.len() == 1 { json!(items[0]) } else { json!(items) })
        .boxed()
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(None),
        1 => list((0..2u8).prop_map(|v| format!("v{v}"))).prop_map(|v| Some(json!({"StringEquals": {"aws:Key": v}}))),
        1 => list((0..2u8).prop_map(|v| format!("v{v}*"))).prop_map(|v| Some(json!({"StringNotLike": {"AWS:key": v}}))),
    ]
}

pub(super) fn statement() -> impl Strategy<Value = Value> {
    (
        any::<bool>(),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.8),
        list(action()),
        list(resource()),
        condition(),
        prop::option::of(0..3u8),
        prop::bool::weighted(0.85),
    )
        .prop_map(|(order, yes_action, yes_resource, actions, resources, condition, sid, allow)| {
            let mut map = Map::new();
            map.insert("Effect".into(), if allow { "Allow" } else { "Deny" }.into());
            let action = if yes_action { "Action" } else { "NotAction" };
            let resource = if yes_resource { "Resource" } else { "NotResource" };
            if order {
                map.insert(resource.into(), resources);
                map.insert(action.into(), actions);
            } else {
                map.insert(action.into(), actions);
                map.insert(resource.into(), resources);
            }
            if let Some(sid) = sid {
                map.insert("Sid".into(), format!("S{sid}").into());
            }
            if let Some(condition) = condition {
                map.insert("Condition".into(), condition);
            }
            Value::Object(map)
        })
}

pub(super) fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..5)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

/// Any JSON, shaped like a document now and then.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z*?:${}]{0,8}".prop_map(Value::from),
        Just(json!("Allow"))
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let key = prop::sample::select(vec![
            "Version",
            "Id",
            "Statement",
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
            "StringEquals",
            "AWS",
            "x",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

/// The same document with its statements, its lists and its elements turned round.
fn turned(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().rev().map(turned).collect(),
        Value::Object(map) => Value::Object(map.iter().rev().map(|(k, v)| (k.clone(), turned(v))).collect()),
        other => other.clone(),
    }
}

/// What a request says of `aws:Key`.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    Unknown,
    Absent,
    Value(String),
}

type Asked = (String, String, Said);

/// A request in the same small world.
fn request() -> impl Strategy<Value = Asked> {
    (
        (0..2u8, 0..4u8).prop_map(|(s, a)| format!("s{s}:Get{a}")),
        prop_oneof![
            (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}")),
            (0..3u8).prop_map(|r| format!("arn:aws:s0:::r{r}x")),
            Just("*".to_owned())
        ],
        prop_oneof![Just(Said::Unknown), Just(Said::Absent), (0..3u8).prop_map(|v| Said::Value(format!("v{v}")))],
    )
}

fn decide(document: &Value, (action, resource, value): &Asked) -> Decision {
    let context = match value {
        Said::Unknown => Context::unknown(),
        Said::Absent => Context::complete(),
        Said::Value(value) => Context::complete().with("aws:key", [value.clone()]),
    };
    let policies = Policies { identity: vec![Policy::new(&Document::of(document).unwrap())], ..Policies::default() };
    policies.evaluate(&Request {
        principal: &Principal::new("AWS", "arn:aws:iam::123456789012:role/r"),
        action,
        resource,
        resource_account: None,
        context: &context,
    })
}

fn allowed(document: &Value, request: &Asked) -> bool {
    matches!(decide(document, request), Decision::Allowed { .. })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn canonical_is_idempotent_and_order_free(document in document()) {
        let once = canonical(&document);
        prop_assert_eq!(canonical(&once).to_string(), once.to_string());
        prop_assert_eq!(canonical(&turned(&document)).to_string(), once.to_string());
        prop_assert!(equivalent(&document, &turned(&document)));
    }

    #[test]
    fn anything_at_all_is_compared(a in anything(), b in anything()) {
        let once = canonical(&a);
        prop_assert_eq!(canonical(&once).to_string(), once.to_string());
        prop_assert!(equivalent(&a, &a));
        prop_assert!(!broadens(&a, &a));
        prop_assert_eq!(equivalent(&a, &b), equivalent(&b, &a));
        let _ = (crate::diff(&a, &b), union(&a, &b), narrows(&a, &b), crate::service_can_assume(&a, "states.amazonaws.com", None, &Context::unknown()));
        prop_assert!(crate::diff(&a, &a).is_empty());
    }

    #[test]
    fn a_union_takes_nothing(a in document(), b in document()) {
        if let Some(both) = union(&a, &b) {
            prop_assert!(!narrows(&a, &both), "{} {} {}", a, b, both);
            prop_assert!(!narrows(&b, &both), "{} {} {}", a, b, both);
        }
    }

    #[test]
    fn equal_documents_evaluate_alike(a in document(), b in document(), request in request()) {
        let kind = |d: &Value| std::mem::discriminant(&decide(d, &request));
        prop_assert_eq!(kind(&a), kind(&canonical(&a)));
        prop_assert_eq!(kind(&a), kind(&turned(&a)));
        if equivalent(&a, &b) {
            prop_assert_eq!(kind(&a), kind(&b));
        }
    }

    #[test]
    fn a_union_allows_what_either_allows_and_no_more(a in document(), b in document(), request in request()) {
        if let Some(both) = union(&a, &b) {
            // An open value may be open in two ways that together are closed: then the union says more than either.
            if request.2 != Said::Unknown {
                prop_assert_eq!(allowed(&both, &request), allowed(&a, &request) || allowed(&b, &request));
            }
        }
    }

    #[test]
    fn broadening_is_seen_by_evaluation(a in document(), b in document(), request in request()) {
        if request.2 != Said::Unknown && allowed(&b, &request) && !allowed(&a, &request) {
            prop_assert!(broadens(&a, &b), "{} {} {:?}", a, b, request);
            prop_assert!(narrows(&b, &a));
        }
    }

    /// Whatever comes to be allowed is in a part that the change lists, and what is listed comes from the document that says it.
    #[test]
    fn what_changes_is_listed(a in document(), b in document(), request in request()) {
        let change = change(&a, &b);
        prop_assert_eq!(change.broadens.is_empty() && !change.uncertain, !broadens(&a, &b), "{} {} {:?}", a, b, change);
        prop_assert_eq!(change.narrows.is_empty() && !change.uncertain, !narrows(&a, &b));
        if request.2 != Said::Unknown && allowed(&b, &request) && !allowed(&a, &request) {
            let names = |access: &Access| {
                let action = access.actions.iter().any(|p| p.starts_with("all but") || matches(p, &request.0, Case::Insensitive));
                let resource = access.resources.iter().any(|p| p.starts_with("all but") || matches(p, &request.1, Case::Sensitive));
                action && resource
            };
            prop_assert!(change.broadens.iter().any(names), "{} {} {:?} {:?}", a, b, request, change);
        }
    }

    #[test]
    fn patterns_agree_with_matching(p in "[ab*?]{0,6}", q in "[ab*?]{0,6}", text in "[abc]{0,8}") {
        let (by_p, by_q) = (matches(&p, &text, Case::Sensitive), matches(&q, &text, Case::Sensitive));
        if covers(&p, &q, Case::Sensitive) {
            prop_assert!(by_p || !by_q, "{} covers {}, not {}", p, q, text);
        }
        if by_p && by_q {
            prop_assert!(meets(&p, &q, Case::Sensitive));
        }
        prop_assert_eq!(matches(&p, &text, Case::Insensitive), matches(&p.to_uppercase(), &text, Case::Insensitive));
    }

    #[test]
    fn patterns_meet_only_when_a_text_matches_both(p in "[ab*?]{0,4}", q in "[ab*?]{0,4}") {
        // All texts up to eight characters over an alphabet with one letter more than the patterns have.
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..6 {
            let to = texts.len();
            for at in from..to {
                for c in ['a', 'b', 'c'] {
                    texts.push(format!("{}{c}", texts[at]));
                }
            }
            from = to;
        }
        let hit = |p: &str, t: &str| matches(p, t, Case::Sensitive);
        prop_assert_eq!(meets(&p, &q, Case::Sensitive), texts.iter().any(|t| hit(&p, t) && hit(&q, t)));
    }
}
