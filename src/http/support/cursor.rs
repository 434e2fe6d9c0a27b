//! Cursors of lists, in the recorded form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::core::clock::Timestamp;
use crate::http::exchange::problem::Problem;

/// What a cursor says of the item where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorKey {
    /// The value that its list is sorted by, if that is not the id.
    pub value: Option<i64>,
    pub id: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Cursor<'a> {
    o: &'a str,
    v: &'a str,
}

impl CursorKey {
    pub fn by_id(id: u64) -> Self {
        Self { value: None, id }
    }

    pub fn by_time(at: Timestamp, id: u64) -> Self {
        Self { value: Some(at.as_second()), id }
    }

    /// The recorded form of a cursor: the order of the list, and the packed values of the item.
    pub fn write(self, order: &str) -> String {
        let mut packed = Vec::new();
        if let Some(value) = self.value {
            packed.push(b'd');
            packed.extend(value.to_le_bytes());
        }
        packed.push(b'i');
        packed.extend(self.id.to_le_bytes());
        let v = STANDARD.encode(packed);
        // Texts cannot fail to be JSON.
        STANDARD.encode(serde_json::to_string(&Cursor { o: order, v: &v }).unwrap_or_default())
    }

    /// The key in a cursor that a page of a list in the same order gave.
    pub fn read(parameter: &'static str, cursor: &str, order: &str) -> Result<Self, Problem> {
        let read = || {
            let json = STANDARD.decode(cursor).ok()?;
            let Cursor { o, v } = serde_json::from_slice(&json).ok()?;
            let packed = STANDARD.decode(v).ok()?;
            let (rest, id) = packed.split_last_chunk::<8>()?;
            let value = rest.get(1..).and_then(|rest| rest.first_chunk::<8>());
            let value = value.map(|value| i64::from_le_bytes(*value));
            Some((o == order, Self { value, id: u64::from_le_bytes(*id) }))
        };
        let wrong = |must: &'static str| Problem::Pagination { parameter, must: must.into() };
        match read() {
            Some((true, key)) if key.value.is_some() == order.contains(',') => Ok(key),
            Some((false, _)) => Err(wrong("is the cursor of a list in another order")),
            _ => Err(wrong("must be a cursor that an earlier page gave")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_the_recorded_ones() {
        let at: Timestamp = "2024-09-06T18:52:11Z".parse().expect("an instant");
        assert_eq!(
            CursorKey::by_time(at, 33_144_692_244_499).write("created_at,id"),
            "eyJvIjoiY3JlYXRlZF9hdCxpZCIsInYiOiJaRnRQMjJZQUFBQUFhUk9BbXhrbEhnQUEifQ=="
        );
        assert_eq!(
            CursorKey::by_id(1).write("nice_id"),
            "eyJvIjoibmljZV9pZCIsInYiOiJhUUVBQUFBQUFBQUEifQ=="
        );
    }

    #[test]
    fn a_cursor_belongs_to_lists_in_its_order() {
        let by_id = CursorKey::by_id(7);
        let by_value = CursorKey { value: Some(-3), id: 7 };
        for (key, order) in [(by_id, "id"), (by_value, "created_at,id"), (by_value, "-a,id")] {
            let cursor = key.write(order);
            assert_eq!(CursorKey::read("page[after]", &cursor, order).expect("a key"), key);
            for other in ["nice_id", "-id", "a,id", "-created_at,id", ""] {
                assert!(CursorKey::read("page[after]", &cursor, other).is_err(), "{other}");
            }
        }
        // Values that the order does not have.
        for (key, order) in [(by_id, "created_at,id"), (by_value, "id")] {
            assert!(CursorKey::read("page[after]", &key.write(order), order).is_err(), "{order}");
        }
    }
}
