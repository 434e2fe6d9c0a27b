//! Settings as JSON, flags and variables, made from their declarations.

use std::borrow::Cow;
use std::convert::identity;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::values::{Notated, Notation};
use crate::config::{ControlToken, Credential, SeedData, ServerConfig, server_settings};
use crate::core::account::settings::{
    AccountSettings, AttachmentOnlyComment, Auth, BadToken, BucketSizeCheck, Cors, Downloads,
    EndpointLimits, FileVerdict, FormType, Impersonation, OtherFormName, Reuse, TypeCheck,
    UnknownType, UploadChecks, UploadContentType, account_settings,
};
use crate::core::clock::Timestamp;

/// One setting of a server, for a program that reads flags or variables.
#[derive(Debug)]
pub struct Setting {
    /// The name of its field.
    pub name: &'static str,
    /// Its group.
    pub heading: &'static str,
    /// Its meaning, in sentences.
    pub meaning: &'static str,
    /// The kind of its value, such as `TIME`, or the words that it accepts, such as `on|off`.
    pub value_name: Cow<'static, str>,
    /// Its default, if it has one.
    pub default: Option<String>,
    set: fn(&mut ServerConfig, &str) -> Option<()>,
    refusal: fn(&str) -> String,
    is_of_account: bool,
}

impl Setting {
    /// Sets it.
    ///
    /// # Errors
    /// What it accepts, if that is not the text.
    pub fn set(&self, config: &mut ServerConfig, text: &str) -> Result<(), String> {
        (self.set)(config, text).ok_or_else(|| (self.refusal)(text))
    }
}

/// Adds settings to a list. `$part` leads from a configuration to the struct of their fields.
macro_rules! list_settings {
    (
        $list:ident, $part:expr, $is_of_account:literal;
        $($heading:literal {$(
            $(#[doc = $doc:tt])+
            $field:ident: $type:ty = $default:expr $(, $is_valid:expr => $accepts:expr)?;
        )+})+
        $(+ $($rest:tt)*)?
    ) => {
        $($(
            let default = $part(&mut ServerConfig::default()).$field.to_text();
            $list.push(Setting {
                name: stringify!($field),
                heading: $heading,
                meaning: concat!($($doc),+).trim_ascii_start(),
                value_name: <$type>::name(),
                default: Some(default).filter(|default| !default.is_empty()),
                set: |config, text| {
                    $part(config).$field = <$type>::from_text(text)?;
                    Some(())
                },
                refusal: <$type>::refusal,
                is_of_account: $is_of_account,
            });
        )+)+
    };
}

/// All settings of a server.
#[must_use]
pub fn settings() -> Vec<Setting> {
    fn account(config: &mut ServerConfig) -> &mut AccountSettings {
        &mut config.account
    }

    let mut list = Vec::new();
    server_settings!(list_settings! { list, identity, false; });
    account_settings!(list_settings! { list, account, true; });
    list
}

/// Where a setting goes that is given in a wrong place, as the hint after a problem. `valid` are the
/// fields of that place.
pub(crate) fn place_of_setting(name: &str, valid: &[&str]) -> Option<String> {
    let all = settings();
    let mut of_account = all.iter().filter(|setting| setting.is_of_account);
    let takes_settings = of_account.clone().all(|setting| valid.contains(&setting.name));
    if takes_settings && name == "settings" {
        return Some("; settings go to the top level, as in {\"upload_ttl\": \"5s\"}".to_owned());
    }
    if takes_settings {
        let setting = all.iter().find(|setting| setting.name == name)?;
        let flag = setting.name.replace('_', "-");
        return Some(format!("; it is a setting of the server: start it with --{flag}"));
    }
    let is_setting = of_account.any(|setting| setting.name == name);
    (is_setting && valid.contains(&"settings")).then(|| "; it goes into `settings`".to_owned())
}

macro_rules! define_change {
    (
        $(#[$about:meta])* $name:ident;
        $($heading:literal {$(
            $(#[doc = $doc:tt])+
            $field:ident: $type:ty = $default:expr $(, $is_valid:expr => $accepts:expr)?;
        )+})+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {$($(
            $(#[doc = $doc])+
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
            pub $field: Option<Notated<$type>>,
        )+)+}

        impl $name {
            /// Changes the settings that it names.
            pub fn apply(self, settings: &mut AccountSettings) {$($(
                if let Some(Notated(value)) = self.$field {
                    settings.$field = value;
                }
            )+)+}
        }

        // The derived one would accept null for each.
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut properties = serde_json::Map::new();
                $($(
                    let mut schema = <$type>::schema();
                    let meaning = concat!($($doc),+).trim_ascii_start();
                    schema.insert("description".to_owned(), meaning.into());
                    properties.insert(stringify!($field).to_owned(), schema.into());
                )+)+
                json_schema!({
                    "type": "object", "properties": properties, "additionalProperties": false
                })
            }
        }

        impl From<&AccountSettings> for $name {
            fn from(settings: &AccountSettings) -> Self {
                Self {$($($field: Some(Notated(settings.$field.clone())),)+)+}
            }
        }
    };
}

account_settings!(define_change! {
    /// Settings of an account to change. `null` is a value, of those that may be without one.
    SettingsChange;
});

/// Reads a field that is there.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
