//! A chart that is wider than the terminal: an indented list, a line a state and a line a way.

use std::fmt::Write as _;

use anstyle::Style;
use statewright_source::visible;

use super::words::{Cells, block_words, is_container, mark_style, width};
use crate::{Chart, measure::cut};

/// The list. A line that is too long is cut, never broken.
pub(super) fn outline(chart: &Chart, cells: &Cells<'_>, most: usize) -> String {
    let mut list = List { chart, cells, most: i32::try_from(most).unwrap_or(i32::MAX), out: String::new() };
    list.block(0, 0);
    list.out
}

struct List<'l> {
    chart: &'l Chart,
    cells: &'l Cells<'l>,
    most: i32,
    out: String,
}

impl List<'_> {
    fn line(&mut self, depth: usize, text: &str, style: Style) {
        let text = format!("{}{}", "  ".repeat(depth), self.cells.shown(text));
        let text = cut(&text, self.most, width);
        let text = if self.cells.ascii { text.replace('…', "~") } else { text };
        let _ = writeln!(self.out, "{style}{text}{style:#}");
    }

    fn block(&mut self, block: usize, depth: usize) {
        let found = &self.chart.blocks()[block];
        if let Some(start) = found.start {
            let name = visible(&self.chart.nodes()[start].name).into_owned();
            self.line(depth, &format!("start at {name}"), Style::new());
        }
        for index in &found.nodes {
            let node = &self.chart.nodes()[*index];
            let (said, style) = self.cells.said(node).unwrap_or_default();
            self.line(depth, &node.name, style.bold());
            let mut words = vec![node.caption.clone()];
            words.extend(node.details.iter().cloned());
            words.extend(node.terminal.then(|| "end".to_owned()));
            self.line(depth + 1, &words.join(", "), Style::new());
            if !said.is_empty() {
                self.line(depth + 1, &said, style);
            }
            if is_container(node) {
                for inner in &node.contains {
                    self.line(depth + 1, &block_words(self.chart.blocks()[*inner].role), Style::new());
                    self.block(*inner, depth + 2);
                }
            }
            self.ways(*index, depth + 1);
        }
    }

    fn ways(&mut self, node: usize, depth: usize) {
        let arrow = if self.cells.ascii { "->" } else { "→" };
        for link in self.chart.links().iter().filter(|l| l.from == node) {
            let to = visible(&self.chart.nodes()[link.to].name).into_owned();
            let mark = self.cells.mark(self.chart, link);
            let style = mark.map(mark_style).unwrap_or_default();
            // The target first: what does not fit is cut at the end.
            let mut words = format!("{arrow} {to}");
            if let Some(mark) = mark {
                let glyph = if self.cells.ascii { mark.ascii() } else { mark.glyph() };
                words = format!("{glyph} {words}, {}", mark.word());
            } else if self.cells.is_taken(self.chart, link) {
                words.push_str(", taken");
            }
            if !link.labels.is_empty() {
                words = format!("{words}: {}", link.labels.join("; "));
            }
            self.line(depth, &words, style);
        }
    }
}
