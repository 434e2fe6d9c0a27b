//! What came in, for the test that asks, waits or verifies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::core::account::{Account, JournalView, Missed};
use crate::core::journal::{Entry, Filter, NearMiss};
use crate::handle::AccountHandle;

/// The journal of one account: the requests to it, and what became of them.
#[derive(Debug, Clone)]
pub struct Journal {
    account: Arc<Account>,
}

impl AccountHandle {
    /// The account's journal.
    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal { account: Arc::clone(&self.account) }
    }
}

impl Journal {
    /// The requests that are kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.account.journal(0).entries
    }

    /// How many requests were dropped: of more than 1,000, the last are kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.account.journal(u64::MAX).dropped()
    }

    /// Those that a filter matches. Each tells its body, and the file in it, as long as they are kept.
    ///
    /// ```
    /// use zendesk_mock::JournalFilter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let since = Some(zendesk.now());
    /// // … the code under test uploads a file …
    /// let uploads = JournalFilter { route: Some("/api/v2/uploads".to_owned()), since, ..JournalFilter::default() };
    /// for request in zendesk.journal().matching(&uploads) {
    ///     assert_eq!(request.body.bytes().as_deref(), Ok(&b"hello"[..]));
    ///     println!("{} {:?}", request.number, request.file.sha256());
    /// }
    /// ```
    #[must_use]
    pub fn matching(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        self.entries().into_iter().filter(|entry| filter.matches(entry)).collect()
    }

    /// Blocks until so many requests match, at most for `timeout`, and answers those that do. Each is
    /// looked at once. [`JournalFilter::matches`](Filter::matches) serves here too.
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
    /// // … the code under test calls the server in the background …
    /// let asked = zendesk.journal().wait_for(1, Duration::from_secs(10), |entry| entry.target.contains("users/me"));
    /// assert_eq!(asked[0].status, Some(200));
    /// ```
    #[track_caller]
    pub fn wait_for(
        &self,
        count: usize,
        timeout: Duration,
        matches: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Entry>> {
        #[expect(clippy::disallowed_methods, reason = "a test waits in real time")]
        let began = Instant::now();
        let (mut found, mut seen) = (Vec::new(), 0);
        loop {
            let left = timeout.saturating_sub(began.elapsed());
            let look = self.account.await_journal(seen, left);
            found.extend(look.entries.into_iter().filter(|entry| matches(entry)));
            seen = look.last;
            if found.len() >= count || left.is_zero() {
                break;
            }
        }
        assert!(
            found.len() >= count,
            "{} of {count} requests matched within {timeout:?}; received were:\n{}",
            found.len(),
            received(&self.entries())
        );
        found
    }

    /// Makes sure that exactly so many requests match, and answers them.
    ///
    /// # Panics
    /// When more or fewer do, with a message that says what came nearest and lists what was received; and when requests
    /// that the filter is about were dropped, since no count is certain then: `after` leaves them out.
    #[track_caller]
    pub fn verify(&self, count: usize, filter: &Filter) -> Vec<Arc<Entry>> {
        let look = self.account.journal(0);
        match look.verify(filter, Some(count as u64)) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(missed) => panic!("{}", complaint(&missed, filter, &look)),
        }
    }

    /// Makes sure that one request matches each filter, in this order, whatever lies between, and answers them.
    ///
    /// # Panics
    /// When a step is missing, with a message that says which and what came nearest, and lists what was received.
    ///
    /// ```
    /// use zendesk_mock::JournalFilter;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let to = |route: &str| JournalFilter { route: Some(route.to_owned()), ..JournalFilter::default() };
    /// // … the code under test should upload, then make a ticket …
    /// # if false {
    /// zendesk.journal().verify_order(&[to("/api/v2/uploads"), to("/api/v2/tickets")]);
    /// # }
    /// ```
    #[track_caller]
    pub fn verify_order(&self, steps: &[Filter]) -> Vec<Arc<Entry>> {
        let look = self.account.journal(0);
        match look.verify_order(steps) {
            Ok(found) => found.into_iter().cloned().collect(),
            Err(missed) => panic!("{}", complaint(&missed, &steps[missed.matched], &look)),
        }
    }

    /// Forgets the requests so far. Their numbers go on.
    pub fn clear(&self) {
        self.account.clear_journal();
    }
}

/// What is wrong, for the test that expected a filter to match.
fn complaint(missed: &Missed, filter: &Filter, look: &JournalView) -> String {
    let Missed { why, near, .. } = missed;
    let received = received(&look.entries);
    let line = |near: &NearMiss| {
        let misses =
            if near.misses.is_empty() { "it matched".to_owned() } else { near.misses.join("; ") };
        format!("{}: {misses}", line(&near.entry))
    };
    let near: Vec<_> = near.iter().map(line).collect();
    let nearest = if near.is_empty() { "  nothing".to_owned() } else { near.join("\n") };
    format!("{why}; wanted was {filter:?}\nnearest were:\n{nearest}\nreceived were:\n{received}")
}

/// One line for each request.
fn received(entries: &[Arc<Entry>]) -> String {
    match entries {
        [] => "  nothing".to_owned(),
        entries => entries.iter().map(|entry| line(entry)).collect::<Vec<_>>().join("\n"),
    }
}

fn line(entry: &Entry) -> String {
    let Entry { number, method, target, status, why, .. } = entry;
    let status = status.map_or("cut".to_owned(), |status| status.to_string());
    let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    format!("  {number}. {method} {target} {status}{why}")
}
