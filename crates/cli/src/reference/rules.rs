//! A page a rule, as `docs/rules/CODE.md`, with an index. `docs/src/rules` leads there, so that the pages are a part of the
//! book.

use std::fmt::Write as _;

use statewright_asl::{Group, Rule};
use statewright_source::Severity;

use super::Page;

/// The book's table of contents: the part before the rules is written by hand.
const SUMMARY: &str = include_str!("../../../../docs/src/SUMMARY.md");
/// With this line the part begins that is made from the code.
const HEAD: &str = "- [Rules](rules/README.md)\n";
const MARK: &str = "<!-- Made from the code by `make reference`: do not edit. -->";

pub(super) fn pages() -> Vec<Page> {
    let page = |name: &str, text: String| Page { path: format!("docs/rules/{name}.md"), text };
    let mut pages = vec![page("README", index()), Page { path: "docs/src/SUMMARY.md".to_owned(), text: summary() }];
    pages.extend(statewright_asl::catalogue().iter().map(|rule| page(rule.code.0, marked(&rule.page()))));
    pages.extend(statewright_iam::codes::CODES.iter().map(|rule| page(rule.code.0, marked(&of_policies(rule)))));
    pages
}

/// The page of a code, in markdown, where it has one.
pub(crate) fn page(code: &str) -> Option<String> {
    let asl = statewright_asl::rule(code).map(Rule::page);
    asl.or_else(|| statewright_iam::codes::CODES.iter().find(|rule| rule.code.0 == code).map(of_policies))
}

fn of_policies(rule: &statewright_iam::codes::Rule) -> String {
    let statewright_iam::codes::Rule { code, severity, title, why } = rule;
    format!("# {code}: {title}\n\n*{}.*\n\n{why}\n", words(*severity))
}

const fn words(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error: AWS refuses it",
        Severity::Runtime => "runtime: AWS takes it, and the execution fails",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// With the mark behind the title.
fn marked(page: &str) -> String {
    let (title, rest) = page.split_once('\n').unwrap_or((page, ""));
    format!("{title}\n\n{MARK}\n{rest}")
}

fn index() -> String {
    let mut out = format!(
        "# Rules\n\n{MARK}\n\nWhat is looked for in definitions and in policies. `error`: AWS refuses it. `runtime`: AWS takes it, and an \
         execution must fail. `warning`: a trap. `note`: worth knowing.\n\nA finding of a definition, or a milder one of anything, is \
         silenced by a comment on its line or on the line above (`# statewright: allow(ASL042)`), at the head of a file for all of \
         it, or by `allow: [ASL042]` on the machine, which is the way where the definition is JSON.\n"
    );
    for group in Group::ALL {
        let _ = write!(out, "\n## {}\n\n| rule | severity | name | AWS's code |\n|---|---|---|---|\n", group.title());
        for rule in statewright_asl::catalogue().iter().filter(|rule| rule.group == group) {
            let aws = rule.aws_code.map(|code| format!("`{code}`")).unwrap_or_default();
            let _ =
                writeln!(out, "| [{code}]({code}.md) | {} | {} | {aws} |", rule.severity, rule.name, code = rule.code);
        }
    }
    out.push_str("\n## Policies and permissions\n\n| rule | severity | name |\n|---|---|---|\n");
    for rule in statewright_iam::codes::CODES {
        let title = super::cell(rule.title);
        let _ = writeln!(out, "| [{code}]({code}.md) | {} | {title} |", rule.severity, code = rule.code);
    }
    out
}

fn summary() -> String {
    let by_hand = SUMMARY.split(HEAD).next().unwrap_or_default().trim_end();
    let mut out = format!("{by_hand}\n{HEAD}");
    for rule in statewright_asl::catalogue() {
        let _ = writeln!(out, "  - [{code}: {}](rules/{code}.md)", rule.name, code = rule.code);
    }
    for rule in statewright_iam::codes::CODES {
        let _ =
            writeln!(out, "  - [{code}: {}](rules/{code}.md)", rule.title.replace(['[', ']'], ""), code = rule.code);
    }
    out
}
