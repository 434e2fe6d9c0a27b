//! Seeds and exports.

use std::path::Path;

use crate::core::blobs::OutOfMemory;
use crate::handle::AccountHandle;
use crate::seed::{Document, Files, SeedError};

impl AccountHandle {
    /// Replaces the account's objects by those of a seed, now and after each reset. `docs/seeds.md`
    /// describes it. Paths in it are relative to the working directory.
    ///
    /// # Errors
    /// The seed cannot be used. The account is unchanged then.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// account.seed(r#"{"tickets": [{"subject": "Hello", "comments": [{"body": "It broke."}]}]}"#)?;
    /// // … GET /api/v2/tickets/1 …
    /// let misspelt = account.seed(r#"{"tickets": [{"comemnts": []}]}"#).unwrap_err();
    /// let why = "tickets[0].comemnts: unknown field; did you mean `comments`?";
    /// assert_eq!(misspelt.to_string(), why);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seed(&self, document: &str) -> Result<(), SeedError> {
        let document = Document::parse(document.as_bytes())?;
        self.change(|account| document.import(account, Files::In(Path::new(""))).map(drop))
    }

    /// Does the same with a file, or with `seed.json` of a directory. Paths in it are relative to
    /// its directory.
    ///
    /// # Errors
    /// The seed cannot be read or used. The account is unchanged then.
    pub fn seed_from(&self, path: impl AsRef<Path>) -> Result<(), SeedError> {
        let (document, directory) = Document::open(path.as_ref(), self.account.memory_limit())?;
        self.change(|account| document.import(account, Files::In(&directory)).map(drop))
    }

    /// Returns the account's objects as a seed.
    ///
    /// # Errors
    /// The export does not fit into the server's memory budget.
    pub fn export(&self) -> Result<String, OutOfMemory> {
        let (document, _charge) = Document::export(&self.account)?;
        Ok(serde_json::to_string(&document).expect("the keys of a seed are strings"))
    }
}
