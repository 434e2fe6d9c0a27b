//! The machine and the versions of a run.

use std::fs;
use std::process::Command;

use crate::Result;
use crate::figure::{Figure, megabytes};

pub const BINARY: &str = "binary size";

const BINARY_GOAL_MB: f64 = 8.0;

const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));

pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores, {}", processor(), kernel())
}

pub fn date() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d, %H:%M UTC").to_string()
}

pub fn versions() -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let compiler = Command::new(compiler).arg("--version").output().ok();
    let compiler = compiler.map_or("rustc, version unknown".into(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    });
    let mut versions = format!("zendesk-mock {}", env!("CARGO_PKG_VERSION"));
    for library in ["axum", "hyper", "tokio"] {
        versions += &format!(", {library} {}", locked(library).unwrap_or("?"));
    }
    format!("{versions}; {compiler}")
}

/// The size of the executable under test. The goal applies to the released, static one.
pub fn binary_size() -> Result<Vec<Figure>> {
    let path = env!("CARGO_BIN_EXE_zendesk-mock");
    let bytes = fs::metadata(path)
        .map_err(|error| format!("cannot read the size of {path}: {error}"))?
        .len() as f64;
    let is_static = cfg!(target_feature = "crt-static");
    Ok(vec![
        Figure {
            what: format!(
                "{BINARY}, {}",
                if is_static { "static" } else { "linked dynamically here" }
            ),
            product: megabytes(Some(bytes)),
            floor: "–".into(),
            goal: format!("≤ {BINARY_GOAL_MB} MB, static"),
            met: is_static.then_some(bytes <= BINARY_GOAL_MB * 1e6),
        },
        Figure {
            what: "image size".into(),
            product: "not measured here".into(),
            floor: "–".into(),
            goal: "≤ 10 MB".into(),
            met: None,
        },
    ])
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(':'));
    model.map_or(std::env::consts::ARCH, |(_, model)| model.trim()).to_owned()
}

fn kernel() -> String {
    let os = std::env::consts::OS;
    match fs::read_to_string("/proc/sys/kernel/osrelease") {
        Ok(release) => format!("{os} {}", release.trim()),
        Err(_) => os.to_owned(),
    }
}

fn locked(library: &str) -> Option<&'static str> {
    let (_, package) = LOCK.split_once(&format!("name = \"{library}\"\nversion = \""))?;
    package.split('"').next()
}
