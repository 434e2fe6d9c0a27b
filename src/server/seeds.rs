//! The seeds of a server's accounts.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::config::SeedData;
use crate::config::field_error::FieldError;
use crate::core::accounts::{AccountName, Accounts, NAME_RULE};
use crate::seed::{Document, Files, SeedError};
use crate::server::error::StartError;

/// The longest part of an account's name in an error, in characters: a name that is not valid may
/// be long.
const LONGEST_NAME: usize = 63;

/// Seeds the default account with the document itself, and others with the documents that it names
/// for them.
pub fn seed_accounts(data: &SeedData, accounts: &Accounts) -> Result<(), StartError> {
    seed_all(data, accounts).map_err(|error| {
        let seed = match (data, &error) {
            (SeedData::Path(path), SeedError::Field(_)) => {
                Document::file(path).display().to_string()
            }
            _ => "seed_data".to_owned(),
        };
        StartError::Seed { seed, why: error.to_string() }
    })
}

fn seed_all(data: &SeedData, accounts: &Accounts) -> Result<(), SeedError> {
    let (mut document, directory) = match data {
        SeedData::Json(text) => (Document::parse(text.as_bytes())?, PathBuf::new()),
        SeedData::Path(path) => Document::open(path, accounts.budget().limit())?,
    };
    let others = std::mem::take(&mut document.accounts);
    let default = AccountName::default_account();
    let mut seen = HashSet::from([default.clone()]);
    let mut all = vec![(String::new(), default, document)];
    for (text, document) in others {
        let field = format!("accounts.{}", text.chars().take(LONGEST_NAME).collect::<String>());
        let Some(name) = AccountName::parse(&text) else {
            let why = AccountName::explain(&text);
            let why = format!("the name of an account has {NAME_RULE}: {why}");
            return Err(FieldError::new(field, why).into());
        };
        if !seen.insert(name.clone()) {
            return Err(FieldError::new(field, "the seed names this account twice").into());
        }
        all.push((field, name, document));
    }
    for (field, name, document) in all {
        let account = accounts.open(&name);
        let account = account.map_err(|error| FieldError::new(&*field, error.to_string()))?;
        let imported = document.import(&account, Files::In(&directory));
        let holds = imported.map_err(|error| error.within(&field))?;
        tracing::info!(account = %account.name(), objects = holds.objects(), "seeded");
    }
    Ok(())
}
