//! The ids of a request as S3 shows them, in headers and in its XML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::core::account::Admission;

/// S3's request id: 16 upper-case characters.
pub fn s3_request_id(admission: &Admission) -> String {
    let mut id = format!("{:X}", admission.request_id.simple());
    id.truncate(16);
    id
}

/// S3's host id: base64, of no known meaning.
pub fn host_id(admission: &Admission) -> String {
    STANDARD.encode(admission.request_id.as_bytes().repeat(3))
}
