//! `allow: [CODE]` — findings that a resource does not want to hear.

use statewright_source::{Diagnostic, Node, Severity, nearest, visible};

use crate::codes;

/// Codes of other parts of the program, which this one does not list: only their form is looked at.
const OTHERS: [&str; 2] = ["PLAN", "AWS"];

/// Says which codes do not exist.
pub(crate) fn check(body: &Node) -> Vec<Diagnostic> {
    let items = body.get("allow").and_then(Node::as_seq).unwrap_or_default();
    items.iter().filter_map(|item| unknown(item.as_str()?, item)).collect()
}

fn unknown(code: &str, node: &Node) -> Option<Diagnostic> {
    let known = || {
        let texts = codes::CODES.iter().chain(statewright_source::codes::CODES).map(|(code, _)| code.0);
        let policies = statewright_iam::codes::CODES.iter().map(|rule| rule.code.0);
        texts.chain(policies).chain(statewright_asl::catalogue().iter().map(|rule| rule.code.0))
    };
    let digits = |prefix: &str| {
        code.strip_prefix(prefix).is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    if known().any(|k| k == code) || OTHERS.into_iter().any(digits) {
        return None;
    }
    let title = format!("there is no finding `{}`", visible(code));
    let found = Diagnostic::new(codes::UNKNOWN_CODE, Severity::Warning, title).at(node.span, "not known");
    Some(match nearest(code, known()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("write the code that stands before the finding, such as `SPEC080`"),
    })
}
