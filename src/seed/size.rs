//! The memory that reading a document takes, known before it is read.

use crate::seed::model::{SeedComment, SeedFile, SeedTicket};

/// Bytes of an object, in a list with room to grow.
const PER_OBJECT: u64 = 2 * 1024;
/// Bytes of any other item.
const PER_ITEM: u64 = 128;

const _: () = {
    const fn fits<T>() -> bool {
        2 * size_of::<T>() as u64 <= PER_OBJECT
    }
    assert!(fits::<SeedTicket>() && fits::<SeedComment>() && fits::<SeedFile>());
};

/// Bytes that parsing takes beside the text itself, at most about: its objects and other items, and
/// a copy of its texts.
pub fn parsing_cost(json: &[u8]) -> u64 {
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
    fn objects_and_items_count_outside_of_texts() {
        let cost = |json: &str| parsing_cost(json.as_bytes()) - json.len() as u64;
        assert_eq!(cost("{}"), PER_OBJECT);
        assert_eq!(cost(r#"{"users": [{}, {}]}"#), 3 * PER_OBJECT + 2 * PER_ITEM);
        assert_eq!(cost(r#"{"a": "{,[\\\"{,"}"#), PER_OBJECT);
    }
}
