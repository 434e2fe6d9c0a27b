//! The channel of tickets, comments and audits.

use serde::Serialize;

/// The channel that something came in by: here always the API.
#[derive(Debug, Serialize)]
pub struct Via {
    channel: &'static str,
    source: Source,
}

#[derive(Debug, Serialize)]
struct Source {
    from: Empty,
    to: Empty,
    rel: Option<()>,
}

#[derive(Debug, Serialize)]
pub struct Empty {}

pub const BY_API: Via =
    Via { channel: "api", source: Source { from: Empty {}, to: Empty {}, rel: None } };
