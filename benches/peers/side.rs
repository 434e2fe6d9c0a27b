//! One of the servers that are compared, running.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::http::{Connection, Request};
use crate::load::with_timeout;
use crate::peers::load::{self, Done, Job};
use crate::peers::peer::{Ask, Peer};
use crate::plan::Work;
use crate::requests::{OCTETS, body, encode, exchange, upload};
use crate::server::{AMPLE_MEMORY, Server};
use crate::target::{floor_exchange, prepare_product};
use crate::{Result, floor};

/// How long a server may take to start.
const STARTING: Duration = Duration::from_secs(60);
const POLLING: Duration = Duration::from_micros(500);
/// How long a server may go on to start threads after its first answer.
const SETTLING: Duration = Duration::from_millis(500);

pub enum SideKind {
    Product,
    /// Bare axum that keeps what it receives.
    Floor,
    Peer(Peer),
}

impl SideKind {
    pub fn name(&self) -> &str {
        match self {
            Self::Product => "zendesk-mock",
            Self::Floor => "bare axum, keeps bodies (the floor)",
            Self::Peer(peer) => &peer.name,
        }
    }
}

pub struct Side<'a> {
    kind: &'a SideKind,
    server: Server,
}

impl<'a> Side<'a> {
    /// Starts a server, and returns it with the milliseconds until its first answer.
    pub async fn start(kind: &'a SideKind) -> Result<(Self, f64)> {
        let began = Instant::now();
        let server = match kind {
            SideKind::Product => Server::product(AMPLE_MEMORY)?,
            SideKind::Floor => Server::floor(false)?,
            SideKind::Peer(peer) => {
                let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
                let mut parts = peer.command(port);
                let mut command = Command::new(parts.next().ok_or("no command")?);
                command.args(parts);
                Server::peer(command, SocketAddr::from(([127, 0, 0, 1], port)))?
            }
        };
        let mut side = Self { kind, server };
        side.wait(began).await?;
        let start = began.elapsed().as_secs_f64() * 1e3;
        if let SideKind::Peer(peer) = kind {
            for ask in &peer.setup {
                let request = side.encode(ask, 0);
                let status = side.status(&request).await?;
                if status != ask.status {
                    return Err(format!("{} {}: {status}", ask.method, ask.path).into());
                }
            }
        }
        Ok((side, start))
    }

    /// Waits for any answer.
    async fn wait(&mut self, began: Instant) -> Result<()> {
        let request = match self.kind {
            SideKind::Peer(peer) => self.get(&peer.get),
            _ => self.get("/"),
        };
        while self.status(&request).await.is_err() {
            self.server.ensure_running()?;
            if began.elapsed() > STARTING {
                return Err(format!("no answer within {} s", STARTING.as_secs()).into());
            }
            tokio::time::sleep(POLLING).await;
        }
        Ok(())
    }

    /// Resident memory after the first answer, in bytes.
    pub async fn idle(&self) -> Option<f64> {
        tokio::time::sleep(SETTLING).await;
        self.server.resident().map(|bytes| bytes as f64)
    }

    pub fn peak(&self) -> Option<f64> {
        self.server.peak().map(|bytes| bytes as f64)
    }

    pub async fn run(&self, job: &Job) -> Result<Done> {
        let address = self.server.address;
        let exchange = match (self.kind, job.length) {
            (SideKind::Product, None) => prepare_product(address, Work::ShowAttachment).await?,
            (SideKind::Product, Some(length)) => exchange(upload(address, length), 201),
            (SideKind::Floor, None) => floor_exchange(address, Work::ShowAttachment, floor::KEEP),
            (SideKind::Floor, Some(length)) => {
                floor_exchange(address, Work::Upload(length), floor::KEEP)
            }
            (SideKind::Peer(peer), None) => exchange(self.get(&peer.get), 200),
            (SideKind::Peer(Peer { store, .. }), Some(length)) => {
                exchange(self.encode(store, length), store.status)
            }
        };
        load::run(job, address, exchange).await
    }

    fn get(&self, path: &str) -> Request {
        encode("GET", &self.server.address.to_string(), path, &[], None)
    }

    fn encode(&self, ask: &Ask, length: usize) -> Request {
        let host = self.server.address.to_string();
        encode(&ask.method, &host, &ask.path, &[OCTETS], Some(body(length)))
    }

    async fn status(&self, request: &Request) -> Result<u16> {
        let mut connection = Connection::open(self.server.address).await?;
        Ok(with_timeout(connection.exchange(request)).await?.status)
    }
}
