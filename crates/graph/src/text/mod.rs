//! A chart in a terminal: box drawing, or an indented list where the terminal is too narrow for that.

mod canvas;
mod outline;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use anstyle::{Effects, Style};

use crate::{
    Chart, LinkKind, Node, Paint, Rect, Status,
    layout::{Arrangement, Point, arrange},
    measure::cut,
};
use canvas::{Arm, Canvas};
use words::{Cells, START, is_container, mark_style, width};

/// How a chart is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextOptions {
    /// How many columns there are; without it, as many as it takes.
    pub width: Option<usize>,
    /// Nothing but ASCII, save for what stands in the definition: for terminals that draw lines double.
    pub ascii: bool,
}

/// The chart as text, with ANSI styles where it is painted (they say nothing that the words do not).
pub fn text(chart: &Chart, paint: &Paint, options: TextOptions) -> String {
    let widest = options.width.map_or(160, |w| w.saturating_sub(6)).clamp(20, 400);
    let cells = Cells { paint, ascii: options.ascii, widest: i32::try_from(widest).unwrap_or(160) };
    let places = arrange(chart, &cells);
    let size = |n: i32| usize::try_from(n).unwrap_or(0);
    if let Some(most) = options.width.filter(|most| size(places.size.w) > *most) {
        return outline::outline(chart, &cells, most);
    }
    let mut drawing = Drawing {
        chart,
        cells,
        places: &places,
        canvas: Canvas::new(size(places.size.w) + 1, size(places.size.h), options.ascii),
    };
    drawing.draw();
    drawing.canvas.render()
}

struct Drawing<'d> {
    chart: &'d Chart,
    cells: Cells<'d>,
    places: &'d Arrangement,
    canvas: Canvas,
}

impl Drawing<'_> {
    fn draw(&mut self) {
        let chart = self.chart;
        for (block, found) in chart.blocks().iter().enumerate() {
            for node in &found.nodes {
                self.node(&chart.nodes()[*node], self.places.nodes[*node]);
            }
            if let Some((mark, points)) = &self.places.starts[block] {
                let (dot, word) = if self.cells.ascii { ("o", "start") } else { ("●", "start") };
                self.canvas.text(mark.x + START, mark.y, dot, Style::new());
                self.canvas.text(mark.x + START + 2, mark.y, word, Style::new());
                let below = Rect { h: 0, ..*mark };
                self.way(points, below, Arm::Light, Style::new());
            }
        }
        for (link, (points, label)) in chart.links().iter().zip(&self.places.links) {
            let mark = self.cells.mark(chart, link);
            let taken = self.cells.is_taken(chart, link);
            let style = match (mark, taken) {
                (Some(mark), _) => mark_style(mark),
                (None, true) => Style::new().effects(Effects::BOLD),
                (None, false) => Style::new(),
            };
            let arm = match link.kind {
                LinkKind::Next | LinkKind::Choice => Arm::Light,
                LinkKind::Default | LinkKind::Catch => Arm::Dashed,
            };
            self.way(points, self.places.nodes[link.from], arm, style);
            if let Some(rect) = label {
                for (row, line) in (0..).zip(self.cells.label_lines(chart, link)) {
                    self.canvas.text(rect.x + 2, rect.y + row, &line, style);
                }
            }
        }
    }

    fn node(&mut self, node: &Node, rect: Rect) {
        let said = self.cells.said(node);
        let style = said.as_ref().map(|s| s.1).unwrap_or_default();
        let arm = if is_container(node) { Arm::Double } else { Arm::Light };
        self.canvas.frame(rect.x, rect.y, rect.w, rect.h, arm, style);
        let mut y = rect.y + 1;
        let room = rect.w - 4;
        for line in self.cells.name(node) {
            self.canvas.text(rect.x + 2, y, &line, style.bold());
            y += 1;
        }
        for line in self.cells.caption(node) {
            self.canvas.text(rect.x + 2, y, &line, Style::new());
            y += 1;
        }
        if let Some((words, style)) = said {
            let words = cut(&words, room, width);
            let words = if self.cells.ascii { words.replace('…', "~") } else { words };
            self.canvas.text(rect.x + 2, y, &words, style);
        }
        if node.terminal {
            self.canvas.text(rect.right() - 7, rect.bottom() - 1, " end ", style);
        }
    }

    /// A line, from the border of the box that it leaves to an arrow's head on the border of the one that it enters.
    fn way(&mut self, points: &[Point], from: Rect, arm: Arm, style: Style) {
        let [first, .., tip] = points else {
            // Boxes that touch: the line is the arrow's head alone.
            if let [tip] = points {
                self.canvas.line((tip.x, tip.y - 1), (tip.x, tip.y), arm, style);
                self.canvas.text(tip.x, tip.y, if self.cells.ascii { "v" } else { "▼" }, style);
            }
            return;
        };
        // A box' last row and column are still its own: the line begins on its border.
        let mut before = if first.y >= from.bottom() {
            (first.x, first.y - 1)
        } else if first.x >= from.right() {
            (first.x - 1, first.y)
        } else {
            (first.x, first.y)
        };
        if before != (first.x, first.y) {
            self.canvas.line(before, (first.x, first.y), arm, style);
            before = (first.x, first.y);
        }
        for point in &points[1..] {
            let to = (point.x, point.y);
            self.canvas.line(before, to, arm, style);
            before = to;
        }
        let last = points[points.len() - 2];
        let head = match ((tip.x - last.x).signum(), self.cells.ascii) {
            (1, false) => "▶",
            (1, true) => ">",
            (-1, false) => "◀",
            (-1, true) => "<",
            (_, false) => "▼",
            (_, true) => "v",
        };
        self.canvas.text(tip.x, tip.y, head, style);
    }
}

impl Status {
    /// The status as a line begins with it: its glyph, or its word in ASCII.
    pub fn sign(self, ascii: bool) -> String {
        if ascii { self.ascii().to_owned() } else { self.glyph().to_string() }
    }
}
