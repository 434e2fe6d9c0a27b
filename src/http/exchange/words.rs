//! Enums whose values are words in JSON.

use schemars::{Schema, SchemaGenerator, json_schema};
use strum::VariantNames;

use crate::config::notations::words;
use crate::fidelity::Evidence;

words!(Evidence);

/// The schema of a word in an answer.
pub fn word<T: VariantNames>(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": T::VARIANTS})
}

/// The schema of a word in an answer that may be missing.
pub fn optional_word<T: VariantNames>(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<_> = T::VARIANTS.iter().map(|word| Some(*word)).chain([None]).collect();
    json_schema!({"type": ["string", "null"], "enum": words})
}
