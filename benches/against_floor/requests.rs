//! Requests, encoded once before the clock starts.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;

use crate::http::Request;
use crate::load::Exchange;

/// The headers that a client library always sends.
pub const CLIENT: &[(&str, &str)] =
    &[("Authorization", "Basic bWVAZXhhbXBsZS5jb20vdG9rZW46dA=="), ("Accept", "application/json")];
pub const OCTETS: (&str, &str) = ("Content-Type", "application/octet-stream");

const UPLOADS: &str = "/api/v2/uploads?filename=bench.bin";

/// A body without pages of zeros, which an allocator need not store.
pub fn body(length: usize) -> Bytes {
    (0..length).map(|index| index as u8).collect()
}

/// `POST /api/v2/uploads` as a client library sends it.
pub fn upload(address: SocketAddr, length: usize) -> Request {
    let headers = [CLIENT, &[OCTETS]].concat();
    encode("POST", &address.to_string(), UPLOADS, &headers, Some(body(length)))
}

/// The first request to a new product. It reaches a handler and finds nothing.
pub fn missing_attachment(address: SocketAddr) -> Exchange {
    let path = "/api/v2/attachments/999999999999999";
    exchange(encode("GET", &address.to_string(), path, CLIENT, None), 404)
}

pub fn exchange(request: Request, status: u16) -> Exchange {
    Exchange { request: Arc::new(request), status, length: None }
}

pub fn encode(
    method: &str,
    host: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Bytes>,
) -> Request {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if method != "GET" {
        head += &format!("Content-Length: {}\r\n", body.as_ref().map_or(0, Bytes::len));
    }
    head += "\r\n";
    Request { head: head.into_bytes(), body: body.unwrap_or_default() }
}
