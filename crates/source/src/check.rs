//! What the tests of both parsers share.

use proptest::prelude::*;
use serde_json::json;

use crate::{FileId, Node, Parsed, Sources, Span, Value};

/// A parser, as both are.
pub(crate) type Parse = fn(FileId, &str) -> Parsed;

pub(crate) fn parsed(parse: Parse, text: &str) -> Parsed {
    parse(Sources::default().add("test", text), text)
}

/// One line for each finding: its code, its places with byte offsets and their text, its title.
pub(crate) fn faults(parse: Parse, text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("test", text);
    let show = |span: Span| format!("{}..{} {:?}", span.start, span.end, sources.text(span));
    parse(file, text)
        .diagnostics
        .iter()
        .map(|d| {
            let labels = d.primary.iter().chain(&d.related);
            let places: Vec<_> = labels.map(|l| show(l.span)).collect();
            format!("{} {}: {}", d.code, places.join(" + "), d.title)
        })
        .collect()
}

/// Any JSON value, with keys and strings that need escapes.
pub(crate) fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(|f| json!(f)),
        any::<String>().prop_map(Into::into),
        "[a-z0-9:# -]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::Array),
            prop::collection::vec((prop_oneof!["[a-zA-Z0-9 _-]{0,8}", any::<String>()], inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

pub(crate) fn each(node: &Node, visit: &mut impl FnMut(&Node)) {
    visit(node);
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|n| each(n, visit)),
        Value::Map(entries) => entries.iter().for_each(|e| each(&e.value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every span of a finding and of the tree is a part of the text.
pub(crate) fn places_are_in_the_text(parse: Parse, text: &str) -> Result<Parsed, TestCaseError> {
    let parsed = parsed(parse, text);
    let labels = parsed.diagnostics.iter().flat_map(|d| d.primary.iter().chain(&d.related));
    let mut spans: Vec<Span> = labels.map(|l| l.span).collect();
    if let Some(root) = &parsed.root {
        each(root, &mut |node| spans.push(node.span));
    }
    for span in spans {
        prop_assert!(text.get(span.start..span.end).is_some(), "{:?} of {:?}", span, text);
    }
    Ok(parsed)
}
