//! AWS Signature Version 4 in the query string, as S3 presigns and verifies it.
//!
//! Everything here is a pure function: the keys, the request and the time go in, a query string
//! or a verdict comes out. The algorithm is that of the AWS documentation, "Authenticating
//! Requests: Using Query Parameters (AWS Signature Version 4)". Where S3 does more or less than
//! that page says, a comment names the observation.
//!
//! The body is never signed: a presigned URL is issued before its body exists, so the last line
//! of its canonical request is always `UNSIGNED-PAYLOAD`.

mod auth_parameters;
mod canonical;
mod difference;
mod presign;
mod refusal;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub use self::difference::difference;
pub use self::presign::{UnsignedRequest, canonical_request, presign};
pub use self::refusal::SignatureRefusal;
pub use self::sign::{Keys, MAX_EXPIRES_IN, REGION};
pub use self::verify::{ReceivedRequest, verify};
