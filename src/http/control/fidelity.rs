//! `/_mock/behaviours`: the behaviours of the server, with evidence and tests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::Notated;
use crate::fidelity::{self, Behaviour, Evidence};
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BehaviourFilter {
    /// Only behaviours with this evidence.
    evidence: Option<Notated<Evidence>>,
    /// Only behaviours that differ from Zendesk, or only those that do not.
    difference: Option<bool>,
}

impl Fields for BehaviourFilter {
    const EXAMPLE: &'static str = r#"{"evidence": "recorded"}"#;
}

#[derive(Serialize, JsonSchema)]
pub struct BehaviourList {
    behaviours: Vec<&'static Behaviour>,
}

pub async fn list(call: Call<BehaviourFilter>) -> Reply<BehaviourList> {
    let BehaviourFilter { evidence, difference } = &call.input;
    let is_wanted = |row: &&Behaviour| {
        evidence.is_none_or(|wanted| row.evidence == wanted.0)
            && difference.is_none_or(|wanted| row.difference.is_some() == wanted)
    };
    call.answer(BehaviourList { behaviours: fidelity::all().filter(is_wanted).collect() }).await
}
