//! The headers with the reason of a refusal and with a hint: the texts of the log line and of the
//! journal.

use axum::http::{HeaderName, HeaderValue, Response};

use crate::http::exchange::refusal::RefusalReason;

pub const REASON: HeaderName = HeaderName::from_static("x-zendesk-mock-reason");

pub const HINT: HeaderName = HeaderName::from_static("x-zendesk-mock-hint");

/// The longest value, in bytes. Clients refuse heads that are much larger.
const LONGEST: usize = 1_000;

/// Puts the reason on a response that refuses something, and the hint, if there is one.
pub fn set<B>(hint: Option<&str>, response: &mut Response<B>) {
    let reason = response.extensions().get::<RefusalReason>();
    let reason = reason.map(|RefusalReason(reason)| header_value(reason));
    for (name, value) in [(REASON, reason), (HINT, hint.map(header_value))] {
        if let Some(Ok(value)) = value {
            response.headers_mut().insert(name, value);
        }
    }
}

/// A text as a header value: visible ASCII, with everything else escaped, except for an ellipsis.
fn header_value(text: &str) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
    const MORE: &str = "...";
    let mut value = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars() {
        let before = value.len();
        match c {
            ' '..='~' => value.push(c),
            '…' => value.push_str(MORE),
            c => value.extend(c.escape_default()),
        }
        if value.len() > LONGEST - MORE.len() {
            value.truncate(before);
            value.push_str(MORE);
            break;
        }
    }
    value.try_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_any_text_becomes_a_bounded_header_value() {
        let shown = |text: &str| header_value(text).map(|value| value.as_bytes().to_vec());
        assert_eq!(shown("a \"é\"\r\n\u{1b}").expect("a value"), br#"a "\u{e9}"\r\n\u{1b}"#);
        assert_eq!(shown(r#"{"uploads": […]}"#).expect("a value"), br#"{"uploads": [...]}"#);
        let long = shown(&"日".repeat(1_000)).expect("a value");
        assert!(long.len() <= LONGEST && long.ends_with(b"}..."), "{}", long.len());
    }
}
