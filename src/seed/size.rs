//! What it takes to read a document, found out before it is read.

use crate::core::seed::{SeedComment, SeedFile, SeedTicket};
use crate::seed::model::{Comment, File, Ticket};

/// What an object takes, in bytes: as it is read, and as a part of a seed, each in a list with room to grow.
const PER_OBJECT: u64 = 4 * 1024;
/// What any other item takes.
const PER_ITEM: u64 = 128;

const _: () = {
    const fn fits<Read, Seeded>() -> bool {
        2 * (size_of::<Read>() + size_of::<Seeded>()) as u64 <= PER_OBJECT
    }
    assert!(fits::<Ticket, SeedTicket>() && fits::<Comment, SeedComment>());
    assert!(fits::<File, SeedFile>());
};

/// What reading a text takes beyond the text itself, in bytes, at most about: so many objects and other items are
/// in it, and all of its texts are kept.
pub fn of_reading(json: &[u8]) -> u64 {
    let (mut objects, mut items) = (0_u64, 0_u64);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' => objects += 1,
            b',' | b'[' => items += 1,
            _ => {}
        }
    }
    json.len() as u64 + objects * PER_OBJECT + items * PER_ITEM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_items_count_where_they_are_no_text() {
        let of = |json: &str| of_reading(json.as_bytes()) - json.len() as u64;
        assert_eq!(of("{}"), PER_OBJECT);
        assert_eq!(of(r#"{"users": [{}, {}]}"#), 3 * PER_OBJECT + 2 * PER_ITEM);
        assert_eq!(of(r#"{"a": "{,[\\\"{,"}"#), PER_OBJECT);
    }
}
