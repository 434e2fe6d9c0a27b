//! Instructions per request, counted by Valgrind: they do not depend on what else the machine does.
//!
//! The counts of the last change are in `benches/instructions.tsv`. More than 5 % above them fails
//! the benchmark; a change that needs more records new counts, and gives its reason there.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::load::Load;
use crate::plan::Work;
use crate::server::Server;
use crate::target::prepare_product;
use crate::{Error, Result, requests};

const COUNTED: u64 = 1_000;
/// Before the first counted request: buffers and maps have their sizes then.
const WARM_UP: u64 = 200;
const TOLERANCE: f64 = 1.05;

const HEADING: &str = "work\tinstructions\tdate\treason";

const WORKS: [(&str, Option<Work>); 5] = [
    ("POST 1 KB", Some(Work::Upload(1_000))),
    ("GET attachment", Some(Work::ShowAttachment)),
    ("PUT 1 KB", Some(Work::PutImage(1_000))),
    ("download 1 MB", Some(Work::Download)),
    ("refused: 404", None),
];

/// Compares with the recorded counts, or records new ones with a reason.
pub async fn measure(record: Option<&str>) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.tsv");
    let known = fs::read_to_string(&path).unwrap_or_default();
    let date = crate::machine::date();
    let day = date.split(',').next().unwrap_or(&date);
    let mut table = format!("{HEADING}\n");
    let mut grown = String::new();
    println!("| work | instructions per request | recorded | ratio |");
    println!("| --- | ---: | ---: | ---: |");
    for (name, work) in WORKS {
        let counted = count(work).await?;
        let line = known.lines().find(|line| line.split('\t').next() == Some(name));
        let recorded: Option<f64> = line.and_then(|line| line.split('\t').nth(1)?.parse().ok());
        let ratio = recorded.map(|recorded| counted / recorded);
        let shown = |value: Option<f64>, digits| {
            value.map_or("–".into(), |value| format!("{value:.digits$}"))
        };
        println!("| {name} | {counted:.0} | {} | {} |", shown(recorded, 0), shown(ratio, 3));
        if ratio.is_none_or(|ratio| ratio > TOLERANCE) {
            writeln!(grown, "{name}: {counted:.0} instructions, recorded: {}", shown(recorded, 0))?;
        }
        let reason = record.unwrap_or_default();
        writeln!(table, "{name}\t{counted:.0}\t{day}\t{reason}")?;
    }
    if record.is_some() {
        fs::write(&path, table)?;
        return Ok(());
    }
    if grown.is_empty() {
        return Ok(());
    }
    Err(format!(
        "more than 5 % above benches/instructions.tsv:\n{grown}record them with --record REASON"
    )
    .into())
}

/// Instructions per request: those of many requests less those of few.
async fn count(work: Option<Work>) -> Result<f64> {
    let few = run(work, WARM_UP).await?;
    let many = run(work, WARM_UP + COUNTED).await?;
    Ok(many.saturating_sub(few) as f64 / COUNTED as f64)
}

/// The instructions of a server from its start to its end.
async fn run(work: Option<Work>, requests: u64) -> Result<u64> {
    let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("callgrind.log");
    let mut server = Server::product_under(&[
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        &format!("--log-file={}", log.display()),
    ])?;
    let loaded = async {
        let exchange = match work {
            Some(work) => prepare_product(server.address, work).await?,
            None => requests::missing_attachment(server.address),
        };
        Load::open(server.address, exchange, 1).await?.run_all(requests).await?;
        Ok::<_, Error>(())
    };
    loaded.await.map_err(|error| server.blame(error))?;
    server.end()?;
    let log = fs::read_to_string(&log)?;
    log.lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
        .ok_or_else(|| format!("Valgrind counted nothing: {log}").into())
}
