//! What the types of settings cannot express.

use std::borrow::Cow;

/// A setting whose value cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {accepts}")]
pub struct SettingError {
    /// The name of the field.
    pub setting: &'static str,
    /// What it accepts.
    pub accepts: Cow<'static, str>,
}

/// Refuses a setting unless it is valid.
///
/// # Errors
/// A setting that is not.
pub fn ensure_valid(
    is_valid: bool,
    setting: &'static str,
    accepts: &'static str,
) -> Result<(), SettingError> {
    if is_valid { Ok(()) } else { Err(SettingError { setting, accepts: accepts.into() }) }
}

pub fn is_origin(url: &Option<String>) -> bool {
    let Some(url) = url else { return true };
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

/// The registered image types that programs exchange. A list keeps `image/jpg` and other typos out.
const IMAGE_TYPES: [&str; 13] = [
    "apng", "avif", "bmp", "gif", "heic", "heif", "jpeg", "jp2", "jxl", "png", "svg+xml", "tiff",
    "webp",
];

pub const ACCEPTED_IMAGE_TYPES: &str = "takes 1 to 20 image types in lower case: image/jpeg, image/png, image/gif, image/webp, \
     image/svg+xml, image/avif, image/apng, image/bmp, image/tiff, image/heic, image/heif, \
     image/jxl, image/jp2, image/x-NAME or image/vnd.NAME";

pub fn is_image_types(types: &[String]) -> bool {
    (1..=20).contains(&types.len()) && types.iter().all(|mime| is_image_type(mime))
}

/// Whether a text is an image type in lower case.
pub fn is_image_type(mime: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    let is_known = |subtype: &str| {
        let own = ["x-", "vnd."].iter().find_map(|prefix| subtype.strip_prefix(prefix));
        IMAGE_TYPES.contains(&subtype)
            || own.is_some_and(|name| !name.is_empty() && name.bytes().all(is_plain))
    };
    mime.len() <= 60 && mime.strip_prefix("image/").is_some_and(is_known)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::core::account::settings::AccountSettings;

    fn refused(change: impl FnOnce(&mut AccountSettings)) -> Option<&'static str> {
        let mut settings = AccountSettings::default();
        change(&mut settings);
        settings.validate().err().map(|error| error.setting)
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|s| s.public_url = Some("desk.test/path".into())), Some("public_url"));
        assert_eq!(refused(|s| s.public_url = Some("https://a.test/b".into())), Some("public_url"));
        assert_eq!(refused(|s| s.image_ttl = Duration::from_secs(604_801)), Some("image_ttl"));
        assert_eq!(refused(|s| s.too_large_status = 500), Some("too_large_status"));
        assert_eq!(refused(|s| s.image_types = vec!["png".into()]), Some("image_types"));
        assert_eq!(refused(|s| s.image_types = vec!["image/jpg".into()]), Some("image_types"));
        assert_eq!(refused(|s| s.image_types = Vec::new()), Some("image_types"));
        assert_eq!(refused(|s| s.image_types = vec!["image/x-icon".into()]), None);
        assert_eq!(refused(|s| s.rate_limit = Some(0)), Some("rate_limit"));
    }
}
