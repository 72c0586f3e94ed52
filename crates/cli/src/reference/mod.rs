//! The pages of the book that are made from the code: one file a page. A test holds the committed ones to these.

mod commands;
mod fields;
mod findings;
mod permissions;
pub(crate) mod rules;
mod spec;

#[cfg(test)]
mod tests;

use crate::view::schema;

/// A file that is generated: its path from the root of the repository, and its text.
#[derive(Debug, Clone)]
pub struct Page {
    /// `docs/src/reference/commands.md`
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Every generated page and schema.
pub fn pages() -> Vec<Page> {
    let page = |path: &str, text: String| Page { path: path.to_owned(), text };
    let schema =
        |name: &str, schema: serde_json::Value| page(&format!("docs/schema/{name}-1.json"), format!("{schema:#}\n"));
    let mut pages = vec![
        schema("spec", statewright_spec::schema()),
        schema("plan", schema::plan()),
        schema("saved-plan", schema::saved_plan()),
        schema("validate", schema::validate()),
        schema("apply", schema::apply()),
        schema("run", schema::run()),
        schema("status", schema::status()),
        schema("permissions", schema::permissions()),
        page("docs/src/reference/commands.md", commands::page()),
        page("docs/src/reference/spec.md", spec::page()),
        page("docs/src/reference/findings.md", findings::page()),
        page("docs/src/reference/permissions.md", permissions::page()),
        page("docs/src/reference/fields.md", fields::page()),
    ];
    pages.extend(rules::pages());
    pages
}

/// The first lines of a generated page.
fn head(title: &str) -> String {
    format!("# {title}\n\n<!-- Made from the code by `make reference`: do not edit. -->\n\n")
}

/// Text in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
