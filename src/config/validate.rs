//! What the types of a configuration cannot express.

use crate::config::ServerConfig;
use crate::core::account::settings::{Auth, SettingError, check};
use crate::core::clock::Timestamp;

impl ServerConfig {
    /// Checks what types cannot, the settings of new accounts included.
    ///
    /// # Errors
    /// The first setting that cannot be used, and what it accepts.
    pub fn validate(&self) -> Result<(), SettingError> {
        self.account.validate()?;
        check(
            self.domains.iter().all(|domain| is_domain(domain)),
            "domains",
            "takes domain names without a leading dot, such as zendesk.com",
        )?;
        check(self.max_accounts >= 1, "max_accounts", "takes a number of at least 1")?;
        check(self.max_accounts <= 1_000_000, "max_accounts", "takes a number of at most 1000000")?;
        check(self.max_connections >= 1, "max_connections", "takes a number of at least 1")?;
        check(!self.body_timeout.is_zero(), "body_timeout", "takes a time longer than none")?;
        check(
            self.frozen_at.is_none_or(|at| at >= Timestamp::UNIX_EPOCH),
            "frozen_at",
            "takes an instant from 1970-01-01T00:00:00Z on",
        )?;
        check(
            is_key(&self.access_key_id) && !self.access_key_id.contains('/'),
            "access_key_id",
            "takes printable ASCII without spaces and slashes",
        )?;
        check(
            is_key(&self.secret_access_key),
            "secret_access_key",
            "takes printable ASCII without spaces",
        )?;
        // A seed may bring credentials.
        let has_credentials = !self.credentials.is_empty() || self.seed_data.is_some();
        check(
            self.account.auth != Auth::Strict || has_credentials,
            "credentials",
            "takes at least one, such as agent@example.com/token:secret, when auth is strict and \
             there is no seed_data",
        )
    }
}

fn is_domain(domain: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    !domain.is_empty() && !domain.starts_with('.') && domain.bytes().all(plain)
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credential;

    fn refused(change: impl FnOnce(&mut ServerConfig)) -> Option<&'static str> {
        let mut config = ServerConfig::default();
        change(&mut config);
        config.validate().err().map(|error| error.setting)
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(refused(|_| ()), None);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert_eq!(refused(|c| c.domains = vec![".test".into()]), Some("domains"));
        assert_eq!(refused(|c| c.frozen_at = Some(Timestamp::MIN)), Some("frozen_at"));
        assert_eq!(refused(|c| c.account.auth = Auth::Strict), Some("credentials"));
        assert_eq!(refused(|c| c.account.rate_limit = Some(0)), Some("rate_limit"));
    }

    #[test]
    fn a_credential_does_not_show_its_secret() {
        let basic = Credential::Basic { user: "me@example.com".into(), password: "hush".into() };
        assert!(!format!("{basic:?} {:?}", Credential::Bearer("hush".into())).contains("hush"));
    }
}
