//! The settings of an account as JSON: how each is told, and how it is set.

use std::borrow::Cow;
use std::time::Duration;

use bytesize::ByteSize;
use serde_json::{Value, json};

use crate::config::{
    Auth, BadToken, BucketSizeCheck, Config, ConfigError, Cors, Downloads, EndpointLimits, PLANS,
    Reuse, TypeCheck, UnknownType, UploadContentType,
};
use crate::core::keywords;
use crate::seed::Object;

/// One setting: how it is told, how it is set, and what it accepts.
pub struct Setting {
    /// Its name, which is that of the field of [`Config`].
    pub name: &'static str,
    get: fn(&Config) -> Value,
    set: fn(&mut Config, &Value) -> Option<()>,
    accepts: Accepts,
}

/// What a setting accepts.
enum Accepts {
    /// What this says.
    Said(&'static str),
    /// One of these words.
    Words(fn() -> Vec<&'static str>),
}

impl Setting {
    /// What it accepts, as in "takes true or false".
    #[must_use]
    pub fn accepts(&self) -> Cow<'static, str> {
        match self.accepts {
            Accepts::Said(accepts) => accepts.into(),
            Accepts::Words(words) => format!("takes one of: {}", words().join(", ")).into(),
        }
    }

    /// The words that it accepts, if it is one of those that take words.
    #[must_use]
    pub fn words(&self) -> Option<Vec<&'static str>> {
        match self.accepts {
            Accepts::Said(_) => None,
            Accepts::Words(words) => Some(words()),
        }
    }
}

const TIME: &str = "takes a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds";
const SIZE: &str =
    "takes a size such as 2000000, \"2MB\" (2,000,000 bytes) or \"50MiB\" (52,428,800 bytes)";
const COUNT: &str = "takes a whole number";
const FLAG: &str = "takes true or false";
const URL: &str = "takes a scheme, a host and perhaps a port, or null";

macro_rules! setting {
    ($field:ident, $get:expr, $read:expr, $accepts:literal) => {
        setting!($field, $get, $read, Accepts::Said($accepts))
    };
    ($field:ident, $get:expr, $read:expr, $accepts:expr) => {
        Setting {
            name: stringify!($field),
            get: |config| $get(&config.$field),
            set: |config, value| {
                config.$field = $read(value)?;
                Some(())
            },
            accepts: $accepts,
        }
    };
    ($field:ident: time) => {
        setting!($field, told_time, as_time, Accepts::Said(TIME))
    };
    ($field:ident: size) => {
        setting!($field, |size: &u64| json!(size), as_size, Accepts::Said(SIZE))
    };
    ($field:ident: count) => {
        setting!($field, |count: &usize| json!(count), as_count, Accepts::Said(COUNT))
    };
    ($field:ident: flag) => {
        setting!($field, |flag: &bool| json!(flag), Value::as_bool, Accepts::Said(FLAG))
    };
    ($field:ident: url) => {
        setting!($field, |url: &Option<String>| json!(url), as_url, Accepts::Said(URL))
    };
    ($field:ident: status) => {
        setting!($field, |status: &u16| json!(status), as_status, "takes a status, as a number")
    };
    ($field:ident: $words:ty) => {
        setting!(
            $field,
            |word: &$words| told_word(*word, <$words>::WORDS),
            |value| as_word(value, <$words>::WORDS),
            Accepts::Words(|| <$words>::WORDS.iter().map(|(word, _)| *word).collect())
        )
    };
}

/// What can be set of one account. What concerns the whole server cannot.
pub const SETTINGS: &[Setting] = &[
    setting!(public_url: url),
    setting!(auth: Auth),
    setting!(cors: Cors),
    setting!(
        rate_limit,
        told_limit,
        as_limit,
        "takes a number of requests in a minute, a plan such as \"enterprise\", or \"off\""
    ),
    setting!(endpoint_limits: EndpointLimits),
    setting!(faithful: flag),
    setting!(upload_ttl: time),
    setting!(max_upload_size: size),
    setting!(too_large_status: status),
    setting!(max_files_per_upload: count),
    setting!(max_filename_length: count),
    setting!(unknown_type: UnknownType),
    setting!(bad_token_on_ticket: BadToken),
    setting!(private_attachments: flag),
    setting!(downloads: Downloads),
    setting!(download_ttl: time),
    setting!(download_url: url),
    setting!(malformed_json_status: status),
    setting!(upload_content_type: UploadContentType),
    setting!(image_ttl: time),
    setting!(max_image_size: size),
    setting!(
        image_types,
        |types: &Vec<String>| json!(types),
        as_texts,
        "takes a list of image types"
    ),
    setting!(bucket_size_check: BucketSizeCheck),
    setting!(image_type_check: TypeCheck),
    setting!(image_reuse: Reuse),
    setting!(bad_image_token_status: status),
];

/// Sets what an object names.
///
/// # Errors
/// The first that cannot be used.
pub fn apply(config: &mut Config, sent: &Object) -> Result<(), ConfigError> {
    for setting in SETTINGS {
        if let Some(value) = sent.get(setting.name) {
            let refused = || ConfigError { setting: setting.name, accepts: setting.accepts() };
            (setting.set)(config, value).ok_or_else(refused)?;
        }
    }
    Ok(())
}

/// All settings of an account.
#[must_use]
pub fn told(config: &Config) -> Object {
    let told = |setting: &Setting| (setting.name.to_owned(), (setting.get)(config));
    SETTINGS.iter().map(told).collect()
}

fn told_time(time: &Duration) -> Value {
    match jiff::SignedDuration::try_from(*time) {
        Ok(time) => json!(format!("{time:#}")),
        Err(_) => json!(time.as_secs()),
    }
}

fn told_limit(limit: &Option<u32>) -> Value {
    limit.map_or(json!("off"), |limit| json!(limit))
}

fn told_word<T: Copy + PartialEq>(word: T, words: &[(&'static str, T)]) -> Value {
    json!(keywords::word(words, word))
}

fn as_word<T: Copy>(value: &Value, words: &[(&str, T)]) -> Option<T> {
    keywords::meaning(words, value.as_str()?)
}

fn as_size(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse::<ByteSize>().ok().map(|size| size.as_u64()),
        value => value.as_u64(),
    }
}

fn as_count(value: &Value) -> Option<usize> {
    value.as_u64()?.try_into().ok()
}

fn as_status(value: &Value) -> Option<u16> {
    value.as_u64()?.try_into().ok()
}

fn as_limit(value: &Value) -> Option<Option<u32>> {
    match value {
        Value::String(text) if text == "off" => Some(None),
        Value::String(text) => keywords::meaning(PLANS, text).map(Some),
        value => Some(Some(value.as_u64()?.try_into().ok()?)),
    }
}

fn as_url(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        value => Some(Some(value.as_str()?.to_owned())),
    }
}

fn as_texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect()
}

/// A time as people write it, or in seconds.
pub fn as_time(value: &Value) -> Option<Duration> {
    match value {
        Value::String(text) => Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok(),
        Value::Number(seconds) => Duration::try_from_secs_f64(seconds.as_f64()?).ok(),
        _ => None,
    }
}
