//! `If-None-Match` and `If-Match` of a PUT, as S3 takes them since 2024.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use md5::{Digest, Md5};

use crate::core::blobs::{Blob, hex};
use crate::http::bucket::error::S3Refusal;

/// What a PUT wants to find under its key.
#[derive(Debug, PartialEq, Eq)]
pub enum PutCondition {
    /// No object.
    Absent,
    /// The object with this entity tag.
    Present(String),
}

impl PutCondition {
    /// Reads the condition of a request, which has one at most.
    pub fn read(parts: &Parts) -> Result<Option<Self>, S3Refusal> {
        let text = |name: &HeaderName| {
            let value = parts.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        };
        let refused = |name| {
            let detail =
                format!("We don't accept the provided value of {name} header for this API");
            Err(not_implemented(name, &detail))
        };
        match (text(&IF_NONE_MATCH), text(&IF_MATCH)) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                let detail = "Multiple conditional request headers present in the request";
                Err(not_implemented("If-Match,If-None-Match", detail))
            }
            (Some(star), None) if star == "*" => Ok(Some(Self::Absent)),
            (Some(_), None) => refused("If-None-Match"),
            (None, Some(star)) if star == "*" => refused("If-Match"),
            (None, Some(tag)) => Ok(Some(Self::Present(tag.trim_matches('"').to_owned()))),
        }
    }

    /// Compares it with what is stored under `key`.
    pub fn ensure(&self, stored: Option<&Blob>, key: &str) -> Result<(), S3Refusal> {
        match (self, stored) {
            (Self::Absent, None) => Ok(()),
            (Self::Absent, Some(_)) => {
                Err(failed("If-None-Match", "the bucket has an object under this key already"))
            }
            (Self::Present(_), None) => {
                let why = "If-Match names an object, and none is stored under this key";
                let message = "The specified key does not exist.";
                Err(S3Refusal::new(StatusCode::NOT_FOUND, "NoSuchKey", message, why)
                    .with("Key", key))
            }
            (Self::Present(wanted), Some(stored)) => {
                let tag = entity_tag(stored);
                if tag == *wanted {
                    return Ok(());
                }
                let why = format!("If-Match has {wanted:?}; the stored object has {tag:?}");
                Err(failed("If-Match", &why))
            }
        }
    }

    /// Another PUT stored an object while the body of this one arrived.
    pub fn conflict(&self, key: &str) -> S3Refusal {
        let message = "The conditional request cannot succeed due to a conflicting operation \
                       against this resource.";
        let why = "another PUT stored an object while this one arrived; send it again";
        let name = match self {
            Self::Absent => "If-None-Match",
            Self::Present(_) => "If-Match",
        };
        S3Refusal::new(StatusCode::CONFLICT, "ConditionalRequestConflict", message, why)
            .with("Condition", name)
            .with("Key", key)
    }
}

fn failed(name: &str, why: &str) -> S3Refusal {
    let message = "At least one of the pre-conditions you specified did not hold";
    let status = StatusCode::PRECONDITION_FAILED;
    S3Refusal::new(status, "PreconditionFailed", message, why).with("Condition", name)
}

fn not_implemented(names: &str, detail: &str) -> S3Refusal {
    let message = "A header you provided implies functionality that is not implemented";
    let why = format!("{names}: a PUT takes If-None-Match: * or If-Match with an entity tag");
    S3Refusal::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message, why)
        .with("Header", names)
        .with("additionalMessage", detail)
}

/// The MD5 of a stored object. Few requests ask for it, so it is not kept.
fn entity_tag(stored: &Blob) -> String {
    let mut md5 = Md5::new();
    for chunk in stored.chunks() {
        md5.update(chunk);
    }
    hex(&md5.finalize())
}
