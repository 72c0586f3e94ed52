//! Glyphs as shapes, so that no font has to have them. None is a `rect` or a `path`: those are a state's box alone.

use crate::{Mark, Status};

/// The shape of a status, 10 wide and high around a point.
pub(super) fn status(status: Status, x: i32, y: i32) -> String {
    let line = |points: &[(i32, i32)]| polyline(points, x, y);
    let solid = |points: &[(i32, i32)]| polygon(points, x, y);
    match status {
        Status::NotReached => format!("<circle class=\"solid\" cx=\"{x}\" cy=\"{y}\" r=\"2\"/>"),
        Status::Succeeded => line(&[(-4, 0), (-1, 3), (4, -4)]),
        Status::Caught => {
            line(&[(0, -4), (0, 1)]) + &format!("<circle class=\"solid\" cx=\"{x}\" cy=\"{}\" r=\"1.4\"/>", y + 4)
        }
        Status::Aborted => solid(&[(-4, -4), (4, -4), (4, 4), (-4, 4)]),
        Status::Running => solid(&[(-3, -5), (5, 0), (-3, 5)]),
        Status::WaitingForToken => line(&[(-2, -4), (-2, 4)]) + &line(&[(3, -4), (3, 4)]),
        Status::Retrying => {
            line(&[(4, -1), (2, -4), (-2, -4), (-4, 0), (-2, 4), (2, 4)]) + &solid(&[(1, -1), (6, -1), (5, -6)])
        }
        Status::TimedOut => {
            format!("<circle class=\"glyph\" cx=\"{x}\" cy=\"{y}\" r=\"4.5\"/>") + &line(&[(0, -2), (0, 0), (2, 0)])
        }
        Status::Failed => line(&[(-4, -4), (4, 4)]) + &line(&[(4, -4), (-4, 4)]),
    }
}

/// The shape of a plan's mark.
pub(super) fn mark(mark: Mark, x: i32, y: i32) -> String {
    let line = |points: &[(i32, i32)]| polyline(points, x, y);
    match mark {
        Mark::Unchanged => String::new(),
        Mark::Added => line(&[(-4, 0), (4, 0)]) + &line(&[(0, -4), (0, 4)]),
        Mark::Removed => line(&[(-4, 0), (4, 0)]),
        Mark::Changed => line(&[(-5, 1), (-3, -1), (0, 0), (3, 1), (5, -1)]),
        Mark::Renamed => line(&[(-4, -4), (0, 0), (-4, 4)]) + &line(&[(0, -4), (4, 0), (0, 4)]),
    }
}

fn polyline(points: &[(i32, i32)], x: i32, y: i32) -> String {
    format!("<polyline class=\"glyph\" points=\"{}\"/>", listed(points, x, y))
}

fn polygon(points: &[(i32, i32)], x: i32, y: i32) -> String {
    format!("<polygon class=\"solid\" points=\"{}\"/>", listed(points, x, y))
}

fn listed(points: &[(i32, i32)], x: i32, y: i32) -> String {
    let all = points.iter().map(|(dx, dy)| format!("{},{}", x + dx, y + dy));
    all.collect::<Vec<_>>().join(" ")
}
