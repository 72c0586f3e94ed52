//! A choice rule in words.

use statewright_source::{Node, Value};

/// What must hold for a choice rule: `$.n > 5 and not ($.done is present)`.
pub(crate) fn in_words(rule: &Node) -> String {
    words(rule, false)
}

fn words(rule: &Node, nested: bool) -> String {
    if let Some(condition) = rule.get("Condition") {
        return match &condition.value {
            Value::String(s) => expression(s).unwrap_or(s).trim().to_owned(),
            _ => plain(condition),
        };
    }
    if let Some(rules) = rule.get("And").and_then(Node::as_seq) {
        return joined(rules, " and ", nested);
    }
    if let Some(rules) = rule.get("Or").and_then(Node::as_seq) {
        if let Some(words) = one_of(rules) {
            return words;
        }
        return joined(rules, " or ", nested);
    }
    if let Some(rule) = rule.get("Not") {
        return format!("not ({})", words(rule, false));
    }
    let variable = rule.get("Variable").map_or_else(|| "?".to_owned(), plain);
    let Some(entry) = rule.as_map().unwrap_or_default().iter().find(|e| Operator::of(&e.key).is_some()) else {
        return String::new();
    };
    let Some(operator) = Operator::of(&entry.key) else { return String::new() };
    match operator {
        Operator::Is(what) => match entry.value.value {
            Value::Bool(false) => format!("{variable} is not {what}"),
            _ => format!("{variable} is {what}"),
        },
        Operator::Compare(sign) => format!("{variable} {sign} {}", operand(&entry.key, &entry.value)),
    }
}

/// `$.state = "FAILED", "STOPPED" or "ERROR"`, where all that is asked is whether one variable equals one of several values.
fn one_of(rules: &[Node]) -> Option<String> {
    let part = |rule: &Node| {
        let entries = rule.as_map()?;
        let entry = entries.iter().find(|e| matches!(Operator::of(&e.key), Some(Operator::Compare("="))))?;
        let variable = entries.iter().find(|e| e.key == "Variable")?.value.as_str()?;
        Some((variable.to_owned(), operand(&entry.key, &entry.value)))
    };
    let parts: Vec<(String, String)> = rules.iter().map(part).collect::<Option<_>>()?;
    let (last, first) = parts.split_last().filter(|(last, first)| first.iter().all(|(other, _)| *other == last.0))?;
    let first: Vec<&str> = first.iter().map(|(_, value)| value.as_str()).collect();
    if first.is_empty() {
        return None;
    }
    Some(format!("{} = {} or {}", last.0, first.join(", "), last.1))
}

enum Operator {
    Is(&'static str),
    Compare(&'static str),
}

impl Operator {
    fn of(field: &str) -> Option<Self> {
        let is = match field {
            "IsNull" => "null",
            "IsPresent" => "present",
            "IsNumeric" => "a number",
            "IsString" => "a string",
            "IsBoolean" => "a boolean",
            "IsTimestamp" => "a timestamp",
            _ => "",
        };
        if !is.is_empty() {
            return Some(Self::Is(is));
        }
        let field = field.strip_suffix("Path").unwrap_or(field);
        let comparison =
            ["String", "Numeric", "Boolean", "Timestamp"].iter().find_map(|kind| field.strip_prefix(kind))?;
        Some(Self::Compare(match comparison {
            "Equals" => "=",
            "LessThan" => "<",
            "GreaterThan" => ">",
            "LessThanEquals" => "≤",
            "GreaterThanEquals" => "≥",
            "Matches" => "matches",
            _ => return None,
        }))
    }
}

/// The text between `{%` and `%}`.
pub(crate) fn expression(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

fn joined(rules: &[Node], word: &str, nested: bool) -> String {
    let all = rules.iter().map(|r| words(r, true)).collect::<Vec<_>>().join(word);
    if nested && rules.len() > 1 { format!("({all})") } else { all }
}

fn plain(node: &Node) -> String {
    node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned)
}

fn operand(field: &str, node: &Node) -> String {
    if field.ends_with("Path") || field.starts_with("Timestamp") { plain(node) } else { node.to_json().to_string() }
}
