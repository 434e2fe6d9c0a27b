//! The floors: an axum server that does nothing but answer, and one that also keeps what it
//! receives.
//!
//! They have the axum and tokio of the product, `axum::serve`, the default runtime and fixed
//! answers. The difference to them is what the product costs or saves. The one that keeps is what a
//! store of files can reach: its memory is new, as the product's is.

use std::fmt::Write;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use md5::{Digest, Md5};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::plan::DOWNLOAD_SIZE;
use crate::requests;

pub const FIXED: &str = "/fixed";
pub const SINK: &str = "/sink";
pub const KEEP: &str = "/keep";
pub const ETAG: &str = "/etag";
/// Forgets what [`KEEP`] has kept.
pub const RELEASE: &str = "/release";
pub const DOWNLOAD: &str = "/download";

pub fn serve() -> crate::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("floor listening on http://{}", listener.local_addr()?);
        axum::serve(listener, router()).await?;
        Ok(())
    })
}

/// The same behind the product's TLS library, with a certificate made once.
pub fn serve_tls() -> crate::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.into()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("floor listening on http://{}", listener.local_addr()?);
        let router = router();
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(router.clone()));
            tokio::spawn(async move {
                let stream = TokioIo::new(acceptor.accept(stream).await?);
                http1::Builder::new().serve_connection(stream, service).await?;
                Ok::<_, crate::Error>(())
            });
        }
    })
}

fn router() -> Router {
    Router::new()
        .route(FIXED, get(async || json(StatusCode::OK)))
        .route(SINK, post(async |_: Bytes| json(StatusCode::CREATED)))
        .route(KEEP, post(keep))
        .route(RELEASE, post(release))
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

/// Bodies as the chunks that they arrived in.
static KEPT: Mutex<Vec<Vec<Bytes>>> = Mutex::new(Vec::new());
/// The object that each `PUT` replaces.
static OBJECT: Mutex<Vec<Bytes>> = Mutex::new(Vec::new());

async fn keep(body: Body) -> impl IntoResponse {
    let chunks = receive(body, |_| ()).await?;
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(chunks);
    Ok::<_, StatusCode>(json(StatusCode::CREATED))
}

/// Frees on another thread, as the product does after a reset.
async fn release() -> StatusCode {
    let kept = std::mem::take(&mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner));
    tokio::task::spawn_blocking(|| drop(kept));
    StatusCode::NO_CONTENT
}

async fn receive(mut body: Body, mut look: impl FnMut(&Bytes)) -> Result<Vec<Bytes>, StatusCode> {
    let mut chunks = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(chunk) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { continue };
        look(&chunk);
        chunks.push(chunk);
    }
    Ok(chunks)
}

async fn etag(body: Body) -> impl IntoResponse {
    let mut md5 = Md5::new();
    let chunks = receive(body, |chunk| md5.update(chunk)).await?;
    let replaced =
        std::mem::replace(&mut *OBJECT.lock().unwrap_or_else(PoisonError::into_inner), chunks);
    drop(replaced);
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in md5.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    Ok::<_, StatusCode>([(header::ETAG, tag)])
}
