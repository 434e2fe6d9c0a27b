//! How much memory a JSON document takes once it is parsed.

/// A value, in bytes: its place in a list that grows by doubling, and its text.
const VALUE: u64 = 128;
/// An object, in bytes: serde_json's map has room for 11 properties from the first one on.
const OBJECT: u64 = 768;

/// The memory of a [`serde_json::Value`] and all below it, in bytes: a bit more than it takes.
/// A document of seven bytes for each object takes a hundred times its length.
pub fn parsed_size(json: &[u8]) -> u64 {
    let (mut values, mut objects) = (1, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_text(&mut bytes),
            b'{' => objects += 1,
            b'[' | b',' | b':' => values += 1,
            _ => {}
        }
    }
    json.len() as u64 + values * VALUE + objects * OBJECT
}

/// Skips the rest of a text with the quote that ends it.
fn skip_text<'a>(bytes: &mut impl Iterator<Item = &'a u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_objects_count_and_texts_do_not() {
        let size = |json: &str| parsed_size(json.as_bytes()) - json.len() as u64;
        assert_eq!(size("1"), VALUE);
        assert_eq!(size(r#""{[,:\"{[,:""#), VALUE);
        assert_eq!(size(r#""\\",{"#), 2 * VALUE + OBJECT);
        assert_eq!(size("[1,2,3]"), 4 * VALUE);
        assert_eq!(size(r#"{"a":1,"b":{}}"#), 4 * VALUE + 2 * OBJECT);
        assert_eq!(size(r#""breaks off"#), VALUE);
    }
}
