//! A picture of a machine, in one of its forms.

pub(crate) mod run;

use statewright_graph::{Chart, Paint, TextOptions, dot, layout, mermaid, svg, text};

use crate::args::{GraphFormat, ThemeArg};

/// What is drawn.
pub(crate) struct Drawn {
    /// What it is, for those who cannot see it.
    pub(crate) title: String,
    pub(crate) chart: Chart,
    pub(crate) paint: Paint,
}

/// The picture.
pub(crate) fn draw(drawn: &Drawn, format: GraphFormat, theme: ThemeArg, ascii: bool, width: Option<usize>) -> String {
    let Drawn { title, chart, paint } = drawn;
    match format {
        GraphFormat::Svg => svg(chart, &layout(chart, paint), paint, theme.into(), &format!("State machine {title}")),
        GraphFormat::Mermaid => mermaid(chart, paint),
        GraphFormat::Dot => dot(chart, paint),
        GraphFormat::Text => text(chart, paint, TextOptions { width, ascii }),
    }
}
