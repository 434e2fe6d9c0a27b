//! `/_mock/chains`: what became of each token.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::Lives;
use crate::core::chains::{Chain, ChainToken, Step};
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::{Json, Named, plain_list};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// Whose.
pub const TOKEN: Field = Field::optional("token", Kind::Text, "only those of this token");
/// What they wait for.
pub const MISSING: Field = Field::optional(
    "missing",
    Kind::OneOf(&["attach", "store", "publish", "any", "none"]),
    "only those that wait for this step, or waited for it in vain",
);

#[derive(Serialize)]
struct ChainJson {
    token: String,
    kind: &'static str,
    expires_at: String,
    missing: Option<&'static str>,
    steps: Vec<StepJson>,
    /// Steps that are not listed.
    omitted: u64,
}

#[derive(Serialize)]
struct StepJson {
    step: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<String>,
}

impl From<&Chain> for ChainJson {
    fn from(chain: &Chain) -> Self {
        Self {
            token: chain.token.to_string(),
            kind: chain.token.kind(),
            expires_at: format!("{:.0}", chain.expires_at),
            missing: chain.missing.map(|missing| missing.into_str()),
            steps: chain.steps.iter().map(Into::into).collect(),
            omitted: chain.omitted,
        }
    }
}

impl From<&Step> for StepJson {
    fn from(step: &Step) -> Self {
        let is_repeated = step.times > 1;
        Self {
            step: step.kind.into_str(),
            at: format!("{:.3}", step.at),
            object: step.about.as_ref().map(ToString::to_string),
            times: is_repeated.then_some(step.times),
            last_at: is_repeated.then(|| format!("{:.3}", step.last_at)),
        }
    }
}

#[derive(Serialize)]
struct ChainsJson {
    chains: Vec<ChainJson>,
    /// Chains that are not kept any more.
    dropped: u64,
}

/// `GET /_mock/chains`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let input = Input::from_query(query.as_deref(), &[TOKEN, MISSING]);
    let (token, missing) = (input.text(&TOKEN)?, input.word(&MISSING)?);
    let Lives { chains, dropped } = context.account.chains();
    let is_wanted = |chain: &&Chain| {
        let waits_for = chain.missing.map(|missing| missing.into_str());
        let is_missing = match missing {
            None => true,
            Some("any") => waits_for.is_some(),
            Some("none") => waits_for.is_none(),
            wanted => waits_for == wanted,
        };
        is_missing && token.is_none_or(|token| chain.token.to_string() == token)
    };
    let chains = chains.iter().filter(is_wanted).map(Into::into).collect();
    Ok(plain_list(&ChainsJson { chains, dropped }, &context.account)?)
}

/// `GET /_mock/chains/{token}`
pub async fn show(context: Context, Path(token): Path) -> Result<Response, Refusal> {
    let chain = ChainToken::parse(&token).and_then(|token| context.account.chain(token));
    let chain = chain.ok_or_else(|| {
        Problem::NotFound(
            "no chain has this token: never given out, dropped for newer ones, or taken by a reset"
                .to_owned(),
        )
    })?;
    Ok(Json(Named("chain", ChainJson::from(&chain))).into_response())
}
