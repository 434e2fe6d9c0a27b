//! The settings of an account as JSON: one table with the name, the reader, the writer and the
//! accepted values of each.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strum::VariantNames;

use crate::config::values::Notation;
use crate::core::account::settings::{
    AccountSettings, Auth, BucketSizeCheck, Cors, Downloads, SettingError, UnknownType,
    UploadContentType,
};
use crate::core::limits::account::plan_limit;
use crate::core::limits::endpoint::EndpointLimits;
use crate::core::uploads::BadToken;
use crate::core::user_images::{Reuse, TypeCheck};

/// One setting of an account.
struct Setting {
    /// The name of its field in [`AccountSettings`].
    name: &'static str,
    write: fn(&AccountSettings) -> Value,
    read: fn(&mut AccountSettings, &Value) -> Option<()>,
    accepts: Accepts,
}

enum Accepts {
    /// Values that this describes.
    Described(&'static str),
    /// One of these words.
    Words(&'static [&'static str]),
}

impl Setting {
    /// What it accepts, as in "takes true or false".
    fn accepts(&self) -> Cow<'static, str> {
        match self.accepts {
            Accepts::Described(accepts) => accepts.into(),
            Accepts::Words(words) => format!("takes one of: {}", words.join(", ")).into(),
        }
    }
}

const TIME: &str = "takes a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds";
const SIZE: &str =
    "takes a size such as 2000000, \"2MB\" (2,000,000 bytes) or \"50MiB\" (52,428,800 bytes)";

macro_rules! setting {
    ($field:ident, $write:expr, $read:expr, $accepts:expr) => {
        Setting {
            name: stringify!($field),
            write: |settings| $write(&settings.$field),
            read: |settings, value| {
                settings.$field = $read(value)?;
                Some(())
            },
            accepts: $accepts,
        }
    };
    ($field:ident: time) => {
        setting!($field, Duration::to_json, Duration::from_json, Accepts::Described(TIME))
    };
    ($field:ident: size) => {
        setting!($field, u64::to_json, u64::from_json, Accepts::Described(SIZE))
    };
    ($field:ident: count) => {
        setting!(
            $field,
            |count: &usize| json!(count),
            read_number,
            Accepts::Described("takes a whole number")
        )
    };
    ($field:ident: flag) => {
        setting!(
            $field,
            |flag: &bool| json!(flag),
            Value::as_bool,
            Accepts::Described("takes true or false")
        )
    };
    ($field:ident: url) => {
        setting!(
            $field,
            |url: &Option<String>| json!(url),
            read_url,
            Accepts::Described("takes a scheme, a host and perhaps a port, or null")
        )
    };
    ($field:ident: status) => {
        setting!(
            $field,
            |status: &u16| json!(status),
            read_number,
            Accepts::Described("takes a status, as a number")
        )
    };
    ($field:ident: $choice:ty) => {
        setting!(
            $field,
            |choice: &$choice| json!(<&str>::from(choice)),
            |value: &Value| value.as_str()?.parse().ok(),
            Accepts::Words(<$choice>::VARIANTS)
        )
    };
}

const SETTINGS: &[Setting] = &[
    setting!(public_url: url),
    setting!(auth: Auth),
    setting!(cors: Cors),
    setting!(
        rate_limit,
        write_rate_limit,
        read_rate_limit,
        Accepts::Described(
            "takes a number of requests in a minute, a plan such as \"enterprise\", or \"off\""
        )
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
        read_texts,
        Accepts::Described("takes a list of image types")
    ),
    setting!(bucket_size_check: BucketSizeCheck),
    setting!(image_type_check: TypeCheck),
    setting!(image_reuse: Reuse),
    setting!(bad_image_token_status: status),
];

/// Changes the settings that an object names. Other names are ignored.
///
/// # Errors
/// The first setting that cannot be used. Earlier ones are changed by then.
pub fn read(settings: &mut AccountSettings, sent: &Map<String, Value>) -> Result<(), SettingError> {
    for setting in SETTINGS {
        if let Some(value) = sent.get(setting.name) {
            (setting.read)(settings, value).ok_or_else(|| SettingError {
                setting: setting.name,
                accepts: setting.accepts(),
            })?;
        }
    }
    Ok(())
}

/// All settings of an account.
#[must_use]
pub fn write(settings: &AccountSettings) -> Map<String, Value> {
    let written = |setting: &Setting| (setting.name.to_owned(), (setting.write)(settings));
    SETTINGS.iter().map(written).collect()
}

/// Whether there is a setting of this name.
#[must_use]
pub fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

/// The JSON schema of an object that changes settings.
#[must_use]
pub fn schema() -> Value {
    let property = |setting: &Setting| {
        let mut schema = json!({"description": setting.accepts()});
        if let Accepts::Words(words) = setting.accepts {
            schema["type"] = json!("string");
            schema["enum"] = json!(words);
        }
        (setting.name.to_owned(), schema)
    };
    let properties: Map<_, _> = SETTINGS.iter().map(property).collect();
    json!({"type": "object", "properties": properties})
}

fn write_rate_limit(limit: &Option<u32>) -> Value {
    limit.map_or(json!("off"), |limit| json!(limit))
}

fn read_rate_limit(value: &Value) -> Option<Option<u32>> {
    match value {
        Value::String(text) if text == "off" => Some(None),
        Value::String(text) => plan_limit(text).map(Some),
        value => read_number(value).map(Some),
    }
}

fn read_number<N: TryFrom<u64>>(value: &Value) -> Option<N> {
    value.as_u64()?.try_into().ok()
}

fn read_url(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        value => Some(Some(value.as_str()?.to_owned())),
    }
}

fn read_texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect()
}
