//! Seeds and exports.

use std::path::{Path, PathBuf};

use crate::handle::AccountHandle;
use crate::seed::{Document, Files, SeedError};

impl AccountHandle {
    /// Replaces the account's objects by those of a seed, now and after each reset. `docs/seeds.md`
    /// describes the document. Paths in it are relative to the working directory.
    ///
    /// # Panics
    /// When the seed cannot be used. The account is unchanged then.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.seed(r#"{"tickets": [{"subject": "Hello", "comments": [{"body": "It broke."}]}]}"#);
    /// // … GET /api/v2/tickets/1 …
    /// ```
    #[track_caller]
    pub fn seed(&self, document: &str) {
        let read = Document::parse(document.as_bytes());
        self.import(read.map(|document| (document, PathBuf::new())));
    }

    /// Does the same with a file, or with `seed.json` of a directory. Paths in it are relative to
    /// its directory.
    ///
    /// # Panics
    /// When the seed cannot be read or used. The account is unchanged then.
    #[track_caller]
    pub fn seed_from(&self, path: impl AsRef<Path>) {
        self.import(Document::open(path.as_ref()));
    }

    #[track_caller]
    fn import(&self, read: Result<(Document, PathBuf), SeedError>) {
        let imported = read.and_then(|(document, directory)| {
            document.import(&self.account, Files::In(&directory))
        });
        if let Err(error) = imported {
            panic!("the seed cannot be used: {error}");
        }
    }

    /// Returns the account's objects as a seed.
    ///
    /// # Panics
    /// When the export does not fit into the server's memory budget.
    #[must_use]
    #[track_caller]
    pub fn export(&self) -> String {
        match Document::export(&self.account) {
            Ok((document, _charge)) => {
                serde_json::to_string(&document).expect("the keys of a seed are strings")
            }
            Err(error) => panic!("{error}"),
        }
    }
}
