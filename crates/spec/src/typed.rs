//! From a tree to a type of ours, through serde.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use statewright_source::{Node, Value};

use crate::reference::pointer_to;

/// Why a tree does not fit a type: a pointer, and serde's words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) pointer: String,
    pub(crate) why: String,
}

/// The typed form of a tree whose shape was looked at before: serde stops at the first fault and knows no places.
pub(crate) fn read<T: DeserializeOwned>(node: &Node) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(yaml(node)).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            pointer = match segment {
                Segment::Seq { index } => pointer_to(&pointer, &index.to_string()),
                Segment::Map { key } => pointer_to(&pointer, key),
                Segment::Enum { .. } | Segment::Unknown => pointer,
            };
        }
        Misfit { pointer, why: error.inner().to_string() }
    })
}

/// The tree in serde's YAML model. Duplicate keys and merges are resolved in it already.
fn yaml(node: &Node) -> serde_yaml::Value {
    match &node.value {
        Value::Null => serde_yaml::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => whole.into(),
            (None, Some(large), _) => large.into(),
            (None, None, fraction) => fraction.unwrap_or(f64::NAN).into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Seq(items) => serde_yaml::Value::Sequence(items.iter().map(yaml).collect()),
        Value::Map(entries) => {
            let entries = entries.iter().map(|e| (e.key.as_str().into(), yaml(&e.value)));
            serde_yaml::Value::Mapping(entries.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use statewright_source::{FileId, parse_yaml};

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Doc {
        whole: u64,
        fraction: Option<f64>,
        flags: Vec<bool>,
        texts: BTreeMap<String, String>,
    }

    fn check(text: &str, expect: Result<Doc, (&str, &str)>) {
        let root = parse_yaml(FileId(0), text).root.unwrap();
        let expect = expect.map_err(|(pointer, why)| Misfit { pointer: pointer.to_owned(), why: why.to_owned() });
        assert_eq!(read(&root), expect);
    }

    #[test]
    fn trees_become_types() {
        check(
            "{ whole: 18446744073709551615, fraction: 0.0625, flags: [true, false], texts: { a: '1', b: 'true' } }",
            Ok(Doc {
                whole: u64::MAX,
                fraction: Some(0.0625),
                flags: vec![true, false],
                texts: BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "true".to_owned())]),
            }),
        );
        check(
            "{ whole: 1, flags: [true, 5], texts: {} }",
            Err(("/flags/1", "invalid type: integer `5`, expected a boolean")),
        );
        check(
            "{ whole: 1, flags: [], texts: { a/b: [] } }",
            Err(("/texts/a~1b", "invalid type: sequence, expected a string")),
        );
    }
}
