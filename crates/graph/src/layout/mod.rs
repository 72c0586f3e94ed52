//! Where everything of a chart stands. Each block by itself, innermost first: nothing in the language leads across a
//! container's border, so a container is one box of a fixed size to what is around it.

mod blocks;
mod crossing;
mod layered;
mod net;
mod order;
mod place;
mod route;
mod separation;
pub(crate) mod spacing;

pub(crate) use blocks::{Arrangement, Medium, Shape, arrange};

/// A point; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "what a point has")]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// Width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "what a size has")]
pub struct Size {
    pub w: i32,
    pub h: i32,
}

/// A rectangle, from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "what a rectangle has")]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

use layered::{Item, Wire, layered};

impl Rect {
    /// The x behind its right side.
    pub const fn right(&self) -> i32 {
        self.x + self.w
    }

    /// The y below its lower side.
    pub const fn bottom(&self) -> i32 {
        self.y + self.h
    }

    fn moved(self, by: Point) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y, ..self }
    }
}
