//! How the other servers are started and asked: `peers.json`.

use std::path::Path;

use serde::Deserialize;

use crate::Result;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    pub name: String,
    command: Vec<String>,
    /// Requests before the load.
    #[serde(default)]
    pub setup: Vec<Ask>,
    /// The path of a small answer.
    pub get: String,
    pub store: Ask,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub method: String,
    /// `{number}` stands for another number in each request.
    pub path: String,
    pub status: u16,
}

impl Peer {
    /// The program and its arguments.
    pub fn command(&self, port: u16) -> impl Iterator<Item = String> {
        let port = port.to_string();
        self.command.iter().map(move |part| part.replace("{port}", &port))
    }
}

/// The servers of `peers.json` that are installed in a directory.
pub fn read(installed: &Path) -> Result<Vec<Peer>> {
    let installed = installed.to_str().ok_or("the directory's name is not UTF-8")?;
    let text = std::fs::read_to_string(Path::new(HERE).join("peers.json"))?;
    let text = text.replace("{installed}", installed).replace("{here}", HERE);
    Ok(serde_json::from_str(&text)?)
}
