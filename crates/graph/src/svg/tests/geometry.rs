//! A picture as a reader of the file sees it: boxes, lines and texts, from the XML alone.

use std::collections::BTreeSet;

use xmltree::{Element, XMLNode};

use crate::Chart;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Area {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
}

impl Area {
    fn grown(self, by: f64) -> Self {
        Self { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    fn meets(self, other: Self) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    fn holds(self, other: Self) -> bool {
        self.x0 <= other.x0 && other.x1 <= self.x1 && self.y0 <= other.y0 && other.y1 <= self.y1
    }
}

struct Line {
    from: String,
    to: String,
    points: Vec<(f64, f64)>,
}

/// What is in a picture.
pub(super) struct Picture {
    page: Area,
    /// By the state's name: its box, and the texts in its group.
    states: Vec<(String, Area, Vec<Area>)>,
    lines: Vec<Line>,
    labels: Vec<Area>,
    boxes_in_groups: Vec<usize>,
}

fn number(element: &Element, name: &str) -> f64 {
    element.attributes.get(name).and_then(|v| v.parse().ok()).unwrap_or(0.0)
}

fn class(element: &Element) -> &str {
    element.attributes.get("class").map_or("", |c| c.as_str())
}

fn children(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(XMLNode::as_element)
}

/// The corners of a path; a bend's control point stands for it.
fn points(d: &str) -> Vec<(f64, f64)> {
    let spaced: String = d.chars().map(|c| if c.is_ascii_alphabetic() { ' ' } else { c }).collect();
    let numbers: Vec<f64> = spaced.split([' ', ',']).filter_map(|n| n.parse().ok()).collect();
    numbers.chunks(2).filter(|c| c.len() == 2).map(|c| (c[0], c[1])).collect()
}

fn around(points: &[(f64, f64)]) -> Area {
    let fold =
        |f: fn(f64, f64) -> f64, start: f64, pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).fold(start, f);
    Area {
        x0: fold(f64::min, f64::INFINITY, |p| p.0),
        y0: fold(f64::min, f64::INFINITY, |p| p.1),
        x1: fold(f64::max, f64::NEG_INFINITY, |p| p.0),
        y1: fold(f64::max, f64::NEG_INFINITY, |p| p.1),
    }
}

/// Where a text is: 11 pixels above its baseline, 3 below, as wide as it says.
fn text(element: &Element) -> Area {
    let (x, y, w) = (number(element, "x"), number(element, "y"), number(element, "textLength"));
    let x0 = if class(element).contains("label") { x } else { x - w / 2.0 };
    Area { x0, y0: y - 9.0, x1: x0 + w, y1: y + 2.0 }
}

impl Picture {
    pub(super) fn of(svg: &Element) -> Self {
        let page = Area { x0: 0.0, y0: 0.0, x1: number(svg, "width"), y1: number(svg, "height") };
        let mut picture =
            Self { page, states: Vec::new(), lines: Vec::new(), labels: Vec::new(), boxes_in_groups: Vec::new() };
        for element in children(svg) {
            match element.name.as_str() {
                "g" => {
                    let boxes: Vec<&Element> =
                        children(element).filter(|e| matches!(e.name.as_str(), "rect" | "path")).collect();
                    picture.boxes_in_groups.push(boxes.len());
                    let area = match boxes.first() {
                        Some(rect) if rect.name == "rect" => {
                            let (x, y) = (number(rect, "x"), number(rect, "y"));
                            Area { x0: x, y0: y, x1: x + number(rect, "width"), y1: y + number(rect, "height") }
                        }
                        Some(path) => around(&points(&path.attributes["d"])),
                        None => page,
                    };
                    let texts = children(element).filter(|e| e.name == "text").map(text).collect();
                    picture.states.push((element.attributes["data-state"].clone(), area, texts));
                }
                "path" => {
                    let end = |name: &str| element.attributes.get(name).cloned().unwrap_or_default();
                    let points = points(&element.attributes["d"]);
                    let to =
                        if element.attributes.contains_key("data-start") { end("data-start") } else { end("data-to") };
                    picture.lines.push(Line { from: end("data-from"), to, points });
                }
                "text" => picture.labels.push(text(element)),
                _ => {}
            }
        }
        picture
    }

    /// Everything that a reader would call a fault.
    pub(super) fn faults(&self, chart: &Chart) -> Vec<String> {
        let mut faults = Vec::new();
        if self.boxes_in_groups.iter().any(|n| *n != 1) {
            faults.push("a state without exactly one box".to_owned());
        }
        self.boxes(chart, &mut faults);
        self.ways(&mut faults);
        self.texts(&mut faults);
        let drawn: BTreeSet<(&str, &str)> = self.lines.iter().map(|l| (l.from.as_str(), l.to.as_str())).collect();
        let escaped = |n: usize| statewright_source::visible(&chart.nodes()[n].name).into_owned();
        for link in chart.links() {
            let (from, to) = (escaped(link.from), escaped(link.to));
            // What XML cannot hold is written as an escape.
            let known = |name: &str| !name.contains(['\u{ffff}', '\u{fffe}', '\n']);
            if known(&from)
                && known(&to)
                && !from.contains("\\n")
                && !to.contains("\\n")
                && !drawn.contains(&(&from, &to))
            {
                faults.push(format!("no line from {from} to {to}"));
            }
        }
        faults
    }

    fn boxes(&self, chart: &Chart, faults: &mut Vec<String>) {
        if self.states.len() != chart.nodes().len() {
            faults.push(format!("{} boxes for {} states", self.states.len(), chart.nodes().len()));
        }
        for (at, (name, area, _)) in self.states.iter().enumerate() {
            if !self.page.holds(*area) {
                faults.push(format!("{name} is off the page"));
            }
            for (other, around, _) in &self.states[at + 1..] {
                let apart = !area.grown(8.0).meets(*around);
                let inside = area.holds(around.grown(4.0)) || around.holds(area.grown(4.0));
                if !apart && !inside {
                    faults.push(format!("{name} {area:?} meets {other} {around:?}"));
                }
            }
        }
    }

    fn ways(&self, faults: &mut Vec<String>) {
        for line in &self.lines {
            for pair in line.points.windows(2) {
                let segment = around(pair).grown(0.01);
                if !self.page.holds(segment) {
                    faults.push(format!("the line from {} to {} leaves the page", line.from, line.to));
                }
                for (name, area, _) in &self.states {
                    let own = *name == line.from || *name == line.to;
                    let checked = if own { area.grown(-1.5) } else { area.grown(4.0) };
                    // A line within a container is inside its box.
                    if checked.meets(segment) && !area.holds(around(&line.points).grown(1.0)) {
                        let is_hexagon_side = own && (pair[0].1 - pair[1].1).abs() < 0.1;
                        if !is_hexagon_side {
                            faults.push(format!("the line from {} to {} runs through {name}", line.from, line.to));
                        }
                    }
                }
                for label in &self.labels {
                    if label.meets(segment) {
                        faults.push(format!("the line from {} to {} runs through a label", line.from, line.to));
                    }
                }
            }
        }
    }

    fn texts(&self, faults: &mut Vec<String>) {
        for (name, area, texts) in &self.states {
            for text in texts {
                if !area.grown(-2.0).holds(*text) {
                    faults.push(format!("text of {name} {text:?} is not inside {area:?}"));
                }
            }
        }
        for (at, label) in self.labels.iter().enumerate() {
            if !self.page.holds(*label) {
                faults.push("a label is off the page".to_owned());
            }
            if self.labels[at + 1..].iter().any(|other| label.meets(*other)) {
                faults.push("two labels overlap".to_owned());
            }
            for (name, area, texts) in &self.states {
                if label.meets(*area) && !area.holds(*label) {
                    faults.push(format!("a label lies on the border of {name}"));
                }
                if texts.iter().any(|text| text.meets(*label)) {
                    faults.push(format!("a label lies on the text of {name}"));
                }
            }
        }
    }
}
