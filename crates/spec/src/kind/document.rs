//! Policy documents of policies and roles.

use serde_json::Value as Json;
use statewright_iam::{Document, Kind, codes as iam, lint::lint, quota, refused_character, validate};
use statewright_source::{Code, Diagnostic, Entry, Node, Severity, Span, Value};

use super::{
    discreet::{discreet, secret_places},
    limit::{Text, ascii_or, key},
};
use crate::{codes, context::Context};

/// What IAM takes as a name of a policy.
pub(super) const POLICY_NAME: Text =
    Text { may_be_empty: false, most: 128, takes: |c| ascii_or(c, "_+=,.@-"), words: "letters, digits and `_+=,.@-`" };

/// A description of a policy or of a role.
pub(super) fn description(ctx: &mut Context<'_>, text: Option<&str>, takes: fn(char) -> bool) -> String {
    let text = text.unwrap_or_default();
    let rule = Text {
        may_be_empty: true,
        most: 1000,
        takes,
        words: "U+0020 to U+00FF, tab and line ends: no typographic dash or quote",
    };
    rule.check(ctx, "/description", text);
    text.to_owned()
}

/// What stands in a description of a policy.
pub(super) fn latin1(c: char) -> bool {
    refused_character(c.encode_utf8(&mut [0; 4])).is_none()
}

/// A path: `/`, or names between slashes.
pub(super) fn path(ctx: &mut Context<'_>, path: Option<&str>, words: &'static str, takes: fn(char) -> bool) -> String {
    let Some(path) = path else { return "/".to_owned() };
    Text { may_be_empty: true, most: 512, takes, words }.check(ctx, "/path", path);
    if !path.starts_with('/') || !path.ends_with('/') || path.contains("//") {
        let wanted = format!("/{}/", path.split('/').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/"));
        let span = ctx.value_span("/path");
        let found = Diagnostic::error(codes::BAD_VALUE, "a path begins and ends with one slash")
            .at(span, "not in this form")
            .help(format!("write `{}`", wanted.replace("//", "/")));
        ctx.report(found);
    }
    path.to_owned()
}

/// Reads the document in a field and says what IAM would refuse in it, and what it would take though nobody means it.
pub(super) fn read(ctx: &mut Context<'_>, field: &str, kind: Kind) -> Option<Json> {
    let document = ctx.document(field)?;
    let tree = ctx.tree(field)?.clone();
    if tree.as_map().is_none() {
        let found = Diagnostic::error(
            iam::NOT_A_DOCUMENT,
            format!("`{}` must be a policy document, not {}", key(&format!("/{field}")), tree.kind()),
        )
        .at(tree.span, "not a map")
        .help("write `Version: \"2012-10-17\"` and a list under `Statement`");
        ctx.report(found);
        return None;
    }
    let secret = secret_places(ctx, field, &tree);
    let sampled = sampled(ctx, &tree);
    let lints = Document::read(&sampled).0.map(|document| lint(&document, kind)).unwrap_or_default();
    for mut found in validate(&sampled, kind).into_iter().chain(lints) {
        if found.code == iam::CHARACTERS
            && let Some(label) = found.primary.as_mut().filter(|label| !secret.contains(&label.span))
            && let Some(text) = text_at(&tree, label.span)
            && let Some((at, c)) = refused_character(&ctx.sample(text))
        {
            label.span = ctx.part_of(label.span, text, at..at + c.len_utf8());
        }
        let rule = iam::CODES.iter().find(|rule| rule.code == found.code).map_or("finding", |rule| rule.title);
        ctx.report(discreet(found, rule, &secret));
    }
    Some(document)
}

/// The size of a document as IAM will count it; what is unknown offline is taken at its usual length.
pub(super) fn size(ctx: &Context<'_>, document: &Json) -> usize {
    fn walk(ctx: &Context<'_>, value: &Json) -> Json {
        match value {
            Json::String(text) => ctx.sample(text).into(),
            Json::Array(items) => items.iter().map(|v| walk(ctx, v)).collect(),
            Json::Object(map) => {
                Json::Object(map.iter().map(|(k, v)| (ctx.sample(k).into_owned(), walk(ctx, v))).collect())
            }
            plain => plain.clone(),
        }
    }
    statewright_iam::size(&walk(ctx, document))
}

/// A size in characters against its quota, and against what AWS raises the quota to on request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    /// Where it is counted: `in the trust policy`.
    pub(super) what: &'static str,
    /// The finding's code.
    pub(super) code: Code,
    /// Where nothing was asked for.
    pub(super) usual: usize,
    /// The most that AWS gives.
    pub(super) most: usize,
    /// `characters`, white space not counted; or `policies`.
    pub(super) unit: &'static str,
    /// What to do.
    pub(super) help: &'static str,
}

impl Quota {
    /// A managed policy.
    pub(super) const MANAGED: Self = Self {
        what: "in the policy",
        code: iam::SIZE,
        usual: quota::MANAGED,
        most: quota::MANAGED,
        unit: "characters without white space",
        help: "split it into two policies, or write `*` for groups of actions",
    };
    /// A trust policy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
    pub(super) const TRUST: Self = Self {
        what: "in the trust policy",
        code: iam::SIZE,
        usual: quota::TRUST,
        most: 4_096,
        unit: "characters without white space",
        help: "trust fewer principals, or name an account and limit it with a condition",
    };
    /// The inline policies of a role.
    pub(super) const INLINE: Self = Self {
        what: "in the inline policies together",
        code: iam::SIZE,
        usual: quota::INLINE_TOTAL,
        most: quota::INLINE_TOTAL,
        unit: "characters without white space",
        help: "move some of them to `policies`, which count by themselves",
    };
    /// Managed policies on a role: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
    pub(super) const ATTACHMENTS: Self = Self {
        what: "on the role",
        code: codes::TOO_MANY,
        usual: quota::ATTACHMENTS,
        most: 25,
        unit: "managed policies",
        help: "put several policies into one",
    };

    /// Reports a count beyond the quota; a warning as long as AWS may have raised it.
    pub(super) fn check(self, ctx: &mut Context<'_>, span: Span, count: usize) {
        let Self { what, code, usual, most, unit, help } = self;
        let found = if count > most {
            Diagnostic::error(code, format!("{count} {unit} {what}; IAM takes {most}")).at(span, "too large")
        } else if count > usual {
            let title = format!("{count} {unit} {what}; IAM takes {usual} unless you had that quota raised");
            Diagnostic::new(code, Severity::Warning, title).at(span, "too large for most accounts")
        } else {
            return;
        };
        ctx.report(found.help(help));
    }
}

/// The tree as it may look in AWS.
pub(super) fn sampled(ctx: &Context<'_>, node: &Node) -> Node {
    let value = match &node.value {
        Value::String(text) => Value::String(ctx.sample(text).into_owned()),
        Value::Seq(items) => Value::Seq(items.iter().map(|i| sampled(ctx, i)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|e| Entry {
                    key: ctx.sample(&e.key).into_owned(),
                    key_span: e.key_span,
                    value: sampled(ctx, &e.value),
                })
                .collect(),
        ),
        plain => plain.clone(),
    };
    Node { span: node.span, value }
}

/// The string or the key at a place.
fn text_at(node: &Node, span: Span) -> Option<&str> {
    match &node.value {
        Value::String(text) => (node.span == span).then_some(text),
        Value::Seq(items) => items.iter().find_map(|i| text_at(i, span)),
        Value::Map(entries) => {
            entries.iter().find_map(|e| if e.key_span == span { Some(e.key.as_str()) } else { text_at(&e.value, span) })
        }
        _ => None,
    }
}
