//! What types cannot say of settings.

use std::borrow::Cow;
use std::time::Duration;

use crate::config::{Auth, Config};
use crate::core::clock::Timestamp;

/// A setting whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {accepts}")]
pub struct ConfigError {
    /// The name of the field of [`Config`].
    pub setting: &'static str,
    /// What it accepts.
    pub accepts: Cow<'static, str>,
}

/// A week: the longest that S3 lets a presigned URL live.
const LONGEST_IMAGE_TTL: Duration = Duration::from_secs(604_800);

impl Config {
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first setting that cannot be used, and what it accepts.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.validate_for_account()?;
        let lets_nobody_in = self.credentials.is_empty() && self.seed_data.is_none();
        if self.auth == Auth::Strict && lets_nobody_in {
            return Err(ConfigError {
                setting: "credentials",
                accepts: "takes at least one, such as agent@example.com/token:secret, when auth is strict and there is no seed_data".into(),
            });
        }
        Ok(())
    }

    /// The same of an account, whose seed may bring those who are let in.
    ///
    /// # Errors
    /// As for [`validate`](Self::validate).
    pub(crate) fn validate_for_account(&self) -> Result<(), ConfigError> {
        let check = |valid: bool, setting, accepts: &'static str| {
            if valid { Ok(()) } else { Err(ConfigError { setting, accepts: accepts.into() }) }
        };
        let second = Duration::from_secs(1);
        check(
            self.public_url.as_deref().is_none_or(is_origin),
            "public_url",
            "takes a scheme, a host and perhaps a port, such as https://desk.example.test",
        )?;
        check(
            self.download_url.as_deref().is_none_or(is_origin),
            "download_url",
            "takes a scheme, a host and perhaps a port, such as https://files.example.test",
        )?;
        check(!self.download_ttl.is_zero(), "download_ttl", "takes a time longer than none")?;
        check(
            [422, 400].contains(&self.malformed_json_status),
            "malformed_json_status",
            "takes 422 or 400",
        )?;
        check(
            self.domains.iter().all(|domain| is_domain(domain)),
            "domains",
            "takes domain names without a leading dot, such as zendesk.com",
        )?;
        check(self.max_accounts >= 1, "max_accounts", "takes a number of at least 1")?;
        check(self.max_accounts <= 1_000_000, "max_accounts", "takes a number of at most 1000000")?;
        check(self.max_connections >= 1, "max_connections", "takes a number of at least 1")?;
        check(
            self.max_connections <= tokio::sync::Semaphore::MAX_PERMITS,
            "max_connections",
            "takes a smaller number",
        )?;
        check(!self.body_timeout.is_zero(), "body_timeout", "takes a time longer than none")?;
        check(!self.upload_ttl.is_zero(), "upload_ttl", "takes a time longer than none")?;
        check(
            (second..=LONGEST_IMAGE_TTL).contains(&self.image_ttl),
            "image_ttl",
            "takes a time of 1s to 168h (a week), which is S3's longest",
        )?;
        check(self.max_upload_size >= 1, "max_upload_size", "takes a size of at least 1 byte")?;
        check(self.max_image_size >= 1, "max_image_size", "takes a size of at least 1 byte")?;
        check(
            self.max_files_per_upload >= 1,
            "max_files_per_upload",
            "takes a number of at least 1",
        )?;
        check(
            self.max_filename_length >= 1,
            "max_filename_length",
            "takes a number of at least 1",
        )?;
        check(
            self.frozen_at.is_none_or(|at| at >= Timestamp::UNIX_EPOCH),
            "frozen_at",
            "takes an instant from 1970-01-01T00:00:00Z on",
        )?;
        check(self.rate_limit != Some(0), "rate_limit", "takes a number of at least 1, or off")?;
        check([413, 422].contains(&self.too_large_status), "too_large_status", "takes 413 or 422")?;
        check(
            [404, 400].contains(&self.bad_image_token_status),
            "bad_image_token_status",
            "takes 404 or 400",
        )?;
        check(
            self.image_types.len() <= 100
                && self.image_types.iter().all(|mime| is_image_type(mime)),
            "image_types",
            "takes at most 100 image types in lower case, such as image/webp",
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
        )
    }
}

fn is_origin(url: &str) -> bool {
    url.len() <= 300
        && url.split_once("://").is_some_and(|(scheme, authority)| {
            ["http", "https"].contains(&scheme) && is_authority(authority)
        })
}

/// Whether a text can be a host and a port, as far as its letters go.
pub(crate) fn is_authority(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

fn is_domain(domain: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    !domain.is_empty() && !domain.starts_with('.') && domain.bytes().all(plain)
}

fn is_image_type(mime: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    mime.len() <= 100
        && mime
            .strip_prefix("image/")
            .is_some_and(|subtype| !subtype.is_empty() && subtype.bytes().all(plain))
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credential;

    fn refused(change: impl FnOnce(&mut Config)) -> Option<&'static str> {
        let mut config = Config::default();
        change(&mut config);
        config.validate().err().map(|error| error.setting)
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(refused(|_| ()), None);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert_eq!(refused(|c| c.public_url = Some("desk.test/path".into())), Some("public_url"));
        assert_eq!(refused(|c| c.public_url = Some("https://a.test/b".into())), Some("public_url"));
        assert_eq!(refused(|c| c.domains = vec![".test".into()]), Some("domains"));
        assert_eq!(refused(|c| c.image_ttl = Duration::from_secs(604_801)), Some("image_ttl"));
        assert_eq!(refused(|c| c.too_large_status = 500), Some("too_large_status"));
        assert_eq!(refused(|c| c.image_types = vec!["png".into()]), Some("image_types"));
        assert_eq!(refused(|c| c.rate_limit = Some(0)), Some("rate_limit"));
        assert_eq!(refused(|c| c.frozen_at = Some(Timestamp::MIN)), Some("frozen_at"));
        assert_eq!(refused(|c| c.auth = Auth::Strict), Some("credentials"));
    }

    #[test]
    fn a_credential_does_not_show_its_secret() {
        let basic = Credential::Basic { user: "me@example.com".into(), password: "hush".into() };
        assert!(!format!("{basic:?} {:?}", Credential::Bearer("hush".into())).contains("hush"));
    }
}
