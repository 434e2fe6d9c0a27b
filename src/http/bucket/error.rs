//! What S3 refuses, in S3's own XML: code, message and elements in S3's order.

use std::fmt::Write as _;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use crate::core::account::Admission;
use crate::core::accounts::AccountError;
use crate::core::clock::Timestamp;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::ReceiveError;
use crate::http::exchange::refusal::refuse;
use crate::http::exchange::request_id::{host_id, s3_request_id};
use crate::sigv4::{REGION, SignatureRefusal};

/// What is wrong with a request to the bucket.
#[derive(Debug, thiserror::Error)]
pub enum S3Problem {
    /// The signature, or what it covers.
    #[error("{refusal} ({hint})")]
    Signature {
        /// What S3 says of it.
        refusal: SignatureRefusal,
        /// What the log adds: the part that is wrong, and what to do.
        hint: String,
        /// The account's time at the verification.
        now: Timestamp,
    },
    /// A presigned URL and an `Authorization` header.
    #[error(
        "the request has both a presigned URL and an Authorization header; send upload.headers and nothing else"
    )]
    TwoAuthentications {
        /// The header, which S3 repeats to whoever sent it.
        header: String,
    },
    /// A `Content-MD5` that is none.
    #[error("Content-MD5 {announced:?} is not base64 of sixteen bytes")]
    DigestInvalid {
        /// The header.
        announced: String,
    },
    /// A `Content-MD5` of other bytes.
    #[error("Content-MD5 says {announced}, but the bytes that arrived have {calculated}")]
    DigestDiffers {
        /// The header.
        announced: String,
        /// What it should be.
        calculated: String,
    },
    /// A method that a presigned PUT URL is not for.
    #[error("{0} is not allowed; the bucket only receives")]
    MethodNotAllowed(Method),
    /// A chunked body, which S3 does not take.
    #[error("the body is chunked; S3 wants a Content-Length")]
    Chunked,
    /// No length at all.
    #[error("Content-Length is missing")]
    LengthMissing,
    /// Too many bytes.
    #[error("{size} bytes; the bucket takes {max} (max_image_size, bucket_size_check)")]
    TooLarge {
        /// Bytes announced, or arrived so far.
        size: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// Fewer bytes than declared, where that is checked.
    #[error("{size} bytes; {min} were declared, and bucket_size_check is declared")]
    TooSmall {
        /// Bytes announced.
        size: u64,
        /// Bytes declared.
        min: u64,
    },
    /// A preflight without an `Origin`, or without a method.
    #[error("the preflight lacks {0}")]
    PreflightIncomplete(&'static str),
    /// A preflight for something that is not allowed.
    #[error("CORS does not allow {method}; cors is {setting}")]
    PreflightForbidden {
        /// The method asked for.
        method: String,
        /// The value of the setting.
        setting: &'static str,
    },
    /// The body could not be received.
    #[error(transparent)]
    Body(Problem),
    /// Nothing is reserved under the key, although the URL is well signed.
    #[error("no reservation has this key: it expired, or a reset took it away; reserve again")]
    NoReservation,
}

impl S3Problem {
    /// What a failed receipt means here.
    pub fn received(error: ReceiveError, max: u64) -> Self {
        match error {
            ReceiveError::TooLarge { size } => Self::TooLarge { size, max },
            ReceiveError::Problem(problem) => Self::Body(problem),
        }
    }
}

/// What the log adds to a refusal for people who are stuck. A mismatch needs more than the refusal to explain it.
pub fn hint(refusal: &SignatureRefusal) -> String {
    match refusal {
        SignatureRefusal::Unsigned | SignatureRefusal::MissingParameter => {
            "send the PUT to the whole upload.url of the reservation, with all of its query"
                .to_owned()
        }
        SignatureRefusal::HeadersNotSigned(names) => {
            format!("{}: leave it out, or have it signed", names.join(", "))
        }
        SignatureRefusal::Expired { expires_in, expired_at } => format!(
            "its {expires_in} s were over at {expired_at:.0}; reserve again, or raise image_ttl"
        ),
        SignatureRefusal::NotYetValid => "X-Amz-Date is ahead of the account's clock".to_owned(),
        SignatureRefusal::UnknownAccessKey(id) => format!("{id} is not access_key_id"),
        _ => "a query parameter was changed; send the upload.url as it was given".to_owned(),
    }
}

/// Elements between `Message` and `RequestId`.
type Elements = Vec<(&'static str, String)>;

/// Status, code, message and further elements of a refusal.
struct Document {
    status: StatusCode,
    code: &'static str,
    message: String,
    elements: Elements,
}

impl Document {
    fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), elements: Vec::new() }
    }

    fn with(mut self, name: &'static str, text: impl ToString) -> Self {
        self.elements.push((name, text.to_string()));
        self
    }

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

fn signature(refusal: &SignatureRefusal, now: Timestamp) -> Document {
    let status = match refusal.code() {
        "AuthorizationQueryParametersError" => StatusCode::BAD_REQUEST,
        _ => StatusCode::FORBIDDEN,
    };
    let document = Document::new(status, refusal.code(), &refusal.to_string());
    match refusal {
        SignatureRefusal::Expired { expires_in, expired_at } => document
            .with("X-Amz-Expires", expires_in)
            .with("Expires", format!("{expired_at:.0}"))
            .with("ServerTime", format!("{now:.0}")),
        SignatureRefusal::HeadersNotSigned(names) => {
            document.with("HeadersNotSigned", names.join(", "))
        }
        SignatureRefusal::UnknownAccessKey(id) => document.with("AWSAccessKeyId", id),
        SignatureRefusal::WrongRegion(_) => document.with("Region", REGION),
        SignatureRefusal::SignatureMismatch {
            access_key_id,
            string_to_sign,
            canonical_request,
            signature,
        } => document
            .with("AWSAccessKeyId", access_key_id)
            .with("StringToSign", string_to_sign)
            .with("SignatureProvided", signature)
            .with("StringToSignBytes", spaced_hex(string_to_sign))
            .with("CanonicalRequest", canonical_request)
            .with("CanonicalRequestBytes", spaced_hex(canonical_request)),
        SignatureRefusal::Unsigned
        | SignatureRefusal::MissingParameter
        | SignatureRefusal::UnsupportedAlgorithm
        | SignatureRefusal::MalformedCredential
        | SignatureRefusal::WrongTerminator(_)
        | SignatureRefusal::WrongService(_)
        | SignatureRefusal::MalformedDate
        | SignatureRefusal::WrongCredentialDate { .. }
        | SignatureRefusal::ExpiresNotANumber
        | SignatureRefusal::ExpiresNegative
        | SignatureRefusal::ExpiresTooLong
        | SignatureRefusal::NotYetValid => document,
    }
}

/// What S3 says with a status, when nothing else is known of it. 503 is how it slows clients down.
fn faulty(status: u16) -> Document {
    let (code, message) = match status {
        403 => ("AccessDenied", "Access Denied"),
        404 => ("NoSuchKey", "The specified key does not exist."),
        409 => {
            ("OperationAborted", "A conflicting conditional operation is currently in progress.")
        }
        503 => ("SlowDown", "Please reduce your request rate."),
        500.. => ("InternalError", "We encountered an internal error. Please try again."),
        _ => ("InvalidRequest", "Invalid Request"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Document::new(status, code, message)
}

fn document(problem: &S3Problem) -> Document {
    match problem {
        S3Problem::Signature { refusal, now, .. } => signature(refusal, *now),
        S3Problem::TwoAuthentications { header } => Document::new(
            StatusCode::BAD_REQUEST,
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
             parameter or the Authorization header should be specified",
        )
        .with("ArgumentName", "Authorization")
        .with("ArgumentValue", header),
        S3Problem::DigestInvalid { announced } => Document::new(
            StatusCode::BAD_REQUEST,
            "InvalidDigest",
            "The Content-MD5 you specified was invalid.",
        )
        .with("Content-MD5", announced),
        S3Problem::DigestDiffers { announced, calculated } => Document::new(
            StatusCode::BAD_REQUEST,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
        )
        .with("ExpectedDigest", announced)
        .with("CalculatedDigest", calculated),
        S3Problem::MethodNotAllowed(method) => Document::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        )
        .with("Method", method)
        .with("ResourceType", "OBJECT"),
        S3Problem::Chunked => Document::new(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        )
        .with("Header", "Transfer-Encoding"),
        S3Problem::LengthMissing => Document::new(
            StatusCode::LENGTH_REQUIRED,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ),
        S3Problem::TooLarge { size, max } => Document::new(
            StatusCode::BAD_REQUEST,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        )
        .with("ProposedSize", size)
        .with("MaxSizeAllowed", max),
        S3Problem::TooSmall { size, min } => Document::new(
            StatusCode::BAD_REQUEST,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", size)
        .with("MinSizeAllowed", min),
        S3Problem::PreflightIncomplete("Origin") => Document::new(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "Insufficient information. Origin request header needed.",
        ),
        S3Problem::PreflightIncomplete(_) => Document::new(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "Invalid Access-Control-Request-Method: null",
        ),
        S3Problem::PreflightForbidden { method, setting } => {
            let message = if *setting == "off" {
                "CORSResponse: CORS is not enabled for this bucket."
            } else {
                // S3 spells it like this.
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of \
                 Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers \
                 are not whitelisted by the resource's CORS spec."
            };
            Document::new(StatusCode::FORBIDDEN, "AccessForbidden", message)
                .with("Method", method)
                .with("ResourceType", "OBJECT")
        }
        S3Problem::Body(Problem::Fault { status, .. }) => faulty(*status),
        S3Problem::Body(
            problem @ (Problem::OutOfMemory(_) | Problem::Account(AccountError::TooMany { .. })),
        ) => {
            let message = problem.to_string();
            Document::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", &message)
        }
        S3Problem::Body(Problem::BodyTimedOut { .. }) => Document::new(
            StatusCode::BAD_REQUEST,
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period. \
             Idle connections will be closed.",
        ),
        S3Problem::Body(_) => Document::new(
            StatusCode::BAD_REQUEST,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ),
        // S3 knows no reservations and would store the object. Here nothing could ever read it.
        S3Problem::NoReservation => {
            Document::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied")
        }
    }
}

/// Renders a problem of an admitted request as S3 does.
pub fn render(problem: &S3Problem, admission: &Admission) -> Response {
    let document = document(problem);
    let xml = [(CONTENT_TYPE, HeaderValue::from_static("application/xml"))];
    refuse(problem, (document.status, xml, document.xml(admission)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out_of_its_element() {
        assert_eq!(escaped("a<b>&\"c\"\r\n\u{0}"), "a&lt;b&gt;&amp;&quot;c&quot;&#13;\n\u{fffd}");
    }

    #[test]
    fn bytes_are_lower_case_pairs_with_spaces_between() {
        assert_eq!(spaced_hex("AWS4-"), "41 57 53 34 2d");
    }
}
