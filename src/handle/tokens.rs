//! Token histories and leaks, for tests in Rust.

use crate::core::journal::{TokenHistories, TokenHistory};
use crate::handle::AccountHandle;

/// How many leaks a description lists, at most.
const MOST_DESCRIBED: usize = 20;

impl AccountHandle {
    /// What happened to each upload token and image token, in the order in which they were issued.
    /// The journal says it, so what it dropped, or forgot when it was cleared, is missing.
    #[must_use]
    pub fn token_histories(&self) -> Vec<TokenHistory> {
        self.account.token_histories().tokens
    }

    /// What happened to one token, as the API returns it.
    ///
    /// ```
    /// use zendesk_mock::MissingStep;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// # let (account, token) = (zendesk.account("acme")?, "");
    /// // `token` is `upload.token`.
    /// if let Some(history) = account.token_history(token) {
    ///     assert_ne!(history.missing, Some(MissingStep::Attach), "{:?}", history.steps);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn token_history(&self, token: &str) -> Option<TokenHistory> {
        self.account.token_history(self.account.find_token(token)?)
    }

    /// The tokens that miss a step, open or expired: uploads that were not attached or deleted,
    /// and images that were not stored or published.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// // … the code under test uploads a draft's files and keeps them …
    /// for leak in account.leaks() {
    ///     println!("{} with {} misses {:?}", leak.token, leak.file_names.join(", "), leak.missing);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn leaks(&self) -> Vec<TokenHistory> {
        self.account.leaks().tokens
    }

    /// The tokens that miss a step as lines, with the step and how to take it, if there are any.
    #[must_use]
    pub fn describe_leaks(&self) -> Option<String> {
        let TokenHistories { tokens, expired_dropped, .. } = self.account.leaks();
        let mut leaks: Vec<_> = tokens.iter().take(MOST_DESCRIBED).map(describe).collect();
        let others = tokens.len().saturating_sub(MOST_DESCRIBED);
        if others > 0 {
            leaks.push(format!("  and {others} more"));
        }
        if expired_dropped > 0 {
            leaks.push(format!("  {expired_dropped} more tokens expired unused"));
        }
        (!leaks.is_empty()).then(|| leaks.join("\n"))
    }

    /// Asserts that no token misses a step.
    ///
    /// # Panics
    /// When one does, with a list of the tokens and their missing steps.
    #[track_caller]
    pub fn assert_no_leaks(&self) {
        let leaks = self.describe_leaks();
        assert!(leaks.is_none(), "these tokens miss a step:\n{}", leaks.unwrap_or_default());
    }
}

/// One line for a token that misses a step.
fn describe(leak: &TokenHistory) -> String {
    let TokenHistory { token, status, missing, file_names, .. } = leak;
    let names =
        if file_names.is_empty() { String::new() } else { format!(" ({})", file_names.join(", ")) };
    let missing =
        missing.map(|step| format!("{step}: {}", leak.token.hint(step))).unwrap_or_default();
    format!("  {} {token}{names} is {}; missing is {missing}", token.kind(), status.into_str())
}
