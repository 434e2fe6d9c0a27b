//! Dates in search queries, as documented: a day, a month, a year, an instant, or a time ago such
//! as `4hours`.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::core::clock::Timestamp;
use crate::core::iso_date::IsoDate;
use crate::core::search::terms::{Comparison, Term};

/// The keywords whose values are dates.
const KEYWORDS: [&str; 4] = ["created", "due_date", "solved", "updated"];

/// A span of seconds, its end not included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRange(Range<i64>);

impl DateRange {
    /// Reads a date. In queries it is in lower case.
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        if let Some(at) = time_ago(text, now) {
            return Some(Self(at..at));
        }
        if let Some(IsoDate { at, has_offset: true }) = IsoDate::parse(text) {
            return Some(Self(at.as_second()..at.as_second() + 1));
        }
        let (from, span) = match text.len() {
            4 => (format!("{text}-01-01"), 1.year()),
            7 => (format!("{text}-01"), 1.month()),
            10 => (text.to_owned(), 1.day()),
            _ => return None,
        };
        let from: Date = from.parse().ok()?;
        let second = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second());
        Some(Self(second(from)?..second(from.checked_add(span).ok()?)?))
    }

    pub fn has(&self, at: Timestamp, comparison: Comparison) -> bool {
        let (at, Range { start, end }) = (at.as_second(), &self.0);
        match comparison {
            Comparison::Is => self.0.contains(&at),
            Comparison::Less => at < *start,
            Comparison::LessOrEqual => at < *end || at == *start,
            Comparison::Greater => at >= *end && at != *start,
            Comparison::GreaterOrEqual => at >= *start,
        }
    }
}

/// The first term that compares a date with something else.
pub fn find_bad_date(terms: &[Term], now: Timestamp) -> Option<&Term> {
    terms.iter().find(|term| {
        term.keyword.as_deref().is_some_and(|keyword| KEYWORDS.contains(&keyword))
            && DateRange::parse(&term.text, now).is_none()
    })
}

/// The second that was this long ago.
fn time_ago(text: &str, now: Timestamp) -> Option<i64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds: i64 = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        "week" => 7 * 24 * 60 * 60,
        "month" => 30 * 24 * 60 * 60,
        "year" => 365 * 24 * 60 * 60,
        _ => return None,
    };
    now.as_second().checked_sub(number.parse::<i64>().ok()?.checked_mul(seconds)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_compared_as_a_span() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let now = at("2026-01-02T12:00:00Z");
        let noon = at("2026-01-01T12:00:00Z");
        for (text, is, less, greater) in [
            ("2026-01-01", true, false, false),
            ("2026-01", true, false, false),
            ("2026", true, false, false),
            ("2025", false, false, true),
            ("2026-01-02", false, true, false),
            ("2026-01-01t12:00:00z", true, false, false),
            ("2026-01-01t13:00:00+01:00", true, false, false),
            ("2026-01-01t11:00:00z", false, false, true),
            ("1day", false, false, false),
            ("25hours", false, false, true),
            ("23 hours", false, true, false),
        ] {
            let range = DateRange::parse(text, now).expect("a date");
            assert_eq!(range.has(noon, Comparison::Is), is, "{text}");
            assert_eq!(range.has(noon, Comparison::Less), less, "{text}");
            assert_eq!(range.has(noon, Comparison::Greater), greater, "{text}");
        }
        for bad in
            ["", "x", "2026-13", "2026-02-30", "9999999999999999999years", "4parsecs", "é123"]
        {
            assert_eq!(DateRange::parse(bad, now), None, "{bad}");
        }
    }
}
