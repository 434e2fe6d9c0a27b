//! The floor: an axum server that does nothing but answer.
//!
//! It has the axum and tokio of the product, `axum::serve`, the default runtime and fixed answers.
//! The difference to it is what the product costs or saves.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use md5::{Digest, Md5};
use tokio::net::TcpListener;

use crate::plan::DOWNLOAD_SIZE;
use crate::{Result, requests};

pub const FIXED: &str = "/fixed";
pub const SINK: &str = "/sink";
pub const ETAG: &str = "/etag";
pub const DOWNLOAD: &str = "/download";

pub fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("floor listening on http://{}", listener.local_addr()?);
        axum::serve(listener, router()).await?;
        Ok(())
    })
}

fn router() -> Router {
    Router::new()
        .route(FIXED, get(async || json(StatusCode::OK)))
        .route(SINK, post(async |_: Bytes| json(StatusCode::CREATED)))
        .route(ETAG, put(etag))
        .route(DOWNLOAD, get(async || Bytes::clone(&FILE)))
        .layer(DefaultBodyLimit::disable())
}

/// Made by the first request, so that it counts neither for the start nor for idle memory.
static FILE: LazyLock<Bytes> = LazyLock::new(|| requests::body(DOWNLOAD_SIZE));

/// Has the length of Zendesk's answer about one attachment.
static ANSWER: LazyLock<Bytes> = LazyLock::new(|| {
    const LENGTH: usize = 600;
    let frame = r#"{"attachment":""}"#.len();
    format!(r#"{{"attachment":"{}"}}"#, "x".repeat(LENGTH - frame)).into()
});

fn json(status: StatusCode) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (status, headers, Bytes::clone(&ANSWER))
}

async fn etag(body: Bytes) -> impl IntoResponse {
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in Md5::digest(&body) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    [(header::ETAG, tag)]
}
