//! Stored files as responses, whole or in part. Their bytes are shared, never copied.

use axum::extract::Request;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_range_header::{EndPosition, StartPosition};

use crate::core::blobs::Blob;
use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::refusal::refuse;

/// A browser must not run a stored file as part of this origin.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const UNKNOWN: HeaderValue = HeaderValue::from_static(crate::core::media::UNKNOWN_TYPE);

/// Answers with a file, by the request's `Range`. `etag` is the opaque part of a strong validator.
pub fn serve(request: &Request, blob: &Blob, content_type: &str, etag: &str) -> Response {
    let asked = request.headers();
    let etag =
        HeaderValue::try_from(format!("\"{etag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    let common = [
        (ETAG, etag.clone()),
        (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (ACCEPT_RANGES, BYTES),
    ];
    let content_type = HeaderValue::try_from(content_type).unwrap_or(UNKNOWN);
    // RFC 9110 §14.2: only GET has ranges.
    let part = match *request.method() {
        Method::GET => part(asked, blob.len(), &etag),
        _ => Part::Whole,
    };
    match part {
        Part::Whole => {
            let headers = [(CONTENT_TYPE, content_type)];
            stored(blob, 0..blob.len(), (common, headers).into_response())
        }
        Part::Range { first, last } => {
            let range = content_range(format!("bytes {first}-{last}/{}", blob.len()));
            let headers = [(CONTENT_TYPE, content_type), (CONTENT_RANGE, range)];
            let head = (StatusCode::PARTIAL_CONTENT, common, headers).into_response();
            stored(blob, first..last + 1, head)
        }
        Part::Unsatisfiable => {
            let range = content_range(format!("bytes */{}", blob.len()));
            let why = format!("the Range lies outside the file's {} bytes", blob.len());
            refuse(&why, (StatusCode::RANGE_NOT_SATISFIABLE, common, [(CONTENT_RANGE, range)]))
        }
    }
}

/// Joins the head of a response and the part of the stored bytes that is its body.
fn stored(blob: &Blob, range: std::ops::Range<u64>, mut head: Response) -> Response {
    head.headers_mut().insert(CONTENT_LENGTH, (range.end - range.start).into());
    head.extensions_mut().insert(BlobRange::new(blob.clone(), range));
    head
}

fn content_range(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("bytes */*"))
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range { first: u64, last: u64 },
    Unsatisfiable,
}

/// One range is served. Several, and malformed ones, are ignored, as RFC 9110 §14.2 allows.
fn part(asked: &HeaderMap, length: u64, etag: &HeaderValue) -> Part {
    let Some(range) = asked.get(RANGE).and_then(|range| range.to_str().ok()) else {
        return Part::Whole;
    };
    if asked.get(IF_RANGE).is_some_and(|validator| validator != etag) {
        return Part::Whole;
    }
    let Ok(parsed) = http_range_header::parse_range_header(range) else {
        return Part::Whole;
    };
    let [range] = parsed.ranges[..] else {
        return Part::Whole;
    };
    let last_byte = length.saturating_sub(1);
    let (first, last) = match (range.start, range.end) {
        (StartPosition::FromLast(count), _) => (length.saturating_sub(count), last_byte),
        (StartPosition::Index(first), EndPosition::LastByte) => (first, last_byte),
        // A range that ends before it begins is invalid.
        (StartPosition::Index(first), EndPosition::Index(last)) if last < first => {
            return Part::Whole;
        }
        (StartPosition::Index(first), EndPosition::Index(last)) => (first, last.min(last_byte)),
    };
    if first < length { Part::Range { first, last } } else { Part::Unsatisfiable }
}
