//! A grid of cells on which lines meet.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

/// How an arm of a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Arm {
    #[default]
    None,
    Dashed,
    Light,
    Double,
}

/// Up, right, down, left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up = 0,
    Right = 1,
    Down = 2,
    Left = 3,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Content {
    /// The arms alone.
    #[default]
    Lines,
    /// A character, over whatever arms there are.
    Character(char),
    /// The right half of a wide character.
    Taken,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    arms: [Arm; 4],
    content: Content,
    style: Style,
}

/// The grid.
pub(super) struct Canvas {
    width: usize,
    cells: Vec<Cell>,
    ascii: bool,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, ascii: bool) -> Self {
        Self { width, cells: vec![Cell::default(); width * height], ascii }
    }

    fn cell(&mut self, x: i32, y: i32) -> Option<&mut Cell> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width {
            return None;
        }
        self.cells.get_mut(y * self.width + x)
    }

    /// Adds an arm to a cell.
    pub(super) fn arm(&mut self, x: i32, y: i32, way: Way, arm: Arm, style: Style) {
        if let Some(cell) = self.cell(x, y) {
            let own = &mut cell.arms[way as usize];
            *own = (*own).max(arm);
            if cell.style == Style::new() || style.get_effects() != anstyle::Effects::new() {
                cell.style = style;
            }
        }
    }

    /// A line from a cell to another in the same row or column.
    pub(super) fn line(&mut self, from: (i32, i32), to: (i32, i32), arm: Arm, style: Style) {
        let (dx, dy) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
        let (on, back) = match (dx, dy) {
            (1, _) => (Way::Right, Way::Left),
            (-1, _) => (Way::Left, Way::Right),
            (_, 1) => (Way::Down, Way::Up),
            _ => (Way::Up, Way::Down),
        };
        let (mut x, mut y) = from;
        while (x, y) != to {
            self.arm(x, y, on, arm, style);
            (x, y) = (x + dx, y + dy);
            self.arm(x, y, back, arm, style);
        }
    }

    /// The border of a box.
    pub(super) fn frame(&mut self, x: i32, y: i32, w: i32, h: i32, arm: Arm, style: Style) {
        let (right, bottom) = (x + w - 1, y + h - 1);
        self.line((x, y), (right, y), arm, style);
        self.line((right, y), (right, bottom), arm, style);
        self.line((right, bottom), (x, bottom), arm, style);
        self.line((x, bottom), (x, y), arm, style);
    }

    /// A text, over what is there.
    pub(super) fn text(&mut self, x: i32, y: i32, text: &str, style: Style) {
        let mut at = x;
        for c in text.chars() {
            let width = c.width().unwrap_or(0);
            if width == 0 {
                continue;
            }
            if let Some(cell) = self.cell(at, y) {
                (cell.content, cell.style) = (Content::Character(c), style);
            }
            if width == 2
                && let Some(cell) = self.cell(at + 1, y)
            {
                cell.content = Content::Taken;
            }
            at += i32::try_from(width).unwrap_or(1);
        }
    }

    /// All of it, without blanks at the ends of lines.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        for row in self.cells.chunks(self.width.max(1)) {
            let used = row.iter().rposition(|c| self.character(c) != Some(' ')).map_or(0, |at| at + 1);
            let mut style = Style::new();
            for cell in &row[..used] {
                let Some(c) = self.character(cell) else { continue };
                let own = if c == ' ' && matches!(cell.content, Content::Lines) { Style::new() } else { cell.style };
                if own != style {
                    let _ = write!(out, "{}{}", style.render_reset(), own.render());
                    style = own;
                }
                out.push(c);
            }
            let _ = write!(out, "{}", style.render_reset());
            out.push('\n');
        }
        out
    }

    fn character(&self, cell: &Cell) -> Option<char> {
        match cell.content {
            Content::Character(c) => Some(c),
            Content::Taken => None,
            Content::Lines if self.ascii => Some(ascii(cell.arms)),
            Content::Lines => Some(joint(cell.arms)),
        }
    }
}

/// The box-drawing character with these arms.
fn joint(arms: [Arm; 4]) -> char {
    use Arm::{Dashed, Double, None};
    let is = |way: Way| arms[way as usize] != None;
    let bits = [Way::Up, Way::Right, Way::Down, Way::Left].map(is);
    let dashed = |a: Way, b: Way| arms[a as usize] == Dashed || arms[b as usize] == Dashed;
    let upright = arms[0] == Double || arms[2] == Double;
    let level = arms[1] == Double || arms[3] == Double;
    match (bits, upright, level) {
        ([false, false, false, false], ..) => ' ',
        ([_, false, _, false], true, _) => '║',
        ([false, _, false, _], _, true) => '═',
        ([_, false, _, false], ..) if dashed(Way::Up, Way::Down) => '┆',
        ([_, false, _, false], ..) => '│',
        ([false, _, false, _], ..) if dashed(Way::Left, Way::Right) => '┄',
        ([false, _, false, _], ..) => '─',
        ([false, true, true, false], true, true) => '╔',
        ([false, false, true, true], true, true) => '╗',
        ([true, true, false, false], true, true) => '╚',
        ([true, false, false, true], true, true) => '╝',
        ([false, true, true, false], ..) => '┌',
        ([false, false, true, true], ..) => '┐',
        ([true, true, false, false], ..) => '└',
        ([true, false, false, true], ..) => '┘',
        ([true, true, true, false], true, _) => '╟',
        ([true, false, true, true], true, _) => '╢',
        ([false, true, true, true], _, true) => '╤',
        ([true, true, false, true], _, true) => '╧',
        ([true, true, true, false], ..) => '├',
        ([true, false, true, true], ..) => '┤',
        ([false, true, true, true], ..) => '┬',
        ([true, true, false, true], ..) => '┴',
        ([true, true, true, true], true, false) => '╫',
        ([true, true, true, true], false, true) => '╪',
        ([true, true, true, true], true, true) => '╬',
        ([true, true, true, true], ..) => '┼',
    }
}

fn ascii(arms: [Arm; 4]) -> char {
    let is = |way: Way| arms[way as usize] != Arm::None;
    let (upright, level) = (is(Way::Up) || is(Way::Down), is(Way::Left) || is(Way::Right));
    match (upright, level) {
        (false, false) => ' ',
        (true, true) => '+',
        (true, false) if arms.contains(&Arm::Dashed) => ':',
        (true, false) => '|',
        (false, true) if arms.contains(&Arm::Double) => '=',
        (false, true) if arms.contains(&Arm::Dashed) => '.',
        (false, true) => '-',
    }
}
