//! What is wrong with them, and what they come to.

use std::collections::BTreeMap;

use statewright_source::{Diagnostic, Node, Span, visible};

use super::{Adopt, AdoptDoc, Attachments, AttachmentsDoc, Custody, IgnoredTags, TagPattern};
use crate::{
    Address, Declared, Owner, TAG_PREFIX, codes,
    context::{Context, sample},
};

/// The longest value of a tag, in characters.
const VALUE: usize = 256;

/// What a resource asks for, as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'d> {
    pub(crate) adopt: &'d AdoptDoc,
    pub(crate) protect: bool,
    pub(crate) retain: bool,
    pub(crate) was: Option<&'d str>,
    pub(crate) ignore_tags: &'d [String],
    pub(crate) attachments: AttachmentsDoc,
}

/// What that comes to. `ignored` are the patterns of the whole spec.
pub(crate) fn of(asked: Asked<'_>, ignored: &IgnoredTags, ctx: &mut Context<'_>) -> Custody {
    let adopt = match asked.adopt {
        AdoptDoc::Never => Adopt::Never,
        AdoptDoc::Unowned => Adopt::Unowned,
        AdoptDoc::From(owner) => {
            from(owner, ctx);
            Adopt::From(Owner::from_tag(owner.clone()))
        }
    };
    let was = asked.was.filter(|was| renamed(was, ctx)).map(str::to_owned);
    let own: IgnoredTags = asked.ignore_tags.iter().map(|text| TagPattern::parse(text)).collect();
    Custody {
        adopt,
        protect: asked.protect,
        retain: asked.retain,
        was,
        attachments: Attachments::from(asked.attachments),
        ignore_tags: ignored.and(&own),
    }
}

/// The owner whose a resource is now.
fn from(owner: &str, ctx: &mut Context<'_>) {
    const PLACE: &str = "/adopt/from";
    let text = ctx.sample(owner).into_owned();
    let span = ctx.value_span(PLACE);
    let name = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    let fits = text.rsplit_once('@').is_some_and(|(stack, region)| {
        let region =
            !region.is_empty() && region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        region && stack.split('/').count() <= 2 && stack.split('/').all(name)
    });
    if !fits || text.chars().count() > VALUE {
        let title = format!("`{}` is not an owner", visible(owner));
        let found = Diagnostic::error(codes::BAD_VALUE, title)
            .at(span, "NAME@REGION or NAME/ENV@REGION must stand here")
            .help("write what the tag `statewright:stack` of the resource says; a plan without `adopt` names it");
        ctx.report(found);
    }
}

/// Whether a former name makes sense.
fn renamed(was: &str, ctx: &mut Context<'_>) -> bool {
    const PLACE: &str = "/was";
    let (kind, name) = (ctx.address().kind, ctx.address().name.clone());
    let found = if was.is_empty() {
        Diagnostic::error(codes::BAD_VALUE, "`was` is empty")
            .at(ctx.value_span(PLACE), "a former name must stand here")
            .help("leave it out where there was none")
    } else if was == name {
        Diagnostic::error(codes::RENAME, format!("`{}` has had this name before", visible(was)))
            .at(ctx.value_span(PLACE), "its own name")
            .help("write the name that it had before, or leave `was` out")
    } else if ctx.declares(&Address::new(kind, was)) {
        let title = format!("`{}` was renamed and is still declared", visible(was));
        Diagnostic::error(codes::RENAME, title)
            .at(ctx.value_span(PLACE), format!("the spec declares a {} of this name", kind.noun()))
            .help(format!("take `{}` out of `{}`, or leave `was` out", visible(was), kind.section()))
    } else {
        return true;
    };
    ctx.report(found);
    false
}

/// Two that say that they are the same former resource.
pub(crate) fn rename_twins(resources: &BTreeMap<Address, Declared>) -> Vec<Diagnostic> {
    let mut first: BTreeMap<Address, (&Address, Span)> = BTreeMap::new();
    let mut found = Vec::new();
    for (address, declared) in resources {
        let Some(was) = &declared.custody.was else { continue };
        let place = declared.body.pointer("/was").map_or(declared.span, |node| node.span);
        match first.get(&Address::new(address.kind, was.clone())) {
            Some((other, span)) => {
                let title = format!("{} and {} both were `{}`", other, address, visible(was));
                let error = Diagnostic::error(codes::RENAME, title).at(place, "again here");
                found.push(error.related(*span, "first here").help("keep one of the two"));
            }
            None => {
                first.insert(Address::new(address.kind, was.clone()), (address, place));
            }
        }
    }
    found
}

/// What is wrong with a list of patterns of tags.
pub(crate) fn patterns(list: &Node) -> Vec<Diagnostic> {
    list.as_seq().unwrap_or_default().iter().filter_map(pattern).collect()
}

fn pattern(node: &Node) -> Option<Diagnostic> {
    let text = node.as_str()?;
    let shown = visible(text);
    let prefix = text.strip_suffix('*').unwrap_or(text);
    let (title, label, help) = if text.is_empty() {
        ("a pattern of tags is empty".to_owned(), "nothing here", "write a key, or a prefix and `*`")
    } else if prefix.contains('*') {
        (
            format!("`{shown}` is not a pattern of tags"),
            "`*` stands at the end only",
            "write a key, or a prefix and `*`, such as `cost-*`",
        )
    } else if sample(prefix).starts_with(TAG_PREFIX) {
        (
            format!("`{shown}` cannot be ignored"),
            "tags of this program",
            "they say whose a resource is; leave them out of the list",
        )
    } else {
        return None;
    };
    Some(Diagnostic::error(codes::BAD_VALUE, title).at(node.span, label).help(help))
}

/// Tags that are set here and ignored as well: nobody could say what they shall be.
pub(crate) fn tags(tags: &Node, ignored: &IgnoredTags) -> Vec<Diagnostic> {
    let covered = tags.as_map().unwrap_or_default().iter().filter(|entry| ignored.covers(&entry.key));
    covered
        .map(|entry| {
            let title = format!("the tag `{}` is set here and ignored", visible(&entry.key));
            Diagnostic::error(codes::IGNORED_TAG, title)
                .at(entry.key_span, "`ignore_tags` covers it")
                .help("take it out of one of the two")
        })
        .collect()
}
