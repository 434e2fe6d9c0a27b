//! The token of the control API.

use std::fmt;
use std::hint::black_box;

/// The token that calls of the control API must send.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlToken(String);

impl ControlToken {
    /// A token of printable ASCII without spaces.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares all bytes, so that the time it takes does not show how many of them are right.
    pub(crate) fn matches(&self, sent: &str) -> bool {
        let pairs = self.0.bytes().zip(sent.bytes());
        let differences = pairs.fold(0, |found, (own, sent)| black_box(found | (own ^ sent)));
        differences == 0 && self.0.len() == sent.len()
    }
}

/// A token is secret.
impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_matches_and_none_is_shown() {
        let token = ControlToken::new("hush");
        for (sent, matches) in
            [("hush", true), ("hus", false), ("hushh", false), ("hvsh", false), ("", false)]
        {
            assert_eq!(token.matches(sent), matches, "{sent}");
        }
        assert_eq!(format!("{token:?}"), "…");
    }
}
