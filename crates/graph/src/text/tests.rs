//! What a drawing in a terminal must keep.

use anstyle::Style;

use super::{TextOptions, text};
use crate::{
    Chart, LinkKey, LinkKind, Mark, NodeMark, NodeRun, Paint, PlanPaint, RunPaint, Status, Tries,
    testing::{ORDERS, chart, corpus, fixtures},
};

/// Without styles, as a pipe gets it.
pub(crate) fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('m').map_or("", |(_, rest)| rest);
    }
    out + rest
}

fn drawn(chart: &Chart, paint: &Paint) -> String {
    bare(&text(chart, paint, TextOptions::default()))
}

/// Which arms a character has: up, right, down, left.
fn arms(c: char) -> [bool; 4] {
    let has = |set: &str| set.contains(c);
    [has("│┆║└┘├┤┴┼╚╝╟╢╧╫╪╬"), has("─┄═┌└├┬┴┼╔╚╟╤╧╫╪╬"), has("│┆║┌┐├┤┬┼╔╗╟╢╤╫╪╬"), has("─┄═┐┘┤┬┴┼╗╝╢╤╧╫╪╬")]
}

/// Each arm meets another, or an arrow's head; one that leads sideways may meet a border's word.
fn joints(drawing: &str) -> Vec<String> {
    let grid: Vec<Vec<char>> = drawing
        .lines()
        .map(|line| {
            let wide = |c: char| unicode_width::UnicodeWidthChar::width(c) == Some(2);
            line.chars().flat_map(|c| if wide(c) { vec![c, ' '] } else { vec![c] }).collect()
        })
        .collect();
    let at = |x: i64, y: i64| -> char {
        let row = usize::try_from(y).ok().and_then(|y| grid.get(y));
        row.zip(usize::try_from(x).ok()).and_then(|(row, x)| row.get(x)).copied().unwrap_or(' ')
    };
    let mut faults = Vec::new();
    for (y, row) in (0_i64..).zip(&grid) {
        for (x, c) in (0_i64..).zip(row) {
            let own = arms(*c);
            for (way, (dx, dy)) in [(0, -1), (1, 0), (0, 1), (-1, 0)].into_iter().enumerate() {
                let other = at(x + dx, y + dy);
                let head = "▼▶◀●".contains(other);
                // `─ end ┘`: a word stands in the border.
                let word = dy == 0 && (at(x + dx * 6, y) != ' ' || at(x + dx, y) != ' ');
                if own[way] && !arms(other)[(way + 2) % 4] && !head && !word {
                    faults.push(format!("{}:{}: {c} and {other}", y + 1, x + 1));
                }
            }
        }
    }
    faults
}

#[test]
fn every_line_leads_somewhere() {
    let mut faults = Vec::new();
    for (name, definition) in fixtures().into_iter().chain(corpus()) {
        // Their names hold whatever people put there, line characters too.
        if name == "hostile names" {
            continue;
        }
        let drawing = drawn(&chart(&definition), &Paint::Plain);
        faults.extend(joints(&drawing).into_iter().map(|fault| format!("{name} {fault}\n{drawing}")));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_joint_that_is_missing_is_found() {
    let drawing = drawn(&chart(ORDERS), &Paint::Plain);
    assert_eq!(joints(&drawing), [""; 0]);
    assert_ne!(joints(&drawing.replacen('┬', "─", 1)), [""; 0]);
}

#[test]
fn an_order() {
    insta::assert_snapshot!("orders", drawn(&chart(ORDERS), &Paint::Plain));
    let ascii = bare(&text(&chart(ORDERS), &Paint::Plain, TextOptions { width: None, ascii: true }));
    assert!(ascii.is_ascii(), "{ascii}");
    insta::assert_snapshot!("orders_ascii", ascii);
}

#[test]
fn what_is_too_wide_is_a_list() {
    let options = TextOptions { width: Some(60), ascii: false };
    let list = bare(&text(&chart(ORDERS), &Paint::Plain, options));
    insta::assert_snapshot!("orders_narrow", list);
    for width in [20, 40, 80, 200] {
        for (name, definition) in fixtures() {
            let options = TextOptions { width: Some(width), ascii: false };
            let found = bare(&text(&chart(&definition), &Paint::Plain, options));
            let widest = found.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap_or(0);
            assert!(widest <= width, "{name} is {widest} wide and not {width}\n{found}");
        }
    }
}

/// An order that went wrong, and one that is at work.
pub(crate) fn run() -> Paint {
    let mut run = RunPaint::default();
    let mut add = |name: &str, status: Status, change: fn(&mut NodeRun)| {
        let mut found = NodeRun::new(status);
        found.took = Some(std::time::Duration::from_millis(840));
        change(&mut found);
        run.states.insert(name.to_owned(), found);
    };
    add("ValidateOrder", Status::Succeeded, |r| r.tries = Some(Tries { this: 2, most: Some(4), next_in: None }));
    add("PaymentKind", Status::Succeeded, |_| ());
    add("AwaitPayment", Status::Succeeded, |r| r.times = 3);
    add("CheckInvoice", Status::Succeeded, |r| r.times = 3);
    add("Paid", Status::Succeeded, |r| r.times = 3);
    add("Fulfil", Status::Running, |_| ());
    add("Reserve", Status::WaitingForToken, |_| ());
    add("PrintLabel", Status::Retrying, |r| {
        r.tries = Some(Tries { this: 2, most: Some(4), next_in: Some(std::time::Duration::from_secs(12)) });
    });
    add("ShipItems", Status::Caught, |r| r.note = Some("Carrier.Down".to_owned()));
    add("Pack", Status::TimedOut, |_| ());
    add("HandOver", Status::Aborted, |_| ());
    add("NotifyFailure", Status::Failed, |r| r.note = Some("SNS.TopicNotFoundException".to_owned()));
    for (from, to) in [
        ("ValidateOrder", "PaymentKind"),
        ("PaymentKind", "AwaitPayment"),
        ("AwaitPayment", "CheckInvoice"),
        ("CheckInvoice", "Paid"),
        ("Paid", "AwaitPayment"),
        ("Paid", "Fulfil"),
        ("ShipItems", "NotifyFailure"),
    ] {
        run.taken.insert((from.to_owned(), to.to_owned()));
    }
    Paint::Run(run)
}

/// Some of everything that a plan does.
pub(crate) fn plan() -> Paint {
    let mut plan = PlanPaint::default();
    let mut add = |name: &str, mark: Mark, fields: &[&str], was: Option<&str>| {
        let fields = fields.iter().map(|f| (*f).to_owned()).collect();
        plan.states.insert(name.to_owned(), NodeMark { mark, fields, was: was.map(str::to_owned) });
    };
    add("Charge", Mark::Changed, &["Retry", "TimeoutSeconds"], None);
    add("AwaitPayment", Mark::Added, &[], None);
    add("CheckInvoice", Mark::Removed, &[], None);
    add("Done", Mark::Renamed, &[], Some("Finished"));
    let mut link = |from: &str, to: &str, kind: LinkKind, mark: Mark| {
        plan.links.insert(LinkKey { from: from.to_owned(), to: to.to_owned(), kind }, mark);
    };
    link("PaymentKind", "AwaitPayment", LinkKind::Default, Mark::Added);
    link("AwaitPayment", "CheckInvoice", LinkKind::Next, Mark::Added);
    link("CheckInvoice", "Paid", LinkKind::Next, Mark::Removed);
    Paint::Plan(plan)
}

#[test]
fn painted() {
    insta::assert_snapshot!("orders_run", drawn(&chart(ORDERS), &run()));
    insta::assert_snapshot!("orders_plan", drawn(&chart(ORDERS), &plan()));
    // Colour only repeats what is said.
    assert!(text(&chart(ORDERS), &run(), TextOptions::default()).contains('\u{1b}'));
    assert_eq!(Style::new().render().to_string(), "");
}
