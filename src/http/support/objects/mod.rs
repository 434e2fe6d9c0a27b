//! The objects of the Support API, which more than one route sends. Their keys stand in the recorded
//! order, of 2023 and 2024 where there are recordings.

mod brand;
mod html;
mod request;
mod ticket;
mod user;

pub use self::brand::BrandJson;
pub use self::request::{RequestCommentJson, RequestJson};
pub use self::ticket::{AuditJson, CommentJson, TicketJson};
pub use self::user::UserJson;

use serde::Serialize;

use crate::core::clock::Timestamp;

/// A time as Zendesk writes it: UTC, to the second.
fn instant(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// How something came in. All that is made here came by the API.
#[derive(Debug, Serialize)]
struct Via {
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
struct Empty {}

const BY_API: Via =
    Via { channel: "api", source: Source { from: Empty {}, to: Empty {}, rel: None } };
