//! Times, in UTC; the script adds how long ago that is.

use std::time::{Duration, SystemTime};

use maud::{Markup, html};
use statewright_execution::rfc3339;

/// A point in time.
pub(crate) fn when(at: SystemTime) -> Markup {
    let whole = rfc3339(at);
    html! { time datetime=(whole) title=(whole) { (short(&whole)) } }
}

/// `2026-11-22 08:30:05`: to the second, in UTC.
fn short(whole: &str) -> String {
    whole.get(..19).unwrap_or(whole).replace('T', " ")
}

/// `0.8s`, `31s`, `1m 42s`, `2h 03m`, `5d 04h`.
pub(crate) fn took(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=9 => format!("{}.{}s", seconds, time.subsec_millis() / 100),
        10..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// From one time to another, or to now.
pub(crate) fn between(from: SystemTime, until: Option<SystemTime>) -> Duration {
    until.unwrap_or_else(SystemTime::now).duration_since(from).unwrap_or_default()
}

/// When something was read, for the foot of a part; the script counts on.
pub(crate) fn read_at(at: Option<SystemTime>) -> Markup {
    html! {
        @if let Some(at) = at {
            span.read { "read " time datetime=(rfc3339(at)) data-ago { "at " (short(&rfc3339(at))) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (ms, text) in [
            (0, "0.0s"),
            (840, "0.8s"),
            (31_000, "31s"),
            (102_000, "1m 42s"),
            (7_380_000, "2h 03m"),
            (446_400_000, "5d 04h"),
        ] {
            assert_eq!(took(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn times_are_utc_to_the_second() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_336_205_123);
        assert_eq!(short(&rfc3339(at)), "2026-11-22 08:30:05");
    }
}
