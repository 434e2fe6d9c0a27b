//! The body of a response as the connection sends it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_LENGTH};
use axum::http::{HeaderValue, Response};
use bytes::Buf as _;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::core::faults::{Effect, Impairment};
use crate::http::exchange::blob_range::BlobRange;
use crate::http::pipeline::content::{Content, Piece};
use crate::http::pipeline::impaired::Impaired;

pub enum ResponseBody {
    Whole(Content),
    Impaired(Box<Impaired>),
}

/// Announces the length of a response's body, and which methods its path allows. A response to
/// HEAD keeps the head only.
pub fn announce(response: &mut Response<Body>, allow: Option<&HeaderValue>, is_head: bool) {
    if let Some(allow) = allow {
        response.headers_mut().insert(ALLOW, allow.clone());
    }
    if !response.headers().contains_key(CONTENT_LENGTH)
        && let Some(length) = response.body().size_hint().exact()
    {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    if is_head {
        *response.body_mut() = Body::empty();
        response.extensions_mut().remove::<BlobRange>();
    }
}

/// How many bytes of its body a response sends. A body of unknown length counts as empty.
pub fn sent_length(response: &Response<Body>, fault: Option<Impairment>) -> u64 {
    let whole = match response.extensions().get::<BlobRange>() {
        Some(stored) => stored.remaining() as u64,
        None => response.body().size_hint().exact().unwrap_or(0),
    };
    match fault {
        Some(Impairment { effect: Effect::Truncated(bytes), .. }) => whole.min(bytes),
        _ => whole,
    }
}

/// Gives a response its body, which the effect of a fault may impair.
pub fn attach(response: Response<Body>, effect: Effect) -> Response<ResponseBody> {
    let (mut parts, body) = response.into_parts();
    let content = match parts.extensions.remove::<BlobRange>() {
        Some(stored) => Content::Stored(Some(stored)),
        None => Content::Written(body),
    };
    let impair = |impaired| ResponseBody::Impaired(Box::new(impaired));
    let body = match effect {
        Effect::Truncated(bytes) => impair(Impaired::truncated(content, bytes)),
        Effect::Throttled(rate) => impair(Impaired::throttled(content, rate)),
        Effect::Served | Effect::Status(_) | Effect::Cut(_) | Effect::Hang => {
            ResponseBody::Whole(content)
        }
    };
    Response::from_parts(parts, body)
}

impl HttpBody for ResponseBody {
    type Data = Piece;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        match self.get_mut() {
            Self::Whole(content) => Pin::new(content).poll_frame(cx),
            Self::Impaired(impaired) => impaired.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(content) => content.is_end_stream(),
            Self::Impaired(impaired) => impaired.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(content) => content.size_hint(),
            Self::Impaired(impaired) => impaired.size_hint(),
        }
    }
}
