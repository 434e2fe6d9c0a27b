//! A connection that is opened when it is needed, and the requests on it.

use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::body::Bytes;
use serde_json::Value;

use crate::Result;
use crate::http::{Connection, Request};
use crate::load::with_timeout;
use crate::requests::{CLIENT, body, encode};
use crate::soak::random::Random;
use crate::transport::Transport;

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The longest file.
pub const LARGE: usize = 20_000_000;

static LARGE_FILE: LazyLock<Bytes> = LazyLock::new(|| body(LARGE));

/// The content of each file of a length.
pub fn file(length: usize) -> Bytes {
    LARGE_FILE.slice(..length)
}

pub struct Client {
    pub address: SocketAddr,
    pub random: Random,
    host: String,
    transport: Transport,
    connection: Option<Connection>,
}

impl Client {
    pub fn new(address: SocketAddr, is_tls: bool, seed: u64) -> Result<Self> {
        let transport = if is_tls { Transport::tls(true)? } else { Transport::Plain };
        let (random, host) = (Random::new(seed), address.to_string());
        Ok(Self { address, random, host, transport, connection: None })
    }

    /// A request to an account.
    pub fn request(
        &self,
        method: &str,
        account: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> Request {
        let path = format!("/@{account}{path}");
        encode(method, &self.host, &path, &[CLIENT, headers].concat(), body)
    }

    /// Sends JSON to an account, and returns the status and the body of the answer.
    pub async fn call(
        &mut self,
        method: &str,
        account: &str,
        path: &str,
        json: Option<&Value>,
    ) -> Result<(u16, Vec<u8>)> {
        let body = json.map(|json| json.to_string().into());
        let request = self.request(method, account, path, &[JSON], body);
        self.exchange(&request).await.map_err(|error| format!("{method} {path}: {error}").into())
    }

    pub async fn exchange(&mut self, request: &Request) -> Result<(u16, Vec<u8>)> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open_with(self.address, &self.transport).await?,
        };
        let (answer, body) = with_timeout(connection.exchange_keeping(request)).await?;
        // After a refusal the server may close, for want of the rest of the body.
        if answer.status < 400 && !self.random.is(50) {
            self.connection = Some(connection);
        }
        Ok((answer.status, body))
    }
}
