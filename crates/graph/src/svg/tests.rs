//! What an SVG must keep, measured on the picture itself.

mod geometry;
mod palette;

use std::collections::BTreeSet;

use xmltree::Element;

use super::{Theme, layout, svg};
use crate::{
    Chart, Paint,
    testing::{ORDERS, chart, corpus, fixtures, large},
    text::tests::{plan, run},
};
use geometry::Picture;

fn drawn(chart: &Chart, paint: &Paint) -> String {
    svg(chart, &layout(chart, paint), paint, Theme::Auto, "a machine")
}

#[track_caller]
fn hold(machines: Vec<(String, String)>) {
    let mut faults = Vec::new();
    for (name, text) in machines {
        let chart = chart(&text);
        let picture = drawn(&chart, &Paint::Plain);
        let tree = Element::parse(picture.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}\n{picture}"));
        let found = Picture::of(&tree).faults(&chart);
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn nothing_overlaps_in_ours() {
    hold(fixtures());
}

#[test]
fn nothing_overlaps_in_the_corpus() {
    hold(corpus());
}

#[test]
fn a_picture_is_the_same_every_time() {
    for (name, text) in fixtures() {
        let chart = chart(&text);
        assert_eq!(drawn(&chart, &Paint::Plain), drawn(&chart, &Paint::Plain), "{name}");
    }
}

#[test]
fn an_order() {
    insta::assert_snapshot!("orders", drawn(&chart(ORDERS), &Paint::Plain));
}

#[test]
fn no_text_is_obeyed() {
    let (_, text) = fixtures().into_iter().find(|(name, _)| name == "hostile names").unwrap();
    let picture = drawn(&chart(&text), &Paint::Plain);
    let tags: BTreeSet<&str> = picture
        .split('<')
        .skip(1)
        .filter_map(|t| t.split(|c: char| !c.is_ascii_alphabetic() && c != '/').next())
        .filter(|t| !t.starts_with('/'))
        .collect();
    let ours = ["circle", "g", "line", "path", "polygon", "polyline", "rect", "style", "svg", "text", "title"];
    assert!(tags.iter().all(|t| ours.contains(t)), "{tags:?}");
    assert!(
        !picture.contains('\u{1b}') && !picture.contains('\u{202e}') && !picture.contains("http://www.w3.org/1999")
    );
}

#[test]
fn a_theme_may_be_pinned() {
    let chart = chart(ORDERS);
    let plain = Paint::Plain;
    let of = |theme| svg(&chart, &layout(&chart, &plain), &plain, theme, "a machine");
    assert!(of(Theme::Auto).contains("prefers-color-scheme:dark"));
    assert!(of(Theme::Light).contains("#FFFFFF") && !of(Theme::Light).contains("prefers-color-scheme"));
    assert!(of(Theme::Dark).contains("#14181D") && !of(Theme::Dark).contains("#FFFFFF"));
    assert!(!of(Theme::Page).contains("<style>"));
}

#[test]
fn paint_moves_nothing_and_hides_nothing() {
    let chart = chart(ORDERS);
    for (name, paint) in [("run", run()), ("plan", plan())] {
        let picture = drawn(&chart, &paint);
        let tree = Element::parse(picture.as_bytes()).unwrap();
        assert_eq!(Picture::of(&tree).faults(&chart), [""; 0], "{name}");
        insta::assert_snapshot!(format!("orders_{name}"), picture);
    }
    // A run goes on in one layout: nothing has happened yet, and much has.
    let empty = Paint::Run(crate::RunPaint::default());
    assert!(layout(&chart, &empty).boxes().eq(layout(&chart, &run()).boxes()));
}

#[test]
fn a_status_is_said_without_colour() {
    let chart = chart(ORDERS);
    let paint = run();
    let placed = layout(&chart, &paint);
    let Paint::Run(found) = &paint else { unreachable!() };
    for (index, node) in chart.nodes().iter().enumerate() {
        let status = found.states.get(&node.name).map_or(crate::Status::NotReached, |r| r.status);
        let group = super::svg_state(&chart, &placed, &paint, index);
        assert!(group.contains(&format!("data-status=\"{}\"", status.key())), "{group}");
        let (head, rest) = group.split_once("><title>").unwrap();
        assert!(head.contains(status.word()), "{head}");
        // As text of the picture, and as a shape.
        let first = status.word().split(' ').next().unwrap();
        assert!(rest.contains(&format!(">{first}")), "{rest}");
        assert!(rest.contains("class=\"glyph\"") || rest.contains("class=\"solid\""), "{rest}");
    }
}

#[test]
fn a_large_picture_is_light() {
    let chart = chart(&large(500, 50));
    let picture = drawn(&chart, &Paint::Plain);
    // Packed, a fifth of this at most; the dashboard's budget is 40 KiB.
    assert!(picture.len() < 400_000, "{}", picture.len());
}

#[test]
fn a_picture_that_is_wrong_is_found_out() {
    let chart = chart(ORDERS);
    let good = drawn(&chart, &Paint::Plain);
    let (place, picture) = (chart.nodes()[1].name.clone(), Element::parse(good.as_bytes()).unwrap());
    assert_eq!(Picture::of(&picture).faults(&chart), [""; 0]);
    // The box of the second state, moved onto the first; its lines and texts stay where they were.
    let at = good.find(&format!("<g data-state=\"{place}\"")).unwrap();
    let (before, rest) = good.split_at(at);
    let moved = rest.replacen(" d=\"M", " d=\"M0 0L4 4L", 1).replacen(
        "<rect class=\"box\" x=\"",
        "<rect class=\"box\" x=\"9",
        1,
    );
    let wrong = Element::parse(format!("{before}{moved}").as_bytes()).unwrap();
    assert_ne!(Picture::of(&wrong).faults(&chart), [""; 0]);
    // A line that cuts across everything.
    let across = good.replacen(
        "</svg>",
        "<path class=\"edge\" data-from=\"Done\" data-to=\"Done\" d=\"M374 20L374 1400\"/></svg>",
        1,
    );
    let wrong = Element::parse(across.as_bytes()).unwrap();
    assert!(Picture::of(&wrong).faults(&chart).iter().any(|fault| fault.contains("runs through")));
    // A text that is longer than its box.
    let (head, name) = good.split_at(good.find("<text class=\"name\"").unwrap());
    let long = format!("{head}{}", name.replacen("textLength=\"", "textLength=\"9", 1));
    let wrong = Element::parse(long.as_bytes()).unwrap();
    assert!(Picture::of(&wrong).faults(&chart).iter().any(|fault| fault.contains("is not inside")));
}
