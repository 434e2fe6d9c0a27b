//! `/_mock/accounts`: the accounts of this server.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::config::nearest::did_you_mean;
use crate::config::settings::SettingsChange;
use crate::config::values::{Notated, TimeValue};
use crate::core::account::Account;
use crate::core::accounts::{AccountError, AccountName};
use crate::http::control::answer::{AccountAnswer, Answer, Reply};
use crate::http::control::call::{Call, Fields, NoFields};
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::problem::Problem;
use crate::seed::{Document, Files, Object, SeedError};

/// The longest name in an error, in characters.
const LONGEST_SHOWN: usize = 100;

/// An account to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Its name; without it: an unused one.
    name: Option<Notated<AccountName>>,
    /// Its lifetime, in real time; without it: unlimited.
    life: Option<TimeValue>,
    /// Its own settings, to which a reset returns; without them: the server's.
    #[serde(default)]
    settings: SettingsChange,
    /// Its content, to which a reset returns.
    #[schemars(with = "Option<Document>")]
    seed: Option<Object>,
}

impl Fields for NewAccount {
    const EXAMPLE: &'static str =
        r#"{"name": "acme", "life": "10m", "settings": {"upload_ttl": "5s"}}"#;
}

#[derive(Serialize, JsonSchema)]
pub struct AccountJson {
    id: u32,
    /// The base URL for clients that cannot name the account otherwise.
    url: String,
    /// When it is deleted, in real time.
    ends_at: Option<String>,
    holds: ObjectCountsJson,
    /// How many requests its journal has.
    requests: usize,
}

#[derive(Serialize, JsonSchema)]
pub struct CreatedAccount {
    #[serde(flatten)]
    account: AccountJson,
    settings: SettingsChange,
}

#[derive(Serialize, JsonSchema)]
pub struct AccountList<'a> {
    accounts: Vec<AccountAnswer<'a, AccountJson>>,
}

#[derive(Serialize, JsonSchema)]
pub struct ResetAnswer {
    removed: ObjectCountsJson,
}

impl AccountJson {
    fn new(account: &Account, context: &RequestContext) -> Self {
        Self {
            id: account.id().0,
            url: context.urls.account(account.name()),
            ends_at: account.ends().map(|ends| format!("{ends:.0}")),
            holds: account.object_counts().into(),
            requests: account.journal_length(),
        }
    }
}

pub async fn list(call: Call) -> Reply<AccountList<'static>> {
    let all = call.app.accounts.all();
    let accounts = all.iter().map(|account| AccountAnswer {
        account: account.name(),
        value: AccountJson::new(account, &call.context),
    });
    call.answer(AccountList { accounts: accounts.collect() }).await
}

pub async fn show(call: Call) -> Reply<AccountJson> {
    call.answer(AccountJson::new(call.account(), &call.context)).await
}

pub async fn create(call: Call<NewAccount>) -> Reply<CreatedAccount, 201> {
    let Call { app, context, input, room: _room, .. } = call;
    let NewAccount { name, life, settings: change, seed } = input;
    if life.is_some_and(|Notated(life)| life.is_zero()) {
        let accepts = "takes a time longer than none, such as \"90s\"";
        return Err(Problem::field("life", accepts).into());
    }
    let life = life.map(|life| life.0);
    let mut settings = app.accounts.default_settings().clone();
    change.apply(&mut settings);
    settings.validate().map_err(|error| Problem::from(error).within("settings"))?;
    let settings = Arc::new(settings);
    let fill = |account: &Account| match &seed {
        Some(seed) => import(seed, account).map_err(|error| Problem::from(error).within("seed")),
        None => Ok(()),
    };
    let mut id = context.admission.request_id.as_u128();
    let make = || loop {
        let unused = || AccountName::from_request_id(Uuid::from_u128(id));
        let tried = name.as_ref().map_or_else(unused, |name| name.0.clone());
        match app.accounts.make(&tried, life, Arc::clone(&settings), fill) {
            // After a reset, request ids may repeat.
            Err(Problem::Account(AccountError::Exists)) if name.is_none() => {
                id = id.wrapping_add(1);
            }
            Err(Problem::Account(AccountError::Exists)) => {
                return Err(Problem::field("name", "takes an unused name"));
            }
            made => return made,
        }
    };
    // To import a seed takes long.
    let account = app.long_work.run_if(seed.is_some(), make).await?;
    let settings = SettingsChange::from(&*account.settings());
    let created = CreatedAccount { account: AccountJson::new(&account, &context), settings };
    Ok(Answer::new(account.name(), created, &account, &app.long_work).await?)
}

fn import(seed: &Object, account: &Account) -> Result<(), SeedError> {
    let (document, _room) = Document::receive_object(seed, account)?;
    document.import(account, Files::Nowhere).map(drop)
}

/// Empties the account that the request is addressed to.
pub async fn reset(call: Call) -> Reply<ResetAnswer> {
    call.answer(ResetAnswer { removed: call.account().reset().into() }).await
}

pub async fn delete(call: Call) -> Reply<NoFields> {
    let name = AccountName::parse(&call.parameter).ok_or_else(|| unknown(&call))?;
    call.app.accounts.delete(&name).map_err(|error| match error {
        AccountError::Default => Problem::field("name", "takes any account but the default one"),
        AccountError::Unknown => unknown(&call),
        error => error.into(),
    })?;
    Ok(Answer::new(name.as_str(), NoFields {}, call.account(), &call.app.long_work).await?)
}

fn unknown(call: &Call) -> Problem {
    let all = call.app.accounts.all();
    let names: Vec<_> = all.iter().map(|account| account.name()).collect();
    let hint = did_you_mean(&call.parameter, &names);
    let name: String = call.parameter.chars().take(LONGEST_SHOWN).collect();
    Problem::NotFound(format!("there is no account {name:?}{hint}"))
}
