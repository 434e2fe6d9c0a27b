//! The product against a bare axum server ("the floor"), in the same run on the same machine.
//!
//! Absolute figures drift with the machine and its load. Ratios from interleaved rounds do not, so
//! the goals are ratios.
//!
//! ```text
//! cargo bench --bench against_floor                    # about nine minutes
//! cargo bench --bench against_floor -- --smoke         # seconds: only checks the answers
//! cargo bench --bench against_floor -- --only download
//! cargo bench --bench against_floor -- --out BENCHMARK.md
//! cargo bench --bench against_floor -- --against OLD_BUILD # the change since another build
//! cargo bench --bench against_floor -- --instructions # counts them with Valgrind, in a minute
//! cargo bench --bench against_floor -- --record REASON # accepts the new counts
//! cargo bench --bench against_floor -- --soak 60      # seconds of mixed load: what grows?
//! ```
//!
//! A missed goal is reported. A wrong answer or a dead child fails the benchmark.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod args;
mod bulk;
mod capacity;
mod figure;
mod floor;
mod http;
mod instructions;
mod load;
mod machine;
#[path = "../peers/mod.rs"]
mod peers;
mod plan;
mod report;
mod requests;
mod reset;
mod rounds;
mod server;
mod slow_clients;
#[path = "../soak/mod.rs"]
mod soak;
mod startup;
mod stats;
mod target;
mod transport;

use std::process::ExitCode;

use args::Args;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    let outcome = Args::parse(std::env::args().skip(1)).and_then(|args| match args {
        Args { floor: true, .. } => floor::serve(),
        Args { tls_floor: true, .. } => floor::serve_tls(),
        _ => benchmark(&args),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("against_floor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn benchmark(args: &Args) -> Result<()> {
    // One thread leaves all but one core to the server, as single-threaded load generators such as
    // wrk do, and spends no time on stealing work.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let scale = if args.smoke { plan::SMOKE } else { plan::FULL };
    server::choose_product(args.product.as_deref());
    if args.instructions || args.record.is_some() {
        return runtime.block_on(instructions::measure(args.record.as_deref()));
    }

    if let Some(seconds) = args.soak {
        return runtime.block_on(soak::run(seconds));
    }
    if let Some(installed) = &args.peers {
        println!("{}", runtime.block_on(peers::measure(installed))?);
        return Ok(());
    }

    let (mut comparisons, mut figures) = (Vec::new(), Vec::new());
    let outcome = runtime.block_on(async {
        for item in plan::items() {
            if args.wants(&item.name) {
                comparisons.push(rounds::compare(item, &scale, args.against.as_deref()).await?);
            }
        }
        if args.wants(startup::NAME) {
            figures.extend(startup::measure(&scale).await?);
        }
        if args.wants(capacity::PEAK) {
            figures.extend(capacity::peak_memory().await?);
        }
        if args.wants(capacity::AFTER_RESET) {
            figures.extend(capacity::memory_after_reset(&scale).await?);
        }
        if args.wants(capacity::OVERLOAD) {
            figures.extend(capacity::overload().await?);
        }
        if args.wants(slow_clients::NAME) {
            figures.extend(slow_clients::measure(&scale).await?);
        }
        if args.wants(capacity::MANY_FILES) {
            figures.extend(capacity::many_files(&scale).await?);
        }
        if args.wants(reset::NAME) {
            figures.extend(reset::measure(&scale).await?);
        }
        if args.wants(bulk::NAME) {
            figures.extend(bulk::measure(&scale).await?);
        }
        if args.wants(machine::BINARY) {
            figures.extend(machine::binary_size()?);
        }
        Ok(())
    });
    if comparisons.is_empty() && figures.is_empty() {
        return outcome.and(Err("--only matches no item".into()));
    }

    // An item that fails keeps none of the others from being reported.
    let report = report::markdown(&scale, &comparisons, &figures);
    println!("{report}");
    if let Some(path) = &args.out {
        std::fs::write(path, report)
            .map_err(|error| format!("cannot write the report to {}: {error}", path.display()))?;
    }
    outcome
}
