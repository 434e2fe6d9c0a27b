//! What a client cannot set on an attachment: the result of its malware scan, and `inline`.

use std::time::Duration;

use crate::core::account::{AttachmentEdit, ScanError, ScanOf};
use crate::core::attachments::AttachmentError;
use crate::core::malware::{Scan, ScanResult};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Sets the malware scan result of an attachment, given by the id in the API's answer.
    ///
    /// # Errors
    /// No attachment has this id.
    ///
    /// ```
    /// use zendesk_mock::ScanResult;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// # let (account, id) = (zendesk.account("acme")?, 1);
    /// // `id` is `upload.attachment.id`; from now on its content_url answers 403.
    /// let set = account.set_scan_result(id, ScanResult::MalwareFound);
    /// # assert!(set.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_scan_result(
        &self,
        attachment: u64,
        result: ScanResult,
    ) -> Result<(), AttachmentError> {
        let edit = AttachmentEdit { scan_result: Some(result), ..Default::default() };
        self.change(|account| account.edit_attachment(attachment, edit).map(drop))
    }

    /// Sets the scan result of the next `files` files, which each file has `after` its arrival on
    /// the account's clock.
    ///
    /// # Errors
    /// Results are scheduled for 1,000 files already.
    pub fn scan_next(
        &self,
        files: usize,
        result: ScanResult,
        after: Duration,
    ) -> Result<(), ScanError> {
        self.change(|account| account.schedule_scan(ScanOf::Next(files), Scan { result, after }))
    }

    /// Sets whether an attachment is part of the text of its comment, as files from channels other
    /// than the API can be.
    ///
    /// # Errors
    /// No attachment has this id.
    pub fn set_inline(&self, attachment: u64, inline: bool) -> Result<(), AttachmentError> {
        let edit = AttachmentEdit { inline: Some(inline), ..Default::default() };
        self.change(|account| account.edit_attachment(attachment, edit).map(drop))
    }
}
