//! What can be wrong with a request, whichever service it is for.
//!
//! How a problem is shown is a matter of the service: each has one function that renders it, with
//! Zendesk's own wording where that is known. The log and the journal have its text.

use std::borrow::Cow;
use std::time::Duration;

use crate::config::field_error::FieldError;
use crate::core::account::{CallerError, ObjectError, ScanError, SnapshotError};
use crate::core::accounts::{AccountError, AccountName, NAME_RULE};
use crate::core::attachments::AttachmentError;
use crate::core::blobs::OutOfMemory;
use crate::core::brands::UnknownBrand;
use crate::core::faults::FaultError;
use crate::core::file_checks::FailedCheck;
use crate::core::jobs::UnknownJob;
use crate::core::limits::endpoint::NamedLimit;
use crate::core::tickets::TicketError;
use crate::core::uploads::UploadError;
use crate::core::users::{Role, UnknownUser, UserError};

/// What is wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Problem {
    /// No credentials where some are required, or none that are accepted.
    #[error("{0}")]
    Unauthenticated(&'static str),
    #[error("more than {limit} requests in a minute; wait, or raise rate_limit")]
    RateLimited { limit: u32 },
    #[error(
        "more than {total} requests in {} s, by the limit {}; wait, or change endpoint_limits",
        limit.seconds, limit.name
    )]
    EndpointLimited { limit: &'static NamedLimit, total: u32 },
    /// A fault of the account, or of the request itself.
    #[error("{} answers {status}", name_fault(*id))]
    Fault {
        /// That of the account.
        id: Option<u64>,
        status: u16,
        /// In seconds.
        retry_after: Option<u32>,
    },
    #[error("{0}")]
    FaultMalformed(String),
    #[error("no such path: a part of it is not UTF-8")]
    UnknownEndpoint,
    /// A path or method that no route has.
    #[error("{0}")]
    NotEmulated(String),
    /// A method that a path of the control API does not have.
    #[error("{0}")]
    WrongMethod(String),
    #[error(
        "{name:?} cannot be the name of an account, which has {NAME_RULE}: {why}",
        name = .0, why = AccountName::explain(.0)
    )]
    NoSuchAccount(String),
    #[error("{0:?} is not an id")]
    NotAnId(String),
    /// A file for callers with credentials only, or a signed URL that does not hold.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Credentials by which no other user can be acted for.
    #[error("{0}")]
    NoImpersonation(&'static str),
    #[error(
        "X-On-Behalf-Of names no user of the account by id or address, and none is created; seed \
         the user, or let a ticket name it first"
    )]
    UnknownImpersonated,
    /// A user that may not use an endpoint.
    #[error(
        "{user} has the role {}, and this endpoint takes {}s; give it another role, or call as \
         another user", role.into_str(), least.into_str()
    )]
    RoleTooLow { user: String, role: Role, least: Role },
    #[error("a defect of this server: the handler panicked; its standard error shows where")]
    Panicked,
    #[error("Host is missing, doubled or invalid")]
    BadHost,
    /// What the proxy does not do.
    #[error("{0}")]
    NotProxied(String),
    /// What the proxy cannot connect to.
    #[error("{0}")]
    Unreachable(String),
    #[error("the control API answers no page of another origin")]
    ForeignPage,
    /// A host that does not reach the control API, and those that do.
    #[error("{0}")]
    ForeignHost(String),
    /// A property of a ticket of the wrong type.
    #[error("{attribute} {must}")]
    WrongType { attribute: String, must: &'static str },
    /// A value that is no date.
    #[error("{attribute}: {sent} is no date of ISO 8601; send one such as 2026-01-31T12:00:00Z")]
    NoDate { attribute: String, sent: String },
    /// A parameter of a list by cursor.
    #[error("{parameter} {must}")]
    Pagination { parameter: &'static str, must: Cow<'static, str> },
    /// The number or the size of a page that is no number.
    #[error("{parameter} {must}")]
    PageNumber { parameter: &'static str, must: &'static str },
    #[error("a search has {max} results at most; search for less, or export")]
    SearchTooDeep { max: usize },
    #[error("{0}")]
    InvalidSearch(&'static str),
    /// The text is Zendesk's.
    #[error(
        "Illegal value \"{value}\" for \"{keyword}\". Expected date as yyyy-mm-dd, ISO time such \
         as yyyy-mm-ddThh:mm:ss+05:00, or relative time such as 2hours."
    )]
    IllegalSearchDate { keyword: String, value: String },
    /// A property of a ticket with a value that it cannot have.
    #[error("{field}: {value:?} is none of {}", allowed.join(", "))]
    NotAllowed { field: &'static str, value: String, allowed: &'static [&'static str] },
    #[error("a request is changed by saying something: comment.body is missing")]
    CommentRequired,
    /// A file without a name, and how to give it one.
    #[error("{0}")]
    FilenameMissing(&'static str),
    /// Lengths are counted in characters.
    #[error("the file name has {length} characters; max_filename_length is {max}")]
    FilenameTooLong { length: usize, max: usize },
    /// A file without bytes, and where they belong.
    #[error("the file is empty; send its bytes as {0}")]
    FileEmpty(&'static str),
    #[error("the file is larger than max_upload_size, {max} bytes")]
    FileTooLarge { max: u64 },
    #[error("neither Content-Type nor the file name says what this is, and unknown_type is reject")]
    TypeUnknown,
    /// A check that a setting turns on.
    #[error("{0}; {setting} and upload_checks decide that", setting = .0.setting())]
    FileCheck(FailedCheck),
    #[error("the multipart form is malformed: {0}")]
    FormMalformed(String),
    #[error("the multipart form has more than {max} parts; leave out those without a use")]
    FormTooLong { max: usize },
    #[error("the body is not a JSON object: {0}")]
    JsonMalformed(String),
    #[error("the JSON body is larger than {max} bytes")]
    JsonTooLarge { max: usize },
    /// A property of a JSON body of the Guide gateway.
    #[error("{field}: {reason}")]
    Property { field: &'static str, reason: &'static str },
    /// A body of the control API that has no fields.
    #[error("{0}")]
    NoDocument(String),
    /// A field of the control API, and what is wrong with it, as in "takes a time such as 90s".
    #[error("{field}: {problem}")]
    Field { field: String, problem: String },
    /// Something that the control API is asked for and that is not there.
    #[error("{0}")]
    NotFound(String),
    #[error("the body stopped arriving after {received} bytes; idle_timeout is {timeout:?}")]
    BodyTimedOut { received: u64, timeout: Duration },
    /// The body ended early or is badly framed.
    #[error("the body broke off after {received} bytes: {cause}")]
    BodyBroken { received: u64, cause: String },
    #[error(transparent)]
    Upload(#[from] UploadError),
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    #[error(transparent)]
    Ticket(#[from] TicketError),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error("a bulk call takes at most {max} items; send the rest in another call")]
    TooManyValues { max: usize },
    #[error(
        "start_time must be at least {delay:?} old; export_delay decides that, and advancing the \
         clock ages it"
    )]
    StartTooRecent { delay: Duration },
    #[error(transparent)]
    Job(#[from] UnknownJob),
    #[error(transparent)]
    User(#[from] UnknownUser),
    #[error(transparent)]
    UserChange(#[from] UserError),
    #[error(transparent)]
    Brand(#[from] UnknownBrand),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    FaultRule(#[from] FaultError),
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(
        "{max} event streams are open, as many as there can be; close one, or raise max_connections"
    )]
    TooManyStreams { max: usize },
    #[error(transparent)]
    Caller(#[from] CallerError),
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// The fault that a request triggered, by its id, or as the header that brought it.
pub fn name_fault(id: Option<u64>) -> String {
    match id {
        Some(id) => format!("fault {id} (see GET /_mock/faults)"),
        None => "the fault in the request's header X-Mock-Fault".to_owned(),
    }
}

impl Problem {
    pub fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Field { field: field.into(), problem: problem.into() }
    }

    /// The same problem of a field that is inside of another one.
    pub fn within(self, outer: &str) -> Self {
        match self {
            Self::Field { field, problem } => Self::field(format!("{outer}.{field}"), problem),
            problem => problem,
        }
    }
}

impl From<FieldError> for Problem {
    fn from(FieldError { path, problem }: FieldError) -> Self {
        if path.is_empty() { Self::NoDocument(problem) } else { Self::field(path, problem) }
    }
}
