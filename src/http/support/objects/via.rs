//! The channel of tickets, comments and audits.

use serde::Serialize;

/// The channel that something came in by: here always the API.
#[derive(Debug, Serialize)]
pub struct Via {
    channel: &'static str,
    source: Source,
}

#[derive(Debug, Default, Serialize)]
struct Source {
    from: Empty,
    to: Empty,
    rel: Option<()>,
}

#[derive(Debug, Default, Serialize)]
pub struct Empty {}

impl Default for Via {
    fn default() -> Self {
        Self { channel: "api", source: Source::default() }
    }
}
