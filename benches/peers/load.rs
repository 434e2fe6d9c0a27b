//! A load that counts failed requests and goes on, since other servers fail some.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Result;
use crate::http::{Connection, Request};
use crate::load::{Exchange, with_timeout};

/// Stands in a path for another number in each request.
pub const NUMBER: &str = "{number}";

pub struct Job {
    pub what: &'static str,
    /// Of the bodies that are stored; none for a GET.
    pub length: Option<usize>,
    pub connections: usize,
    /// The job ends after so many requests, or after this time.
    pub most: u64,
    pub longest: Duration,
}

pub struct Done {
    /// Requests that succeeded.
    pub per_second: f64,
    pub failed: u64,
}

struct Progress {
    address: SocketAddr,
    exchange: Exchange,
    is_numbered: bool,
    deadline: Instant,
    most: u64,
    sent: AtomicU64,
    failed: AtomicU64,
    succeeded: AtomicU64,
}

pub async fn run(job: &Job, address: SocketAddr, exchange: Exchange) -> Result<Done> {
    let mut opened = Vec::with_capacity(job.connections);
    for _ in 0..job.connections {
        opened.push(Connection::open(address).await?);
    }
    let began = Instant::now();
    let progress = Arc::new(Progress {
        address,
        is_numbered: String::from_utf8_lossy(&exchange.request.head).contains(NUMBER),
        exchange,
        deadline: began + job.longest,
        most: job.most,
        sent: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        succeeded: AtomicU64::new(0),
    });
    let mut loops = JoinSet::new();
    for connection in opened {
        loops.spawn(closed_loop(connection, Arc::clone(&progress)));
    }
    while let Some(ended) = loops.join_next().await {
        ended??;
    }
    let succeeded = progress.succeeded.load(Ordering::Relaxed);
    Ok(Done {
        per_second: succeeded as f64 / began.elapsed().as_secs_f64(),
        failed: progress.failed.load(Ordering::Relaxed),
    })
}

async fn closed_loop(connection: Connection, progress: Arc<Progress>) -> Result<()> {
    let mut connection = Some(connection);
    while Instant::now() < progress.deadline {
        let number = progress.sent.fetch_add(1, Ordering::Relaxed);
        if number >= progress.most {
            break;
        }
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open(progress.address).await?,
        };
        let Exchange { request, status, .. } = &progress.exchange;
        let numbered = progress.is_numbered.then(|| numbered(request, number));
        let request = numbered.as_ref().unwrap_or(request);
        match with_timeout(open.exchange(request)).await {
            Ok(answer) if answer.status == *status => {
                progress.succeeded.fetch_add(1, Ordering::Relaxed);
                connection = (!answer.closes).then_some(open);
            }
            // A server may close the connection of a request that it does not take.
            _ => {
                progress.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

fn numbered(request: &Request, number: u64) -> Request {
    // Jobs with other lengths must not store under the same numbers.
    let number = format!("{}-{number}", request.body.len());
    let head = String::from_utf8_lossy(&request.head).replace(NUMBER, &number);
    Request { head: head.into_bytes(), body: request.body.clone() }
}
