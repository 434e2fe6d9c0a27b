//! `/_mock/capabilities`: the behaviours of the server, with evidence and tests.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use strum::VariantNames;

use crate::fidelity::{self, Capability, Evidence};
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
    capabilities: Vec<CapabilityJson>,
}

#[derive(Serialize)]
struct CapabilityJson {
    name: &'static str,
    behaviour: &'static str,
    evidence: &'static str,
    dated: &'static str,
    tests: &'static [&'static str],
    difference: Option<DifferenceJson>,
}

#[derive(Serialize)]
struct DifferenceJson {
    zendesk: &'static str,
    settings: &'static [&'static str],
    /// Whether the affected responses name it.
    named: bool,
    unnamed_because: Option<&'static str>,
}

impl From<&Capability> for CapabilityJson {
    fn from(row: &Capability) -> Self {
        let Capability { name, behaviour, evidence, dated, tests, difference } = *row;
        let difference = difference.map(|difference| DifferenceJson {
            zendesk: difference.zendesk,
            settings: difference.settings,
            named: difference.unnamed.is_none(),
            unnamed_because: difference.unnamed,
        });
        Self { name, behaviour, evidence: evidence.into_str(), dated, tests, difference }
    }
}

/// `GET /_mock/capabilities`
pub async fn list(RawQuery(sent): RawQuery) -> Result<Response, Refusal> {
    let sent = sent.unwrap_or_default();
    let evidence = query::value(&sent, EVIDENCE.name)
        .map(|word| word.parse::<Evidence>().map_err(|_| EVIDENCE.refused()))
        .transpose()?;
    let difference = query::value(&sent, DIFFERENCE.name)
        .map(|word| word.parse::<bool>().map_err(|_| DIFFERENCE.refused()))
        .transpose()?;
    let wanted = |row: &&Capability| {
        evidence.is_none_or(|wanted| row.evidence == wanted)
            && difference.is_none_or(|wanted| row.difference.is_some() == wanted)
    };
    let capabilities = fidelity::all().filter(wanted).map(CapabilityJson::from).collect();
    Ok(Json(Listed { capabilities }).into_response())
}
