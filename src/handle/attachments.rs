//! What a client cannot set on an attachment: the result of its malware scan, and `inline`.

use std::time::Duration;

use crate::core::account::{AttachmentEdit, ScanOf};
use crate::core::malware::{Scan, ScanResult};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Sets the malware scan result of an attachment, given by the id in the API's answer. Returns
    /// whether the attachment exists.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let (account, id) = (zendesk.default_account(), 1);
    /// // `id` is `upload.attachment.id`; from now on its content_url answers 403.
    /// let exists = account.set_scan_result(id, zendesk_mock::ScanResult::MalwareFound);
    /// # assert!(!exists);
    /// ```
    pub fn set_scan_result(&self, attachment: u64, result: ScanResult) -> bool {
        self.edit(attachment, AttachmentEdit { scan_result: Some(result), ..Default::default() })
    }

    /// Sets the scan result of the next `files` files, which each file has `after` its arrival on
    /// the account's clock. Returns whether the account had room for the instruction.
    pub fn scan_next(&self, files: usize, result: ScanResult, after: Duration) -> bool {
        self.account.schedule_scan(ScanOf::Next(files), Scan { result, after }).is_ok()
    }

    /// Sets whether an attachment is part of the text of its comment, as files from channels other
    /// than the API can be. Returns whether the attachment exists.
    pub fn set_inline(&self, attachment: u64, inline: bool) -> bool {
        self.edit(attachment, AttachmentEdit { inline: Some(inline), ..Default::default() })
    }

    fn edit(&self, attachment: u64, edit: AttachmentEdit) -> bool {
        self.account.edit_attachment(attachment, edit).is_ok()
    }
}
