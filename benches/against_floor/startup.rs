//! The time from the start of the process to its first answer, and its memory after that.

use std::time::{Duration, Instant};

use crate::figure::{Figure, megabytes, milliseconds};
use crate::load::Load;
use crate::plan::{Scale, Work};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::median;
use crate::{Result, floor, requests, target};

pub const NAME: &str = "start and idle memory";

const START_GOAL_MS: f64 = 5.0;
const START_GOAL_RATIO: f64 = 3.0;
const IDLE_GOAL_MB: f64 = 6.0;

/// Lets a server start its last threads.
const SETTLE: Duration = Duration::from_millis(50);

#[derive(Default)]
struct Starts {
    milliseconds: Vec<f64>,
    idle: Vec<f64>,
}

pub async fn measure(scale: &Scale) -> Result<Vec<Figure>> {
    eprintln!("{NAME}");
    let (mut floor, mut product) = (Starts::default(), Starts::default());
    for _ in 0..scale.starts {
        floor.add(|| Server::floor(false), false).await?;
        product.add(|| Server::product(AMPLE_MEMORY), true).await?;
    }
    let start = (median(product.milliseconds), median(floor.milliseconds));
    let idle = (median(product.idle), median(floor.idle));
    let ratio = start.0.zip(start.1).map(|(product, floor)| product / floor);
    Ok(vec![
        Figure {
            what: "start to first answer".into(),
            product: milliseconds(start.0),
            floor: milliseconds(start.1),
            goal: format!("≤ {START_GOAL_MS} ms"),
            met: start.0.map(|start| start <= START_GOAL_MS),
        },
        Figure {
            what: "start, ratio to the floor".into(),
            product: ratio.map_or("n/a".into(), |ratio| format!("{ratio:.2}")),
            floor: "1".into(),
            goal: format!("≤ {START_GOAL_RATIO}"),
            met: ratio.map(|ratio| ratio <= START_GOAL_RATIO),
        },
        Figure {
            what: "idle memory, after one answer".into(),
            product: megabytes(idle.0),
            floor: megabytes(idle.1),
            goal: format!("≤ {IDLE_GOAL_MB} MB"),
            met: idle.0.map(|idle| idle <= IDLE_GOAL_MB * 1e6),
        },
    ])
}

impl Starts {
    async fn add(&mut self, start: impl Fn() -> Result<Server>, product: bool) -> Result<()> {
        let began = Instant::now();
        let mut server = start()?;
        let exchange = if product {
            requests::missing_attachment(server.address)
        } else {
            target::floor_exchange(server.address, Work::ShowAttachment, floor::SINK)
        };
        // This sends one request.
        let first = Load::open(server.address, exchange, 1).await;
        self.milliseconds.push(began.elapsed().as_secs_f64() * 1e3);
        // An idle server has a connection, which stays open until the memory is read.
        let _connected = first.map_err(|error| server.blame(error))?;
        tokio::time::sleep(SETTLE).await;
        self.idle.extend(server.resident().map(|bytes| bytes as f64));
        Ok(())
    }
}
