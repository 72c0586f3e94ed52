//! Text for cells: how wide it is, what stands in a box, and how it looks where only ASCII may be used.

use anstyle::{AnsiColor, Effects, Style};
use statewright_asl::{ContainerRole, StateType};
use statewright_source::visible;
use unicode_width::UnicodeWidthStr;

use crate::{
    Chart, Link, Mark, Node, Paint, Status,
    layout::{Medium, Shape, Size, spacing::Spacing},
    measure::wrap,
};

/// The widest that a text in a box gets before it is broken.
const MOST: i32 = 34;
const MOST_LABEL: i32 = 30;
const LABEL_LINES: usize = 3;
/// From the left of the start's mark to its dot, below which its line runs.
pub(super) const START: i32 = 6;

/// Text of the chart as cells show it.
pub(super) struct Cells<'p> {
    pub(super) paint: &'p Paint,
    pub(super) ascii: bool,
    pub(super) widest: i32,
}

pub(super) fn width(text: &str) -> i32 {
    i32::try_from(text.width()).unwrap_or(i32::MAX / 4)
}

impl Cells<'_> {
    /// A text as it is to be written.
    pub(super) fn shown(&self, text: &str) -> String {
        let text = visible(text);
        if !self.ascii {
            return text.into_owned();
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '×' => out.push('x'),
                '·' | '−' => out.push('-'),
                '…' => out.push_str("..."),
                '≤' => out.push_str("<="),
                '≥' => out.push_str(">="),
                '»' => out.push('>'),
                c => out.push(c),
            }
        }
        out
    }

    /// The name, broken where it is long.
    pub(super) fn name(&self, node: &Node) -> Vec<String> {
        self.wrapped(&node.name, MOST, 2)
    }

    /// What it is, and what there is to know.
    pub(super) fn caption(&self, node: &Node) -> Vec<String> {
        let mut words = node.caption.clone();
        for detail in &node.details {
            words.push_str(" · ");
            words.push_str(detail);
        }
        self.wrapped(&words, MOST, 2)
    }

    /// What the paint says of it, with its style.
    pub(super) fn said(&self, node: &Node) -> Option<(String, Style)> {
        match self.paint {
            Paint::Plain => None,
            Paint::Run(run) => {
                let (status, words) = match run.states.get(&node.name) {
                    Some(run) => (run.status, run.words()),
                    None => (Status::NotReached, Status::NotReached.word().to_owned()),
                };
                let glyph = if self.ascii { status.ascii().to_owned() } else { status.glyph().to_string() };
                Some((self.shown(&format!("{glyph} {words}")), status_style(status)))
            }
            Paint::Plan(plan) => plan.states.get(&node.name).map(|mark| {
                let glyph = if self.ascii { mark.mark.ascii() } else { mark.mark.glyph() };
                (self.shown(&format!("{glyph} {}", mark.words())), mark_style(mark.mark))
            }),
        }
    }

    /// The lines of a label, with the style of what a plan does to the way.
    pub(super) fn label_lines(&self, chart: &Chart, link: &Link) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(mark) = self.mark(chart, link) {
            let glyph = if self.ascii { mark.ascii() } else { mark.glyph() };
            lines.push(format!("{glyph} {}", mark.word()));
        }
        let each = (LABEL_LINES / link.labels.len().max(1)).max(1);
        for (at, label) in link.labels.iter().enumerate() {
            if at + 1 >= LABEL_LINES && link.labels.len() > LABEL_LINES {
                lines.push(format!("and {} more", link.labels.len() - at));
                break;
            }
            lines.extend(self.wrapped(label, MOST_LABEL, each));
        }
        lines
    }

    pub(super) fn mark(&self, chart: &Chart, link: &Link) -> Option<Mark> {
        let Paint::Plan(plan) = self.paint else { return None };
        let name = |node: usize| chart.nodes()[node].name.as_str();
        Some(plan.link(name(link.from), name(link.to), link.kind)).filter(|mark| *mark != Mark::Unchanged)
    }

    pub(super) fn is_taken(&self, chart: &Chart, link: &Link) -> bool {
        let Paint::Run(run) = self.paint else { return false };
        let name = |node: usize| chart.nodes()[node].name.clone();
        run.taken.contains(&(name(link.from), name(link.to)))
    }

    fn wrapped(&self, text: &str, most: i32, lines: usize) -> Vec<String> {
        let lines = wrap(&self.shown(text), most, lines, width);
        // What was left out is written by the layout, not by the text.
        if self.ascii { lines.into_iter().map(|l| l.replace('…', "~")).collect() } else { lines }
    }
}

/// The style of a status: the colours of a terminal are its own.
pub(super) fn status_style(status: Status) -> Style {
    let colour = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
    match status {
        Status::NotReached => Style::new().effects(Effects::DIMMED),
        Status::Succeeded => colour(AnsiColor::Green),
        Status::Caught => colour(AnsiColor::Yellow),
        Status::Aborted => colour(AnsiColor::Magenta),
        Status::Running | Status::WaitingForToken | Status::Retrying => colour(AnsiColor::Blue).bold(),
        Status::TimedOut | Status::Failed => colour(AnsiColor::Red).bold(),
    }
}

pub(super) fn mark_style(mark: Mark) -> Style {
    let colour = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
    match mark {
        Mark::Unchanged => Style::new(),
        Mark::Added => colour(AnsiColor::Green),
        Mark::Removed => colour(AnsiColor::Red),
        Mark::Changed => colour(AnsiColor::Yellow),
        Mark::Renamed => colour(AnsiColor::Magenta),
    }
}

/// What a block is of its state.
pub(super) fn block_words(role: ContainerRole) -> String {
    match role {
        ContainerRole::Machine => "machine".to_owned(),
        ContainerRole::Branch(index) => format!("branch {}", index + 1),
        ContainerRole::Inline | ContainerRole::Distributed => "each item".to_owned(),
    }
}

impl Medium for Cells<'_> {
    fn spacing(&self) -> Spacing {
        Spacing { items: 3, lines: 2, stub: 2, track: 1, above: 0, below: 1, plain: 0, label: 0, port: 2, inset: 2 }
    }

    fn start(&self) -> Size {
        Size { w: 2 * START + 1, h: 1 }
    }

    fn node(&self, _chart: &Chart, node: &Node, inside: Option<Size>) -> Shape {
        let mut lines = self.name(node);
        lines.extend(self.caption(node));
        let mut text = lines.iter().map(|l| width(l)).max().unwrap_or(0);
        let mut rows = i32::try_from(lines.len()).unwrap_or(2);
        match self.paint {
            Paint::Plain => {}
            // The same room for every status, so that a run goes on in one picture.
            Paint::Run(_) => {
                rows += 1;
                text = text.max(25);
            }
            Paint::Plan(_) => {
                if let Some((words, _)) = self.said(node) {
                    rows += 1;
                    text = text.max(width(&words).min(MOST + 10));
                }
            }
        }
        let head = 1 + rows;
        let inside_h = inside.map_or(0, |i| i.h);
        let w = (text + 4).max(inside.map_or(0, |i| i.w + 2)).max(13);
        // Odd, so that there is a middle.
        let w = w + (w + 1) % 2;
        Shape { size: Size { w, h: head + inside_h + 1 }, head, tail: 0 }
    }

    fn label(&self, chart: &Chart, link: &Link) -> Option<Size> {
        let lines = self.label_lines(chart, link);
        let w = lines.iter().map(|l| width(l)).max()? + 2;
        Some(Size { w, h: i32::try_from(lines.len()).unwrap_or(1) })
    }

    fn loop_room(&self) -> i32 {
        2
    }

    fn padding(&self) -> Size {
        Size { w: 1, h: 0 }
    }

    fn widest_row(&self) -> i32 {
        self.widest
    }
}

/// Whether the box of a state is drawn with double lines: it contains others.
pub(super) fn is_container(node: &Node) -> bool {
    !node.contains.is_empty() || matches!(node.kind, Some(StateType::Parallel | StateType::Map))
}
