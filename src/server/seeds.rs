//! The seeds of a server's accounts.

use std::collections::HashSet;
use std::fmt::Display;
use std::path::PathBuf;

use crate::config::SeedData;
use crate::core::accounts::{AccountName, Accounts, DEFAULT};
use crate::seed::{Document, Files};
use crate::server::error::StartError;

/// The longest part of an account's name in an error, in characters: a name that is not valid may
/// be long.
const LONGEST_NAME: usize = 63;

/// Seeds the default account with the document itself, and others with the documents that it names
/// for them.
pub fn seed_accounts(data: &SeedData, accounts: &Accounts) -> Result<(), StartError> {
    let failed = |account: &str, error: &dyn Display| StartError::Seed {
        account: account.chars().take(LONGEST_NAME).collect(),
        why: error.to_string(),
    };
    let read = match data {
        SeedData::Json(text) => Document::parse(text.as_bytes()).map(|read| (read, PathBuf::new())),
        SeedData::Path(path) => Document::open(path, accounts.budget().limit()),
    };
    let (mut document, directory) = read.map_err(|error| failed(DEFAULT, &error))?;
    let others = std::mem::take(&mut document.accounts);
    let default = AccountName::default_account();
    let mut seen = HashSet::from([default.clone()]);
    let mut all = vec![(DEFAULT.to_owned(), default, document)];
    for (text, document) in others {
        let name = AccountName::parse(&text).filter(|name| seen.insert(name.clone()));
        let name = name.ok_or_else(|| {
            failed(&text, &"takes a name for an account that the seed names once")
        })?;
        all.push((text, name, document));
    }
    for (text, name, document) in all {
        let account = accounts.open(&name).map_err(|error| failed(&text, &error))?;
        let imported = document.import(&account, Files::In(&directory));
        let holds = imported.map_err(|error| failed(&text, &error))?;
        tracing::info!(account = %account.name(), objects = holds.objects(), "seeded");
    }
    Ok(())
}
