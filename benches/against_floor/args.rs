//! The flags. They are parsed by hand because the floor is the same executable, and the benchmark
//! measures its start.

use std::path::PathBuf;

use crate::Result;

const USAGE: &str = "usage: cargo bench --bench against_floor -- \
    [--smoke] [--only SUBSTRING] [--out FILE] [--product BINARY] [--against BINARY] \
    [--instructions | --record REASON | --soak SECONDS | --peers DIRECTORY]";

pub struct Args {
    /// One short round, which checks every answer and measures nothing.
    pub smoke: bool,
    only: Option<String>,
    pub out: Option<PathBuf>,
    /// The build to measure, if not the one that Cargo made for this benchmark.
    pub product: Option<PathBuf>,
    /// A build of the product that takes the floor's place: a change is measured in one run.
    pub against: Option<PathBuf>,
    /// Count instructions, and do nothing else.
    pub instructions: bool,
    /// Record the counts, for this reason.
    pub record: Option<String>,
    /// Load the product for so many seconds, and look for what grows.
    pub soak: Option<u64>,
    /// Compare with the servers that are installed there.
    pub peers: Option<PathBuf>,
    /// Serve as the floor. The benchmark starts its own executable with this flag.
    pub floor: bool,
    /// The same behind TLS.
    pub tls_floor: bool,
}

impl Args {
    pub fn parse(mut given: impl Iterator<Item = String>) -> Result<Self> {
        let mut args = Self {
            smoke: false,
            only: None,
            out: None,
            product: None,
            against: None,
            instructions: false,
            record: None,
            soak: None,
            peers: None,
            floor: false,
            tls_floor: false,
        };
        let mut under_cargo_bench = false;
        while let Some(flag) = given.next() {
            let mut value = || given.next().ok_or(format!("{flag} needs a value\n{USAGE}"));
            match flag.as_str() {
                "--bench" => under_cargo_bench = true,
                "--smoke" => args.smoke = true,
                "--only" => args.only = Some(value()?),
                "--out" => args.out = Some(value()?.into()),
                "--product" => args.product = Some(value()?.into()),
                "--against" => args.against = Some(value()?.into()),
                "--instructions" => args.instructions = true,
                "--record" => args.record = Some(value()?),
                "--soak" => args.soak = Some(value()?.parse()?),
                "--peers" => args.peers = Some(value()?.into()),
                "--floor" => args.floor = true,
                "--tls-floor" => args.tls_floor = true,
                _ => return Err(format!("unknown argument {flag}\n{USAGE}").into()),
            }
        }
        // `cargo test --benches` and `--all-targets` run this unoptimised and without `--bench`.
        args.smoke |= !under_cargo_bench;
        Ok(args)
    }

    pub fn wants(&self, item: &str) -> bool {
        self.only.as_ref().is_none_or(|part| item.contains(part))
    }
}
