//! Enums whose values are words in JSON.

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator, json_schema};
use strum::VariantNames;

use crate::config::values::Notation;
use crate::core::faults::{Operation, Phase};
use crate::core::malware::ScanResult;
use crate::fidelity::Evidence;

macro_rules! words {
    ($($type:ty),+) => {$(
        impl Notation for $type {
            fn accepts() -> Cow<'static, str> {
                format!("one of: {}", Self::VARIANTS.join(", ")).into()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn to_text(&self) -> String {
                self.into_str().to_owned()
            }

            fn schema() -> Schema {
                json_schema!({"type": "string", "enum": Self::VARIANTS})
            }
        }
    )+};
}

words!(Operation, Phase, ScanResult, Evidence);

/// The schema of a word in an answer.
pub fn word<T: VariantNames>(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": T::VARIANTS})
}

/// The schema of a word in an answer that may be missing.
pub fn optional_word<T: VariantNames>(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<_> = T::VARIANTS.iter().map(|word| Some(*word)).chain([None]).collect();
    json_schema!({"type": ["string", "null"], "enum": words})
}
