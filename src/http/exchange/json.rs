//! JSON responses with Zendesk's own `Content-Type`, which names the charset.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use twox_hash::XxHash3_128;

/// Recorded on Support and Guide alike.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Longer than most responses, so that most are written without growing.
pub const USUAL_LENGTH: usize = 2048;

/// An answer of more bytes than this is charged to the budget while it goes out: a page of the
/// longest comments has tens of millions.
pub const LARGE: usize = 64 * 1024;

/// A JSON response.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, JSON)], serialize(&self.0)).into_response()
    }
}

/// A JSON response of the Support API, with the entity tag that all of its successes have.
pub struct TaggedJson<T>(pub T);

impl<T: Serialize> IntoResponse for TaggedJson<T> {
    fn into_response(self) -> Response {
        tagged(&self.0, JSON)
    }
}

/// The same under another content type, which Zendesk gives to some.
pub fn tagged(value: &impl Serialize, content_type: HeaderValue) -> Response {
    let json = serialize(value);
    ([(CONTENT_TYPE, content_type), (ETAG, weak_tag(&[&json]))], json).into_response()
}

/// A value under its name: `{"ticket": {…}}`.
pub struct NamedValue<T>(pub &'static str, pub T);

impl<T: Serialize> Serialize for NamedValue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

/// JSON with line breaks.
pub struct PrettyJson<T>(pub T);

impl<T: Serialize> IntoResponse for PrettyJson<T> {
    fn into_response(self) -> Response {
        let mut json = serde_json::to_vec_pretty(&self.0).unwrap_or_default();
        json.push(b'\n');
        ([(CONTENT_TYPE, JSON)], json).into_response()
    }
}

fn serialize(value: &impl Serialize) -> Vec<u8> {
    let mut json = Vec::with_capacity(USUAL_LENGTH);
    // Only keys that are no strings can fail here, and there are none.
    let _ = serde_json::to_writer(&mut json, value);
    if json.len() > LARGE {
        // Only the length is charged.
        json.shrink_to_fit();
    }
    json
}

/// `W/"…"` around 32 hexadecimal digits, as recorded. Zendesk's digest is unknown. A hash that is
/// not cryptographic is enough and fast, and each response gets one.
pub fn weak_tag(body: &[impl AsRef<[u8]>]) -> HeaderValue {
    let hash = match body {
        [whole] => XxHash3_128::oneshot(whole.as_ref()),
        pieces => {
            let mut hasher = XxHash3_128::new();
            pieces.iter().for_each(|piece| hasher.write(piece.as_ref()));
            hasher.finish_128()
        }
    };
    let tag = format!("W/\"{hash:032x}\"");
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("W/\"\""))
}
