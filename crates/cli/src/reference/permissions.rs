//! What the caller must be allowed, a table per command.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::json;
use statewright_aws::permissions::{ACTIONS, Purpose, always, sometimes};

/// The commands, and what they make calls for.
const COMMANDS: [(&str, &[Purpose]); 8] = [
    ("plan", &[Purpose::Connect, Purpose::Read, Purpose::Judge, Purpose::Search]),
    ("apply", &[Purpose::Connect, Purpose::Read, Purpose::Judge, Purpose::Search, Purpose::Apply, Purpose::Delete]),
    ("destroy", &[Purpose::Connect, Purpose::Read, Purpose::Search, Purpose::Delete]),
    ("run", &[Purpose::Connect, Purpose::Execution, Purpose::Run]),
    ("status", &[Purpose::Connect, Purpose::Read, Purpose::Judge, Purpose::Search]),
    ("serve", &SERVE),
    ("graph", &[Purpose::Connect, Purpose::Machine, Purpose::Execution]),
    ("permissions ARN", &[Purpose::Connect, Purpose::Machine, Purpose::Grants]),
];

const SERVE: [Purpose; 7] = [
    Purpose::Connect,
    Purpose::Read,
    Purpose::Judge,
    Purpose::Search,
    Purpose::Execution,
    Purpose::Run,
    Purpose::Serve,
];

pub(super) fn page() -> String {
    let mut out = super::head("Permissions of the caller");
    out.push_str(
        "What whoever runs Statewright must be allowed, by command. `validate`, `init`, `schema`, `completions` and `man` call \
         nothing, and neither does `graph` of a file or a spec: its table is for a live machine, for `--diff`, and for `--execution`. \
         The kinds that a spec does not use need not be allowed. `Resource` is `*` here; narrow it to the names of your \
         stacks. `iam:PassRole` is for the roles of the functions, jobs and machines: narrow it to them, with \
         `iam:PassedToService`.\n",
    );
    for (command, purposes) in COMMANDS {
        let _ = writeln!(out, "\n## `{command}`\n\n| service | actions |\n|---|---|");
        let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for action in always(purposes) {
            let (service, name) = action.split_once(':').unwrap_or((action, ""));
            services.entry(service).or_default().push(name);
        }
        for (service, names) in &services {
            let _ = writeln!(out, "| `{service}` | {} |", names.join(", "));
        }
        for (action, when) in sometimes(purposes) {
            let _ = writeln!(out, "| | `{action}` for {} |", super::cell(when));
        }
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": always(purposes), "Resource": "*" }],
        });
        let _ = writeln!(out, "\n<details><summary>As a policy</summary>\n\n```json\n{policy:#}\n```\n\n</details>");
    }
    out.push_str("\n## Every call\n\n| call | actions that it needs |\n|---|---|\n");
    for action in ACTIONS {
        let mut needs: Vec<String> = action.actions.iter().map(|name| format!("`{name}`")).collect();
        needs.extend(action.sometimes.iter().map(|(name, when)| format!("`{name}` for {}", super::cell(when))));
        let needs = if needs.is_empty() { "none".to_owned() } else { needs.join(", ") };
        let _ = writeln!(out, "| `{}` | {needs} |", action.call);
    }
    out
}
