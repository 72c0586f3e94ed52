//! Dates as IAM reads them.

/// The instant in nanoseconds from 1970-01-01T00:00:00Z, or `None` where IAM reads no date: ISO 8601 in any precision from
/// the year to nine digits of a second, with or without a zone (then UTC), or epoch seconds that fit 64 bits. `t` for `T`
/// and a bare `01T` are dates, as they are at AWS; a day is checked against 31 only, as there.
pub(crate) fn instant(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    if digits(text) {
        return text.parse::<i64>().ok().map(|seconds| i128::from(seconds) * SECOND);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let (sign, date) = date.strip_prefix('-').map_or((1, date), |rest| (-1, rest));
    if time.is_none() && !date.contains('-') {
        return None;
    }
    let mut parts = date.split('-');
    let year = parts.next().filter(|y| y.len() <= 9 && digits(y)).and_then(|y| y.parse::<i64>().ok())? * sign;
    let month = parts.next().map_or(Some(1), |m| within(m, 1, 12))?;
    let day = parts.next().map_or(Some(1), |d| within(d, 1, 31))?;
    if parts.next().is_some() {
        return None;
    }
    let nanos = time.map_or(Some(0), time_of_day)?;
    Some(i128::from(days(year, month, day)) * 86_400 * SECOND + nanos)
}

/// Nanoseconds from midnight UTC.
fn time_of_day(text: &str) -> Option<i128> {
    let (clock, zone) = text.find(['Z', 'z', '+', '-']).map_or((text, ""), |at| text.split_at(at));
    let minutes = match zone.chars().next() {
        None => 0,
        Some('Z' | 'z') => (zone.len() == 1).then_some(0)?,
        Some(sign) => {
            let (hours, minutes) = match zone[1..].split_once(':') {
                Some((h, m)) => (within(h, 0, 18)?, within(m, 0, 59)?),
                None if zone.len() == 5 && zone.is_ascii() => (within(&zone[1..3], 0, 18)?, within(&zone[3..], 0, 59)?),
                None => (within(&zone[1..], 0, 18)?, 0),
            };
            (hours * 60 + minutes) * if sign == '-' { -1 } else { 1 }
        }
    };
    let (whole, fraction) = clock.split_once('.').map_or((clock, None), |(w, f)| (w, Some(f)));
    let nanos = match fraction {
        None => 0,
        Some(f) if f.len() <= 9 && digits(f) => format!("{f:0<9}").parse::<i128>().ok()?,
        Some(_) => return None,
    };
    let seconds = if clock.is_empty() {
        0
    } else {
        let mut parts = whole.split(':');
        let hour = within(parts.next()?, 0, 24)?;
        let minute = parts.next().map_or(Some(0), |m| within(m, 0, 59))?;
        let second = parts.next().map_or(Some(0), |s| within(s, 0, 60))?;
        if parts.next().is_some() {
            return None;
        }
        (hour * 60 + minute) * 60 + second
    };
    Some(i128::from(seconds - minutes * 60) * 1_000_000_000 + nanos)
}

/// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant's `days_from_civil`).
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn within(text: &str, low: i64, high: i64) -> Option<i64> {
    if text.len() != 2 || !digits(text) {
        return None;
    }
    text.parse().ok().filter(|n| (low..=high).contains(n))
}
