//! What a client waits while others are slow, do not read, or hold connections and send nothing.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use crate::figure::{Figure, with_extremes};
use crate::http::Request;
use crate::load::{Exchange, Limit, Load};
use crate::plan::{Scale, Work};
use crate::requests::{CLIENT, encode, exchange, upload};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::spread;
use crate::transport::Transport;
use crate::{Result, target};

pub const NAME: &str = "slow and idle clients";

/// Of each kind of slow clients.
const SLOW: usize = 300;
/// More than the server serves at once, which is 1,024.
const IDLE: usize = 10_000;
/// As many as hold all places.
const PLACES: usize = 1_024;
const SMOKE_CLIENTS: usize = 20;
/// Between two writes of a slow client.
const PAUSE: Duration = Duration::from_millis(100);
const WAITING: Duration = Duration::from_secs(10);
const ROUNDS: usize = 5;
/// Of the ratio of latencies.
const GOAL: f64 = 2.0;

#[derive(Clone, Copy)]
enum Kind {
    /// Sends the head of an upload byte by byte.
    SlowHead,
    /// Sends the body of an upload in pieces of 1,000 bytes.
    SlowBody,
    /// Asks for a file of 1 MB, and reads nothing.
    NotReading,
    /// Sends nothing.
    Idle,
}

/// The others, with a thread of their own. They go away when this is dropped.
struct Others(Option<Runtime>);

impl Drop for Others {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Others {
    /// Opens connections until so many are accepted, as the server's descriptors show.
    async fn open(
        server: &Server,
        kinds: &[Kind],
        each: usize,
        download: &Arc<Request>,
    ) -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        for kind in kinds {
            for _ in 0..each {
                runtime.spawn(misbehave(*kind, server.address, Arc::clone(download)));
            }
        }
        let others = Self(Some(runtime));
        let accepted = (kinds.len() * each).min(PLACES - 1);
        let waiting = async {
            // The others of its descriptors, about 16, stand for the last connections.
            while count_descriptors(server)? < accepted {
                sleep(PAUSE).await;
            }
            Ok(others)
        };
        let hung = |_| Err("the server accepts no more connections".into());
        timeout(WAITING, waiting).await.unwrap_or_else(hung)
    }
}

fn count_descriptors(server: &Server) -> Result<usize> {
    server.descriptors().ok_or_else(|| "the number of connections needs /proc".into())
}

/// Ends when the server closes the connection.
async fn misbehave(kind: Kind, address: SocketAddr, download: Arc<Request>) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let (start, piece) = match kind {
        Kind::SlowHead => {
            (&b"POST /api/v2/uploads HTTP/1.1\r\nHost: x\r\nX-Slow: "[..], vec![b'x'])
        }
        Kind::SlowBody => (
            &b"POST /api/v2/uploads?filename=a HTTP/1.1\r\nHost: x\r\n\
               Authorization: Bearer x\r\nContent-Length: 10000000\r\n\r\n"[..],
            vec![7; 1_000],
        ),
        Kind::NotReading => (&download.head[..], Vec::new()),
        Kind::Idle => return pending().await,
    };
    stream.write_all(start).await?;
    loop {
        sleep(PAUSE).await;
        stream.write_all(&piece).await?;
    }
}

/// A figure: how much longer a request takes while others hold connections.
async fn compare(
    scale: &Scale,
    what: &str,
    kinds: &[Kind],
    each: usize,
    reopens: bool,
) -> Result<Figure> {
    let each = if scale.smoke { each.min(SMOKE_CLIENTS) } else { each };
    let (mut halves, mut tails) = (Vec::new(), Vec::new());
    for _ in 0..if scale.smoke { 1 } else { ROUNDS } {
        // The kernel of a server that others have left completes connections for half a minute.
        let mut server = Server::product(AMPLE_MEMORY)?;
        let round = async {
            let download = target::prepare_product(server.address, Work::Download).await?.request;
            let alone = latencies(scale, open(&server, reopens).await?).await?;
            // A connection that is open keeps its place.
            let load = open(&server, reopens).await?;
            let _others = Others::open(&server, kinds, each, &download).await?;
            let beside = latencies(scale, load).await?;
            Ok((beside.0 / alone.0, beside.1 / alone.1))
        };
        let round: Result<_> = round.await;
        let (half, tail) = round.map_err(|error| server.blame(error))?;
        halves.push(half);
        tails.push(tail);
    }
    let (half, tail) = (spread(halves), spread(tails));
    let met = half.zip(tail).map(|(half, tail)| half.median <= GOAL && tail.median <= GOAL);
    Ok(Figure {
        what: format!("{what}: latency over that without them, p50 and p99"),
        product: format!("{} and {}", with_extremes(half), with_extremes(tail)),
        floor: "–".into(),
        goal: format!("≤ {GOAL}"),
        met,
    })
}

async fn open(server: &Server, reopens: bool) -> Result<Load> {
    let address = server.address;
    if !reopens {
        return Load::open(address, exchange(upload(address, 1_000), 201), 1).await;
    }
    let health = encode("GET", &address.to_string(), "/_mock/health", CLIENT, None);
    let health: Exchange = exchange(health, 200);
    Ok(Load::open(address, health, 1).await?.reopening(address, &Transport::Plain))
}

/// The median and the 99th percentile.
async fn latencies(scale: &Scale, load: Load) -> Result<(f64, f64)> {
    let limit = Limit { time: scale.slice, requests: 2_000 };
    let latencies = load.run(limit).await?.latencies;
    let at = |percentile| latencies.value_at_percentile(percentile) as f64;
    Ok((at(50.0), at(99.0)))
}

pub async fn measure(scale: &Scale) -> Result<Vec<Figure>> {
    use Kind::{Idle, NotReading, SlowBody, SlowHead};
    eprintln!("{NAME}");
    let slow =
        format!("POST 1 KB beside {SLOW} slow heads, {SLOW} slow bodies, {SLOW} not reading");
    let idle = format!("POST 1 KB beside {IDLE} idle connections");
    let full =
        format!("GET /_mock/health, new connections, while {PLACES} idle ones hold all places");
    Ok(vec![
        compare(scale, &slow, &[SlowHead, SlowBody, NotReading], SLOW, false).await?,
        compare(scale, &idle, &[Idle], IDLE, false).await?,
        compare(scale, &full, &[Idle], PLACES, true).await?,
    ])
}
