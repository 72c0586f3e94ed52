//! What an SVG must keep, measured on the picture itself.

mod geometry;
mod palette;

use std::collections::BTreeSet;

use xmltree::Element;

use super::{Theme, layout, svg};
use crate::{
    Chart, Paint,
    testing::{ORDERS, chart, corpus, fixtures},
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
