//! The document: fields, kinds of values, size.

use std::io;

use statewright_source::Severity;

use super::{
    context::Context,
    fields, language, object,
    place::Place,
    shared::{Object, PASS},
};
use crate::{
    model::BodyId,
    rule::{Group, Rule},
};

/// The largest definition, in bytes of JSON (quotas of the Step Functions guide).
const MAX_BYTES: usize = 1 << 20;

const NOT_AN_OBJECT: Rule = Rule::schema(
    "ASL001",
    "not-an-object",
    Group::Document,
    "A definition is a JSON object with at least `StartAt` and `States`.",
)
.examples("[]", PASS);

const TOO_LARGE: Rule = Rule::schema(
    "ASL009",
    "too-large",
    Group::Document,
    "A definition has at most 1,048,576 bytes as JSON. Move parts of it into a machine of their own, and start that one \
     with `states:startExecution.sync:2`.",
);

const NEARLY_TOO_LARGE: Rule = Rule::schema(
    "ASL010",
    "nearly-too-large",
    Group::Document,
    "The definition takes more than nine tenths of the 1,048,576 bytes that AWS allows.",
)
.of(Severity::Warning);

const UNCLOSED_TOKEN: Rule = Rule::schema(
    "ASL011",
    "unclosed-token",
    Group::Document,
    "A token of SAM, Terraform or a spec is `${Name}`. Without its brace it stays as it is, and AWS sees the `${`.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": "${Name", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": "${Name}", "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[NOT_AN_OBJECT, TOO_LARGE, NEARLY_TOO_LARGE, UNCLOSED_TOKEN];

/// The machine's own fields. Gives whether there is any sense in going on.
pub(super) fn check(cx: &mut Context<'_, '_>) -> bool {
    let root = cx.definition.root;
    if root.as_map().is_none() {
        let title = format!("a definition is an object, not {}", root.kind());
        let mut found = NOT_AN_OBJECT.at(root.span, title, "");
        found.aws_location = None;
        cx.push(found);
        return false;
    }
    let place = Place::Body(BodyId::MACHINE);
    language::declaration(cx, root, &place);
    object::check(cx, Object { state: None, node: root, key: None, place }, &fields::MACHINE);
    size(cx);
    tokens(cx, root);
    true
}

fn size(cx: &mut Context<'_, '_>) {
    let root = cx.definition.root;
    let mut count = Count(0);
    // The writer never fails, and the tree holds only what JSON can say.
    if serde_json::to_writer(&mut count, &Serial(root)).is_err() {
        return;
    }
    let bytes = count.0;
    if bytes > MAX_BYTES {
        let title = format!("the definition has {bytes} bytes as JSON; AWS takes {MAX_BYTES}");
        cx.push(TOO_LARGE.at(root.span, title, "/"));
    } else if bytes > MAX_BYTES / 10 * 9 {
        let title = format!("the definition has {bytes} bytes as JSON, of {MAX_BYTES} that AWS takes");
        cx.push(NEARLY_TOO_LARGE.at(root.span, title, "/"));
    }
}

/// Counts what is written.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A tree as JSON, without a copy of it.
struct Serial<'n>(&'n statewright_source::Node);

impl serde::Serialize for Serial<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use statewright_source::Value;
        match &self.0.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Number(n) => n.serialize(serializer),
            Value::String(s) => serializer.serialize_str(s),
            Value::Seq(items) => serializer.collect_seq(items.iter().map(Serial)),
            Value::Map(entries) => serializer.collect_map(entries.iter().map(|e| (&e.key, Serial(&e.value)))),
        }
    }
}

/// `${` that nothing closes.
fn tokens(cx: &mut Context<'_, '_>, node: &statewright_source::Node) {
    use statewright_source::Value;
    match &node.value {
        Value::String(text) => {
            if text.contains('$')
                && let Some(start) = text.rfind("${")
                && !text[start..].contains('}')
            {
                let span = cx.within(node, start..text.len());
                let found = UNCLOSED_TOKEN.at(span, "`${` is not closed", "");
                cx.push(statewright_source::Diagnostic { aws_location: None, ..found });
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| tokens(cx, item)),
        Value::Map(entries) => entries.iter().for_each(|e| tokens(cx, &e.value)),
        _ => {}
    }
}
