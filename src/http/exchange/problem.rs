//! What can be wrong with a request, and why it is refused.
//!
//! How it is said is a matter of who is asked: `support` and `guide` each have one exhaustive match,
//! and the bucket has its own. What is shown is Zendesk's own wording where that is known. What is
//! logged is why.

use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use crate::core::Error;
use crate::core::account::Admission;
use crate::core::limits::endpoint::{NamedLimit, Standing};

/// What is wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Problem {
    /// No credentials where some are needed, or none that we know.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Too many requests in this minute of the account's clock.
    #[error("rate_limit is {limit} requests a minute")]
    RateLimited {
        /// The limit.
        limit: u32,
    },
    /// Too many requests to one endpoint.
    #[error("endpoint_limits has {} with {total} requests in {} s", limit.name, limit.seconds)]
    EndpointLimited {
        /// The limit.
        limit: &'static NamedLimit,
        /// How many requests it lets through.
        total: u32,
    },
    /// A test asked for this.
    #[error("a fault of the account answers {status}")]
    Fault {
        /// The status.
        status: u16,
        /// What `Retry-After` says, in seconds, if anything.
        retry_after: Option<u32>,
    },
    /// A request asks for a fault that there is not.
    #[error("{0}")]
    FaultMalformed(String),
    /// The path or method is none of ours.
    #[error("no such path or method")]
    UnknownEndpoint,
    /// The path names an account that cannot exist.
    #[error("{0:?} cannot be the name of an account: use letters, digits, hyphens and underscores")]
    NoSuchAccount(String),
    /// A path segment that should be a number.
    #[error("{0:?} is not an id")]
    NotAnId(String),
    /// A file that only callers with credentials may read, or a temporary URL that does not hold.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A property of a ticket that is of the wrong type.
    #[error("{attribute} {must}")]
    WrongType {
        /// Its name.
        attribute: String,
        /// What it must be.
        must: &'static str,
    },
    /// A property of a ticket with a value that it cannot have.
    #[error("{field}: {value:?} is not among the values that it can have")]
    NotAllowed {
        /// Its name.
        field: &'static str,
        /// The value.
        value: String,
    },
    /// A change of a request that says nothing.
    #[error("a request is changed by saying something: comment.body is missing")]
    CommentRequired,
    /// No file name.
    #[error("the filename parameter is missing or blank")]
    FilenameMissing,
    /// A file name over the limit.
    #[error("the file name has {length} characters; max_filename_length is {max}")]
    FilenameTooLong {
        /// Its length in characters.
        length: usize,
        /// The limit.
        max: usize,
    },
    /// No bytes.
    #[error("the file is empty")]
    FileEmpty,
    /// Too many bytes.
    #[error("the file is larger than max_upload_size, {max} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        max: u64,
        /// The status to say it with.
        status: u16,
    },
    /// No content type, and `unknown_type` is `reject`.
    #[error("neither Content-Type nor the file name says what this is, and unknown_type is reject")]
    TypeUnknown,
    /// A multipart form that cannot be parsed.
    #[error("the multipart form is malformed: {0}")]
    FormMalformed(String),
    /// A body that is no JSON, or no object where one is needed.
    #[error("the body is not a JSON object: {cause}")]
    JsonMalformed {
        /// What the parser said.
        cause: String,
        /// The status to say it with, in the Support API.
        status: u16,
    },
    /// A JSON body over the limit.
    #[error("the JSON body is larger than {max} bytes")]
    JsonTooLarge {
        /// The limit in bytes.
        max: usize,
    },
    /// A property of a JSON body that is missing or of the wrong type.
    #[error("{field}: {reason}")]
    Property {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The body stopped arriving.
    #[error("the body stopped arriving after {received} bytes; body_timeout is {timeout:?}")]
    BodyTimedOut {
        /// Bytes that had arrived.
        received: u64,
        /// How long the server waited.
        timeout: Duration,
    },
    /// The body ended early or is badly framed.
    #[error("the body broke off after {received} bytes: {cause}")]
    BodyBroken {
        /// Bytes that had arrived.
        received: u64,
        /// What the connection said.
        cause: String,
    },
    /// The account refused.
    #[error(transparent)]
    Core(#[from] Error),
}

impl Problem {
    /// The limit that a request exceeds, if it does.
    pub fn exceeded(admission: &Admission) -> Option<Self> {
        let account =
            admission.rate_limit_status.filter(|rate_limit_status| rate_limit_status.exceeded);
        let endpoint = admission.limit_statuses.iter().flatten().find(|standing| standing.exceeded);
        account
            .map(|rate_limit_status| Self::RateLimited { limit: rate_limit_status.limit })
            .or_else(|| {
                endpoint.map(|Standing { limit, total, .. }| Self::EndpointLimited {
                    limit,
                    total: *total,
                })
            })
    }
}

/// Why an answer refuses something. It travels beside the answer, to the log.
#[derive(Debug, Clone)]
pub struct Why(pub String);

/// Joins an answer and why it refuses.
pub fn refusal(why: &impl std::fmt::Display, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(Why(why.to_string()));
    response
}

/// Puts on an answer what a fault says of `Retry-After`.
pub fn retry_after(problem: &Problem, mut answer: Response) -> Response {
    if let Problem::Fault { retry_after: Some(seconds), .. } = problem {
        answer.headers_mut().insert(RETRY_AFTER, (*seconds).into());
    }
    answer
}

/// What a service that is down says: a page, for want of evidence of what else.
pub fn page(problem: &Problem, status: StatusCode) -> Response {
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    let body = format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    );
    refusal(problem, (status, headers, body))
}

/// The recorded 429 is plain text, whichever service it comes from. What `Retry-After` says is
/// for whoever knows the clock.
pub fn rate_limited(problem: &Problem) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
        (CACHE_CONTROL, HeaderValue::from_static("max-age=1,public")),
        (RETRY_AFTER, HeaderValue::from_static("1")),
    ];
    let body = "Number of allowed API requests per minute exceeded";
    refusal(problem, (StatusCode::TOO_MANY_REQUESTS, headers, body))
}
