//! The control API of an account for tests in Rust.

mod chains;
mod holdings;
mod journal;

pub use self::chains::{LeakedImage, LeakedUpload, Leaks};
pub use self::journal::Journal;

use std::sync::Arc;
use std::time::Duration;

use crate::core::account::settings::{AccountSettings, SettingError};
use crate::core::account::{Account, AttachmentEdit, ScanOf};
use crate::core::clock::{Clock, Timestamp};
use crate::core::faults::{ActiveFault, Effect, Fault, Operation, Rule};
use crate::core::malware::{Scan, ScanResult};

/// One account of a running server.
#[derive(Debug, Clone)]
pub struct AccountHandle {
    account: Arc<Account>,
}

impl AccountHandle {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self { account }
    }

    /// The name of the account.
    #[must_use]
    pub fn name(&self) -> &str {
        self.account.name()
    }

    /// The account's current settings.
    #[must_use]
    pub fn settings(&self) -> AccountSettings {
        AccountSettings::clone(&self.account.settings())
    }

    /// Changes settings of this account, all or none, until it is reset. `change` must not use the
    /// account: it runs under the account's lock.
    ///
    /// # Errors
    /// A setting that cannot be used; then none is changed.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.configure(|settings| settings.upload_ttl = Duration::from_secs(60))?;
    /// # Ok::<(), zendesk_mock::SettingError>(())
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut AccountSettings)) -> Result<(), SettingError> {
        let change = |settings: &mut AccountSettings| {
            change(settings);
            Ok(())
        };
        self.account.change_settings(change).map(drop)
    }

    /// The time on the account's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.account.clock().now()
    }

    /// Moves the account's clock forward. What expires is gone at once.
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

    /// Returns the account to its seed, or to the state in which it was created: objects, settings,
    /// clock, faults, journal and, if they are seeded, names.
    pub fn reset(&self) {
        self.account.reset();
    }

    /// Makes the next request of an operation fail with a status. `None` matches any request.
    ///
    /// # Panics
    /// When the status is not from 400 to 599, or 1,000 rules are in force.
    ///
    /// ```
    /// use zendesk_mock::Operation;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.fail_next(Some(Operation::Upload), 503);
    /// // … the next upload is answered 503, and the one after that is stored …
    /// ```
    #[track_caller]
    pub fn fail_next(&self, operation: Option<Operation>, status: u16) {
        let effect = Effect::Status { status, retry_after: None };
        let fault = Fault { effect, ..Fault::default() };
        let rule = Rule { operation, nth: 1, times: Some(1), probability: 1.0, fault };
        assert!(self.add_fault(rule).is_some(), "there are too many faults");
    }

    /// Puts a rule into force until it is removed or the account is reset. `None` means that there
    /// are too many.
    ///
    /// # Panics
    /// When its status is not from 400 to 599.
    #[track_caller]
    pub fn add_fault(&self, rule: Rule) -> Option<ActiveFault> {
        if let Effect::Status { status, .. } = rule.fault.effect {
            assert!((400..600).contains(&status), "{status} is not a status from 400 to 599");
        }
        self.account.add_fault(rule).ok()
    }

    /// The rules in force, and what they did.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.account.faults()
    }

    /// Removes one rule, and returns whether it existed.
    ///
    /// ```
    /// use zendesk_mock::{Fault, FaultEffect, FaultRule};
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let fault = Fault { effect: FaultEffect::Hang, ..Fault::default() };
    /// let rule = FaultRule { operation: None, nth: 1, times: None, probability: 1.0, fault };
    /// let hangs = zendesk.add_fault(rule).expect("there is room");
    /// // … a client that times out …
    /// assert!(zendesk.remove_fault(hangs.id));
    /// ```
    pub fn remove_fault(&self, id: u64) -> bool {
        self.account.remove_fault(id).is_ok()
    }

    /// Removes all rules.
    pub fn clear_faults(&self) {
        self.account.clear_faults();
    }

    /// Sets the result of the malware scan of an attachment, by its id in the API. Returns whether
    /// there is such an attachment.
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

    /// Sets the result of the malware scans of the next files, which end that long after the files
    /// arrive, by the account's clock. `false` means that too many results wait for files.
    pub fn scan_next(&self, files: usize, result: ScanResult, after: Duration) -> bool {
        self.account.schedule_scan(ScanOf::Next(files), Scan { result, after }).is_ok()
    }

    /// Sets whether an attachment is part of the text of its comment, as files of other channels
    /// than the API can be. Returns whether there is such an attachment.
    pub fn set_inline(&self, attachment: u64, inline: bool) -> bool {
        self.edit(attachment, AttachmentEdit { inline: Some(inline), ..Default::default() })
    }

    fn edit(&self, attachment: u64, edit: AttachmentEdit) -> bool {
        self.account.edit_attachment(attachment, edit).is_ok()
    }
}
