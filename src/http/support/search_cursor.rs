//! Cursors of exported searches, in the form that was recorded in 2024.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use crate::core::clock::{Timestamp, after};
use crate::http::exchange::problem::Problem;

/// How long a cursor is good for, as documented.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Where a page ends. Times are in milliseconds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchCursor {
    field: String,
    desc: bool,
    tie_break_field: String,
    tie_break_desc: bool,
    /// The time and the id of the last object.
    sort_values: Option<(i64, u64)>,
    exported_thus_far: usize,
    session_start: i64,
    created_at: i64,
    /// A hash of the kind and the query: the cursor of one search is refused by another.
    salted_request_hash: u32,
}

impl SearchCursor {
    /// The place before the first object that a search finds.
    pub fn begin(kind: &str, query: &str, now: Timestamp) -> Self {
        Self {
            field: "created_at".to_owned(),
            desc: true,
            tie_break_field: "id".to_owned(),
            tie_break_desc: false,
            sort_values: None,
            exported_thus_far: 0,
            session_start: now.as_millisecond(),
            created_at: now.as_millisecond(),
            salted_request_hash: hash(kind, query),
        }
    }

    /// Reads the cursor of an earlier page of the same search.
    pub fn read(cursor: &str, kind: &str, query: &str, now: Timestamp) -> Result<Self, Problem> {
        let wrong = |must: &'static str| Problem::Pagination {
            parameter: "page[after]",
            must: must.into(),
        };
        let read = || {
            let read: Self = serde_json::from_slice(&STANDARD.decode(cursor).ok()?).ok()?;
            Some((Timestamp::from_millisecond(read.created_at).ok()?, read))
        };
        let read = read().ok_or(wrong("must be a cursor that an earlier page gave"));
        let (created_at, read) = read?;
        if read.salted_request_hash != hash(kind, query) {
            return Err(wrong("must be a cursor of the same query and filter[type]"));
        }
        if now >= after(created_at, LIFETIME) {
            return Err(wrong("is an hour old: export from the beginning"));
        }
        Ok(read)
    }

    /// The time and the id of the last object before it.
    pub fn last(&self) -> Option<(i64, u64)> {
        self.sort_values
    }

    /// The place behind so many more objects, of which this is the last one.
    pub fn behind(self, last: (i64, u64), objects: usize, now: Timestamp) -> Self {
        Self {
            sort_values: Some(last),
            exported_thus_far: self.exported_thus_far.saturating_add(objects),
            created_at: now.as_millisecond(),
            ..self
        }
    }

    pub fn write(&self) -> String {
        // Texts and numbers cannot fail to be JSON.
        STANDARD.encode(serde_json::to_string(self).unwrap_or_default())
    }
}

fn hash(kind: &str, query: &str) -> u32 {
    let hash = XxHash3_128::oneshot(format!("{kind} {query}").as_bytes());
    u32::try_from(hash >> 96).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_search_and_lives_for_an_hour() {
        let start = Timestamp::UNIX_EPOCH;
        let cursor = SearchCursor::begin("user", "a", start).behind((7, 8), 2, start).write();
        let read = |kind, query, seconds| {
            let now = after(start, Duration::from_secs(seconds));
            SearchCursor::read(&cursor, kind, query, now)
        };
        let found = read("user", "a", 3_599).expect("a cursor");
        assert_eq!((found.last(), found.exported_thus_far), (Some((7, 8)), 2));
        for (kind, query, seconds) in [("user", "a", 3_600), ("user", "b", 0), ("ticket", "a", 0)] {
            assert!(read(kind, query, seconds).is_err(), "{kind} {query} {seconds}");
        }
        for bad in ["", "x", "e30=", &cursor[1..]] {
            assert!(SearchCursor::read(bad, "user", "a", start).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_properties_are_the_recorded_ones() {
        let cursor = SearchCursor::begin("user", "a", Timestamp::UNIX_EPOCH);
        let json = serde_json::to_string(&cursor.behind((1, 2), 1, Timestamp::UNIX_EPOCH));
        let begin = r#"{"field":"created_at","desc":true,"tieBreakField":"id","tieBreakDesc":false,"sortValues":[1,2],"exportedThusFar":1,"sessionStart":0,"createdAt":0,"saltedRequestHash":"#;
        assert!(json.expect("JSON").starts_with(begin));
    }
}
