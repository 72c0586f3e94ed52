use serde_json::{Map, Value};
use xmltree::{Element, XMLNode};

/// An element as JSON: text, a list where all children are called `member` (IAM, STS) or `Tag` (S3), else an object, in which
/// children of one name are a list: S3 lists its objects without an element around them.
pub(crate) fn element_to_json(element: &Element) -> Value {
    let children: Vec<&Element> = element.children.iter().filter_map(XMLNode::as_element).collect();
    if children.is_empty() {
        return Value::String(text_of(element));
    }
    if children.iter().all(|child| matches!(child.name.as_str(), "member" | "Tag")) {
        return children.into_iter().map(element_to_json).collect();
    }
    let mut object = Map::new();
    for child in children {
        let value = element_to_json(child);
        match object.get_mut(&child.name) {
            Some(Value::Array(all)) => all.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
            None => drop(object.insert(child.name.clone(), value)),
        }
    }
    Value::Object(object)
}

/// The text of an element, empty where it has none.
pub(crate) fn text_of(element: &Element) -> String {
    element.get_text().map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// The text of the child `name`.
pub(crate) fn child_text(element: &Element, name: &str) -> Option<String> {
    element.get_child(name).map(text_of)
}

/// Sets the text of the child `name`, which is made where it is missing.
pub(crate) fn set_child(element: &mut Element, name: &str, text: &str) {
    let mut child = Element::new(name);
    child.children.push(XMLNode::Text(text.to_owned()));
    element.take_child(name);
    element.children.push(XMLNode::Element(child));
}

/// The `member` elements of the list `name`.
pub(crate) fn members<'a>(element: &'a mut Element, name: &str) -> Vec<&'a mut Element> {
    match element.get_mut_child(name) {
        Some(list) => {
            list.children.iter_mut().filter_map(XMLNode::as_mut_element).filter(|e| e.name == "member").collect()
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_with_and_without_an_element_around_them() {
        let check = |text: &str, expect: Value| {
            assert_eq!(element_to_json(&Element::parse(text.as_bytes()).unwrap()), expect, "{text}");
        };
        check("<a><b>1</b></a>", json!({ "b": "1" }));
        check("<a><b>1</b><c/><b>2</b><b>3</b></a>", json!({ "b": ["1", "2", "3"], "c": "" }));
        check("<a><member>1</member></a>", json!(["1"]));
        check("<a><b><Tag><Key>k</Key></Tag></b></a>", json!({ "b": [{ "Key": "k" }] }));
    }
}
