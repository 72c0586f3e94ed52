//! How far things stay from each other, in the units of a medium.

/// Distances. What stands in no order of size is named after what is between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spacing {
    /// Two boxes, side by side.
    pub(crate) items: i32,
    /// A line and whatever is beside it.
    pub(crate) lines: i32,
    /// A box and a line that leaves it sideways; two such lines.
    pub(crate) stub: i32,
    /// Two lines that run across between the same layers.
    pub(crate) track: i32,
    /// A layer and the first line across below it.
    pub(crate) above: i32,
    /// The last line across and the layer below it, with an arrow's head.
    pub(crate) below: i32,
    /// Two layers with no line across between them.
    pub(crate) plain: i32,
    /// The same where the upper one or the lower one is of labels.
    pub(crate) label: i32,
    /// Two lines at a box's top or bottom.
    pub(crate) port: i32,
    /// A line at a box's top or bottom, and its corner.
    pub(crate) inset: i32,
}
