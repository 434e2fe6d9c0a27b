//! A soak: mixed operations at full load for a given time, and what must not grow with it.
//!
//! The time is divided into cycles. Each ends with a pause, in which all clients are gone and all
//! accounts are deleted or reset. In each pause the server must have no charged memory, the
//! descriptors and tasks of the start, and no more resident memory than in the first pause and
//! [`TOLERANCE`].

mod client;
mod disturbed;
mod misbehaviour;
mod operations;
mod ordinary;
mod pause;
mod random;
mod visit;
mod worker;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Result;
use crate::figure::megabytes;
use crate::machine;
use crate::server::Server;
use pause::{Levels, Observer};
use worker::Worker;

/// As many clients at once.
const WORKERS: u64 = 32;
/// In seconds. The connection that observes is idle meanwhile; the server closes it after 30.
const CYCLE: u64 = 20;
/// Small enough that it is often full.
const MAX_MEMORY: &str = "256MiB";
/// As many accounts as may exist at once. Most have a short life.
const MAX_ACCOUNTS: &str = "1000";
/// By how much resident memory may exceed that of the first pause. It varies by 4 MB.
const TOLERANCE: u64 = 8_000_000;

/// How often something happened.
pub type Counts = BTreeMap<&'static str, u64>;

pub async fn run(seconds: u64) -> Result<()> {
    let cycles = (seconds / CYCLE).max(2);
    let cycle = Duration::from_secs(seconds) / u32::try_from(cycles)?;
    let load = cycle.saturating_sub(pause::LENGTH);
    eprintln!("soak: {cycles} cycles of {:.1} s", cycle.as_secs_f64());
    let mut server = Server::product_with(MAX_MEMORY, &["--max-accounts", MAX_ACCOUNTS])?;
    let soaked = soak(&server, cycles, load).await;
    let report = soaked.map_err(|error| server.blame(error))?;
    println!("{report}");
    server.end()
}

async fn soak(server: &Server, cycles: u64, load: Duration) -> Result<String> {
    let mut observer = Observer::open(server).await?;
    let began = Instant::now();
    let mut counts = Counts::new();
    let mut pauses: Vec<Levels> = Vec::new();
    for cycle in 0..cycles {
        let until = Instant::now() + load;
        let mut workers = JoinSet::new();
        for number in 0..WORKERS {
            workers.spawn(Worker::new(server.address, cycle, number)?.run(until));
        }
        while let Some(ended) = workers.join_next().await {
            for (what, count) in ended?.map_err(|error| format!("cycle {cycle}: {error}"))? {
                *counts.entry(what).or_default() += count;
            }
        }
        let busy = server.resident();
        let levels = observer.pause(server).await?;
        eprintln!("cycle {cycle}: {} under load, then {levels}", megabytes(busy.map(|b| b as f64)));
        let first = pauses.first().unwrap_or(&levels);
        if levels.resident.zip(first.resident).is_some_and(|(now, then)| now > then + TOLERANCE) {
            return Err(format!("cycle {cycle}: memory grew: {first} first, now {levels}").into());
        }
        pauses.push(levels);
    }
    if counts.get(worker::DONE).is_none_or(|done| *done == 0) {
        return Err("no operation was done".into());
    }
    Ok(report(began.elapsed(), &counts, &pauses, server.peak()))
}

fn report(took: Duration, counts: &Counts, pauses: &[Levels], peak: Option<u64>) -> String {
    let mut lines = vec![
        format!("soak of {} s on {}, {}", took.as_secs(), machine::description(), machine::date()),
        format!("peak memory: {}", megabytes(peak.map(|bytes| bytes as f64))),
    ];
    let highest = pauses.iter().max_by_key(|levels| levels.resident);
    for (which, levels) in
        [("first", pauses.first()), ("last", pauses.last()), ("highest", highest)]
    {
        lines.extend(levels.map(|levels| format!("{which} of {} pauses: {levels}", pauses.len())));
    }
    lines.extend(counts.iter().map(|(what, count)| format!("{count:>10} {what}")));
    lines.join("\n")
}
