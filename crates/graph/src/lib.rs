//! A machine as a picture: a definition's [`Chart`], laid out, painted, and drawn as SVG, Mermaid, DOT or text.
//!
//! ```text
//! Definition ── Chart::of ──▶ Chart ── layout ──▶ Layout ─┬─ svg
//!                              │  └── mermaid, dot        │
//!                              └────── text ──────────────┘      each with a Paint: nothing, a run, or a plan
//! ```
//!
//! Pure functions, and byte for byte the same for the same definition, in whatever order its keys stand.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod chart;
mod dot;
mod layout;
mod measure;
mod mermaid;
mod paint;
mod svg;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;

pub use chart::{Block, Chart, Link, LinkKind, Node};
pub use dot::dot;
pub use layout::{Point, Rect, Size};
pub use mermaid::{MERMAID_MOST_EDGES, mermaid};
pub use paint::{Items, LinkKey, Mark, NodeMark, NodeRun, Paint, PlanPaint, RunPaint, Status, Tries};
pub use svg::{Layout, Theme, layout, stylesheet, svg, svg_state};
pub use text::{TextOptions, text};
