//! `/_mock/tokens` and `/_mock/leaks`: what happened to each token, and which step is missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::core::account::Account;
use crate::core::journal::{EventKind, TokenHistories, TokenHistory, TokenStatus, TokenStep};
use crate::core::tokens::MissingStep;
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields};
use crate::http::control::notation::FilterText;
use crate::http::exchange::words::{optional_word, word};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenFilter {
    /// Only this token.
    token: Option<FilterText>,
    /// Only tokens that wait for this step, or expired without it.
    missing: Option<MissingFilter>,
}

impl Fields for TokenFilter {
    const EXAMPLE: &'static str = r#"{"missing": "attach"}"#;
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum MissingFilter {
    Attach,
    Store,
    Publish,
    Any,
    None,
}

#[derive(Serialize, JsonSchema)]
pub struct TokenJson<'a> {
    token: String,
    /// `upload` or `image`
    kind: &'static str,
    #[schemars(schema_with = "word::<TokenStatus>")]
    status: &'static str,
    #[schemars(schema_with = "optional_word::<MissingStep>")]
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

#[derive(Serialize, JsonSchema)]
struct StepJson {
    #[schemars(schema_with = "word::<EventKind>")]
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
            hint: history.hint(),
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

#[derive(Serialize, JsonSchema)]
pub struct OneToken<'a> {
    token: TokenJson<'a>,
}

#[derive(Serialize, JsonSchema)]
pub struct TokenList<'a> {
    tokens: Vec<TokenJson<'a>>,
    /// Journal entries that were dropped, and with them what they say of tokens.
    dropped: u64,
    /// Tokens that expired unused and are not listed any more.
    expired_dropped: u64,
    /// The account that has the token of the filter, if this one does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    elsewhere: Option<String>,
}

impl MissingFilter {
    fn matches(self, missing: Option<MissingStep>) -> bool {
        match self {
            Self::Attach => missing == Some(MissingStep::Attach),
            Self::Store => missing == Some(MissingStep::Store),
            Self::Publish => missing == Some(MissingStep::Publish),
            Self::Any => missing.is_some(),
            Self::None => missing.is_none(),
        }
    }
}

pub async fn list(call: Call<TokenFilter>) -> Reply<TokenList<'static>> {
    let TokenFilter { token, missing } = &call.input;
    let token = token.as_ref().map(|token| &*token.0.0);
    let mut histories = call.account().token_histories();
    histories.tokens.retain(|history| {
        missing.is_none_or(|wanted| wanted.matches(history.missing))
            && token.is_none_or(|token| history.token.to_string() == token)
    });
    let has = |account: &Account| token.is_some_and(|token| find(account, token).is_some());
    let elsewhere = token.filter(|_| !has(call.account())).and_then(|_| call.find_other(has));
    answer(&call, &histories, elsewhere.map(|account| account.name().to_owned())).await
}

pub async fn leaks(call: Call) -> Reply<TokenList<'static>> {
    answer(&call, &call.account().leaks(), None).await
}

async fn answer<I>(
    call: &Call<I>,
    histories: &TokenHistories,
    elsewhere: Option<String>,
) -> Reply<TokenList<'static>> {
    let &TokenHistories { ref tokens, dropped, expired_dropped } = histories;
    let tokens = tokens.iter().map(Into::into).collect();
    call.answer(TokenList { tokens, dropped, expired_dropped, elsewhere }).await
}

fn find(account: &Account, token: &str) -> Option<TokenHistory> {
    account.token_history(account.find_token(token)?)
}

pub async fn show(call: Call) -> Reply<OneToken<'static>> {
    let find = |account: &Account| find(account, &call.parameter);
    let history = find(call.account()).ok_or_else(|| {
        let error = "the account knows no such token: it was never issued, a reset or a restore \
                     removed it, or newer requests took its place in the journal";
        call.missing(error, |account| find(account).is_some())
    })?;
    call.answer(OneToken { token: TokenJson::from(&history) }).await
}
