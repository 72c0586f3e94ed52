//! Every code that can be told.

use std::fmt::Write as _;

use crate::view::finding::catalogue;

pub(super) fn page() -> String {
    let mut out = super::head("Findings");
    out.push_str(
        "Every finding has a code that never changes its meaning, and a severity: `error` (AWS refuses it, or the spec is wrong; it \
         blocks plan and apply), `runtime` (AWS takes it and an execution must fail; it does not block), `warning`, `note`. \
         `allow: [CODE]` on a resource silences one there, and so does the comment `# statewright: allow(CODE)` on its line, on the \
         line above, or at the head of the file. An error cannot be silenced, but for those of a definition (`ASL…`): there AWS has \
         the last word. A plan shows errors, what will fail, and what only AWS could tell; of the rest it gives the number, and \
         `validate` shows it.\n\n| code | means |\n|---|---|\n",
    );
    for (code, meaning) in catalogue() {
        let linked = match super::rules::page(code.0) {
            Some(_) => format!("[`{code}`](../rules/{code}.md)"),
            None => format!("`{code}`"),
        };
        let _ = writeln!(out, "| {linked} | {} |", super::cell(meaning));
    }
    out
}
