//! What came in, and what became of it: the journal, leaks and chains.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::AccountHandle;
use crate::core::account::Leaks;
use crate::core::chains::{Chain, ChainToken};
use crate::core::journal::{Entry, Filter};

impl AccountHandle {
    /// The requests to this account that its journal keeps, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<Arc<Entry>> {
        self.account.journal(0).entries
    }

    /// Those of them that a filter matches. Each tells its body, and the file in it, as long as they are kept;
    /// [`Filter::matches`] serves [`wait_for`](Self::wait_for) too.
    ///
    /// ```
    /// use zendesk_mock::JournalFilter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// let since = Some(account.now());
    /// // … the code under test uploads a file …
    /// let uploads = JournalFilter { route: Some("/api/v2/uploads".to_owned()), since, ..JournalFilter::default() };
    /// for request in account.journal_of(&uploads) {
    ///     assert_eq!(request.body.bytes().as_deref(), Ok(&b"hello"[..]));
    ///     println!("{} {:?}", request.number, request.file.sha256());
    /// }
    /// ```
    #[must_use]
    pub fn journal_of(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        self.journal().into_iter().filter(|entry| filter.matches(entry)).collect()
    }

    /// Blocks until so many requests match, at most for `patience`, and answers those that do. Each is
    /// looked at once.
    ///
    /// # Panics
    /// When too few come, with a message that lists what was received: in a test that is the clearest answer.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let url = zendesk.url();
    /// # std::thread::spawn(move || {
    /// #     use std::io::{Read as _, Write as _};
    /// #     let address = url.strip_prefix("http://").expect("an address");
    /// #     let mut stream = std::net::TcpStream::connect(address).expect("connects");
    /// #     let _ = stream.write_all(b"GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    /// #     let _ = stream.read_to_end(&mut Vec::new());
    /// # });
    /// let account = zendesk.default_account();
    /// // … the code under test calls the server in the background …
    /// let asked = account.wait_for(1, Duration::from_secs(10), |entry| entry.target.contains("users/me"));
    /// assert_eq!(asked[0].status, Some(200));
    /// ```
    #[track_caller]
    pub fn wait_for(
        &self,
        count: usize,
        patience: Duration,
        matches: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Entry>> {
        #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
        let began = Instant::now();
        let (mut found, mut seen) = (Vec::new(), 0);
        loop {
            let left = patience.saturating_sub(began.elapsed());
            let look = self.account.await_journal(seen, left);
            found.extend(look.entries.into_iter().filter(|entry| matches(entry)));
            seen = look.last;
            if found.len() >= count || left.is_zero() {
                break;
            }
        }
        assert!(
            found.len() >= count,
            "{} of {count} requests matched within {patience:?}; received were:\n{}",
            found.len(),
            received(&self.journal())
        );
        found
    }

    /// Makes sure that every upload was spent or deleted, and every image published.
    ///
    /// # Panics
    /// When something was begun and never ended, with a list of what and which step is missing.
    #[track_caller]
    pub fn assert_no_leaks(&self) {
        let Leaks { uploads, images, expired_uploads, expired_images } = self.account.leaks();
        let mut leaks = Vec::new();
        for upload in &uploads {
            let names: Vec<_> =
                upload.attachments.iter().map(|file| &*file.original.file_name).collect();
            leaks.push(format!("  upload {} ({}) was never spent", upload.token, names.join(", ")));
        }
        for image in &images {
            let missing = if image.is_stored { "published" } else { "stored" };
            leaks.push(format!("  image {} was never {missing}", image.reservation.token));
        }
        if expired_uploads + expired_images > 0 {
            leaks.push(format!(
                "  {expired_uploads} uploads and {expired_images} images expired like that"
            ));
        }
        assert!(leaks.is_empty(), "what was begun should have ended:\n{}", leaks.join("\n"));
    }

    /// What became of each upload token and image token, in the order in which they were given out. Of more than
    /// 1,000, the last are there.
    #[must_use]
    pub fn chains(&self) -> Vec<Chain> {
        self.account.chains().chains
    }

    /// What became of one token, as the API gives it.
    ///
    /// ```
    /// use zendesk_mock::Missing;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let (account, token) = (zendesk.default_account(), "");
    /// // `token` is `upload.token`.
    /// if let Some(chain) = account.chain(token) {
    ///     assert_ne!(chain.missing, Some(Missing::Spend), "{:?}", chain.steps);
    /// }
    /// ```
    #[must_use]
    pub fn chain(&self, token: &str) -> Option<Chain> {
        self.account.chain(ChainToken::parse(token)?)
    }

    /// Forgets the requests so far. Their numbers go on.
    pub fn clear_journal(&self) {
        self.account.clear_journal();
    }
}

/// One line for each request.
fn received(entries: &[Arc<Entry>]) -> String {
    let line = |entry: &Arc<Entry>| {
        let Entry { number, method, target, status, why, .. } = &**entry;
        let status = status.map_or("cut".to_owned(), |status| status.to_string());
        let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        format!("  {number}. {method} {target} {status}{why}")
    };
    match entries {
        [] => "  nothing".to_owned(),
        entries => entries.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}
