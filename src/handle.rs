//! What a test in Rust does to an account: the same that the control API does over HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{Config, ConfigError, Settings};
use crate::core::account::{Account, AttachmentEdit, Leaks, ScanOf, SnapshotName};
use crate::core::chains::{Chain, ChainToken};
use crate::core::clock::{Clock, Timestamp};
use crate::core::faults::{Active, End, Fault, Leg, Rule};
use crate::core::journal::{Entry, Filter};
use crate::core::scans::{Scan, ScanResult};

/// One account of a running server, for the test that owns it.
#[derive(Debug, Clone)]
pub struct AccountHandle {
    account: Arc<Account>,
    settings: Arc<Settings>,
}

impl AccountHandle {
    pub(crate) fn new(account: Arc<Account>, settings: Arc<Settings>) -> Self {
        Self { account, settings }
    }

    /// Changes settings of this account alone, until it is reset. Those that concern the whole server,
    /// such as its port, have no effect here.
    ///
    /// # Errors
    /// A setting that cannot be used; then none is changed.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.default_account().configure(|config| config.upload_ttl = Duration::from_secs(60))?;
    /// # Ok::<(), zendesk_mock::ConfigError>(())
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut Config)) -> Result<(), ConfigError> {
        let change = |config: &mut Config| {
            change(config);
            Ok(())
        };
        self.settings.change(&self.account, change).map(drop)
    }

    /// The time on the account's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.account.clock().now()
    }

    /// Moves the account's clock forward. What expires by that is gone at once.
    pub fn advance(&self, by: Duration) {
        self.account.set_clock(|clock| clock.advance(by));
    }

    /// Makes the account's clock stand still.
    pub fn freeze(&self) {
        self.account.set_clock(Clock::freeze);
    }

    /// Moves the account's clock to an instant, past or future. What had expired stays gone.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.freeze();
    /// account.set_time("2026-01-01T00:00:00Z".parse()?);
    /// assert_eq!(account.now().to_string(), "2026-01-01T00:00:00Z");
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn set_time(&self, to: Timestamp) {
        self.account.set_clock(|clock| clock.set(to));
    }

    /// Lets the account's clock run on from where it stands.
    pub fn resume(&self) {
        self.account.set_clock(Clock::resume);
    }

    /// Makes tokens, ids and names repeat from the next one on.
    pub fn reseed(&self, seed: u64) {
        self.account.reseed(seed);
    }

    /// Empties the account. Its clock, its settings and, if seeded, its names start anew.
    pub fn reset(&self) {
        self.settings.reset(&self.account);
    }

    /// Keeps the account as it is under a name: objects, clock and names. An earlier snapshot of the name makes room for it.
    ///
    /// # Panics
    /// When the name is not 1 to 64 letters, digits, dots, hyphens and underscores, or there is no room for one more.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.take_snapshot("clean");
    /// // … a test that leaves much behind …
    /// account.restore("clean");
    /// ```
    #[track_caller]
    pub fn take_snapshot(&self, name: &str) {
        if let Err(error) = self.account.take_snapshot(snapshot_name(name)) {
            panic!("{error}");
        }
    }

    /// Makes the account what it was when a snapshot was taken, in constant time. Journal, faults and settings stay.
    ///
    /// # Panics
    /// When there is no such snapshot, with the names of those that there are.
    #[track_caller]
    pub fn restore(&self, name: &str) {
        if let Err(error) = self.account.restore(&snapshot_name(name)) {
            let all = self.account.snapshots();
            let names: Vec<_> = all.iter().map(|snapshot| snapshot.name.as_str()).collect();
            panic!("{name:?}: {error}; there are: {}", names.join(", "));
        }
    }

    /// Forgets a snapshot. Answers whether there was one of that name.
    pub fn delete_snapshot(&self, name: &str) -> bool {
        let name = SnapshotName::parse(name);
        name.is_some_and(|name| self.account.delete_snapshot(&name).is_ok())
    }

    /// Makes the next request of a leg fail with a status. `None` is whichever request comes next.
    ///
    /// # Panics
    /// When the status is none from 400 to 599, or 1,000 rules are in force.
    ///
    /// ```
    /// use zendesk_mock::Leg;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.default_account().fail_next(Some(Leg::Upload), 503);
    /// // … the next upload is answered 503, and the one after that is taken …
    /// ```
    #[track_caller]
    pub fn fail_next(&self, leg: Option<Leg>, status: u16) {
        let end = End::Status { status, retry_after: None };
        let fault = Fault { end, ..Fault::default() };
        let rule = Rule { leg, nth: 1, times: Some(1), probability: 1.0, fault };
        assert!(self.add_fault(rule).is_some(), "there are too many faults");
    }

    /// Puts a rule into force until it is removed or the account is reset. `None` is one rule too many.
    ///
    /// # Panics
    /// When it answers with a status that is none from 400 to 599.
    #[track_caller]
    pub fn add_fault(&self, rule: Rule) -> Option<Active> {
        if let End::Status { status, .. } = rule.fault.end {
            assert!((400..600).contains(&status), "{status} is no status from 400 to 599");
        }
        self.account.add_fault(rule).ok()
    }

    /// The rules in force, and what they did.
    #[must_use]
    pub fn faults(&self) -> Vec<Active> {
        self.account.faults()
    }

    /// Removes all rules.
    pub fn clear_faults(&self) {
        self.account.clear_faults();
    }

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

    /// Says what the malware scan of an attachment came to. Answers whether there is such an
    /// attachment, by the id that the API gives it.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let (account, id) = (zendesk.default_account(), 1);
    /// // `id` is `upload.attachment.id`; from now on its content_url answers 403.
    /// let is_there = account.set_scan_result(id, zendesk_mock::ScanResult::Found);
    /// # assert!(!is_there);
    /// ```
    pub fn set_scan_result(&self, attachment: u64, result: ScanResult) -> bool {
        self.edit(attachment, AttachmentEdit { scan_result: Some(result), ..Default::default() })
    }

    /// Says what the malware scans of the next so many files come to, so long after they have arrived on
    /// the account's clock. Answers whether there was room to remember it.
    pub fn scan_next(&self, files: usize, result: ScanResult, after: Duration) -> bool {
        self.account.expect_scan(ScanOf::Next(files), Scan { result, after }).is_ok()
    }

    /// Makes an attachment part of the text of its comment, as files of other channels than the API
    /// can be, or not any more. Answers whether there is such an attachment.
    pub fn set_inline(&self, attachment: u64, inline: bool) -> bool {
        self.edit(attachment, AttachmentEdit { inline: Some(inline), ..Default::default() })
    }

    fn edit(&self, attachment: u64, edit: AttachmentEdit) -> bool {
        self.account.edit_attachment(attachment, edit).is_ok()
    }
}

#[track_caller]
fn snapshot_name(name: &str) -> SnapshotName {
    let Some(name) = SnapshotName::parse(name) else {
        panic!("{name:?} is not 1 to 64 letters, digits, dots, hyphens and underscores");
    };
    name
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
