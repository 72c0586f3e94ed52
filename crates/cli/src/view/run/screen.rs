//! A few lines at the bottom of a terminal that are drawn again in place; whatever is printed goes above them and stays.
//!
//! No other screen and no scroll region: scrollback and copying work as ever. Nothing is asked of the terminal but to move
//! its cursor up and to clear from there.

use std::{fmt::Write as _, io::Write};

use super::rows::{Line, width};

/// The region, and what is known of the terminal.
pub(super) struct Screen<W> {
    out: W,
    /// How wide each line of the region is that stands there.
    drawn: Vec<usize>,
    /// The frame that stands there: it is not drawn again as it is.
    frame: String,
    columns: usize,
    rows: usize,
    /// Whether the terminal breaks lines anew when it gets narrower; most do, xterm and the console of Linux do not.
    reflows: bool,
    colour: bool,
}

impl<W: Write> Screen<W> {
    pub(super) fn new(out: W, columns: usize, rows: usize, reflows: bool, colour: bool) -> Self {
        Self { out, drawn: Vec::new(), frame: String::new(), columns, rows, reflows, colour }
    }

    /// The lines and columns that a region may have.
    pub(super) fn room(&self) -> (usize, usize) {
        // The last column stays free: a line that fills it leaves the cursor between two lines.
        (self.columns.saturating_sub(1).max(1), self.rows.saturating_sub(2).max(1))
    }

    /// The terminal has another size.
    pub(super) fn resize(&mut self, columns: usize, rows: usize) {
        if (columns, rows) != (self.columns, self.rows) {
            let up = self.height(columns).min(rows).saturating_sub(1);
            let mut text = String::new();
            self.clear(&mut text, up);
            (self.columns, self.rows) = (columns, rows);
            self.write(&text);
        }
    }

    /// Draws the region anew.
    pub(super) fn draw(&mut self, region: &[Line]) {
        let frame = self.painted(region);
        if frame == self.frame && !self.drawn.is_empty() {
            return;
        }
        let mut text = String::new();
        self.clear_own(&mut text);
        text.push_str(&frame);
        self.drawn = region.iter().map(width).collect();
        self.frame = frame;
        self.write(&text);
    }

    /// Prints lines above the region, where they stay, and draws it anew.
    pub(super) fn print(&mut self, lines: &[Line], region: &[Line]) {
        let mut text = String::new();
        self.clear_own(&mut text);
        for line in lines {
            let _ = write!(text, "{}\r\n", self.painted(std::slice::from_ref(line)));
        }
        let frame = self.painted(region);
        text.push_str(&frame);
        self.drawn = region.iter().map(width).collect();
        self.frame = frame;
        self.write(&text);
    }

    /// Takes the region away.
    pub(super) fn finish(&mut self) {
        let mut text = String::new();
        self.clear_own(&mut text);
        text.push_str("\x1b[?25h");
        self.write(&text);
    }

    /// How many rows the region takes in a terminal that wide.
    fn height(&self, columns: usize) -> usize {
        if !self.reflows {
            return self.drawn.len();
        }
        self.drawn.iter().map(|width| width.div_ceil(columns.max(1)).max(1)).sum()
    }

    fn clear_own(&mut self, text: &mut String) {
        let up = self.height(self.columns).min(self.rows).saturating_sub(1);
        self.clear(text, up);
    }

    fn clear(&mut self, text: &mut String, up: usize) {
        if self.drawn.is_empty() {
            // The cursor would flicker over the region.
            text.push_str("\x1b[?25l");
            return;
        }
        text.push('\r');
        if up > 0 {
            let _ = write!(text, "\x1b[{up}A");
        }
        text.push_str("\x1b[J");
        self.drawn.clear();
        self.frame.clear();
    }

    fn painted(&self, lines: &[Line]) -> String {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                text.push_str("\r\n");
            }
            for (style, part) in line {
                let _ = if self.colour { write!(text, "{style}{part}{style:#}") } else { write!(text, "{part}") };
            }
        }
        text
    }

    fn write(&mut self, text: &str) {
        // Nobody is left to see it when the terminal is gone, and the execution goes on.
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }

    #[cfg(test)]
    pub(super) fn out(&mut self) -> &mut W {
        &mut self.out
    }
}
