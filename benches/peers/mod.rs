//! The product, the floor that keeps bodies, and other servers, side by side in interleaved rounds.
//!
//! `benches/peers/run` installs the others and runs this. `peers.json` says how each is started and
//! asked.

mod load;
mod peer;
mod side;

use std::path::Path;
use std::time::Duration;

use crate::figure::{megabytes, milliseconds};
use crate::report::count;
use crate::stats::{median, spread};
use crate::{Result, machine};
use load::Job;
use side::{Side, SideKind};

const ROUNDS: usize = 5;
const KB: usize = 1_000;
const MB: usize = 1_000_000;

/// The jobs of each round, in this order, for a server that has just been started.
const JOBS: [Job; 3] = [
    Job { what: "tiny GET", length: None, connections: 16, most: u64::MAX, longest: seconds(2) },
    Job { what: "100 KB", length: Some(100 * KB), connections: 8, most: 2_000, longest: LONGEST },
    Job { what: "1 MB", length: Some(MB), connections: 4, most: 500, longest: LONGEST },
];
const LONGEST: Duration = seconds(10);
/// What the second and the third job store if no request fails and time suffices.
const STORED: &str = "700 MB";

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What one server did in one round.
pub struct Turn {
    /// In milliseconds.
    start: f64,
    /// In bytes.
    idle: Option<f64>,
    peak: Option<f64>,
    per_second: [f64; JOBS.len()],
    failed: u64,
}

pub async fn measure(installed: &Path) -> Result<String> {
    let kinds = [SideKind::Floor, SideKind::Product].into_iter();
    let peers = peer::read(installed)?.into_iter().map(SideKind::Peer);
    let mut sides: Vec<_> = kinds.chain(peers).map(|kind| (kind, Vec::new())).collect();
    for round in 1..=ROUNDS {
        for (kind, turns) in &mut sides {
            eprintln!("round {round} of {ROUNDS}: {}", kind.name());
            turns.push(turn(kind).await.map_err(|error| format!("{}: {error}", kind.name()))?);
        }
    }
    Ok(report(&sides))
}

async fn turn(kind: &SideKind) -> Result<Turn> {
    let (side, start) = Side::start(kind).await?;
    let idle = side.idle().await;
    let mut per_second = [0.0; JOBS.len()];
    let mut failed = 0;
    for (job, rate) in JOBS.iter().zip(&mut per_second) {
        let done = side.run(job).await?;
        *rate = done.per_second;
        failed += done.failed;
    }
    Ok(Turn { start, idle, peak: side.peak(), per_second, failed })
}

fn report(sides: &[(SideKind, Vec<Turn>)]) -> String {
    let mut lines = vec![
        format!("{}; {}", machine::description(), machine::date()),
        String::new(),
        format!(
            "| server | start | idle | {} | peak, {STORED} kept | failed |",
            JOBS.map(|job| format!("{}, {} connections", job.what, job.connections)).join(" | ")
        ),
        format!("| --- |{}", " ---: |".repeat(JOBS.len() + 4)),
    ];
    let floor = &sides[0].1;
    for (kind, turns) in sides {
        let bytes = |of: fn(&Turn) -> Option<f64>| megabytes(median(turns.iter().filter_map(of)));
        let rates = (0..JOBS.len()).map(|job| {
            let rate = median(turns.iter().map(|turn| turn.per_second[job]));
            let ratio =
                |(turn, floor): (&Turn, &Turn)| turn.per_second[job] / floor.per_second[job];
            let ratio = spread(turns.iter().zip(floor).map(ratio));
            let shown = rate.zip(ratio).map(|(rate, ratio)| {
                format!("{}/s, {:.2} of the floor", count(rate), ratio.median)
            });
            shown.unwrap_or("n/a".into())
        });
        lines.push(format!(
            "| {} | {} | {} | {} | {} | {} |",
            kind.name(),
            milliseconds(median(turns.iter().map(|turn| turn.start))),
            bytes(|turn| turn.idle),
            rates.collect::<Vec<_>>().join(" | "),
            bytes(|turn| turn.peak),
            turns.iter().map(|turn| turn.failed).sum::<u64>(),
        ));
    }
    lines.join("\n")
}
