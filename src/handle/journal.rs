//! The journal: queries, waiting and verification.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::core::account::Account;
use crate::core::journal::{JournalEntry, JournalFilter, JournalView, Mismatch, NearMiss};
use crate::handle::AccountHandle;

/// The journal of one account: its requests and their outcomes.
#[derive(Debug, Clone)]
pub struct JournalHandle {
    account: Arc<Account>,
}

impl AccountHandle {
    /// The account's journal.
    #[must_use]
    pub fn journal(&self) -> JournalHandle {
        JournalHandle { account: Arc::clone(&self.account) }
    }
}

impl JournalHandle {
    /// The last 1,000 requests, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Arc<JournalEntry>> {
        self.account.journal(0).entries
    }

    /// How many older requests were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.account.journal(u64::MAX).dropped()
    }

    /// The requests that match a filter. An entry's body and file can be read as long as the
    /// journal and the account keep them.
    ///
    /// ```
    /// use zendesk_mock::JournalFilter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let uploads = JournalFilter {
    ///     route: Some("/api/v2/uploads".to_owned()),
    ///     since: Some(zendesk.now()),
    ///     ..JournalFilter::default()
    /// };
    /// // … the code under test uploads a file …
    /// for request in zendesk.journal().matching(&uploads) {
    ///     assert_eq!(request.body.bytes().as_deref(), Ok(&b"hello"[..]));
    ///     println!("{} {:?}", request.number, request.file.sha256());
    /// }
    /// ```
    #[must_use]
    pub fn matching(&self, filter: &JournalFilter) -> Vec<Arc<JournalEntry>> {
        self.entries().into_iter().filter(|entry| filter.matches(entry)).collect()
    }

    /// Blocks until `count` requests match, at most for `timeout`, and returns the matching ones.
    /// `matches` is called once for each request. [`JournalFilter::matches`](JournalFilter::matches) can
    /// serve as it.
    ///
    /// # Panics
    /// When too few requests match. The message lists the requests received.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use zendesk_mock::JournalEntry;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let url = zendesk.url();
    /// # std::thread::spawn(move || {
    /// #     use std::io::{Read as _, Write as _};
    /// #     let address = url.strip_prefix("http://").expect("an address");
    /// #     let mut stream = std::net::TcpStream::connect(address).expect("connects");
    /// #     let head = "GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    /// #     let _ = stream.write_all(head.as_bytes());
    /// #     let _ = stream.read_to_end(&mut Vec::new());
    /// # });
    /// // … the code under test calls the server in the background …
    /// let timeout = Duration::from_secs(10);
    /// let to_me = |entry: &JournalEntry| entry.target.contains("users/me");
    /// let found = zendesk.journal().wait_for(1, timeout, to_me);
    /// assert_eq!(found[0].status, Some(200));
    /// ```
    #[track_caller]
    pub fn wait_for(
        &self,
        count: usize,
        timeout: Duration,
        matches: impl Fn(&JournalEntry) -> bool,
    ) -> Vec<Arc<JournalEntry>> {
        #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
        let start = Instant::now();
        let (mut found, mut last) = (Vec::new(), 0);
        loop {
            let left = timeout.saturating_sub(start.elapsed());
            let view = self.account.await_journal(last, left);
            found.extend(view.entries.into_iter().filter(|entry| matches(entry)));
            last = view.last;
            if found.len() >= count || left.is_zero() {
                break;
            }
        }
        assert!(
            found.len() >= count,
            "{} of {count} requests matched within {timeout:?}; received were:\n{}",
            found.len(),
            list(&self.entries())
        );
        found
    }

    /// Asserts that exactly `count` requests match, and returns them.
    ///
    /// # Panics
    /// When more or fewer requests match. The message lists the nearest misses and the requests
    /// received. Also when requests that the filter covers were dropped, because the count is
    /// uncertain then: `after` excludes them.
    #[track_caller]
    pub fn verify(&self, count: usize, filter: &JournalFilter) -> Vec<Arc<JournalEntry>> {
        let view = self.account.journal(0);
        match view.verify(filter, Some(count as u64)) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(mismatch) => panic!("{}", explain(&mismatch, filter, &view)),
        }
    }

    /// Asserts that one request matches each filter, in this order, with any requests in between,
    /// and returns them.
    ///
    /// # Panics
    /// When a step is missing. The message names it and lists the nearest misses and the requests
    /// received.
    ///
    /// ```
    /// use zendesk_mock::JournalFilter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let to = |route: &str| JournalFilter {
    ///     route: Some(route.to_owned()),
    ///     ..JournalFilter::default()
    /// };
    /// // … the code under test uploads a file and creates a ticket …
    /// # if false {
    /// zendesk.journal().verify_order(&[to("/api/v2/uploads"), to("/api/v2/tickets")]);
    /// # }
    /// ```
    #[track_caller]
    pub fn verify_order(&self, steps: &[JournalFilter]) -> Vec<Arc<JournalEntry>> {
        let view = self.account.journal(0);
        match view.verify_order(steps) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(mismatch) => panic!("{}", explain(&mismatch, &steps[mismatch.matched], &view)),
        }
    }

    /// Removes all entries. The numbers of later requests continue.
    pub fn clear(&self) {
        self.account.clear_journal();
    }
}

fn explain(mismatch: &Mismatch, filter: &JournalFilter, view: &JournalView) -> String {
    let Mismatch { why, near, .. } = mismatch;
    let misses = near.iter().map(|NearMiss { entry, misses }| {
        let misses = if misses.is_empty() { "it matched".to_owned() } else { misses.join("; ") };
        format!("{}: {misses}", describe(entry))
    });
    format!(
        "{why}; wanted was {filter:?}\nnearest were:\n{}\nreceived were:\n{}",
        join(misses),
        list(&view.entries)
    )
}

fn list(entries: &[Arc<JournalEntry>]) -> String {
    join(entries.iter().map(|entry| describe(entry)))
}

fn join(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() { "  nothing".to_owned() } else { lines.join("\n") }
}

fn describe(entry: &JournalEntry) -> String {
    let JournalEntry { number, method, target, status, why, .. } = entry;
    let status = status.map_or("cut".to_owned(), |status| status.to_string());
    let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    format!("  {number}. {method} {target} {status}{why}")
}
