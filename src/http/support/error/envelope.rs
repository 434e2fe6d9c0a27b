//! The bodies of refusals.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::blobs::OutOfMemory;
use crate::core::id::IdsExhausted;

/// The Support API's envelopes, in the recorded order of their keys.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Envelope {
    Plain {
        error: &'static str,
        description: String,
    },
    Titled {
        error: Title,
    },
    Invalid {
        error: &'static str,
        description: &'static str,
        details: HashMap<&'static str, [Detail; 1]>,
    },
    /// Recorded on bulk calls in 2023, with two spaces: the parameter has no name.
    TooMany {
        error: &'static str,
        description: String,
        max_count: usize,
    },
    Bare {
        error: &'static str,
    },
    /// RFC 6750 has the names; readers of tokens quote the text (2023 to 2026).
    Token {
        error: &'static str,
        error_description: &'static str,
    },
    Unparsed {
        error: &'static str,
        message: &'static str,
    },
}

#[derive(Serialize, JsonSchema)]
pub struct Title {
    pub title: String,
    pub message: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Detail {
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
}

pub fn plain(error: &'static str, description: impl Into<String>) -> Envelope {
    Envelope::Plain { error, description: description.into() }
}

pub fn titled(title: impl Into<String>, message: impl Into<String>) -> Envelope {
    Envelope::Titled { error: Title { title: title.into(), message: message.into() } }
}

pub fn forbidden() -> Envelope {
    let message = "You do not have access to this page. Please contact the account owner of this \
                   help desk for further help.";
    titled("Forbidden", message)
}

pub fn invalid_attribute(attribute: &str, must: &str) -> Envelope {
    let message = format!("You passed an invalid value for the {attribute} attribute. {must}");
    titled("Invalid attribute", message)
}

pub fn invalid(
    field: &'static str,
    description: impl Into<String>,
    error: Option<&'static str>,
) -> Envelope {
    Envelope::Invalid {
        error: "RecordInvalid",
        description: "Record validation errors",
        details: HashMap::from([(field, [Detail { description: description.into(), error }])]),
    }
}

pub fn too_large() -> Envelope {
    plain("AttachmentTooLarge", "Attachment exceeds the maximum size allowed")
}

pub fn out_of_memory(error: &OutOfMemory) -> (u16, Envelope) {
    (503, plain("OutOfMemory", error.to_string()))
}

pub fn ids_exhausted(error: IdsExhausted) -> (u16, Envelope) {
    (503, plain("IdsExhausted", error.to_string()))
}

pub fn not_found() -> Envelope {
    plain("RecordNotFound", "Not found")
}
