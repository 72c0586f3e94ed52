//! The style of an SVG: one palette in two themes. Every colour has been held against its ground for contrast, and all against
//! each other as four kinds of eyes see them; the tests beside say how far apart they are.

use std::fmt::Write as _;

use crate::{Mark, Status};

/// Which theme an SVG is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system is: both are in the file.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// No style in the file: the page around it has [`stylesheet`].
    Page,
}

/// A colour that stands for something: its line, and its fill.
pub(super) struct Tone {
    pub(super) line: &'static str,
    pub(super) fill: &'static str,
}

/// The colours of a theme.
pub(super) struct Palette {
    pub(super) page: &'static str,
    pub(super) ink: &'static str,
    pub(super) edge: &'static str,
    pub(super) running: Tone,
    pub(super) succeeded: Tone,
    pub(super) failed: Tone,
    pub(super) caught: Tone,
    pub(super) aborted: Tone,
    pub(super) idle: Tone,
}

pub(super) const LIGHT: Palette = Palette {
    page: "#FFFFFF",
    ink: "#1B1F24",
    edge: "#57606A",
    running: Tone { line: "#1B62EE", fill: "#EDF3FE" },
    succeeded: Tone { line: "#0B5D45", fill: "#E2F2EB" },
    failed: Tone { line: "#8E0808", fill: "#FCE8E6" },
    caught: Tone { line: "#A65C00", fill: "#FDF4E3" },
    aborted: Tone { line: "#4A2170", fill: "#F0E9F7" },
    idle: Tone { line: "#626873", fill: "#F6F8FA" },
};

pub(super) const DARK: Palette = Palette {
    page: "#14181D",
    ink: "#E8EBEF",
    edge: "#9AA4AF",
    running: Tone { line: "#4F8CFA", fill: "#14233F" },
    succeeded: Tone { line: "#86E5C2", fill: "#12332B" },
    failed: Tone { line: "#E07A68", fill: "#3D201C" },
    caught: Tone { line: "#F5C542", fill: "#382D10" },
    aborted: Tone { line: "#D9C2FF", fill: "#2D2542" },
    idle: Tone { line: "#8E939D", fill: "#1B2027" },
};

impl Palette {
    pub(super) const fn status(&self, status: Status) -> &Tone {
        match status {
            Status::NotReached => &self.idle,
            Status::Succeeded => &self.succeeded,
            Status::Caught => &self.caught,
            Status::Aborted => &self.aborted,
            Status::Running | Status::WaitingForToken | Status::Retrying => &self.running,
            Status::TimedOut | Status::Failed => &self.failed,
        }
    }

    pub(super) const fn mark(&self, mark: Mark) -> &Tone {
        match mark {
            Mark::Unchanged => &self.idle,
            Mark::Added => &self.succeeded,
            Mark::Removed => &self.failed,
            Mark::Changed => &self.caught,
            Mark::Renamed => &self.aborted,
        }
    }
}

/// The style of every SVG, in both themes: for a page that holds several.
pub fn stylesheet() -> String {
    sheet(Theme::Auto)
}

pub(super) fn sheet(theme: Theme) -> String {
    let mut out = String::new();
    match theme {
        Theme::Page => return out,
        Theme::Auto | Theme::Light => out.push_str(&colours(&LIGHT)),
        Theme::Dark => out.push_str(&colours(&DARK)),
    }
    out.push_str(SHAPES);
    if theme == Theme::Auto {
        let _ = write!(out, "@media screen and (prefers-color-scheme:dark){{{}}}", colours(&DARK));
    }
    out
}

/// What is the same in both themes.
const SHAPES: &str = ".sw-graph text{font-family:Arial,Helvetica,\"Liberation Sans\",sans-serif;font-size:12px;text-anchor:middle}\
.sw-graph .name{font-size:13px;font-weight:700}\
.sw-graph .detail,.sw-graph .label{font-size:11px}\
.sw-graph .status{font-size:11px;font-weight:700}\
.sw-graph .label,.sw-graph .left{text-anchor:start}\
.sw-graph .edge{fill:none;stroke-width:1.25}\
.sw-graph .choice{stroke-width:1.25}\
.sw-graph .default{stroke-dasharray:9 4}\
.sw-graph .catch{stroke-dasharray:3 3}\
.sw-graph .box{stroke-width:1.25}\
.sw-graph .lane{fill:none;stroke-width:1;stroke-dasharray:2 4}\
.sw-graph .taken{stroke-width:2.5}\
.sw-graph .glyph{stroke-width:2;stroke-linecap:round;stroke-linejoin:round;fill:none}\
.sw-graph .solid{stroke:none}\
.sw-graph [data-status=running] .box,.sw-graph [data-status=waiting] .box,.sw-graph [data-status=retrying] .box{stroke-width:3}\
.sw-graph [data-status=succeeded] .box,.sw-graph [data-mark=added] .box{stroke-width:2}\
.sw-graph [data-status=failed] .box,.sw-graph [data-status=timed-out] .box,.sw-graph [data-mark=removed] .box{stroke-width:4}\
.sw-graph [data-status=caught] .box,.sw-graph [data-mark=changed] .box{stroke-width:3;stroke-dasharray:8 4}\
.sw-graph [data-status=aborted] .box,.sw-graph [data-mark=renamed] .box{stroke-width:2;stroke-dasharray:2 3}\
.sw-graph [data-status=not-reached] .box{stroke-width:1;stroke-dasharray:5 4}\
.sw-graph [data-mark=removed] .name{text-decoration:line-through}";

/// The colours of a theme.
fn colours(palette: &Palette) -> String {
    let Palette { page, ink, edge, idle, .. } = palette;
    let mut out = format!(
        ".sw-graph .page{{fill:{page}}}\
.sw-graph text{{fill:{ink}}}\
.sw-graph .caption,.sw-graph .detail,.sw-graph .label{{fill:{edge}}}\
.sw-graph .edge,.sw-graph .mark{{stroke:{edge}}}\
.sw-graph .head,.sw-graph .dot{{fill:{edge}}}\
.sw-graph .mark{{fill:{page}}}\
.sw-graph .lane{{stroke:{}}}\
.sw-graph .box{{fill:{};stroke:{edge}}}\
.sw-graph .inside{{fill:{page}}}\
.sw-graph .taken{{stroke:{ink}}}\
.sw-graph .head.taken{{fill:{ink};stroke:none}}",
        idle.line, idle.fill
    );
    let mut tone = |attribute: &str, key: &str, tone: &Tone| {
        let Tone { line, fill } = tone;
        let _ = write!(
            out,
            ".sw-graph g[data-{attribute}={key}] .box{{fill:{fill};stroke:{line}}}\
.sw-graph g[data-{attribute}={key}] .status,.sw-graph g[data-{attribute}={key}] .solid{{fill:{line}}}\
.sw-graph g[data-{attribute}={key}] .glyph{{stroke:{line}}}"
        );
    };
    for status in Status::ALL {
        tone("status", status.key(), palette.status(status));
    }
    for mark in [Mark::Added, Mark::Removed, Mark::Changed, Mark::Renamed] {
        tone("mark", mark.word(), palette.mark(mark));
    }
    // A container keeps the page's ground, so that what is inside has its own.
    let _ = write!(out, ".sw-graph g[data-status] .inside,.sw-graph g[data-mark] .inside{{fill:{page}}}");
    for mark in [Mark::Added, Mark::Removed] {
        let (key, line) = (mark.word(), palette.mark(mark).line);
        let _ = write!(
            out,
            ".sw-graph path[data-mark={key}]{{stroke:{line};stroke-width:2.5}}\
.sw-graph polygon[data-mark={key}],.sw-graph text[data-mark={key}]{{fill:{line}}}"
        );
    }
    out
}
