//! Fields of AWS that a spec cannot set.

use std::fmt::Write as _;

use statewright_aws::fields::LEFT_OUT;

pub(super) fn page() -> String {
    let mut out = super::head("Fields that a spec cannot set");
    out.push_str(
        "Every field of AWS's create and update calls can be set by a spec, but for these. A test holds this list to the SDK, so that a \
         field that AWS adds is noticed.\n\n| call | field | why |\n|---|---|---|\n",
    );
    for field in LEFT_OUT {
        let _ = writeln!(out, "| `{}` | `{}` | {} |", field.call, field.field, super::cell(field.why));
    }
    out
}
