//! Every code that can be told.

use std::fmt::Write as _;

use crate::view::finding::catalogue;

pub(super) fn page() -> String {
    let mut out = super::head("Findings");
    out.push_str(
        "Every finding has a code that never changes its meaning, and a severity: `error` (AWS refuses it, or the spec is wrong; it \
         blocks plan and apply), `runtime` (AWS takes it and an execution must fail; it does not block), `warning`, `note`. \
         `allow: [CODE]` on a resource silences one there; an error cannot be silenced.\n\n| code | means |\n|---|---|\n",
    );
    for (code, meaning) in catalogue() {
        let _ = writeln!(out, "| `{code}` | {} |", super::cell(meaning));
    }
    out
}
