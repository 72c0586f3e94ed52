//! What stands on a terminal, replayed: at 40, 80 and 200 columns, and when the size changes on the way.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::json;
use statewright_execution::{Execution, HistoryEvent, Outline};
use statewright_spec::Arn;

use super::{About, Question, RunView as _, live::Live, rows::Line, screen::Screen};

fn about() -> About {
    About {
        machine: Arn::parse("arn:aws:states:us-east-1:123456789012:stateMachine:orders").unwrap(),
        execution: Arn::parse("arn:aws:states:us-east-1:123456789012:execution:orders:7f3c").unwrap(),
        name: "7f3c".into(),
        command: "statewright run orders".into(),
        console: None,
        is_express: false,
    }
}

fn outline() -> Arc<Outline> {
    let definition = json!({
        "StartAt": "ValidateOrder",
        "States": {
            "ValidateOrder": {"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 8}], "Next": "PaymentKind"},
            "PaymentKind": {"Type": "Choice", "Choices": [{"Variable": "$.kind", "StringEquals": "card", "Next": "Ship"}], "Default": "Ship"},
            "Ship": {"Type": "Map", "Next": "Done", "ItemProcessor": {"StartAt": "Pack", "States": {
                "Pack": {"Type": "Task", "Resource": "r", "End": true}}}},
            "Done": {"Type": "Succeed"},
        },
    });
    Arc::new(Outline::parse(&definition.to_string()).unwrap())
}

fn event(id: i64, previous: i64, kind: &str, state: Option<&str>) -> HistoryEvent {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(id).unwrap());
    let mut event = HistoryEvent::new(id, previous, at, kind);
    event.state = state.map(str::to_owned);
    event
}

fn events() -> Vec<HistoryEvent> {
    let mut retry = event(4, 3, "TaskFailed", None);
    retry.error = Some("Busy".into());
    let mut map = event(10, 9, "MapStateStarted", None);
    map.length = Some(40);
    let mut all = vec![
        event(1, 0, "ExecutionStarted", None),
        event(2, 0, "TaskStateEntered", Some("ValidateOrder")),
        event(3, 2, "TaskScheduled", None),
        retry,
        event(5, 4, "TaskScheduled", None),
        event(6, 5, "TaskStateExited", Some("ValidateOrder")),
        event(7, 6, "ChoiceStateEntered", Some("PaymentKind")),
        event(8, 7, "ChoiceStateExited", Some("PaymentKind")),
        event(9, 8, "MapStateEntered", Some("Ship")),
        map,
    ];
    for index in 0..30_i32 {
        let mut started = event(11 + 2 * i64::from(index), 10, "MapIterationStarted", Some("Ship"));
        started.index = Some(index);
        let id = started.id;
        all.push(started);
        all.push(event(id + 1, id, "TaskStateEntered", Some("Pack")));
    }
    all
}

/// What a terminal shows, and what has left it upwards.
struct Terminal {
    parser: vt100::Parser,
}

impl Terminal {
    fn new(columns: u16, rows: u16) -> Self {
        Self { parser: vt100::Parser::new(rows, columns, 1000) }
    }

    fn feed(&mut self, live: &mut Live<Vec<u8>>) {
        self.parser.process(&std::mem::take(live.out()));
    }

    /// Scrollback and screen, without empty lines at the end.
    fn text(&mut self) -> String {
        let (rows, columns) = self.parser.screen().size();
        self.parser.screen_mut().set_scrollback(usize::MAX);
        let above = self.parser.screen().scrollback();
        let mut lines: Vec<String> = Vec::new();
        for offset in (1..=above).rev() {
            self.parser.screen_mut().set_scrollback(offset);
            lines.extend(self.parser.screen().rows(0, columns).next());
        }
        self.parser.screen_mut().set_scrollback(0);
        lines.extend(self.parser.screen().rows(0, columns).take(rows.into()));
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }
}

thread_local! {
    static SIZE: std::cell::Cell<(usize, usize)> = const { std::cell::Cell::new((80, 24)) };
    static NOW: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

fn live(columns: usize, rows: usize) -> Live<Vec<u8>> {
    SIZE.set((columns, rows));
    let screen = Screen::new(Vec::new(), columns, rows, false, true);
    let now = || SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.get());
    let mut live = Live::new(screen, &about(), Vec::new(), || Some(SIZE.get()), now);
    live.started(&about(), true);
    live
}

/// Tells events, as a look that brought them.
fn look(live: &mut Live<Vec<u8>>, execution: &mut Execution, events: &[HistoryEvent]) {
    for event in events {
        let at = event.at;
        let changes = execution.apply(event.clone());
        live.changed(execution, &changes, at);
        NOW.set(NOW.get().max(at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()));
    }
    live.settled(execution);
}

fn played(columns: u16, rows: u16, upto: usize) -> String {
    let mut terminal = Terminal::new(columns, rows);
    let mut live = live(columns.into(), rows.into());
    let mut execution = Execution::new(outline());
    for chunk in events()[..upto].chunks(3) {
        look(&mut live, &mut execution, chunk);
        terminal.feed(&mut live);
    }
    terminal.text()
}

#[test]
fn finished_states_stay_above_and_the_rest_is_redrawn() {
    insta::assert_snapshot!("retrying", played(80, 24, 4));
    insta::assert_snapshot!("mapping at 80 columns", played(80, 24, 16));
}

#[test]
fn a_narrow_terminal_cuts_and_does_not_wrap() {
    insta::assert_snapshot!("mapping at 40 columns", played(40, 24, 16));
}

#[test]
fn a_wide_terminal_shows_all() {
    insta::assert_snapshot!("mapping at 200 columns", played(200, 24, 16));
}

#[test]
fn the_region_has_a_height_whatever_runs() {
    let text = played(80, 12, 70);
    insta::assert_snapshot!("thirty iterations in twelve rows", text);
    let region = text.lines().skip_while(|line| !line.starts_with("orders ")).count();
    assert!(region <= 10, "{region} lines:\n{text}");
    let large = played(80, 60, 70);
    let region = large.lines().skip_while(|line| !line.starts_with("orders ")).count();
    assert!(region <= super::rows::MOST, "{region} lines:\n{large}");
}

#[test]
fn a_question_stands_in_the_region_and_leaves_it() {
    let (mut terminal, mut live) = (Terminal::new(80, 24), live(80, 24));
    let mut execution = Execution::new(outline());
    look(&mut live, &mut execution, &events()[..3]);
    live.asking(Some(Question::LeaveOrStop));
    live.tick(&execution);
    terminal.feed(&mut live);
    assert!(terminal.text().contains("Leave it running, or stop it?  l leave  s stop it"), "{}", terminal.text());
    live.asking(None);
    live.tick(&execution);
    terminal.feed(&mut live);
    assert!(!terminal.text().contains("Leave it running"), "{}", terminal.text());
}

/// Each finished state once, the region once, whatever the sizes on the way.
#[track_caller]
fn is_clean(text: &str) {
    for once in ["✓ done     ValidateOrder", "orders 7f3c", "▶ running  Ship"] {
        assert_eq!(text.matches(once).count(), 1, "{once:?} in\n{text}");
    }
}

#[test]
fn a_resize_leaves_no_debris_and_eats_nothing() {
    let sizes = [(80, 24), (200, 24), (60, 24), (60, 10), (120, 30), (44, 12)];
    let (mut terminal, mut live) = (Terminal::new(80, 24), live(80, 24));
    let mut execution = Execution::new(outline());
    let events = events();
    look(&mut live, &mut execution, &events[..12]);
    terminal.feed(&mut live);
    for (index, (columns, rows)) in sizes.into_iter().enumerate() {
        terminal.parser.screen_mut().set_size(rows, columns);
        SIZE.set((columns.into(), rows.into()));
        look(&mut live, &mut execution, &events[12 + index..13 + index]);
        terminal.feed(&mut live);
        is_clean(&terminal.text());
    }
}

/// A terminal that breaks its lines anew when it gets narrower: what stood in one row stands in several.
#[test]
fn a_terminal_that_reflows_is_cleared_as_far_as_it_grew() {
    let words = |text: &str| -> Line { vec![(anstyle::Style::new(), text.to_owned())] };
    let mut screen = Screen::new(Vec::new(), 80, 24, true, false);
    let wide = "w".repeat(70);
    screen.print(&[words("above")], &[words(&wide), words("short")]);
    // Two rows of 70 and 5 are four rows of 30.
    let reflowed = format!("above\r\n{}\r\n{}\r\n{}\r\nshort", &wide[..30], &wide[..30], &wide[..10]);
    let mut parser = vt100::Parser::new(24, 30, 0);
    parser.process(reflowed.as_bytes());
    screen.out().clear();
    screen.resize(30, 24);
    screen.draw(&[words("anew")]);
    parser.process(screen.out());
    assert_eq!(parser.screen().contents().trim_end(), "above\nanew");
}

#[test]
fn what_ends_is_told_with_what_to_do() {
    let mut execution = Execution::new(outline());
    let mut failed = event(4, 3, "TaskFailed", None);
    failed.error = Some("Lambda.TooManyRequestsException".into());
    failed.cause = Some("Rate \u{1b}[31mexceeded".into());
    let mut over = event(5, 4, "ExecutionFailed", None);
    over.error.clone_from(&failed.error);
    execution.append([&events()[..3], &[failed, over]].concat());
    let about = About { console: Some("https://console.example/x".into()), ..about() };
    insta::assert_snapshot!(
        "failed",
        anstream::adapter::strip_str(&super::ending::block(&execution, &about)).to_string()
    );
    let mut execution = Execution::new(outline());
    execution.append(events()[..3].to_vec());
    insta::assert_snapshot!("left", anstream::adapter::strip_str(&super::ending::left(&execution, &about)).to_string());
}
