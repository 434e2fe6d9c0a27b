//! `/_mock/tokens` and `/_mock/leaks`: what happened to each token, and which step is missing.

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::journal::{MissingStep, TokenHistories, TokenHistory, TokenRef, TokenStep};
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::{Json, Named, plain_list};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

pub const TOKEN: Field = Field::optional("token", Kind::Text, "only this token");
pub const MISSING: Field = Field::optional(
    "missing",
    Kind::OneOf(&["attach", "store", "publish", "any", "none"]),
    "only tokens that wait for this step, or expired without it",
);

#[derive(Serialize)]
struct TokenJson<'a> {
    token: String,
    kind: &'static str,
    status: &'static str,
    missing: Option<&'static str>,
    /// How to take the missing step.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    issued_at: Option<String>,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    file_names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    steps: Vec<StepJson>,
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

impl<'a> From<&'a TokenHistory> for TokenJson<'a> {
    fn from(history: &'a TokenHistory) -> Self {
        Self {
            token: history.token.to_string(),
            kind: history.token.kind(),
            status: history.status.into_str(),
            missing: history.missing.map(|missing| missing.into_str()),
            hint: history.missing.map(MissingStep::hint),
            issued_at: history.issued_at.map(|at| format!("{at:.0}")),
            expires_at: history.expires_at.map(|at| format!("{at:.0}")),
            file_names: &history.file_names,
            content_type: history.content_type.as_deref(),
            steps: history.steps.iter().map(Into::into).collect(),
        }
    }
}

impl From<&TokenStep> for StepJson {
    fn from(step: &TokenStep) -> Self {
        let is_repeated = step.times > 1;
        Self {
            step: step.kind.into_str(),
            at: format!("{:.3}", step.at),
            object: step.object.map(|object| object.to_string()),
            times: is_repeated.then_some(step.times),
            last_at: is_repeated.then(|| format!("{:.3}", step.last_at)),
        }
    }
}

#[derive(Serialize)]
struct TokenListing<'a> {
    tokens: Vec<TokenJson<'a>>,
    /// Journal entries that were dropped, and with them what they say of tokens.
    dropped: u64,
    /// Tokens that expired unused and are not listed any more.
    expired_dropped: u64,
}

/// `GET /_mock/tokens`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let input = Input::from_query(query.as_deref(), &[TOKEN, MISSING]);
    let (token, missing) = (input.text(&TOKEN)?, input.word(&MISSING)?);
    let is_wanted = |history: &TokenHistory| {
        let is_missing = match (missing, history.missing) {
            (None, _) => true,
            (Some("any"), step) => step.is_some(),
            (Some("none"), step) => step.is_none(),
            (Some(wanted), step) => step.is_some_and(|step| step.into_str() == wanted),
        };
        is_missing && token.is_none_or(|token| history.token.to_string() == token)
    };
    let mut histories = context.account.token_histories();
    histories.tokens.retain(is_wanted);
    show_all(&histories, &context)
}

/// `GET /_mock/leaks`
pub async fn leaks(context: Context) -> Result<Response, Refusal> {
    show_all(&context.account.leaks(), &context)
}

fn show_all(histories: &TokenHistories, context: &Context) -> Result<Response, Refusal> {
    let listing = TokenListing {
        tokens: histories.tokens.iter().map(Into::into).collect(),
        dropped: histories.dropped,
        expired_dropped: histories.expired_dropped,
    };
    Ok(plain_list(&listing, &context.account)?)
}

/// `GET /_mock/tokens/{token}`
pub async fn show(context: Context, Path(token): Path) -> Result<Response, Refusal> {
    let history = TokenRef::parse(&token).and_then(|token| context.account.token_history(token));
    let history = history.ok_or_else(|| {
        let why = "the account knows no such token: it was never issued, a reset or a restore \
                   removed it, or newer requests took its place in the journal";
        Problem::NotFound(why.to_owned())
    })?;
    Ok(Json(Named("token", TokenJson::from(&history))).into_response())
}
