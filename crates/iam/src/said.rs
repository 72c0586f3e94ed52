//! What AWS itself says of a document, beside what we say.

use statewright_source::{Diagnostic, Node, Severity, Span, Value};

use crate::codes;

/// A finding of IAM Access Analyzer's `ValidatePolicy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFinding {
    /// How grave.
    pub gravity: Gravity,
    /// `PASS_ROLE_WITH_STAR_IN_RESOURCE`
    pub code: String,
    /// In AWS's words.
    pub message: String,
    /// A page of AWS about it.
    pub link: String,
    /// Where in the document, from the root; the first place where there are several.
    pub place: Vec<PathStep>,
}

/// The types of findings of `ValidatePolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// Something in the document keeps it from working.
    Error,
    /// It allows more than is safe.
    SecurityWarning,
    /// It is not as one would write it, or may not do what is meant.
    Warning,
    /// It could be simpler.
    Suggestion,
}

/// One step of the way to a place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// An item of a list, from 0.
    Index(usize),
    /// The key itself.
    Key(String),
    /// What stands under a key.
    Value(String),
}

/// AWS's findings that none of ours says (same code, same place), each at its place in the user's text.
///
/// None is an error: `ValidatePolicy` finds faults that keep a document from working, and IAM takes most of them. What IAM
/// refuses we say ourselves.
pub fn not_said_by_us(root: &Node, ours: &[Diagnostic], theirs: &[PolicyFinding]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for aws in theirs {
        let span = locate(root, &aws.place);
        let is_it = |d: &Diagnostic| {
            let place = d.primary.as_ref().map(|label| label.span);
            d.aws_code == Some(&aws.code) && place.is_none_or(|own| meet(own, span))
        };
        if ours.iter().any(is_it) {
            continue;
        }
        let severity = match aws.gravity {
            Gravity::Error => Severity::Runtime,
            Gravity::SecurityWarning | Gravity::Warning => Severity::Warning,
            Gravity::Suggestion => Severity::Note,
        };
        let found = Diagnostic::new(codes::BY_AWS, severity, format!("AWS says: {}", aws.message.trim()));
        let help = [aws.code.as_str(), aws.link.as_str()].into_iter().filter(|text| !text.is_empty());
        out.push(found.at(span, "").help(help.collect::<Vec<_>>().join(": ")));
    }
    out
}

fn meet(a: Span, b: Span) -> bool {
    a.file == b.file && a.start < b.end && b.start < a.end
}

/// A place in the tree; of what is not there, the nearest thing around it.
fn locate(root: &Node, place: &[PathStep]) -> Span {
    let (mut node, mut span) = (root, root.span);
    for step in place {
        match step {
            PathStep::Index(at) => match &node.value {
                Value::Seq(items) => {
                    let Some(item) = items.get(*at) else { return span };
                    (node, span) = (item, item.span);
                }
                // A list of one that stands as its item.
                _ if *at == 0 => {}
                _ => return span,
            },
            PathStep::Key(key) => return node.entry(key).map_or(span, |entry| entry.key_span),
            PathStep::Value(key) => {
                let Some(entry) = node.entry(key) else { return span };
                node = &entry.value;
                span = if matches!(node.value, Value::Map(_)) { entry.key_span } else { node.span };
            }
        }
    }
    // All of a statement would be too much.
    if matches!(node.value, Value::Map(_)) && span == node.span { span.within(0, 1) } else { span }
}

#[cfg(test)]
mod tests {
    use statewright_source::{Severity, Sources, parse_json};

    use super::{Gravity, PathStep, PolicyFinding, not_said_by_us};
    use crate::{Document, Kind, lint::lint};

    const TEXT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","iam:PassRole"],"Resource":"*"}]}"#;

    fn aws(gravity: Gravity, code: &str, place: &[PathStep]) -> PolicyFinding {
        let place = place.to_vec();
        PolicyFinding { gravity, code: code.to_owned(), message: "m.".to_owned(), link: String::new(), place }
    }

    #[test]
    fn what_both_say_is_said_once_and_the_rest_has_its_place() {
        let file = Sources::default().add("p.json", TEXT);
        let root = parse_json(file, TEXT).root.unwrap();
        let ours = lint(&Document::read(&root).0.unwrap(), Kind::Identity);
        let value = |key: &str| PathStep::Value(key.to_owned());
        let action = [value("Statement"), PathStep::Index(0), value("Action"), PathStep::Index(1)];
        let theirs = [
            aws(Gravity::SecurityWarning, "PASS_ROLE_WITH_STAR_IN_RESOURCE", &action),
            aws(
                Gravity::Error,
                "NEW",
                &[value("Statement"), PathStep::Index(0), value("Resource"), PathStep::Index(0)],
            ),
            aws(
                Gravity::Suggestion,
                "NEWER",
                &[value("Statement"), PathStep::Index(0), PathStep::Key("Action".to_owned())],
            ),
            aws(Gravity::Warning, "ELSEWHERE", &[value("Statement"), PathStep::Index(7), value("Action")]),
            aws(Gravity::Warning, "WHOLE", &[value("Statement"), PathStep::Index(0)]),
        ];
        let said: Vec<(Severity, &str, String)> = not_said_by_us(&root, &ours, &theirs)
            .into_iter()
            .map(|d| {
                let span = d.primary.as_ref().unwrap().span;
                (d.severity, &TEXT[span.start..span.end], d.help.unwrap_or_default())
            })
            .collect();
        let statements = r#"[{"Effect":"Allow","Action":["s3:Get*","iam:PassRole"],"Resource":"*"}]"#;
        assert_eq!(
            said,
            [
                (Severity::Runtime, "\"*\"", "NEW".to_owned()),
                (Severity::Note, "\"Action\"", "NEWER".to_owned()),
                (Severity::Warning, statements, "ELSEWHERE".to_owned()),
                (Severity::Warning, "{", "WHOLE".to_owned()),
            ]
        );
    }
}
