//! The requests to either server for a given piece of work.
//!
//! Both servers get the same headers and bodies. The paths differ.

use std::net::SocketAddr;

use axum::body::Bytes;
use serde_json::Value;

use crate::http::{Connection, Request};
use crate::load::{Exchange, with_timeout};
use crate::plan::{DOWNLOAD_SIZE, Work};
use crate::requests::{CLIENT, OCTETS, body, encode, exchange, upload};
use crate::transport::Transport;
use crate::{Result, floor};

/// Empties the product and stores what the work needs: a file to show, an image to put.
pub async fn prepare_product(address: SocketAddr, work: Work) -> Result<Exchange> {
    let host = address.to_string();
    let mut setup = Setup::open(address, &Transport::Plain).await?;
    setup.expect(&[200, 202, 204], &encode("POST", &host, "/_mock/reset", &[], None)).await?;
    match work {
        Work::Upload(length) => Ok(exchange(upload(address, length), 201)),
        Work::ShowAttachment => {
            let uploaded = setup.json(201, &upload(address, 1_000)).await?;
            let id = &uploaded["upload"]["attachment"]["id"];
            let path = format!("/api/v2/attachments/{id}");
            Ok(exchange(encode("GET", &host, &path, CLIENT, None), 200))
        }
        Work::PutImage(length) => setup.reserve_image(&host, length).await,
        Work::Download => {
            let uploaded = setup.json(201, &upload(address, DOWNLOAD_SIZE)).await?;
            let url = text(&uploaded["upload"]["attachment"]["content_url"], "content_url")?;
            setup.find_file(url).await
        }
    }
}

/// Empties the floor, and sends uploads to `sink`.
pub async fn prepare_floor(
    address: SocketAddr,
    transport: &Transport,
    work: Work,
    sink: &str,
) -> Result<Exchange> {
    let release = encode("POST", &address.to_string(), floor::RELEASE, &[], None);
    Setup::open(address, transport).await?.expect(&[204], &release).await?;
    Ok(floor_exchange(address, work, sink))
}

pub fn floor_exchange(address: SocketAddr, work: Work, sink: &str) -> Exchange {
    let host = address.to_string();
    match work {
        Work::Upload(length) => {
            let headers = [CLIENT, &[OCTETS]].concat();
            exchange(encode("POST", &host, sink, &headers, Some(body(length))), 201)
        }
        Work::ShowAttachment => exchange(encode("GET", &host, floor::FIXED, CLIENT, None), 200),
        Work::PutImage(length) => {
            let headers = [("Content-Type", "image/png")];
            exchange(encode("PUT", &host, floor::ETAG, &headers, Some(body(length))), 200)
        }
        Work::Download => Exchange {
            length: Some(DOWNLOAD_SIZE as u64),
            ..exchange(encode("GET", &host, floor::DOWNLOAD, CLIENT, None), 200)
        },
    }
}

/// The requests before the clock starts.
struct Setup {
    connection: Connection,
}

impl Setup {
    async fn open(address: SocketAddr, transport: &Transport) -> Result<Self> {
        let connection = Connection::open_with(address, transport).await?;
        Ok(Self { connection })
    }

    async fn expect(
        &mut self,
        statuses: &[u16],
        request: &Request,
    ) -> Result<(Option<String>, Vec<u8>)> {
        let (answer, body) = with_timeout(self.connection.exchange_keeping(request)).await?;
        if statuses.contains(&answer.status) {
            return Ok((answer.location, body));
        }
        let line =
            String::from_utf8_lossy(&request.head).lines().next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&body).into_owned();
        Err(format!("{line}: {} instead of {statuses:?}: {body}", answer.status).into())
    }

    async fn json(&mut self, status: u16, request: &Request) -> Result<Value> {
        let (_, body) = self.expect(&[status], request).await?;
        Ok(serde_json::from_slice(&body)?)
    }

    async fn reserve_image(&mut self, host: &str, length: usize) -> Result<Exchange> {
        let image = format!(r#"{{"content_type":"image/png","file_size":{length}}}"#);
        let json = ("Content-Type", "application/json");
        let headers = [CLIENT, &[json]].concat();
        let path = "/api/v2/guide/user_images/uploads";
        let request = encode("POST", host, path, &headers, Some(image.into()));
        let (_, reserved) = self.expect(&[200, 201], &request).await?;
        let upload = &serde_json::from_slice::<Value>(&reserved)?["upload"];
        Ok(exchange(put_request(upload, body(length))?, 200))
    }

    /// Follows the redirect that a content URL may answer with, and compares the file served.
    async fn find_file(&mut self, content_url: &str) -> Result<Exchange> {
        let (host, path) = split_url(content_url)?;
        let request = encode("GET", host, path, CLIENT, None);
        let (location, served) = self.expect(&[200, 301, 302, 303, 307], &request).await?;
        let (request, served) = match location {
            None => (request, served),
            Some(url) => {
                let (host, path) =
                    if url.starts_with('/') { (host, url.as_str()) } else { split_url(&url)? };
                let request = encode("GET", host, path, CLIENT, None);
                let (_, served) = self.expect(&[200], &request).await?;
                (request, served)
            }
        };
        if served != body(DOWNLOAD_SIZE) {
            return Err("the file served is not the file uploaded".into());
        }
        Ok(Exchange { length: Some(DOWNLOAD_SIZE as u64), ..exchange(request, 200) })
    }
}

/// The `PUT` to the URL of a reservation, with its headers.
pub fn put_request(upload: &Value, image: Bytes) -> Result<Request> {
    let (host, path) = split_url(text(&upload["url"], "upload.url")?)?;
    let headers: Vec<(&str, &str)> = upload["headers"]
        .as_object()
        .ok_or("no upload.headers in the reservation")?
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    Ok(encode("PUT", host, path, &headers, Some(image)))
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| format!("no {name} in the answer").into())
}

/// The host with its port, and the path with its query.
pub fn split_url(url: &str) -> Result<(&str, &str)> {
    let (_, rest) = url.split_once("://").ok_or_else(|| format!("not a URL: {url}"))?;
    let slash = rest.find('/').ok_or_else(|| format!("no path in {url}"))?;
    Ok(rest.split_at(slash))
}
