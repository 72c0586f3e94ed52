//! A chart as SVG: a picture for people, and a tree of states and ways for programs.
//!
//! Each state is a `<g data-state>` with a name for screen readers and exactly one `<rect>` or `<path>`: its box. Each way is a
//! `<path data-from data-to>`. Nothing is fetched, nothing is run, no text is HTML.

mod glyph;
mod line;
mod paper;
mod sheet;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use statewright_asl::{ContainerRole, StateType};
use statewright_source::visible;

pub use sheet::{Theme, stylesheet};

use crate::{
    Chart, Link, Mark, Node, NodeRun, Paint, Status,
    layout::{Arrangement, Medium, Point, Rect, Size, arrange},
};
use paper::{GLYPH, LABEL_BESIDE, Paper, Role, SLOPE, START, TAIL};

/// Around the whole picture.
const MARGIN: i32 = 20;

/// Where everything is in an SVG.
#[derive(Debug, Clone)]
pub struct Layout {
    places: Arrangement,
}

impl Layout {
    /// How large the picture is, in pixels.
    pub fn size(&self) -> Size {
        let Size { w, h } = self.places.size;
        Size { w: w + 2 * MARGIN, h: h + 2 * MARGIN }
    }

    /// The box of each state, by its place in [`Chart::nodes`].
    pub fn boxes(&self) -> impl Iterator<Item = Rect> + '_ {
        self.places.nodes.iter().map(|rect| Rect { x: rect.x + MARGIN, y: rect.y + MARGIN, ..*rect })
    }
}

/// Where everything is to be. Of a run it counts only that there is one: one layout serves it from the beginning to the end, while a
/// plan's takes the room that its words need.
pub fn layout(chart: &Chart, paint: &Paint) -> Layout {
    Layout { places: arrange(chart, &Paper { paint }) }
}

/// The picture. `title` says what it shows, to those who cannot see it.
pub fn svg(chart: &Chart, layout: &Layout, paint: &Paint, theme: Theme, title: &str) -> String {
    let Size { w, h } = layout.size();
    let states = match chart.nodes().len() {
        1 => "1 state".to_owned(),
        n => format!("{n} states"),
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sw-graph\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"group\" aria-label=\"{}, {states}\">\n",
        escaped(title)
    );
    if theme != Theme::Page {
        let _ = writeln!(out, "<style>{}</style>", sheet::sheet(theme));
    }
    let _ = writeln!(out, "<rect class=\"page\" width=\"{w}\" height=\"{h}\"/>");
    let drawing = Drawing { chart, places: &layout.places, paper: Paper { paint } };
    let mut links: Vec<Vec<usize>> = vec![Vec::new(); chart.blocks().len()];
    for (index, link) in chart.links().iter().enumerate() {
        links[chart.nodes()[link.from].block].push(index);
    }
    for (block, links) in links.iter().enumerate() {
        drawing.start(block, &mut out);
        // What is not taken lies under what is.
        let (under, over): (Vec<usize>, Vec<usize>) = links.iter().partition(|l| !drawing.is_strong(**l));
        for link in under.into_iter().chain(over) {
            drawing.link(link, &mut out);
        }
        for node in &chart.blocks()[block].nodes {
            out.push_str(&drawing.state(*node));
            out.push('\n');
        }
    }
    out.push_str("</svg>\n");
    out
}

/// One state of the picture, as it stands in it: what a page puts in place of the old one when only that state changed.
pub fn svg_state(chart: &Chart, layout: &Layout, paint: &Paint, node: usize) -> String {
    Drawing { chart, places: &layout.places, paper: Paper { paint } }.state(node)
}

struct Drawing<'d> {
    chart: &'d Chart,
    places: &'d Arrangement,
    paper: Paper<'d>,
}

impl Drawing<'_> {
    fn name(&self, node: usize) -> &str {
        &self.chart.nodes()[node].name
    }

    fn start(&self, block: usize, out: &mut String) {
        let Some((mark, points)) = &self.places.starts[block] else { return };
        let points = moved(points);
        let (d, _) = line::path(&points);
        let reached = match self.paper.paint {
            Paint::Run(run) => self.chart.blocks()[block]
                .start
                .is_some_and(|n| run.states.get(self.name(n)).is_some_and(|r| r.status != Status::NotReached)),
            Paint::Plain | Paint::Plan(_) => false,
        };
        let taken = if reached { " taken" } else { "" };
        let (x, y) = (mark.x + MARGIN + START / 2, mark.y + MARGIN + START / 2);
        let _ = writeln!(
            out,
            "<path class=\"edge{taken}\" data-start=\"{}\" d=\"{d}\"/><polygon class=\"head{taken}\" points=\"{}\"/>\
             <circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"><title>start</title></circle>",
            self.chart.blocks()[block].start.map(|n| escaped(self.name(n))).unwrap_or_default(),
            line::head(&points),
            START / 2
        );
    }

    fn is_taken(&self, link: &Link) -> bool {
        match self.paper.paint {
            Paint::Run(run) => run.taken.contains(&(self.name(link.from).to_owned(), self.name(link.to).to_owned())),
            Paint::Plain | Paint::Plan(_) => false,
        }
    }

    fn is_strong(&self, link: usize) -> bool {
        let link = &self.chart.links()[link];
        self.is_taken(link) || self.paper.mark(self.chart, link).is_some()
    }

    fn link(&self, index: usize, out: &mut String) {
        let link = &self.chart.links()[index];
        let (points, label) = &self.places.links[index];
        let mut points = moved(points);
        if let [first, .., last] = &mut points[..] {
            self.meet(link.from, first);
            self.meet(link.to, last);
        }
        let (d, length) = line::path(&points);
        let kind = link.kind.key();
        let taken = if self.is_taken(link) { " taken" } else { "" };
        let marked = match self.paper.mark(self.chart, link) {
            Some(mark) => format!(" data-mark=\"{}\"", mark.word()),
            None => String::new(),
        };
        // Lines that join have their dashes in step from there on.
        let step = match link.kind {
            crate::LinkKind::Default => 13.0,
            crate::LinkKind::Catch => 6.0,
            crate::LinkKind::Next | crate::LinkKind::Choice => 0.0,
        };
        let offset = if step > 0.0 {
            format!(" stroke-dashoffset=\"{:.1}\"", step - length.rem_euclid(step))
        } else {
            String::new()
        };
        let title = link.labels.join("\n");
        let title = if title.is_empty() { String::new() } else { format!("<title>{}</title>", escaped(&title)) };
        let _ = writeln!(
            out,
            "<path class=\"edge {kind}{taken}\" data-from=\"{}\" data-to=\"{}\" data-kind=\"{kind}\"{marked}{offset} d=\"{d}\">{title}</path>\
             <polygon class=\"head{taken}\"{marked} points=\"{}\"/>",
            escaped(self.name(link.from)),
            escaped(self.name(link.to)),
            line::head(&points)
        );
        if let Some(rect) = label {
            let x = rect.x + MARGIN + LABEL_BESIDE;
            let mut y = rect.y + MARGIN - 3;
            for text in self.paper.label_lines(self.chart, link) {
                y += Role::Label.height();
                let _ = writeln!(out, "{}", text_line(Role::Label, &text, x, y, &marked));
            }
        }
    }

    /// Moves the end of a line that meets the side of a hexagon to where that side is.
    fn meet(&self, node: usize, end: &mut Point) {
        let rect = self.places.nodes[node];
        if self.chart.nodes()[node].kind != Some(StateType::Choice) || rect.h == 0 {
            return;
        }
        let from_middle = (2 * (end.y - MARGIN - rect.y) - rect.h).abs();
        let inwards = SLOPE * from_middle / rect.h;
        if end.x - MARGIN == rect.x {
            end.x += inwards;
        } else if end.x - MARGIN == rect.right() {
            end.x -= inwards;
        }
    }

    /// A state: its box, its text, and what a screen reader says.
    fn state(&self, index: usize) -> String {
        let node = &self.chart.nodes()[index];
        let rect = self.places.nodes[index];
        let rect = Rect { x: rect.x + MARGIN, y: rect.y + MARGIN, ..rect };
        let run = match self.paper.paint {
            Paint::Run(run) => Some(run.states.get(&node.name)),
            Paint::Plain | Paint::Plan(_) => None,
        };
        let status = run.map(|run| run.map_or(Status::NotReached, |r| r.status));
        let mark = match self.paper.paint {
            Paint::Plan(plan) => plan.states.get(&node.name),
            Paint::Plain | Paint::Run(_) => None,
        };
        let name = escaped(&node.name);
        let mut out = format!("<g data-state=\"{name}\" data-type=\"{}\"", node.type_word());
        if let Some(status) = status {
            let _ = write!(out, " data-status=\"{}\"", status.key());
        }
        if let Some(mark) = mark {
            let _ = write!(out, " data-mark=\"{}\"", mark.mark.word());
        }
        let said = said(node, run.flatten(), status, mark.map(crate::NodeMark::words));
        let _ = write!(out, " role=\"img\" aria-label=\"{}\">", escaped(&said));
        let mut title = vec![node.name.clone(), node.caption.clone()];
        title.extend(node.comment.clone());
        let _ = write!(out, "<title>{}</title>", escaped(&title.join("\n")));
        out.push_str(&outline(self.chart, node, rect));
        self.lanes(node, rect, &mut out);
        self.text(node, rect, mark.map(|m| m.mark), &mut out);
        if node.terminal {
            end(node, rect, &mut out);
        }
        out.push_str("</g>");
        out
    }

    /// The lines between branches.
    fn lanes(&self, node: &Node, rect: Rect, out: &mut String) {
        for pair in node.contains.windows(2) {
            let (a, b) = (self.places.blocks[pair[0]], self.places.blocks[pair[1]]);
            let (d, y) = if a.right() <= b.x {
                let row = node.contains.iter().map(|n| self.places.blocks[*n]).filter(|r| r.y == a.y);
                let x = i32::midpoint(a.right(), b.x) + MARGIN;
                ((x, a.y + MARGIN), (x, row.map(|r| r.bottom()).max().unwrap_or(a.bottom()) + MARGIN))
            } else {
                let y = b.y + MARGIN - self.paper.padding().h;
                ((rect.x + 8, y), (rect.right() - 8, y))
            };
            let _ = write!(out, "<line class=\"lane\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", d.0, d.1, y.0, y.1);
        }
    }

    fn text(&self, node: &Node, rect: Rect, mark: Option<Mark>, out: &mut String) {
        let middle = rect.x + rect.w / 2;
        let mut y = rect.y + 5;
        let mut glyph = false;
        for line in self.paper.lines(node) {
            y += line.role.height();
            if line.role == Role::Status {
                if let Some(mark) = mark.filter(|_| !std::mem::replace(&mut glyph, true)) {
                    let width = line.role.font().width(&line.text) + GLYPH;
                    out.push_str(&glyph::mark(mark, middle - width / 2 + 5, y - 4));
                }
                out.push_str(&text_line(line.role, &line.text, middle + GLYPH / 2, y, ""));
            } else {
                out.push_str(&text_line(line.role, &line.text, middle, y, ""));
            }
        }
        let slope = if node.kind == Some(StateType::Choice) { 2 * SLOPE } else { 0 };
        if let Some((status, words)) = self.paper.status(node, rect.w - 20 - slope) {
            y += Role::Status.height();
            let width = Role::Status.font().width(&words) + GLYPH;
            out.push_str(&glyph::status(status, middle - width / 2 + 5, y - 4));
            out.push_str(&text_line(Role::Status, &words, middle + GLYPH / 2, y, ""));
        }
    }
}

/// What a screen reader says of a state: `Extract, Task, Lambda extract, failed 31s`.
fn said(node: &Node, run: Option<&NodeRun>, status: Option<Status>, mark: Option<String>) -> String {
    let mut parts = vec![visible(&node.name).into_owned()];
    if !node.caption.starts_with(node.type_word()) {
        parts.push(node.type_word().to_owned());
    }
    parts.push(node.caption.clone());
    parts.extend(node.details.iter().cloned());
    parts.extend(node.terminal.then(|| "an end".to_owned()));
    parts.extend((!node.reachable).then(|| "never reached from the start".to_owned()));
    match run {
        Some(run) => parts.push(run.words()),
        None => parts.extend(status.map(|s| s.word().to_owned())),
    }
    parts.extend(mark);
    parts.join(", ")
}

/// The box, by type: a shape says what a state is where colours do not.
fn outline(chart: &Chart, node: &Node, rect: Rect) -> String {
    let Rect { x, y, w, h } = rect;
    let mut out = match node.kind {
        Some(StateType::Choice) => {
            let middle = y + h / 2;
            format!(
                "<path class=\"box\" d=\"M{} {y}L{} {y}L{} {middle}L{} {}L{} {}L{x} {middle}Z\"/>",
                x + SLOPE,
                x + w - SLOPE,
                x + w,
                x + w - SLOPE,
                y + h,
                x + SLOPE,
                y + h
            )
        }
        kind => {
            let radius = match kind {
                Some(StateType::Succeed | StateType::Fail) => h / 2,
                Some(StateType::Pass) => 2,
                _ => 8,
            };
            let class = if node.contains.is_empty() { "box" } else { "box inside" };
            format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"/>")
        }
    };
    let distributed = node.contains.iter().any(|b| chart.blocks()[*b].role == ContainerRole::Distributed);
    if distributed {
        // A stack of cards: each item has an execution of its own.
        let _ = write!(
            out,
            "<polyline class=\"edge\" points=\"{},{} {},{} {},{}\"/>",
            x + w + 4,
            y + 8,
            x + w + 4,
            y + h + 4,
            x + 8,
            y + h + 4
        );
    }
    out
}

/// The mark of an end below a box: a ring around a dot, or a cross where the execution fails.
fn end(node: &Node, rect: Rect, out: &mut String) {
    let x = rect.x + rect.w / 2;
    let (top, y) = (rect.bottom(), rect.bottom() + TAIL - 7);
    let _ = write!(out, "<line class=\"mark\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{}\"/>", y - 6);
    let _ = write!(out, "<circle class=\"mark\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/>");
    if node.kind == Some(StateType::Fail) {
        for (a, b) in [((-4, -4), (4, 4)), ((4, -4), (-4, 4))] {
            let (x1, y1, x2, y2) = (x + a.0, y + a.1, x + b.0, y + b.1);
            let _ = write!(out, "<line class=\"mark\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
        }
    } else {
        let _ = write!(out, "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"3\"/>");
    }
}

/// A line of text. It says how wide it was measured, so that no font makes it longer.
fn text_line(role: Role, text: &str, x: i32, y: i32, marked: &str) -> String {
    let class = match role {
        Role::Name => "name",
        Role::Caption => "caption",
        Role::Detail => "detail",
        Role::Status => "status",
        Role::Label => "label",
    };
    let width = role.font().width(text);
    format!(
        "<text class=\"{class}\"{marked} x=\"{x}\" y=\"{y}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
        escaped(text)
    )
}

fn moved(points: &[Point]) -> Vec<Point> {
    points.iter().map(|p| Point { x: p.x + MARGIN, y: p.y + MARGIN }).collect()
}

/// Text in XML, with nothing in it that XML or a screen would act on.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "&#10;"));
        for c in visible(line).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                // XML has no such characters.
                '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_default()),
                c => out.push(c),
            }
        }
        out.push_str(end);
    }
    out
}
