//! The refusals of S3, with its codes and messages.

use jiff::Timestamp;

use super::sign::REGION;

/// Why S3 refuses a request. Each variant displays as the `Message` of S3's error document.
///
/// The wording for missing parameters, a malformed credential, headers not signed, a mismatch and
/// expiry was recorded against AWS (`LocalStack`'s validated tests, 2026-02-21). The rest is as
/// `MinIO`, Versity's gateway and `OpenStack` Swift copy it from S3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// The request has none of the six parameters: it is anonymous.
    #[error("Access Denied")]
    Unsigned,
    /// Some of the six parameters are there and some are not.
    #[error(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
         X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
    )]
    MissingParameter,
    /// `X-Amz-Algorithm` is not `AWS4-HMAC-SHA256`.
    #[error(r#"X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256""#)]
    UnsupportedAlgorithm,
    /// `X-Amz-Credential` does not have five parts.
    #[error(
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \
         \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
    )]
    MalformedCredential,
    /// The credential does not end in `aws4_request`.
    #[error(
        "Error parsing the X-Amz-Credential parameter; incorrect terminal \"{0}\". This endpoint \
         uses \"aws4_request\"."
    )]
    WrongTerminator(String),
    /// The credential is for another service.
    #[error(
        "Error parsing the X-Amz-Credential parameter; incorrect service \"{0}\". This endpoint \
         belongs to \"s3\"."
    )]
    WrongService(String),
    /// The credential is for another region. S3 adds a `Region` element that holds [`REGION`].
    #[error(
        "Error parsing the X-Amz-Credential parameter; the region '{0}' is wrong; expecting \
         '{REGION}'"
    )]
    WrongRegion(String),
    /// `X-Amz-Date` is not a date in the one format allowed.
    #[error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")]
    MalformedDate,
    /// The date in the credential is none.
    #[error(
        "Error parsing the X-Amz-Credential parameter; incorrect date format \"{0}\". This date in \
         the credential must be in the format \"yyyyMMdd\"."
    )]
    WrongDateFormat(String),
    /// The credential names another day than `X-Amz-Date`.
    #[error(
        "Invalid credential date \"{credential}\". This date is not the same as X-Amz-Date: \
         \"{date}\"."
    )]
    WrongCredentialDate {
        /// The day in the credential.
        credential: String,
        /// The day of `X-Amz-Date`.
        date: String,
    },
    /// `X-Amz-Expires` is not a whole number.
    #[error("X-Amz-Expires should be a number")]
    ExpiresNotANumber,
    /// `X-Amz-Expires` is below zero.
    #[error("X-Amz-Expires must be non-negative")]
    ExpiresNegative,
    /// `X-Amz-Expires` is above `MAX_EXPIRES_IN`. The text is S3's, which lets 604800 pass.
    #[error(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
         must be less than 604800 seconds"
    )]
    ExpiresTooLong,
    /// `host`, or `x-amz-*` headers of the request, are missing from `X-Amz-SignedHeaders`.
    ///
    /// Holds their names in alphabetical order. `host` is refused like this in amazonka#272.
    #[error("There were headers present in the request which were not signed")]
    HeadersNotSigned(Vec<String>),
    /// The access key is unknown.
    #[error("The AWS Access Key Id you provided does not exist in our records.")]
    UnknownAccessKey(String),
    /// The request is not the one that was signed.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your key and signing method."
    )]
    SignatureMismatch {
        /// The access key that claims to have signed.
        access_key_id: String,
        /// What the right signature would sign.
        string_to_sign: String,
        /// The request as it arrived, in canonical form; `difference` explains it.
        canonical_request: String,
        /// The signature that arrived.
        signature: String,
    },
    /// `X-Amz-Date` is more than fifteen minutes ahead. The wording and S3's elements are as users
    /// pasted them.
    #[error("Request is not yet valid")]
    NotYetValid {
        /// `X-Amz-Date`.
        at: Timestamp,
        /// The end of its lifetime.
        expires_at: Timestamp,
    },
    /// The lifetime of the URL is over.
    #[error("Request has expired")]
    Expired {
        /// The value of `X-Amz-Expires`, in seconds.
        expires_in: u32,
        /// The end of its lifetime.
        expired_at: Timestamp,
    },
}

impl SignatureRefusal {
    /// The `Code` of S3's error document.
    ///
    /// S3 answers `AuthorizationQueryParametersError` with status 400 and the others with 403.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsigned
            | Self::HeadersNotSigned(_)
            | Self::NotYetValid { .. }
            | Self::Expired { .. } => "AccessDenied",
            Self::UnknownAccessKey(_) => "InvalidAccessKeyId",
            Self::SignatureMismatch { .. } => "SignatureDoesNotMatch",
            Self::MissingParameter
            | Self::UnsupportedAlgorithm
            | Self::MalformedCredential
            | Self::WrongDateFormat(_)
            | Self::WrongTerminator(_)
            | Self::WrongService(_)
            | Self::WrongRegion(_)
            | Self::MalformedDate
            | Self::WrongCredentialDate { .. }
            | Self::ExpiresNotANumber
            | Self::ExpiresNegative
            | Self::ExpiresTooLong => "AuthorizationQueryParametersError",
        }
    }
}
