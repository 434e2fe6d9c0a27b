//! `/_mock/behaviours`: the behaviours of the server, with evidence and tests.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use strum::VariantNames;

use crate::fidelity::{self, Behaviour, Evidence};
use crate::http::exchange::input::{Field, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::query;
use crate::http::exchange::refusal::Refusal;

pub const EVIDENCE: Field = Field::optional(
    "evidence",
    Kind::OneOf(Evidence::VARIANTS),
    "only behaviours with this evidence",
);

pub const DIFFERENCE: Field = Field::optional(
    "difference",
    Kind::Flag,
    "only behaviours that differ from Zendesk, or only those that do not",
);

#[derive(Serialize)]
struct Listed {
    behaviours: Vec<&'static Behaviour>,
}

/// `GET /_mock/behaviours`
pub async fn list(RawQuery(sent): RawQuery) -> Result<Response, Refusal> {
    let sent = sent.unwrap_or_default();
    let evidence = query::value(&sent, EVIDENCE.name)
        .map(|word| word.parse::<Evidence>().map_err(|_| EVIDENCE.refused()))
        .transpose()?;
    let difference = query::value(&sent, DIFFERENCE.name)
        .map(|word| word.parse::<bool>().map_err(|_| DIFFERENCE.refused()))
        .transpose()?;
    let wanted = |row: &&Behaviour| {
        evidence.is_none_or(|wanted| row.evidence == wanted)
            && difference.is_none_or(|wanted| row.difference.is_some() == wanted)
    };
    let behaviours = fidelity::all().filter(wanted).collect();
    Ok(Json(Listed { behaviours }).into_response())
}
