//! The history of each token.

use crate::core::chains::{Chain, ChainToken};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// The histories of the last 1,000 upload tokens and image tokens, in the order of issue.
    #[must_use]
    pub fn chains(&self) -> Vec<Chain> {
        self.account.chains().chains
    }

    /// How many older histories were dropped.
    #[must_use]
    pub fn chains_dropped(&self) -> u64 {
        self.account.chains().dropped
    }

    /// The history of one token, given as in the API's answer.
    ///
    /// ```
    /// use zendesk_mock::Missing;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// # let (account, token) = (zendesk.default_account(), "");
    /// // `token` is `upload.token`.
    /// if let Some(chain) = account.chain(token) {
    ///     assert_ne!(chain.missing, Some(Missing::Attach), "{:?}", chain.steps);
    /// }
    /// ```
    #[must_use]
    pub fn chain(&self, token: &str) -> Option<Chain> {
        self.account.chain(ChainToken::parse(token)?)
    }
}
