//! What the types of settings cannot express.

use std::borrow::Cow;
use std::time::Duration;

use crate::core::account::settings::AccountSettings;

/// A setting whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {accepts}")]
pub struct SettingError {
    /// The name of the field.
    pub setting: &'static str,
    /// What it accepts.
    pub accepts: Cow<'static, str>,
}

/// A week: the longest that S3 lets a presigned URL live.
const LONGEST_IMAGE_TTL: Duration = Duration::from_secs(604_800);

const TIME: &str = "takes a time longer than none";
const SIZE: &str = "takes a size of at least 1 byte";
const COUNT: &str = "takes a number of at least 1";

impl AccountSettings {
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first setting that cannot be used, and what it accepts.
    pub fn validate(&self) -> Result<(), SettingError> {
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
        check(!self.download_ttl.is_zero(), "download_ttl", TIME)?;
        check(
            [422, 400].contains(&self.malformed_json_status),
            "malformed_json_status",
            "takes 422 or 400",
        )?;
        check(!self.upload_ttl.is_zero(), "upload_ttl", TIME)?;
        check(
            (second..=LONGEST_IMAGE_TTL).contains(&self.image_ttl),
            "image_ttl",
            "takes a time of 1s to 168h (a week), which is S3's longest",
        )?;
        check(self.max_upload_size >= 1, "max_upload_size", SIZE)?;
        check(self.max_image_size >= 1, "max_image_size", SIZE)?;
        check(self.max_files_per_upload >= 1, "max_files_per_upload", COUNT)?;
        check(self.max_filename_length >= 1, "max_filename_length", COUNT)?;
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
        )
    }
}

/// Refuses a setting unless it is valid.
///
/// # Errors
/// A setting that is not.
pub fn check(
    is_valid: bool,
    setting: &'static str,
    accepts: &'static str,
) -> Result<(), SettingError> {
    if is_valid { Ok(()) } else { Err(SettingError { setting, accepts: accepts.into() }) }
}

fn is_origin(url: &str) -> bool {
    url.len() <= 300
        && url.split_once("://").is_some_and(|(scheme, authority)| {
            ["http", "https"].contains(&scheme) && is_authority(authority)
        })
}

/// Whether a text can be a host and a port, as far as its letters go.
pub fn is_authority(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

fn is_image_type(mime: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    mime.len() <= 100
        && mime
            .strip_prefix("image/")
            .is_some_and(|subtype| !subtype.is_empty() && subtype.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut AccountSettings)) -> Option<&'static str> {
        let mut settings = AccountSettings::default();
        change(&mut settings);
        settings.validate().err().map(|error| error.setting)
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(refused(|_| ()), None);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert_eq!(refused(|s| s.public_url = Some("desk.test/path".into())), Some("public_url"));
        assert_eq!(refused(|s| s.public_url = Some("https://a.test/b".into())), Some("public_url"));
        assert_eq!(refused(|s| s.image_ttl = Duration::from_secs(604_801)), Some("image_ttl"));
        assert_eq!(refused(|s| s.too_large_status = 500), Some("too_large_status"));
        assert_eq!(refused(|s| s.image_types = vec!["png".into()]), Some("image_types"));
        assert_eq!(refused(|s| s.rate_limit = Some(0)), Some("rate_limit"));
    }
}
