//! What the account holds: seed, export, snapshots.

use std::path::{Path, PathBuf};

use crate::core::account::{Snapshot, SnapshotName};
use crate::handle::AccountHandle;
use crate::seed::{Document, DocumentError, Files};

impl AccountHandle {
    /// Empties the account and fills it from a seed, now and after each reset. The README describes
    /// the document. Paths in it are relative to the working directory.
    ///
    /// # Panics
    /// When it cannot be used, with the reason. Nothing changes then.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.seed(r#"{"tickets": [{"subject": "Hello", "comments": [{"body": "Broken."}]}]}"#);
    /// // … GET /api/v2/tickets/1 …
    /// ```
    #[track_caller]
    pub fn seed(&self, document: &str) {
        let read = Document::read(document.as_bytes());
        self.plant(read.map(|document| (document, PathBuf::new())));
    }

    /// Seeds the account from a file, or from `seed.json` in a directory. Paths in it are relative
    /// to its directory.
    ///
    /// # Panics
    /// When it cannot be read or used, with the reason.
    #[track_caller]
    pub fn seed_from(&self, path: impl AsRef<Path>) {
        self.plant(Document::open(path.as_ref()));
    }

    #[track_caller]
    fn plant(&self, read: Result<(Document, PathBuf), DocumentError>) {
        let planted = read
            .and_then(|(document, directory)| document.plant(&self.account, Files::In(&directory)));
        if let Err(error) = planted {
            panic!("the seed cannot be used: {error}");
        }
    }

    /// What the account holds, as a document that can be its seed.
    ///
    /// # Panics
    /// When the server has no memory left for it.
    #[must_use]
    #[track_caller]
    pub fn export(&self) -> String {
        match Document::of(&self.account) {
            // All of its keys are strings, which is all that can fail here.
            Ok((document, _room)) => serde_json::to_string(&document).unwrap_or_default(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Keeps the objects, the clock and the source of names of the account under a name. It
    /// replaces an earlier snapshot of that name.
    ///
    /// # Panics
    /// When the name is not 1 to 64 letters, digits, dots, hyphens and underscores, or there are
    /// too many snapshots.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.take_snapshot("clean");
    /// // … a test that leaves many objects …
    /// account.restore("clean");
    /// ```
    #[track_caller]
    pub fn take_snapshot(&self, name: &str) {
        if let Err(error) = self.account.take_snapshot(snapshot_name(name)) {
            panic!("{error}");
        }
    }

    /// Returns the account to a snapshot, in constant time. Journal, faults and settings stay.
    ///
    /// # Panics
    /// When there is no such snapshot. The message lists the existing ones.
    #[track_caller]
    pub fn restore(&self, name: &str) {
        if let Err(error) = self.account.restore(&snapshot_name(name)) {
            let all = self.account.snapshots();
            let names: Vec<_> = all.iter().map(|snapshot| snapshot.name.as_str()).collect();
            panic!("{name:?}: {error}; there are: {}", names.join(", "));
        }
    }

    /// The snapshots by name, each with its time and what it holds.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.take_snapshot("clean");
    /// let all = zendesk.snapshots();
    /// assert_eq!((all[0].name.as_str(), all[0].holds.tickets), ("clean", 0));
    /// ```
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.account.snapshots()
    }

    /// Deletes a snapshot, and returns whether it existed.
    pub fn delete_snapshot(&self, name: &str) -> bool {
        let name = SnapshotName::parse(name);
        name.is_some_and(|name| self.account.delete_snapshot(&name).is_ok())
    }
}

#[track_caller]
fn snapshot_name(name: &str) -> SnapshotName {
    let Some(name) = SnapshotName::parse(name) else {
        panic!("{name:?} is not 1 to 64 letters, digits, dots, hyphens and underscores");
    };
    name
}
