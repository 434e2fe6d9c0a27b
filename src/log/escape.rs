//! Escapes what a client sends, so that it cannot forge, hide or reorder what the log shows.

use std::fmt::{self, Display, Write};

/// Where an escaped text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Text,
    /// Between the quotes of a JSON string.
    Json,
}

/// A text whose control characters (C0, DEL, C1), line separators and bidirectional controls are
/// escaped. In JSON, quotes and backslashes are escaped too.
#[derive(Debug)]
pub struct Escaped<T>(pub T, pub Syntax);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escape { syntax: self.1, f }, "{}", self.0)
    }
}

struct Escape<'a, 'f> {
    syntax: Syntax,
    f: &'a mut fmt::Formatter<'f>,
}

impl Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_json = self.syntax == Syntax::Json;
        let is_quoted = |c: char| is_json && ['"', '\\'].contains(&c);
        let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !is_quoted(byte.into());
        // Most texts need no escape.
        if text.bytes().all(is_plain) {
            return self.f.write_str(text);
        }
        for c in text.chars() {
            match c {
                c if is_quoted(c) => write!(self.f, "\\{c}")?,
                // All of them are in the plane that four digits write.
                c if is_unsafe(c) && is_json => write!(self.f, "\\u{:04x}", u32::from(c))?,
                c if is_unsafe(c) => write!(self.f, "{}", c.escape_default())?,
                c => self.f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn is_unsafe(c: char) -> bool {
    let is_separator = matches!(c, '\u{2028}' | '\u{2029}');
    let is_bidirectional = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || is_separator || is_bidirectional
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARMFUL: &str = "\0\t\n\u{1b}\u{7f}\u{85}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\
                           \u{2028}\u{2029}\u{2066}\u{2069}";

    #[test]
    fn no_harmful_character_is_left_in_text() {
        let escaped = Escaped(HARMFUL, Syntax::Text).to_string();
        assert!(escaped.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{escaped:?}");
        let kept = "é \"日本\" \\ 😀";
        assert_eq!(Escaped(kept, Syntax::Text).to_string(), kept);
    }

    #[test]
    fn json_keeps_the_text_and_escapes_what_is_harmful() {
        let text = format!("é \"日本\" \\ 😀{HARMFUL}");
        let json = format!("\"{}\"", Escaped(&text, Syntax::Json));
        assert!(!json.chars().any(is_unsafe), "{json:?}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }
}
