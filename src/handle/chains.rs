//! What became of each token, and what was begun and never ended.

use super::AccountHandle;
use crate::core::account::Leaks;
use crate::core::chains::{Chain, ChainToken};

impl AccountHandle {
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
}
