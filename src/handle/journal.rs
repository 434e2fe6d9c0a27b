//! The journal: queries, waiting and assertions.

use std::fmt;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::core::account::Account;
use crate::core::journal::{Filter, JournalEntry, JournalView, Mismatch, NearMiss};
use crate::handle::AccountHandle;

/// Too few requests matched in time. The text lists the requests that were received.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotReceived(String);

/// `unwrap` shows the text as it is.
impl fmt::Debug for NotReceived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AccountHandle {
    /// The last 1,000 requests, oldest first. An entry's body and file can be read as long as the
    /// journal and the account keep them.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<JournalEntry>> {
        self.account.journal(0).entries
    }

    /// The requests that match a filter.
    ///
    /// ```
    /// use zendesk_mock::Filter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// let uploads = Filter::new().route("/api/v2/uploads").since(account.now());
    /// // … the code under test uploads a file …
    /// for request in account.requests_matching(&uploads) {
    ///     assert_eq!(request.body.bytes().as_deref(), Ok(&b"hello"[..]));
    ///     println!("{} {:?}", request.number, request.file.sha256());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn requests_matching(&self, filter: &Filter) -> Vec<Arc<JournalEntry>> {
        self.requests().into_iter().filter(|entry| filter.matches(entry)).collect()
    }

    /// How many requests are no longer in the journal.
    #[must_use]
    pub fn dropped_requests(&self) -> u64 {
        self.account.journal(u64::MAX).dropped()
    }

    /// Waits until `count` requests match, at most for `timeout`, and returns the matching ones. It
    /// works in any runtime, and blocks none.
    ///
    /// # Errors
    /// Too few requests match. The error lists the requests received.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use zendesk_mock::Filter;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// # tokio::spawn(reqwest::get(account.api_url("users/me")));
    /// // … the code under test sends requests in the background …
    /// let to_me = Filter::new().path("users/me");
    /// let found = account.wait_for(&to_me, 1, Duration::from_secs(10)).await?;
    /// assert_eq!(found[0].status, Some(200));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for(
        &self,
        filter: &Filter,
        count: usize,
        timeout: Duration,
    ) -> Result<Vec<Arc<JournalEntry>>, NotReceived> {
        let waiting = collect(Arc::clone(&self.account), filter.clone(), count, timeout);
        // A set aborts its task when it is dropped.
        let mut tasks = JoinSet::new();
        tasks.spawn_on(waiting, &self.server.runtime);
        tasks.join_next().await.and_then(Result::ok).unwrap_or_else(|| Err(stopped()))
    }

    /// Does the same and blocks the thread.
    ///
    /// # Errors
    /// As [`wait_for`](Self::wait_for).
    pub fn wait_for_blocking(
        &self,
        filter: &Filter,
        count: usize,
        timeout: Duration,
    ) -> Result<Vec<Arc<JournalEntry>>, NotReceived> {
        let waiting = collect(Arc::clone(&self.account), filter.clone(), count, timeout);
        let (sender, receiver) = mpsc::channel();
        self.server.runtime.spawn(async move { sender.send(waiting.await) });
        receiver.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Asserts that exactly `count` requests match, and returns them.
    ///
    /// # Panics
    /// When more or fewer requests match. The message lists the nearest misses and the requests
    /// received. Also when requests that the filter covers were dropped, because the count is
    /// uncertain then: [`Filter::after`] excludes them.
    #[track_caller]
    pub fn assert_received(&self, filter: &Filter, count: usize) -> Vec<Arc<JournalEntry>> {
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
    /// use zendesk_mock::Filter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// let to = |route: &str| Filter::new().method("POST").route(route);
    /// // … the code under test uploads a file and creates a ticket …
    /// # if false {
    /// account.assert_order(&[to("/api/v2/uploads"), to("/api/v2/tickets")]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn assert_order(&self, steps: &[Filter]) -> Vec<Arc<JournalEntry>> {
        let view = self.account.journal(0);
        match view.verify_order(steps) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(mismatch) => panic!("{}", explain(&mismatch, &steps[mismatch.matched], &view)),
        }
    }

    /// Empties the journal. The numbers of later requests continue.
    pub fn clear_journal(&self) {
        self.change(|account| account.clear_journal());
    }
}

/// Waits for matching requests on the runtime of the server.
async fn collect(
    account: Arc<Account>,
    filter: Filter,
    count: usize,
    timeout: Duration,
) -> Result<Vec<Arc<JournalEntry>>, NotReceived> {
    let (mut found, mut last) = (Vec::new(), 0);
    let complete = async {
        loop {
            let recorded = account.listen();
            let view = account.journal(last);
            last = view.last;
            found.extend(view.entries.into_iter().filter(|entry| filter.matches(entry)));
            if found.len() >= count {
                break;
            }
            recorded.await;
        }
    };
    match tokio::time::timeout(timeout, complete).await {
        Ok(()) => Ok(found),
        Err(_) => Err(NotReceived(format!(
            "{} of {count} requests matched within {timeout:?}; received were:\n{}",
            found.len(),
            list(&account.journal(0).entries)
        ))),
    }
}

fn stopped() -> NotReceived {
    NotReceived("the server has stopped".to_owned())
}

fn explain(mismatch: &Mismatch, filter: &Filter, view: &JournalView) -> String {
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
    let JournalEntry { number, method, target, status, reason, .. } = entry;
    let status = status.map_or("cut".to_owned(), |status| status.to_string());
    let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("  {number}. {method} {target} {status}{reason}")
}
