//! Answers `GET /tiny` and `POST /files` on the port that it is given, and keeps all requests, as
//! wiremock-rs does by default.

use std::error::Error;
use std::net::TcpListener;

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("expected a port")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let server = MockServer::builder().listener(listener).start().await;
    let tiny = ResponseTemplate::new(200).set_body_raw("{}", "application/json");
    Mock::given(method("GET")).and(path("/tiny")).respond_with(tiny).mount(&server).await;
    let stored = ResponseTemplate::new(201).set_body_raw("{}", "application/json");
    Mock::given(method("POST")).and(path("/files")).respond_with(stored).mount(&server).await;
    std::future::pending().await
}
