//! How large things are in an SVG, and which text stands in them.

use statewright_asl::StateType;
use statewright_source::visible;

use crate::{
    Chart, Link, Mark, Node, Paint, Status,
    layout::{Medium, Shape, Size, spacing::Spacing},
    measure::{Font, Type, cut, wrap},
};

/// The kinds of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    Caption,
    Detail,
    Status,
    Label,
}

/// A line of text within a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) role: Role,
    pub(super) text: String,
}

impl Role {
    pub(super) const fn font(self) -> Type {
        match self {
            Self::Name => Type { font: Font::Bold, size: 130 },
            Self::Caption => Type { font: Font::Regular, size: 120 },
            Self::Detail | Self::Label => Type { font: Font::Regular, size: 110 },
            Self::Status => Type { font: Font::Bold, size: 110 },
        }
    }

    /// From one line's baseline to the next.
    pub(super) const fn height(self) -> i32 {
        match self {
            Self::Name => 17,
            Self::Caption | Self::Status => 16,
            Self::Detail | Self::Label => 14,
        }
    }
}

/// The widest that text in a box gets before it is broken.
const MOST: i32 = 220;
const MOST_LABEL: i32 = 190;
const LABEL_LINES: usize = 4;
/// A box is no narrower.
const LEAST: i32 = 116;
/// Of a run: a status, how often and how long fit.
const LEAST_RUN: i32 = 176;
/// Between a box's border and its text.
const BESIDE: i32 = 14;
const ABOVE: i32 = 8;
/// The slope of a hexagon's sides.
pub(super) const SLOPE: i32 = 14;
/// Room for a status' glyph before its words.
pub(super) const GLYPH: i32 = 16;
/// The mark of an end, with its line.
pub(super) const TAIL: i32 = 22;
/// The start's mark.
pub(super) const START: i32 = 14;
/// Between a label and its line.
pub(super) const LABEL_BESIDE: i32 = 6;

/// An SVG's side of the layout. Of the paint only what takes room counts, so a run goes on in one layout.
pub(super) struct Paper<'p> {
    pub(super) paint: &'p Paint,
}

impl Paper<'_> {
    /// The lines of a box: all of the same width at most, save a run's status, which is cut to the box when it is drawn.
    pub(super) fn lines(&self, node: &Node) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |role: Role, text: &str, most: usize| {
            let width = |t: &str| role.font().width(t);
            lines.extend(wrap(text, MOST, most, width).into_iter().map(|text| Line { role, text }));
        };
        add(Role::Name, &visible(&node.name), 2);
        add(Role::Caption, &node.caption, 2);
        if !node.details.is_empty() {
            add(Role::Detail, &node.details.join(" · "), 2);
        }
        if let Paint::Plan(plan) = self.paint
            && let Some(mark) = plan.states.get(&node.name)
        {
            let room = MOST - GLYPH;
            let width = |t: &str| Role::Status.font().width(t);
            let words = mark.words();
            lines.extend(
                wrap(&visible(&words), room, 2, width).into_iter().map(|text| Line { role: Role::Status, text }),
            );
        }
        lines
    }

    /// What a run says of a state, to be cut to its box.
    pub(super) fn status(&self, node: &Node, room: i32) -> Option<(Status, String)> {
        let Paint::Run(run) = self.paint else { return None };
        let (status, words) = match run.states.get(&node.name) {
            Some(found) => (found.status, found.words()),
            None => (Status::NotReached, Status::NotReached.word().to_owned()),
        };
        let words = cut(&visible(&words), room - GLYPH, |t| Role::Status.font().width(t));
        Some((status, words))
    }

    /// The lines of a label.
    pub(super) fn label_lines(&self, chart: &Chart, link: &Link) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        if let Some(mark) = self.mark(chart, link) {
            lines.push(format!("{} {}", mark.glyph(), mark.word()));
        }
        let width = |t: &str| Role::Label.font().width(t);
        let each = (LABEL_LINES / link.labels.len().max(1)).max(1);
        for (at, label) in link.labels.iter().enumerate() {
            if at + 1 >= LABEL_LINES && link.labels.len() > LABEL_LINES {
                lines.push(format!("and {} more", link.labels.len() - at));
                break;
            }
            lines.extend(wrap(label, MOST_LABEL, each, width));
        }
        lines
    }

    /// What a plan does to a way, if anything.
    pub(super) fn mark(&self, chart: &Chart, link: &Link) -> Option<Mark> {
        let Paint::Plan(plan) = self.paint else { return None };
        let name = |node: usize| chart.nodes()[node].name.as_str();
        Some(plan.link(name(link.from), name(link.to), link.kind)).filter(|mark| *mark != Mark::Unchanged)
    }
}

impl Medium for Paper<'_> {
    fn spacing(&self) -> Spacing {
        Spacing {
            items: 32,
            lines: 16,
            stub: 14,
            track: 10,
            above: 12,
            below: 18,
            plain: 30,
            label: 8,
            port: 12,
            inset: 20,
        }
    }

    fn start(&self) -> Size {
        Size { w: START, h: START }
    }

    fn node(&self, _chart: &Chart, node: &Node, inside: Option<Size>) -> Shape {
        let lines = self.lines(node);
        let room = if node.kind == Some(StateType::Choice) { SLOPE } else { 0 };
        let glyph = |line: &Line| if line.role == Role::Status { GLYPH } else { 0 };
        let text = lines.iter().map(|l| l.role.font().width(&l.text) + glyph(l)).max().unwrap_or(0);
        let status = if matches!(self.paint, Paint::Run(_)) { Role::Status.height() } else { 0 };
        let head = ABOVE + lines.iter().map(|l| l.role.height()).sum::<i32>() + status;
        let inside = inside.unwrap_or_default();
        let least = if matches!(self.paint, Paint::Run(_)) { LEAST_RUN + room } else { LEAST };
        let w = (text + 2 * BESIDE + 2 * room).max(least).max(inside.w);
        let below = if inside.h == 0 { ABOVE } else { 0 };
        let tail = if node.terminal { TAIL } else { 0 };
        // Even, so that a middle is a pixel.
        Shape { size: Size { w: w + w % 2, h: head + inside.h + below }, head, tail }
    }

    fn label(&self, chart: &Chart, link: &Link) -> Option<Size> {
        let lines = self.label_lines(chart, link);
        let width = lines.iter().map(|l| Role::Label.font().width(l)).max()?;
        let height = i32::try_from(lines.len()).unwrap_or(0) * Role::Label.height();
        Some(Size { w: LABEL_BESIDE + width, h: height + 2 })
    }

    fn loop_room(&self) -> i32 {
        0
    }

    fn padding(&self) -> Size {
        Size { w: 14, h: 10 }
    }

    fn widest_row(&self) -> i32 {
        1500
    }
}
