//! Tokens and ULIDs as documents have them: texts.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::core::ids::{BucketKey, PublishedName, Token};

/// Writes names as their texts, and reads what their `parse` accepts.
macro_rules! serde_as_text {
    ($([$($generic:ident)?] $name:ty: $expected:literal, $pattern:literal;)+) => {
        $(
            impl<$($generic)?> Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de, $($generic)?> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = String::deserialize(deserializer)?;
                    let wrong = || D::Error::invalid_value(Unexpected::Str(&text), &$expected);
                    Self::parse(&text).ok_or_else(wrong)
                }
            }

            impl<$($generic)?> JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    $expected.into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({"type": "string", "pattern": $pattern})
                }
            }
        )+
    };
}

serde_as_text! {
    [K] Token<K>: "25 letters and digits", "^[0-9A-Za-z]{25}$";
    [] BucketKey: "a ULID: 26 letters and digits", "^[0-9A-Za-z]{26}$";
    [] PublishedName: "a ULID: 26 letters and digits", "^[0-9A-Za-z]{26}$";
}
