//! Cursors of lists, in the recorded form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::core::clock::Timestamp;
use crate::http::exchange::problem::Problem;

/// The place of an item in its list.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Tickets have small numbers.
    Number(u64),
    Id(u64),
    /// A time and an id.
    Time(Timestamp, u64),
    /// The value of a ticket that its list is sorted by, under this name, and its number.
    Sorted(&'static str, i64, u64),
}

/// What a cursor says of the item where it is.
#[derive(Debug, Clone, Copy)]
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

impl Place {
    /// The recorded form of a cursor: the order of the list, and the packed values of the item.
    pub fn cursor(self) -> String {
        let mut packed = Vec::new();
        let (o, id) = match self {
            Self::Number(id) => ("nice_id".to_owned(), id),
            Self::Id(id) => ("id".to_owned(), id),
            Self::Time(at, id) => {
                packed.push(b'd');
                packed.extend(at.as_second().to_le_bytes());
                ("created_at,id".to_owned(), id)
            }
            Self::Sorted(name, value, id) => {
                packed.push(b'd');
                packed.extend(value.to_le_bytes());
                (format!("{name},nice_id"), id)
            }
        };
        packed.push(b'i');
        packed.extend(id.to_le_bytes());
        let v = STANDARD.encode(packed);
        // Texts cannot fail to be JSON.
        STANDARD.encode(serde_json::to_string(&Cursor { o: &o, v: &v }).unwrap_or_default())
    }
}

/// The place that a cursor stands for.
pub fn key_in(parameter: &'static str, cursor: &str) -> Result<CursorKey, Problem> {
    let key = || {
        let json = STANDARD.decode(cursor).ok()?;
        let Cursor { v, .. } = serde_json::from_slice(&json).ok()?;
        let packed = STANDARD.decode(v).ok()?;
        let (rest, id) = packed.split_last_chunk::<8>()?;
        let value = rest.get(1..).and_then(|rest| rest.first_chunk::<8>());
        let value = value.map(|value| i64::from_le_bytes(*value));
        Some(CursorKey { value, id: u64::from_le_bytes(*id) })
    };
    let must = "must be a cursor that an earlier page gave";
    key().ok_or(Problem::Pagination { parameter, must })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_the_recorded_ones() {
        let at: Timestamp = "2024-09-06T18:52:11Z".parse().expect("an instant");
        assert_eq!(
            Place::Time(at, 33_144_692_244_499).cursor(),
            "eyJvIjoiY3JlYXRlZF9hdCxpZCIsInYiOiJaRnRQMjJZQUFBQUFhUk9BbXhrbEhnQUEifQ=="
        );
        assert_eq!(Place::Number(1).cursor(), "eyJvIjoibmljZV9pZCIsInYiOiJhUUVBQUFBQUFBQUEifQ==");
    }
}
