//! The cost of storing: memory beyond the bytes stored and after they are gone, refusals at the
//! budget, the millionth file.

use std::sync::Arc;
use std::time::Duration;

use crate::figure::{Figure, megabytes, with_extremes};
use crate::http::Connection;
use crate::load::{Load, Slice, burst, with_timeout};
use crate::plan::{FEW_FILES, Scale};
use crate::server::{AMPLE_MEMORY, Server};
use crate::stats::spread;
use crate::{Result, requests};

pub const PEAK: &str = "500 uploads of 1 MB";
pub const AFTER_RESET: &str = "memory after a reset";
pub const OVERLOAD: &str = "64 connections of 50 MB";
pub const MANY_FILES: &str = "many files stored";

pub async fn peak_memory() -> Result<Vec<Figure>> {
    const UPLOADS: u64 = 500;
    const LENGTH: usize = 1_000_000;
    const CONNECTIONS: usize = 4;
    const GOAL_FACTOR: f64 = 1.05;
    const GOAL_BASE: f64 = 16e6;
    eprintln!("{PEAK}");
    let mut server = Server::product(AMPLE_MEMORY)?;
    let stored = store(&server, UPLOADS, LENGTH, CONNECTIONS).await;
    let slice = stored.map_err(|error| server.blame(error))?;
    let bytes = UPLOADS as f64 * LENGTH as f64;
    let peak = server.peak().map(|peak| peak as f64);
    Ok(vec![
        Figure {
            what: format!("{PEAK}, {CONNECTIONS} connections: peak memory"),
            product: megabytes(peak),
            floor: "keeps nothing".into(),
            goal: format!("≤ {}", megabytes(Some(bytes * GOAL_FACTOR + GOAL_BASE))),
            met: peak.map(|peak| peak <= bytes * GOAL_FACTOR + GOAL_BASE),
        },
        Figure::plain(
            format!("{PEAK}: peak over bytes stored"),
            peak.map_or("n/a".into(), |peak| format!("{:.2}", peak / bytes)),
        ),
        Figure::plain(format!("{PEAK}: time"), format!("{:.2} s", slice.elapsed.as_secs_f64())),
    ])
}

/// The memory that stays with the process after a reset.
pub async fn memory_after_reset(scale: &Scale) -> Result<Vec<Figure>> {
    const LENGTH: usize = 1_000_000;
    const CONNECTIONS: usize = 4;
    const GOAL_ABOVE_IDLE: f64 = 64e6;
    let uploads = if scale.smoke { 50 } else { 2_000 };
    let wait = Duration::from_secs(if scale.smoke { 1 } else { 10 });
    eprintln!("{AFTER_RESET}");
    let mut server = Server::product(AMPLE_MEMORY)?;
    let idle = server.resident();
    let emptied = async {
        store(&server, uploads, LENGTH, CONNECTIONS).await?;
        let host = server.address.to_string();
        let reset = requests::encode("POST", &host, "/_mock/reset", &[], None);
        let mut connection = Connection::open(server.address).await?;
        let answer = with_timeout(connection.exchange(&reset)).await?;
        if answer.status != 200 {
            return Err(format!("reset answered {}", answer.status).into());
        }
        tokio::time::sleep(wait).await;
        Ok(())
    };
    emptied.await.map_err(|error| server.blame(error))?;
    let above = server.resident().zip(idle).map(|(after, idle)| after as f64 - idle as f64);
    Ok(vec![Figure {
        what: format!(
            "{AFTER_RESET} of {uploads} files of 1 MB and {} s: above idle",
            wait.as_secs()
        ),
        product: megabytes(above),
        floor: "–".into(),
        goal: format!("≤ {}", megabytes(Some(GOAL_ABOVE_IDLE))),
        met: above.map(|above| above <= GOAL_ABOVE_IDLE),
    }])
}

pub async fn overload() -> Result<Vec<Figure>> {
    const CONNECTIONS: usize = 64;
    const LENGTH: usize = 50_000_000;
    const BUDGET: &str = "256MiB";
    const GOAL_BYTES: f64 = 256.0 * 1024.0 * 1024.0 + 64e6;
    eprintln!("{OVERLOAD}");
    let mut server = Server::product(BUDGET)?;
    let outcome = async {
        let request = Arc::new(requests::upload(server.address, LENGTH));
        let statuses = burst(server.address, &request, CONNECTIONS).await?;
        // After the refusals it must still answer.
        Load::open(server.address, requests::missing_attachment(server.address), 1).await?;
        Ok(statuses)
    };
    let mut statuses = outcome.await.map_err(|error| server.blame(error))?;
    let stored = statuses.remove(&201).unwrap_or(0);
    let refused = statuses.remove(&503).unwrap_or(0);
    if !statuses.is_empty() {
        let error = format!("{OVERLOAD}: answered neither 201 nor 503: {statuses:?}");
        return Err(server.blame(error.into()));
    }
    let peak = server.peak().map(|peak| peak as f64);
    Ok(vec![
        Figure {
            what: format!("{OVERLOAD}, budget {BUDGET}: stored (201) and refused (503)"),
            product: format!("{stored} and {refused}"),
            floor: "–".into(),
            goal: "some stored, every other a 503".into(),
            met: Some(stored > 0),
        },
        Figure {
            what: format!("{OVERLOAD}, budget {BUDGET}: peak memory"),
            product: megabytes(peak),
            floor: "–".into(),
            goal: format!("≤ {}", megabytes(Some(GOAL_BYTES))),
            met: peak.map(|peak| peak <= GOAL_BYTES),
        },
    ])
}

/// The cost of storing one more file among few and among many.
///
/// Each round starts a new server for the few files. One that was emptied would store in memory
/// that it already has, and the server with many files in new memory, so that page faults would
/// count as a cost of having many files.
pub async fn many_files(scale: &Scale) -> Result<Vec<Figure>> {
    const LENGTH: usize = 1_000;
    const CONNECTIONS: usize = 32;
    /// So few that "few files" holds during the measurement. Many rounds make up for it.
    const PER_ROUND: u64 = 2_000;
    const GOAL: f64 = 1.1;
    eprintln!("{MANY_FILES}");
    let mut many = Server::product(AMPLE_MEMORY)?;
    let filled = store(&many, scale.many_files, LENGTH, CONNECTIONS).await;
    filled.map_err(|error| many.blame(error))?;
    let memory = many.resident().map(|bytes| bytes / scale.many_files);
    let mut ratios = Vec::new();
    for _ in 0..scale.many_files_rounds {
        let mut few = Server::product(AMPLE_MEMORY)?;
        let with_few = async {
            store(&few, FEW_FILES, LENGTH, CONNECTIONS).await?;
            store(&few, PER_ROUND, LENGTH, CONNECTIONS).await
        };
        let with_few = with_few.await.map_err(|error| few.blame(error))?;
        let with_many = store(&many, PER_ROUND, LENGTH, CONNECTIONS).await;
        let with_many = with_many.map_err(|error| many.blame(error))?;
        ratios.push(with_few.per_second() / with_many.per_second());
    }
    let ratio = spread(ratios).ok_or("no round was measured")?;
    let files = scale.many_files;
    Ok(vec![
        Figure {
            what: format!("POST 1 KB, cost with {files} files stored over cost with {FEW_FILES}"),
            product: with_extremes(Some(ratio)),
            floor: "–".into(),
            goal: format!("≤ {GOAL}"),
            met: Some(ratio.median <= GOAL),
        },
        Figure::plain(
            format!("memory per file with {files} files of 1 KB stored"),
            memory.map_or("n/a".into(), |bytes| format!("{bytes} bytes")),
        ),
    ])
}

/// Uploads `files` files, and one more for each connection.
async fn store(server: &Server, files: u64, length: usize, connections: usize) -> Result<Slice> {
    let exchange = requests::exchange(requests::upload(server.address, length), 201);
    Load::open(server.address, exchange, connections).await?.run_all(files).await
}
