//! Dates that clients send: ISO 8601, as the parser of Ruby reads it with which Zendesk's published
//! library checks parameters (`stronger_parameters`, 2026-11).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::core::clock::Timestamp;

/// An instant, and whether the text says at which distance from UTC it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsoDate {
    pub at: Timestamp,
    pub has_offset: bool,
}

impl IsoDate {
    /// Reads a day or an instant. What a text leaves out is zero. Without an offset it is in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let is_iso = |c: char| c.is_ascii_digit() || "-+:.,TtZz".contains(c);
        // The parser takes a space for a T, and names of time zones in brackets.
        if !text.chars().all(is_iso) {
            return None;
        }
        if let Ok(at) = text.parse() {
            return Some(Self { at, has_offset: true });
        }
        let at = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(Self { at, has_offset: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_iso_8601() {
        for (text, at, has_offset) in [
            ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", true),
            ("2020-01-02t03:04:05z", "2020-01-02T03:04:05Z", true),
            ("2020-01-02T03:04:05.678Z", "2020-01-02T03:04:05.678Z", true),
            ("2020-01-02T03:04:05,678Z", "2020-01-02T03:04:05.678Z", true),
            ("2020-01-02T03:04:05+00:00", "2020-01-02T03:04:05Z", true),
            ("2020-01-02T03:04:05+0100", "2020-01-02T02:04:05Z", true),
            ("2020-01-02T03:04:05.000+0000", "2020-01-02T03:04:05Z", true),
            ("2020-01-02T03:04:05-01", "2020-01-02T04:04:05Z", true),
            ("2020-01-02T03:04Z", "2020-01-02T03:04:00Z", true),
            ("20200102T030405Z", "2020-01-02T03:04:05Z", true),
            (" 2020-01-02T03:04:05Z\n", "2020-01-02T03:04:05Z", true),
            ("2020-01-02T03:04:05", "2020-01-02T03:04:05Z", false),
            ("2020-01-02T03:04:05.678901", "2020-01-02T03:04:05.678901Z", false),
            ("2020-01-02T03:04", "2020-01-02T03:04:00Z", false),
            ("2020-01-02", "2020-01-02T00:00:00Z", false),
            ("20200102", "2020-01-02T00:00:00Z", false),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", true),
        ] {
            let at = at.parse().expect("an instant");
            assert_eq!(IsoDate::parse(text), Some(IsoDate { at, has_offset }), "{text}");
        }
        for text in [
            "",
            "T",
            "soon",
            "2020",
            "1577934245",
            "1577934245000",
            "2020-13-01",
            "2020-02-30",
            "2020-01-02 03:04:05",
            "2020-01-02 03:04:05Z",
            "2020-01-02T03:04:05 Z",
            "2020-01-02T03:04:05+00:00[UTC]",
            "2020-01-02T25:00:00Z",
            "01/02/2020",
            "2020/01/02",
            "Thu, 02 Jan 2020 03:04:05 GMT",
            "Jan 2, 2020",
            "२०२०-01-02",
        ] {
            assert_eq!(IsoDate::parse(text), None, "{text}");
        }
    }
}
