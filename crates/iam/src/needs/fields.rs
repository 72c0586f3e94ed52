//! What a call's parameters say before anything runs.

use serde_json::{Map, Value};

/// A call's `Parameters` or `Arguments`.
#[derive(Debug, Clone, Copy)]
pub enum Parameters<'a> {
    /// Written out; single fields may still be known at run time only (`"X.$"`, `"{% … %}"`).
    Given(&'a Value),
    /// Known at run time only: an expression for all of it, or none given, so that the state's input is sent.
    Dynamic,
    /// There are none to give.
    None,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// One value, or those of a list.
    Values(Vec<Known>),
    /// Known at run time only; with the reason.
    Dynamic(String),
    Absent,
}

/// A value that is known, but for tokens (`${AWS::Region}`), which are `*` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) text: String,
    /// The token, where one was replaced.
    pub(super) token: Option<String>,
}

/// The field at a path such as `Input.S3Uri` or `Entries[].EventBusName`.
pub(super) fn field(parameters: Parameters<'_>, path: &str) -> Field {
    let value = match parameters {
        Parameters::Given(value) => value,
        Parameters::Dynamic => return Field::Dynamic(format!("{path} is known at run time only")),
        Parameters::None => return Field::Absent,
    };
    let mut out = Field::Absent;
    walk(value, path, path, &mut out);
    out
}

fn walk(value: &Value, rest: &str, path: &str, out: &mut Field) {
    let dynamic = || Field::Dynamic(format!("{path} is known at run time only"));
    if let Value::String(text) = value
        && let Some(expression) = expression(text)
    {
        match constant(expression).filter(|_| rest.is_empty()) {
            Some(text) => add(out, Known { text: text.to_owned(), token: None }),
            None => *out = dynamic(),
        }
        return;
    }
    if rest.is_empty() {
        match value {
            Value::String(text) => match known(text) {
                Some(known) => add(out, known),
                None => *out = dynamic(),
            },
            Value::Array(items) => items.iter().for_each(|item| walk(item, "", path, out)),
            Value::Bool(_) | Value::Number(_) => add(out, Known { text: value.to_string(), token: None }),
            Value::Object(_) => add(out, Known { text: String::new(), token: None }),
            Value::Null => {}
        }
        return;
    }
    let (name, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let (name, list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let Some(map) = value.as_object() else { return };
    match member(map, name) {
        Some(Member::Value(Value::Array(items))) if list => items.iter().for_each(|item| walk(item, rest, path, out)),
        Some(Member::Value(inner)) => walk(inner, rest, path, out),
        Some(Member::Dynamic) => *out = dynamic(),
        None => {}
    }
}

enum Member<'a> {
    Value(&'a Value),
    Dynamic,
}

fn member<'a>(map: &'a Map<String, Value>, name: &str) -> Option<Member<'a>> {
    if let Some(value) = map.get(name) {
        return Some(Member::Value(value));
    }
    map.contains_key(&format!("{name}.$")).then_some(Member::Dynamic)
}

fn add(out: &mut Field, known: Known) {
    match out {
        Field::Values(values) => values.push(known),
        Field::Absent => *out = Field::Values(vec![known]),
        Field::Dynamic(_) => {}
    }
}

/// The inside of `{% … %}`.
fn expression(text: &str) -> Option<&str> {
    text.trim().strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

/// The text of an expression that is only a quoted text.
fn constant(expression: &str) -> Option<&str> {
    let quote = expression.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = expression.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains([quote, '\\'])).then_some(inside)
}

/// A text with `*` for every `${…}`; nothing where it is one token and no more.
fn known(text: &str) -> Option<Known> {
    let mut out = String::new();
    let mut token = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        token.get_or_insert_with(|| format!("${{{name}}}"));
        out.push('*');
        rest = behind;
    }
    out.push_str(rest);
    (out != "*" || token.is_none()).then_some(Known { text: out, token })
}

/// Every field at the first level: its name and whether it is written out.
pub(super) fn top_level(parameters: Parameters<'_>) -> Vec<(String, Field)> {
    let Parameters::Given(Value::Object(map)) = parameters else { return Vec::new() };
    map.keys()
        .map(|key| {
            let name = key.strip_suffix(".$").unwrap_or(key);
            (name.to_owned(), field(parameters, name))
        })
        .collect()
}
