//! What AWS takes, and what is said of a value that it would refuse.
//!
//! Every check reports and goes on, so that all that is wrong with a resource is said at once.

use std::ops::RangeInclusive;

use statewright_source::{Diagnostic, Severity, nearest, visible};

use crate::{Arn, codes, context::Context, names::fits};

/// A key as a message calls it: `logging.log_group` for `/logging/log_group`.
pub(super) fn key(pointer: &str) -> String {
    let names: Vec<String> = pointer.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~")).collect();
    visible(&names.join(".")).into_owned()
}

/// A number that AWS takes in a range only.
pub(super) fn number(ctx: &mut Context<'_>, pointer: &str, value: u32, range: &RangeInclusive<u32>, unit: &str) {
    let (least, most) = (*range.start(), *range.end());
    if range.contains(&value) {
        return;
    }
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let takes = if most == u32::MAX { format!("{least}{unit} or more") } else { format!("{least} to {most}{unit}") };
    let (label, help) = if value < least {
        ("too small", format!("the least is {least}"))
    } else {
        ("too large", format!("the most is {most}"))
    };
    let title = format!("`{}` is {value}; AWS takes {takes}", key(pointer));
    let found = Diagnostic::error(codes::BAD_VALUE, title).at(ctx.value_span(pointer), label).help(help);
    ctx.report(found);
}

/// A text with a length, in characters, and with characters that AWS takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// Whether it may be empty.
    pub(super) may_be_empty: bool,
    /// Characters.
    pub(super) most: usize,
    /// Which characters AWS takes.
    pub(super) takes: fn(char) -> bool,
    /// The same in words: `letters, digits and _`.
    pub(super) words: &'static str,
}

impl Text {
    /// A text of which only the length counts.
    pub(super) const fn of_any(most: usize) -> Self {
        Self { may_be_empty: true, most, takes: |_| true, words: "" }
    }

    /// The same, and never empty.
    pub(super) const fn not_empty(self) -> Self {
        Self { may_be_empty: false, ..self }
    }

    /// Checks the value at a pointer.
    pub(super) fn check(self, ctx: &mut Context<'_>, pointer: &str, text: &str) {
        if text.is_empty() && !self.may_be_empty {
            let found = Diagnostic::error(codes::BAD_VALUE, format!("`{}` is empty", key(pointer)))
                .at(ctx.value_span(pointer), "nothing stands here")
                .help("give it a value, or leave the key out");
            ctx.report(found);
        }
        let sample = ctx.sample(text).into_owned();
        let length = sample.chars().count();
        if length > self.most {
            let title = format!("`{}` has {length} characters; AWS takes {}", key(pointer), self.most);
            let found = Diagnostic::error(codes::TOO_LONG, title)
                .at(ctx.value_span(pointer), "too long")
                .help(format!("shorten it by {}", length - self.most));
            ctx.report(found);
        }
        if let Some(c) = sample.chars().find(|c| !(self.takes)(*c)) {
            let secret = ctx.gathered.sensitive.contains(pointer);
            // Where it stands in the text itself: what is unknown offline has another length in the sample.
            let at = text.find(c).filter(|_| !secret);
            let span =
                at.map_or_else(|| ctx.value_span(pointer), |at| ctx.part_span(pointer, text, at..at + c.len_utf8()));
            let shown = if secret { "a character of it".to_owned() } else { shown(c) };
            let found = Diagnostic::error(codes::CHARACTERS, format!("{shown} may not stand in `{}`", key(pointer)))
                .at(span, "not taken")
                .help(format!("AWS takes {}", self.words));
            ctx.report(found);
        }
    }

    /// Checks the resource's own name.
    pub(super) fn check_name(self, ctx: &mut Context<'_>, name: &str) {
        let noun = ctx.address().kind.noun();
        let span = ctx.name_span();
        let name = &*ctx.sample(name).into_owned();
        let length = name.chars().count();
        if length > self.most {
            let title = format!("the name of a {noun} has at most {} characters, this one {length}", self.most);
            let found = Diagnostic::error(codes::NAME, title)
                .at(span, "too long")
                .help(format!("shorten it by {}", length - self.most));
            ctx.report(found);
        }
        if let Some((at, c)) = name.char_indices().find(|(_, c)| !(self.takes)(*c)) {
            let title = format!("{} may not stand in the name of a {noun}", shown(c));
            let found = Diagnostic::error(codes::NAME, title)
                .at(ctx.part_of(span, name, at..at + c.len_utf8()), "not taken")
                .help(format!("AWS takes {}", self.words));
            ctx.report(found);
        }
        if name.is_empty() {
            let found = Diagnostic::error(codes::NAME, format!("a {noun} needs a name")).at(span, "empty");
            ctx.report(found);
        }
    }
}

/// The character in backquotes where it can be seen, and its number where it cannot be typed.
fn shown(c: char) -> String {
    if c.is_ascii_graphic() {
        format!("`{c}`")
    } else if c == ' ' {
        "a space".to_owned()
    } else {
        format!("`{}` (U+{:04X})", c.escape_debug(), u32::from(c))
    }
}

/// Says that a value has not the form that AWS wants.
pub(super) fn bad_form(ctx: &mut Context<'_>, pointer: &str, title: &str, help: &str) {
    let found = Diagnostic::error(codes::BAD_VALUE, title).at(ctx.value_span(pointer), "not in this form").help(help);
    ctx.report(found);
}

/// A value of a set that AWS enlarges from time to time. One that is shaped like a member (`shaped`) and not known is a
/// warning, for AWS may know it; any other is an error.
pub(super) fn member(ctx: &mut Context<'_>, pointer: &str, value: &str, known: &[&str], shaped: bool) -> bool {
    if known.contains(&value) {
        return true;
    }
    let help = match nearest(value, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    let value = visible(value);
    let key = key(pointer);
    let found = if shaped {
        Diagnostic::new(codes::UNFAMILIAR, Severity::Warning, format!("`{key}: {value}` is not known to this program"))
            .at(ctx.value_span(pointer), "AWS may know it")
    } else {
        Diagnostic::error(codes::BAD_VALUE, format!("`{value}` is no {key} that AWS has"))
            .at(ctx.value_span(pointer), "not known")
    };
    ctx.report(found.help(help));
    false
}

/// A list or a map that AWS bounds.
pub(super) fn count(ctx: &mut Context<'_>, pointer: &str, count: usize, most: usize) {
    if count > most {
        let title = format!("`{}` has {count} items; AWS takes {most}", key(pointer));
        let found = Diagnostic::error(codes::TOO_MANY, title).at(ctx.key_span(pointer), "too many");
        ctx.report(found);
    }
}

/// Two keys that AWS does not take together: the first is where it is said.
pub(super) fn exclusive(ctx: &mut Context<'_>, pointer: &str, with: &str, why: &str, help: &str) {
    let title = format!("`{}` and `{}` exclude each other: {why}", key(pointer), key(with));
    let found = Diagnostic::error(codes::EXCLUSIVE, title)
        .at(ctx.key_span(pointer), "not beside the other")
        .related(ctx.key_span(with), "the other")
        .help(help);
    ctx.report(found);
}

/// A key that means nothing, or is refused, as the rest stands: `jobs of this command have none`.
pub(super) fn out_of_place(ctx: &mut Context<'_>, pointer: &str, because: &str, help: &str) {
    let title = format!("`{}` may not stand here: {because}", key(pointer));
    let found = Diagnostic::error(codes::EXCLUSIVE, title).at(ctx.key_span(pointer), "refused by AWS").help(help);
    ctx.report(found);
}

/// A key that needs another beside it, which is not there.
pub(super) fn needs(ctx: &mut Context<'_>, pointer: &str, title: &str, help: &str) {
    let found = Diagnostic::error(codes::MISSING_PARTNER, title).at(ctx.key_span(pointer), "not alone").help(help);
    ctx.report(found);
}

/// The ARN of a KMS key. An alias is refused where AWS answers with the key behind it: it would differ in every plan.
pub(super) fn kms_key(ctx: &mut Context<'_>, text: &str, pointer: &str) -> Option<Arn> {
    let arn = ctx.arn(text, pointer, "kms")?;
    same_region(ctx, &arn, pointer);
    if arn.resource().starts_with("key/") {
        return Some(arn);
    }
    let found = Diagnostic::error(codes::BAD_ARN, format!("`{}` is not the ARN of a key", visible(text)))
        .at(ctx.value_span(pointer), "its resource does not begin with `key/`")
        .help("write the key's own ARN; `aws kms describe-key --key-id ALIAS` shows it");
    ctx.report(found);
    None
}

/// A function has layers, queues, keys and file systems of its own region only; so has a log group its key.
pub(super) fn same_region(ctx: &mut Context<'_>, arn: &Arn, pointer: &str) {
    let own = ctx.identity().region.as_str();
    if arn.region().is_empty() || fits(arn.region(), own) {
        return;
    }
    let title = format!("`{}` lies in {}, the stack in {own}", visible(arn.as_str()), visible(arn.region()));
    let found = Diagnostic::error(codes::BAD_ARN, title)
        .at(ctx.value_span(pointer), "another region")
        .help("AWS takes what lies in its own region only; `${aws.region}` stands for that");
    ctx.report(found);
}

/// Letters and digits of ASCII, and these.
pub(super) fn ascii_or(c: char, more: &str) -> bool {
    c.is_ascii_alphanumeric() || more.contains(c)
}
