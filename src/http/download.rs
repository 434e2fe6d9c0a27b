//! Stored bytes on their way out: shared, never copied, whole or in part.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_range_header::{EndPosition, StartPosition};

use super::error::refusal;
use crate::core::blobs::Blob;

/// Whatever a stored file is, a browser must not run it as part of this origin.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const UNKNOWN: HeaderValue = HeaderValue::from_static(crate::core::media::UNKNOWN_TYPE);

/// Answers with a file, or with what the request's `Range` and `If-None-Match` ask of it.
/// `etag` is the opaque part of a strong validator.
pub fn serve(asked: &HeaderMap, blob: &Blob, content_type: &str, etag: &str) -> Response {
    let etag =
        HeaderValue::try_from(format!("\"{etag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    let common = [
        (ETAG, etag.clone()),
        (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (CONTENT_SECURITY_POLICY, SANDBOX),
        (ACCEPT_RANGES, BYTES),
    ];
    if asked.get_all(IF_NONE_MATCH).iter().any(|value| names(value, &etag)) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let content_type = HeaderValue::try_from(content_type).unwrap_or(UNKNOWN);
    match part(asked, blob.len(), &etag) {
        Part::Whole => {
            let body = Body::new(BlobBody::new(blob.clone(), 0, blob.len()));
            (common, [(CONTENT_TYPE, content_type)], body).into_response()
        }
        Part::Range { first, last } => {
            let range = content_range(format!("bytes {first}-{last}/{}", blob.len()));
            let body = Body::new(BlobBody::new(blob.clone(), first, last + 1));
            let headers = [(CONTENT_TYPE, content_type), (CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, common, headers, body).into_response()
        }
        Part::Unsatisfiable => {
            let range = content_range(format!("bytes */{}", blob.len()));
            let why = format!("the Range lies outside the file's {} bytes", blob.len());
            refusal(&why, (StatusCode::RANGE_NOT_SATISFIABLE, common, [(CONTENT_RANGE, range)]))
        }
    }
}

fn content_range(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("bytes */*"))
}

/// Whether a list of entity tags names ours. Weak comparison, as RFC 9110 §13.1.2 demands.
fn names(list: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(list), Ok(etag)) = (list.to_str(), etag.to_str()) else {
        return false;
    };
    list.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range { first: u64, last: u64 },
    Unsatisfiable,
}

/// One range is served; several, or ones that cannot be read, are ignored, as RFC 9110 §14.2 allows.
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
        // A range that ends before it begins is invalid, and so as good as none.
        (StartPosition::Index(first), EndPosition::Index(last)) if last < first => {
            return Part::Whole;
        }
        (StartPosition::Index(first), EndPosition::Index(last)) => (first, last.min(last_byte)),
    };
    if first < length { Part::Range { first, last } } else { Part::Unsatisfiable }
}

/// A part of a blob as a body that knows its length.
#[derive(Debug)]
struct BlobBody {
    blob: Blob,
    chunk: usize,
    skip: u64,
    remaining: u64,
}

impl BlobBody {
    /// The bytes from `start` up to, not including, `end`.
    fn new(blob: Blob, start: u64, end: u64) -> Self {
        let (mut chunk, mut skip) = (0, start);
        while let Some(length) = blob.chunks().get(chunk).map(|chunk| chunk.len() as u64)
            && skip >= length
        {
            skip -= length;
            chunk += 1;
        }
        Self { blob, chunk, skip, remaining: end - start }
    }
}

impl HttpBody for BlobBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.remaining == 0 {
            return Poll::Ready(None);
        }
        let Some(chunk) = self.blob.chunks().get(self.chunk) else {
            return Poll::Ready(None);
        };
        // Both bounds lie within one chunk, so they fit a usize.
        let start = self.skip as usize;
        let length =
            (chunk.len() - start).min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        let data = chunk.slice(start..start + length);
        self.chunk += 1;
        self.skip = 0;
        self.remaining -= length as u64;
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};

    fn asked(range: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, range.parse().expect("a header value"));
        headers
    }

    #[test]
    fn ranges_follow_the_rfc() {
        let etag = HeaderValue::from_static("\"x\"");
        let part = |range| part(&asked(range), 10, &etag);
        assert_eq!(part("bytes=0-3"), Part::Range { first: 0, last: 3 });
        assert_eq!(part("bytes=7-"), Part::Range { first: 7, last: 9 });
        assert_eq!(part("bytes=-3"), Part::Range { first: 7, last: 9 });
        assert_eq!(part("bytes=8-100"), Part::Range { first: 8, last: 9 });
        assert_eq!(part("bytes=-100"), Part::Range { first: 0, last: 9 });
        assert_eq!(part("bytes=10-"), Part::Unsatisfiable);
        for ignored in ["bytes=0-1,3-4", "lines=1-2", "bytes=x", "bytes=3-1"] {
            assert_eq!(part(ignored), Part::Whole, "{ignored}");
        }
    }

    #[test]
    fn a_range_of_another_version_is_ignored() {
        let mut headers = asked("bytes=0-3");
        headers.insert(IF_RANGE, HeaderValue::from_static("\"old\""));
        assert_eq!(part(&headers, 10, &HeaderValue::from_static("\"new\"")), Part::Whole);
    }

    proptest! {
        #[test]
        fn a_part_of_a_blob_is_that_part(
            sizes in prop::collection::vec(1_usize..100_000, 1..5),
            bounds in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        ) {
            let budget = Budget::new(u64::MAX);
            let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
            for size in &sizes {
                writer.push(Bytes::from((0..*size).map(|n| n as u8).collect::<Vec<_>>())).expect("there is room");
            }
            let blob = writer.finish();
            let whole = blob.chunks().concat();
            let (one, other) = (bounds.0.index(whole.len()), bounds.1.index(whole.len()));
            let (start, end) = (one.min(other), one.max(other) + 1);
            let mut body = BlobBody::new(blob, start as u64, end as u64);
            let mut read = Vec::new();
            let mut cx = Context::from_waker(std::task::Waker::noop());
            while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut cx) {
                read.extend_from_slice(frame.data_ref().expect("data"));
            }
            prop_assert_eq!(&read[..], &whole[start..end]);
        }
    }
}
