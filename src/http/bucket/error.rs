//! What S3 refuses, in S3's own XML: code, message and elements in S3's order.

use std::fmt::Write as _;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use crate::core::account::Admission;
use crate::core::accounts::AccountError;
use crate::core::blobs::hex;
use crate::core::clock::Timestamp;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::ReceiveError;
use crate::http::exchange::refusal::refuse;
use crate::http::exchange::request_id::{host_id, s3_request_id};
use crate::sigv4::{REGION, SignatureRefusal};

/// A refusal of S3.
#[derive(Debug)]
pub struct S3Refusal(Box<Document>);

#[derive(Debug)]
struct Document {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Elements between `Message` and `RequestId`.
    elements: Vec<(&'static str, String)>,
    /// What the log says.
    why: String,
}

impl S3Refusal {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: &str,
        why: impl Into<String>,
    ) -> Self {
        let (message, why) = (message.to_owned(), why.into());
        Self(Box::new(Document { status, code, message, elements: Vec::new(), why }))
    }

    pub fn bad_request(code: &'static str, message: &str, why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message, why)
    }

    pub fn with(mut self, name: &'static str, text: impl ToString) -> Self {
        self.0.elements.push((name, text.to_string()));
        self
    }

    /// A signature, or what it covers, that is wrong at the time `now`. The log has the part that
    /// is wrong and what to do (`why`), and S3's code.
    pub fn signature(refusal: SignatureRefusal, why: &str, now: Timestamp) -> Self {
        let status = match refusal.code() {
            "AuthorizationQueryParametersError" => StatusCode::BAD_REQUEST,
            _ => StatusCode::FORBIDDEN,
        };
        let (code, message) = (refusal.code(), refusal.to_string());
        let this = Self::new(status, code, &message, format!("{why} ({code})"));
        match refusal {
            SignatureRefusal::Expired { expires_in, expired_at } => this
                .with("X-Amz-Expires", expires_in)
                .with("Expires", format!("{expired_at:.0}"))
                .with("ServerTime", format!("{now:.0}")),
            SignatureRefusal::NotYetValid { at, expires_at } => this
                .with("X-Amz-Date", at.as_millisecond())
                .with("Expires", format!("{expires_at:.0}"))
                .with("ServerTime", format!("{now:.0}")),
            SignatureRefusal::HeadersNotSigned(names) => {
                this.with("HeadersNotSigned", names.join(", "))
            }
            SignatureRefusal::UnknownAccessKey(id) => this.with("AWSAccessKeyId", id),
            SignatureRefusal::WrongRegion(_) => this.with("Region", REGION),
            SignatureRefusal::SignatureMismatch {
                access_key_id,
                string_to_sign,
                canonical_request,
                signature,
            } => {
                let bytes = (spaced_hex(&string_to_sign), spaced_hex(&canonical_request));
                this.with("AWSAccessKeyId", access_key_id)
                    .with("StringToSign", string_to_sign)
                    .with("SignatureProvided", signature)
                    .with("StringToSignBytes", bytes.0)
                    .with("CanonicalRequest", canonical_request)
                    .with("CanonicalRequestBytes", bytes.1)
            }
            _ => this,
        }
    }

    /// A presigned URL and an `Authorization` header, which S3 repeats.
    pub fn two_authentications(header: &str) -> Self {
        let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
                       Signature query string parameter or the Authorization header should be \
                       specified";
        let why = "the request has both a presigned URL and an Authorization header; send \
                   upload.headers and nothing else";
        Self::bad_request("InvalidArgument", message, why)
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", header)
    }

    pub fn digest_invalid(announced: &str) -> Self {
        let why = format!("Content-MD5 {announced:?} is not base64 of sixteen bytes");
        Self::bad_request("InvalidDigest", "The Content-MD5 you specified was invalid.", why)
            .with("Content-MD5", announced)
    }

    /// `announced` is base64, as the client sent it, and stands for the digest in `expected`.
    pub fn digest_differs(announced: &str, expected: &[u8], calculated: &str) -> Self {
        let message = "The Content-MD5 you specified did not match what we received.";
        let why =
            format!("Content-MD5 says {announced}, but the bytes that arrived have {calculated}");
        Self::bad_request("BadDigest", message, why)
            .with("CalculatedDigest", calculated)
            .with("ExpectedDigest", hex(expected))
    }

    pub fn method_not_allowed(method: &Method) -> Self {
        let message = "The specified method is not allowed against this resource.";
        let why = format!("{method} is not allowed; the bucket only receives");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message, why)
            .with("Method", method)
            .with("ResourceType", "OBJECT")
    }

    pub fn chunked() -> Self {
        let message = "A header you provided implies functionality that is not implemented";
        let why = "the body is chunked; S3 wants a Content-Length";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message, why)
            .with("Header", "Transfer-Encoding")
    }

    pub fn length_missing() -> Self {
        let message = "You must provide the Content-Length HTTP header.";
        let why = "Content-Length is missing";
        Self::new(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message, why)
    }

    /// `size` bytes are announced, or have arrived so far.
    pub fn too_large(size: u64, max: u64) -> Self {
        let message = "Your proposed upload exceeds the maximum allowed size";
        let why =
            format!("{size} bytes; the bucket takes {max} (max_image_size, bucket_size_check)");
        Self::bad_request("EntityTooLarge", message, why)
            .with("ProposedSize", size)
            .with("MaxSizeAllowed", max)
    }

    pub fn too_small(size: u64, min: u64) -> Self {
        let message = "Your proposed upload is smaller than the minimum allowed size";
        let why = format!("{size} bytes; {min} were declared, and bucket_size_check is declared");
        Self::bad_request("EntityTooSmall", message, why)
            .with("ProposedSize", size)
            .with("MinSizeAllowed", min)
    }

    /// A well-signed URL of an object that is not reserved. S3 knows no reservations and would store
    /// the object; here no request could read it.
    pub fn no_reservation() -> Self {
        let why = "no reservation has this key: it expired, or a reset removed it; reserve again";
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied", why)
    }

    /// A body that could not be received, of at most `max` bytes.
    pub fn not_received(error: ReceiveError, max: u64) -> Self {
        match error {
            ReceiveError::TooLarge { size } => Self::too_large(size, max),
            ReceiveError::Problem(problem) => Self::from(&problem),
        }
    }

    pub fn render(&self, admission: &Admission) -> Response {
        let Self(document) = self;
        let xml = [(CONTENT_TYPE, HeaderValue::from_static("application/xml"))];
        refuse(&document.why, (document.status, xml, document.xml(admission)))
    }
}

/// Problems that are not S3's own.
impl From<&Problem> for S3Refusal {
    fn from(problem: &Problem) -> Self {
        let why = problem.to_string();
        match problem {
            Problem::Fault { status, .. } => {
                let (code, message) = fault_message(*status);
                let status = StatusCode::from_u16(*status);
                let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Self::new(status, code, message, why)
            }
            Problem::Panicked => {
                let (code, message) = fault_message(500);
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, message, why)
            }
            Problem::OutOfMemory(_) | Problem::Account(AccountError::TooMany { .. }) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Self::new(status, "ServiceUnavailable", &why.clone(), why)
            }
            Problem::BodyTimedOut { .. } => {
                let message = "Your socket connection to the server was not read from or written \
                               to within the timeout period. Idle connections will be closed.";
                Self::bad_request("RequestTimeout", message, why)
            }
            Problem::BadHost => {
                let message = "An error occurred when parsing the HTTP request.";
                Self::bad_request("BadRequest", message, why)
            }
            Problem::BodyBroken { .. } => {
                let message = "You did not provide the number of bytes specified by the \
                               Content-Length HTTP header";
                Self::bad_request("IncompleteBody", message, why)
            }
            Problem::NoSuchAccount(name) => {
                let message = "The specified bucket does not exist";
                Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", message, why)
                    .with("BucketName", name)
            }
            // A malformed fault of the request, and errors of other services.
            _ => Self::bad_request("InvalidRequest", "Invalid Request", why),
        }
    }
}

impl Document {
    fn xml(&self, admission: &Admission) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
        let mut element = |name: &str, text: &str| {
            xml.extend(["<", name, ">", &escaped(text), "</", name, ">"]);
        };
        element("Code", self.code);
        element("Message", &self.message);
        for (name, text) in &self.elements {
            element(name, text);
        }
        element("RequestId", &s3_request_id(admission));
        element("HostId", &host_id(admission));
        xml.push_str("</Error>");
        xml
    }
}

/// Code and message of a status, where nothing else is known. S3 slows clients down by 503.
fn fault_message(status: u16) -> (&'static str, &'static str) {
    match status {
        403 => ("AccessDenied", "Access Denied"),
        404 => ("NoSuchKey", "The specified key does not exist."),
        409 => {
            ("OperationAborted", "A conflicting conditional operation is currently in progress.")
        }
        503 => ("SlowDown", "Please reduce your request rate."),
        500.. => ("InternalError", "We encountered an internal error. Please try again."),
        _ => ("InvalidRequest", "Invalid Request"),
    }
}

/// Why the signature is refused, and what to do. A mismatch takes more than the refusal to explain.
pub fn explain(refusal: &SignatureRefusal) -> String {
    match refusal {
        SignatureRefusal::Unsigned => {
            "the query has no signature; send the PUT to the whole upload.url of the reservation"
                .to_owned()
        }
        SignatureRefusal::HeadersNotSigned(names) => {
            format!("not signed: {}; leave it out, or have it signed", names.join(", "))
        }
        SignatureRefusal::Expired { expires_in, expired_at } => format!(
            "the URL expired at {expired_at:.0}, after {expires_in} s; reserve again, or raise \
             image_ttl"
        ),
        SignatureRefusal::NotYetValid { .. } => {
            "X-Amz-Date is over 15 minutes ahead of the account's clock".to_owned()
        }
        SignatureRefusal::UnknownAccessKey(id) => format!("{id} is not access_key_id"),
        refusal => {
            let message = refusal.to_string();
            format!("{}; send the upload.url unchanged", message.trim_end_matches('.'))
        }
    }
}

/// Text as XML content. Characters that XML 1.0 cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut xml, c| {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\r' => xml.push_str("&#13;"),
            '\t' | '\n' => xml.push(c),
            c if c.is_control() || ['\u{fffe}', '\u{ffff}'].contains(&c) => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
        xml
    })
}

/// Recorded on S3: lower-case pairs with spaces between.
fn spaced_hex(text: &str) -> String {
    let mut pairs = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        let separator = if pairs.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(pairs, "{separator}{byte:02x}");
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out_of_its_element() {
        assert_eq!(escaped("a<b>&\"c\"\r\n\u{0}"), "a&lt;b&gt;&amp;&quot;c&quot;&#13;\n\u{fffd}");
    }
}
