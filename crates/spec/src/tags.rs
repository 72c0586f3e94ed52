//! Tags: what AWS takes, and what is ours.

use std::collections::BTreeMap;

use statewright_source::{Diagnostic, Entry, Node, Span, visible};

use crate::{
    Custody, Identity, Loaded, Owner, Resource, TAG_PREFIX, codes,
    context::sample,
    kind::function::Code,
    reference::{Trace, pointer_to},
};

/// The most that AWS takes on a resource.
const MOST: usize = 50;
/// The longest key, in characters.
const KEY: usize = 128;
/// The longest value, in characters.
const VALUE: usize = 256;

/// Whether every service that we tag takes the character: letters, digits, white space and `_.:/=+-@`
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
fn taken(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

/// What is wrong with the keys and values of a map of tags, which stands at `pointer` of what `trace` is about.
pub(crate) fn check(tags: &Node, pointer: &str, trace: &Trace) -> Vec<Diagnostic> {
    let entries = tags.as_map().unwrap_or_default();
    let mut out = Vec::new();
    let mut first: BTreeMap<String, &Entry> = BTreeMap::new();
    for entry in entries {
        if !trace.broken_keys.contains(&entry.key_span) {
            out.extend(key(entry));
        }
        if !trace.broken.contains(&pointer_to(pointer, &entry.key)) {
            out.extend(value(entry));
        }
        if let Some(twin) = first.insert(entry.key.to_lowercase(), entry) {
            let title = format!("the tags `{}` and `{}` differ by case only", visible(&twin.key), visible(&entry.key));
            out.push(
                Diagnostic::error(codes::TAG_KEY, title)
                    .at(entry.key_span, "IAM takes them for one")
                    .related(twin.key_span, "first here")
                    .help("keep one of the two"),
            );
        }
    }
    out
}

fn key(entry: &Entry) -> Option<Diagnostic> {
    let key = sample(&entry.key);
    let shown = visible(&entry.key);
    let lower = key.to_lowercase();
    let (title, label, help) = if lower.starts_with("aws:") {
        (format!("the tag `{shown}` is AWS's own"), "`aws:` is reserved", "choose another key")
    } else if lower.starts_with(TAG_PREFIX) {
        (
            format!("the tag `{shown}` is for this program"),
            "`statewright:` is reserved",
            "it says there whose a resource is; choose another key",
        )
    } else if key.is_empty() {
        ("a tag's key is empty".to_owned(), "nothing here", "give it a key")
    } else if key.chars().count() > KEY {
        (format!("the tag `{shown}` is longer than {KEY} characters"), "too long", "choose a shorter key")
    } else if let Some(bad) = key.chars().find(|c| !taken(*c)) {
        (
            format!("`{}` may not stand in the tag `{shown}`", bad.escape_debug()),
            "AWS refuses it",
            "letters, digits, spaces and `_.:/=+-@` may stand there",
        )
    } else {
        return None;
    };
    Some(Diagnostic::error(codes::TAG_KEY, title).at(entry.key_span, label).help(help))
}

fn value(entry: &Entry) -> Option<Diagnostic> {
    let text = sample(entry.value.as_str()?);
    let shown = visible(&entry.key);
    let found = |title: String, label: &str| Diagnostic::error(codes::TAG_VALUE, title).at(entry.value.span, label);
    if text.chars().count() > VALUE {
        return Some(found(format!("the value of the tag `{shown}` is longer than {VALUE} characters"), "too long"));
    }
    let bad = text.chars().find(|c| !taken(*c))?;
    let title = format!("`{}` may not stand in the value of the tag `{shown}`", bad.escape_debug());
    Some(found(title, "AWS refuses it").help("letters, digits, spaces and `_.:/=+-@` may stand there"))
}

/// Too many tags, those of the whole spec and ours counted.
pub(crate) fn count(resource: &Resource, custody: &Custody, span: Span) -> Option<Diagnostic> {
    // The owner's, what a function or a job was made of, and what may become of it.
    let ours = custody.tags().len()
        + match resource {
            Resource::Function(f) if matches!(f.code, Code::Object(_)) => 2,
            Resource::Job(j) if j.script.is_some() => 2,
            Resource::Function(_)
            | Resource::Job(_)
            | Resource::Policy(_)
            | Resource::Role(_)
            | Resource::LogGroup(_)
            | Resource::StateMachine(_) => 1,
        };
    let own = resource.tags().len();
    (own + ours > MOST).then(|| {
        let title = format!("a resource has at most {} tags, this one has {own}", MOST - ours);
        Diagnostic::error(codes::TOO_MANY_TAGS, title)
            .at(span, format!("with {ours} of this program {} are too many", own + ours))
            .help("those of the whole spec count; remove some")
    })
}

/// An owner that is too long for its tag.
pub(crate) fn owner(loaded: &Loaded, identity: &Identity) -> Option<Diagnostic> {
    let stack = loaded.stack.as_deref()?;
    let owner = Owner::new(stack, loaded.environment.as_deref(), &identity.region);
    let length = sample(owner.as_str()).chars().count();
    if length <= VALUE {
        return None;
    }
    let title = format!("the names of stack and environment are too long: `{}`", visible(owner.as_str()));
    let span = loaded.root.get("stack").map_or(loaded.root.span, |n| n.span);
    Some(
        Diagnostic::error(codes::OWNER_TOO_LONG, title)
            .at(
                span,
                format!("the tag that says whose a resource is would have {length} characters, {VALUE} are taken"),
            )
            .help("choose a shorter name"),
    )
}
