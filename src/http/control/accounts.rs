//! `/_mock/accounts`: the accounts of this server.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::Account;
use crate::core::accounts::{AccountError, AccountName};
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::control::settings::read_settings;
use crate::http::exchange::context::{AppState, Context};
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::{Json, Named, plain_list};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::seed::{Document, Files, Object, SeedError};

pub const NAME: Field =
    Field::optional("name", Kind::AccountName, "its name; without it: an unused one");
pub const LIFE: Field =
    Field::optional("life", Kind::Time, "its lifetime, in real time; without it: unlimited");

pub const SETTINGS: Field = Field::optional(
    "settings",
    Kind::Settings,
    "its own settings, to which a reset returns; without them: the server's",
);

pub const SEED: Field =
    Field::optional("seed", Kind::Seed, "its content, to which a reset returns");

#[derive(Serialize)]
struct AccountJson {
    name: String,
    id: u32,
    /// The base URL for clients that cannot name the account otherwise.
    url: String,
    ends_at: Option<String>,
    holds: ObjectCountsJson,
}

impl AccountJson {
    fn new(account: &Account, context: &Context) -> Self {
        Self {
            name: account.name().to_owned(),
            id: account.id().0,
            url: context.urls.account(account.name()),
            ends_at: account.ends().map(|ends| format!("{ends:.0}")),
            holds: account.object_counts().into(),
        }
    }
}

/// `GET /_mock/accounts`
pub async fn list(context: Context, State(app): State<Arc<AppState>>) -> Result<Response, Refusal> {
    let all = app.accounts.all();
    let accounts = all.iter().map(|account| AccountJson::new(account, &context));
    let accounts = Named("accounts", accounts.collect::<Vec<_>>());
    Ok(plain_list(&accounts, &context.account)?)
}

/// `GET /_mock/account`: the one that the request is addressed to.
pub async fn show(context: Context) -> Response {
    Json(Named("account", AccountJson::new(&context.account, &context))).into_response()
}

/// `POST /_mock/accounts`
pub async fn create(
    context: Context,
    State(app): State<Arc<AppState>>,
    input: Input,
) -> Result<Response, Refusal> {
    let name = match input.text(&NAME)? {
        Some(name) => AccountName::parse(name).ok_or_else(|| NAME.refused())?,
        None => AccountName::from_request_id(context.admission.request_id),
    };
    let life = input.time(&LIFE)?;
    if life.is_some_and(|life| life.is_zero()) {
        let accepts = "takes a time longer than none, such as \"90s\"";
        return Err(Problem::field(LIFE.name, accepts).into());
    }
    let mut settings = app.accounts.default_settings().clone();
    if let Some(sent) = input.object(&SETTINGS)? {
        read_settings(sent)?.apply(&mut settings);
        settings.validate()?;
    }
    let within = |error: SeedError| Problem::from(error).within(SEED.name);
    let receive = |seed: &Object| Document::receive_object(seed, &context.account).map_err(within);
    let seed = input.object(&SEED)?.map(receive).transpose()?;
    let account = app.accounts.make(&name, life, settings).map_err(|error| match error {
        AccountError::Exists => Problem::field(NAME.name, "takes an unused name"),
        error => error.into(),
    })?;
    if let Some((document, _room)) = seed {
        let imported = document.import(&account, Files::Nowhere);
        imported.map_err(|error| {
            // It was never whole.
            let _ = app.accounts.delete(&name);
            within(error)
        })?;
    }
    let account = AccountJson::new(&account, &context);
    Ok((StatusCode::CREATED, Json(Named("account", account))).into_response())
}

#[derive(Serialize)]
struct Reset<'a> {
    account: &'a str,
    removed: ObjectCountsJson,
}

/// `POST /_mock/reset`: empties the account that the request is addressed to.
pub async fn reset(context: Context) -> Response {
    let removed = context.account.reset().into();
    Json(Reset { account: context.account.name(), removed }).into_response()
}

/// `DELETE /_mock/accounts/{name}`
pub async fn delete(
    State(app): State<Arc<AppState>>,
    Path(name): Path,
) -> Result<StatusCode, Refusal> {
    let name = AccountName::parse(&name).ok_or(AccountError::Unknown)?;
    app.accounts.delete(&name).map_err(|error| match error {
        AccountError::Default => Problem::field(NAME.name, "takes any account but the default one"),
        error => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}
