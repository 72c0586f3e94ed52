//! Findings for people, with the lines that they are about.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::sorted;
use crate::{
    Diagnostic, Fix, Label, Severity, Sources, visible,
    visible::{is_hidden, visible_lines},
};

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// With colours (ANSI escapes of ours; those of others never get through).
    pub color: bool,
    /// Columns of the terminal: longer lines are cut around the place.
    pub width: usize,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { color: false, width: 120 }
    }
}

/// Labels that are nearer than this many lines share one excerpt.
const NEAR_LINES: usize = 40;
/// Labels of one line that are nearer than this many bytes share one excerpt.
const NEAR_BYTES: usize = 200;
/// Of a line that is longer than four times this, so many bytes are kept on each side of a place.
const KEEP: usize = 300;

/// Every finding, each followed by an empty line.
pub fn text(sources: &Sources, diagnostics: &[Diagnostic], style: TextStyle) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(style.width);
    let mut out = String::new();
    for diagnostic in sorted(sources, diagnostics) {
        let excerpts = excerpts(sources, diagnostic);
        let corrections: Vec<_> = excerpts.iter().filter_map(|e| e.correction.clone()).collect();
        let mut one = renderer.render(&[group(sources, diagnostic, excerpts)]);
        for (shown, position) in corrections {
            one = one.replacen(&format!("{shown}\n"), &format!("{position}\n"), 1);
        }
        out.push_str(&one);
        out.push_str("\n\n");
    }
    out
}

fn group<'s>(sources: &'s Sources, diagnostic: &'s Diagnostic, excerpts: Vec<Excerpt<'s>>) -> Group<'s> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Runtime => Level::ERROR.with_name("runtime"),
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(visible(&diagnostic.title)).id(diagnostic.code.0));
    group = group.elements(excerpts.into_iter().map(|e| e.element));
    let aws = match (diagnostic.aws_code, &diagnostic.aws_location) {
        (None, None) => None,
        (Some(code), None) => Some(format!("AWS calls it {code}")),
        (Some(code), Some(location)) => Some(format!("AWS calls it {code}, at {}", visible(location))),
        (None, Some(location)) => Some(format!("for AWS it is at {}", visible(location))),
    };
    if let Some(aws) = aws {
        group = group.element(Level::NOTE.message(aws));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible_lines(help)));
    }
    if let Some(fix) = &diagnostic.fix {
        group = group.element(Level::HELP.with_name("fix").message(fix_words(sources, fix)));
    }
    group
}

fn fix_words(sources: &Sources, fix: &Fix) -> String {
    let short = |text: &str| {
        let cut: String = text.chars().take(60).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        format!("`{}{more}`", visible(&cut))
    };
    let old = sources.text(fix.span);
    match (old.is_empty(), fix.replacement.is_empty()) {
        (true, _) => format!("insert {}", short(&fix.replacement)),
        (false, true) => format!("remove {}", short(old)),
        (false, false) => format!("replace {} by {}", short(old), short(&fix.replacement)),
    }
}

/// A label and its line.
struct Mark<'s> {
    kind: AnnotationKind,
    label: &'s Label,
    line: usize,
}

/// The lines around some places of one file.
struct Excerpt<'s> {
    element: Element<'s>,
    /// The position as the excerpt shows it, and as it is: they differ where a line was cut or holds escapes.
    correction: Option<(String, String)>,
}

/// One excerpt for each file, and for places that are far apart; the primary place comes first.
fn excerpts<'s>(sources: &'s Sources, diagnostic: &'s Diagnostic) -> Vec<Excerpt<'s>> {
    let labels = diagnostic.primary.iter().map(|label| (AnnotationKind::Primary, label));
    let labels = labels.chain(diagnostic.related.iter().map(|label| (AnnotationKind::Context, label)));
    let mut clusters: Vec<Vec<Mark<'s>>> = Vec::new();
    for (kind, label) in labels {
        let mark = Mark { kind, label, line: sources.start(label.span).line };
        let near = clusters.iter_mut().find(|cluster| {
            let (there, here) = (cluster[0].label.span, mark.label.span);
            let bytes = there.start.abs_diff(here.start);
            match cluster[0].line.abs_diff(mark.line) {
                0 => there.file == here.file && bytes <= NEAR_BYTES,
                lines => there.file == here.file && lines <= NEAR_LINES,
            }
        });
        match near {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    clusters.into_iter().map(|cluster| excerpt(sources, &cluster)).collect()
}

fn excerpt<'s>(sources: &'s Sources, marks: &[Mark<'s>]) -> Excerpt<'s> {
    let file = sources.file(marks[0].label.span.file);
    if file.text.is_empty() {
        let element = Origin::path(visible(&file.name)).line(1).char_column(1).into();
        return Excerpt { element, correction: None };
    }
    let first = marks.iter().map(|m| m.line).min().unwrap_or(1);
    let last = marks.iter().map(|m| m.line).max().unwrap_or(1);
    // The renderer shows the position of the primary place, or else of the first.
    let head = marks
        .iter()
        .find(|m| matches!(m.kind, AnnotationKind::Primary))
        .or_else(|| marks.iter().min_by_key(|m| m.label.span.start))
        .map_or(marks[0].label.span, |m| m.label.span);
    let mut column = 1;
    let mut source = String::new();
    let mut annotations = Vec::new();
    for line in first..=last {
        let (start, text) = file.line(line);
        let here: Vec<_> = marks.iter().filter(|m| m.line == line).collect();
        let places: Vec<usize> = here.iter().map(|m| m.label.span.start - start).collect();
        let shown = Shown::new(&mut source, text, &places);
        for mark in here {
            let span = mark.label.span;
            // Of a place with several lines the first is marked.
            let range = shown.at(span.start - start)..shown.at(span.end.saturating_sub(start).min(text.len()));
            let range = range.start..range.end.max(range.start);
            if span == head {
                let from = source[..range.start].rfind('\n').map_or(0, |i| i + 1);
                column = source[from..range.start].chars().count() + 1;
            }
            let annotation = mark.kind.span(range);
            annotations.push(match mark.label.text.as_str() {
                "" => annotation,
                words => annotation.label(visible(words)),
            });
        }
        source.push('\n');
    }
    let (path, position) = (visible(&file.name), sources.start(head));
    let at = |column: usize| format!("{path}:{}:{column}", position.line);
    let correction = (column != position.column).then(|| (at(column), at(position.column)));
    let element = Snippet::source(source).line_start(first).path(path).annotations(annotations).into();
    Excerpt { element, correction }
}

/// Where the bytes of a line went when it was copied: hidden characters become escapes, and of a very long line only
/// what is near a place is kept.
struct Shown {
    /// Byte of the line and byte of the excerpt, at the start of each part that was copied as it is, in order.
    steps: Vec<(usize, usize)>,
    /// Where what was copied ends in the excerpt: a place may reach beyond it.
    end: usize,
}

impl Shown {
    fn new(out: &mut String, text: &str, places: &[usize]) -> Self {
        let mut shown = Self { steps: Vec::new(), end: 0 };
        let mut end = 0;
        for (from, to) in windows(text, places) {
            if from > end {
                out.push('…');
            }
            shown.steps.push((from, out.len()));
            for (i, c) in text[from..to].char_indices() {
                if c != '\t' && is_hidden(c) {
                    out.extend(c.escape_default());
                    shown.steps.push((from + i + c.len_utf8(), out.len()));
                } else {
                    out.push(c);
                }
            }
            end = to;
        }
        shown.end = out.len();
        if end < text.len() {
            out.push('…');
        }
        shown
    }

    fn at(&self, byte: usize) -> usize {
        let next = self.steps.partition_point(|(from, _)| *from <= byte);
        let Some((from, to)) = next.checked_sub(1).and_then(|i| self.steps.get(i)) else { return 0 };
        let at = to + (byte - from);
        // A byte that was not copied is shown where the part before it ends.
        at.min(self.steps.get(next).map_or(self.end, |(_, limit)| *limit))
    }
}

/// The parts of a line that are shown, in order and apart from each other.
fn windows(text: &str, places: &[usize]) -> Vec<(usize, usize)> {
    if text.len() <= 4 * KEEP || places.is_empty() {
        return vec![(0, text.len())];
    }
    let mut places = places.to_vec();
    places.sort_unstable();
    let mut windows: Vec<(usize, usize)> = Vec::new();
    for place in places {
        let from = text.floor_char_boundary(place.saturating_sub(KEEP));
        let to = text.floor_char_boundary((place + KEEP).min(text.len()));
        match windows.last_mut() {
            Some((_, end)) if *end >= from => *end = to,
            _ => windows.push((from, to)),
        }
    }
    windows
}
