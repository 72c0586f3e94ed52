//! Lines with round corners.

use std::fmt::Write as _;

use crate::Point;

/// The largest radius of a corner.
const RADIUS: i32 = 8;

/// The path of a line whose segments are all upright or level, and how long it is.
pub(super) fn path(points: &[Point]) -> (String, f64) {
    let Some((first, rest)) = points.split_first() else { return (String::new(), 0.0) };
    let mut d = format!("M{} {}", first.x, first.y);
    let mut length = 0.0;
    let mut before = *first;
    for (at, point) in rest.iter().enumerate() {
        length += f64::from((point.x - before.x).abs() + (point.y - before.y).abs());
        let Some(next) = rest.get(at + 1) else {
            let _ = write!(d, "L{} {}", point.x, point.y);
            break;
        };
        let reach = |a: Point, b: Point| (a.x - b.x).abs() + (a.y - b.y).abs();
        let r = RADIUS.min(reach(before, *point) / 2).min(reach(*point, *next) / 2);
        let toward = |to: Point| Point {
            x: point.x + (to.x - point.x).signum() * r,
            y: point.y + (to.y - point.y).signum() * r,
        };
        let (a, b) = (toward(before), toward(*next));
        let _ = write!(d, "L{} {}Q{} {} {} {}", a.x, a.y, point.x, point.y, b.x, b.y);
        // A quarter bend of a quadratic curve is 1.6232 radii long, and stands for two.
        length -= f64::from(r) * (2.0 - 1.623_225);
        before = *point;
    }
    (d, length)
}

/// The head of an arrow at the end of a line.
pub(super) fn head(points: &[Point]) -> String {
    let [.., before, tip] = points else { return String::new() };
    let (dx, dy) = ((tip.x - before.x).signum(), (tip.y - before.y).signum());
    let base = Point { x: tip.x - dx * 8, y: tip.y - dy * 8 };
    format!("{},{} {},{} {},{}", tip.x, tip.y, base.x - dy * 4, base.y + dx * 4, base.x + dy * 4, base.y - dx * 4)
}
