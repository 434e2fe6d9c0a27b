//! The load: a closed loop on every connection, which checks each answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::Result;
use crate::http::{Answer, Connection, Request};
use crate::transport::Transport;

/// A server that hangs fails the benchmark.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A load that ends after a number of requests takes less.
const LONGEST_LOAD: Duration = Duration::from_secs(600);

/// A request and the expected answer.
#[derive(Clone)]
pub struct Exchange {
    pub request: Arc<Request>,
    pub status: u16,
    /// The length of the answer's body, where it is known beforehand.
    pub length: Option<u64>,
}

impl Exchange {
    fn check(&self, answer: &Answer) -> Result<()> {
        if answer.status != self.status {
            let (got, expected) = (answer.status, self.status);
            return Err(format!("answered {got} instead of {expected}").into());
        }
        if self.length.is_some_and(|expected| expected != answer.length) {
            return Err(format!("answered {} bytes, not {:?}", answer.length, self.length).into());
        }
        Ok(())
    }
}

/// A slice ends when either is reached.
#[derive(Clone, Copy)]
pub struct Limit {
    pub time: Duration,
    pub requests: u64,
}

pub struct Slice {
    pub requests: u64,
    pub elapsed: Duration,
    /// In nanoseconds.
    pub latencies: Histogram<u64>,
}

impl Slice {
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

struct Progress {
    exchange: Exchange,
    /// How to open a new connection for each request, if so.
    reopens: Option<(SocketAddr, Transport)>,
    deadline: Instant,
    left: AtomicU64,
    latencies: Mutex<Histogram<u64>>,
}

pub struct Load {
    exchange: Exchange,
    connections: Vec<Connection>,
    reopens: Option<(SocketAddr, Transport)>,
}

impl Load {
    /// Opens the connections and sends one request on each, so that the slice measures neither
    /// connecting nor the first touch of a connection's buffers.
    pub async fn open(address: SocketAddr, exchange: Exchange, connections: usize) -> Result<Self> {
        Self::open_with(address, &Transport::Plain, exchange, connections).await
    }

    pub async fn open_with(
        address: SocketAddr,
        transport: &Transport,
        exchange: Exchange,
        connections: usize,
    ) -> Result<Self> {
        let mut opened = Vec::with_capacity(connections);
        for _ in 0..connections {
            let mut connection = Connection::open_with(address, transport).await?;
            let answer = with_timeout(connection.exchange(&exchange.request)).await?;
            exchange.check(&answer)?;
            opened.push(connection);
        }
        Ok(Self { exchange, connections: opened, reopens: None })
    }

    /// The same with a new connection for each request.
    pub fn reopening(self, address: SocketAddr, transport: &Transport) -> Self {
        Self { reopens: Some((address, transport.clone())), ..self }
    }

    /// Runs until `requests` requests are answered.
    pub async fn run_all(self, requests: u64) -> Result<Slice> {
        let slice = self.run(Limit { time: LONGEST_LOAD, requests }).await?;
        if slice.requests == requests {
            Ok(slice)
        } else {
            Err(format!("answered {} of {requests} requests in time", slice.requests).into())
        }
    }

    pub async fn run(self, limit: Limit) -> Result<Slice> {
        let start = Instant::now();
        let progress = Arc::new(Progress {
            exchange: self.exchange,
            reopens: self.reopens,
            deadline: start + limit.time,
            left: AtomicU64::new(limit.requests),
            latencies: Mutex::new(Histogram::new(3)?),
        });
        let mut loops = JoinSet::new();
        for connection in self.connections {
            loops.spawn(closed_loop(connection, Arc::clone(&progress)));
        }
        let all = async {
            while let Some(ended) = loops.join_next().await {
                ended??;
            }
            Ok(())
        };
        tokio::time::timeout(limit.time + TIMEOUT, all).await.unwrap_or_else(|_| Err(hung()))?;
        let elapsed = start.elapsed();
        let latencies = progress.latencies.lock().map_err(|_| "a connection panicked")?.clone();
        Ok(Slice { requests: latencies.len(), elapsed, latencies })
    }
}

async fn closed_loop(mut connection: Connection, progress: Arc<Progress>) -> Result<()> {
    let Progress { exchange, reopens, deadline, left, latencies } = &*progress;
    let take_one = |left| u64::checked_sub(left, 1);
    let mut sent = Instant::now();
    while sent < *deadline
        && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one).is_ok()
    {
        if let Some((address, transport)) = reopens {
            connection = Connection::open_with(*address, transport).await?;
        }
        let answer = connection.exchange(&exchange.request).await?;
        exchange.check(&answer)?;
        let answered = Instant::now();
        let latency = answered.duration_since(sent).as_nanos() as u64;
        latencies.lock().map_err(|_| "another connection panicked")?.record(latency)?;
        sent = answered;
    }
    Ok(())
}

/// Sends a request on each of many connections at the same time, and counts the answers by status.
pub async fn burst(
    address: SocketAddr,
    request: &Arc<Request>,
    connections: usize,
) -> Result<BTreeMap<u16, usize>> {
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(Connection::open(address).await?);
    }
    let mut exchanges = JoinSet::new();
    for mut connection in opened {
        let request = Arc::clone(request);
        exchanges.spawn(async move { with_timeout(connection.exchange(&request)).await });
    }
    let mut statuses = BTreeMap::new();
    while let Some(answer) = exchanges.join_next().await {
        *statuses.entry(answer??.status).or_default() += 1;
    }
    Ok(statuses)
}

pub async fn with_timeout<T>(answer: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(TIMEOUT, answer).await.unwrap_or_else(|_| Err(hung()))
}

fn hung() -> crate::Error {
    format!("no answer within {} s", TIMEOUT.as_secs()).into()
}
