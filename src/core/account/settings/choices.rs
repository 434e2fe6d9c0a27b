//! Settings that are one of a few words. The words are those of flags and of the control API.

use strum::{EnumString, IntoStaticStr, VariantNames};

/// Which credentials are required where Zendesk demands some. User images and files accept
/// anonymous requests anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Auth {
    /// Any well-formed credentials.
    Any,
    /// The same, and none for uploads and new requests, as where anybody can submit tickets.
    AnonymousRequests,
    /// None.
    None,
    /// Those that the server's configuration lists, or a seed brings.
    Strict,
}

/// With which credentials an admin acts for another user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Impersonation {
    /// With any.
    Any,
    /// With OAuth access tokens. They have no scopes here.
    Bearer,
}

/// What pages of other origins may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Cors {
    /// Everything, with credentials, on the API and the bucket.
    Open,
    /// What is recorded and documented: `*` on answers to uploads, new requests and OAuth tokens,
    /// and preflights as S3 answers them.
    Faithful,
    /// Nothing.
    Off,
}

/// What happens to a file whose type is neither declared nor known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum UnknownType {
    /// It is stored as `application/octet-stream`.
    Accept,
    /// It is refused with 422, as users reported in 2018.
    Reject,
}

/// What uploads are checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum UploadChecks {
    /// What Zendesk checked until about 2025.
    Lenient,
    /// What users met since.
    Strict,
}

/// What happens to a file that does not pass one of the [`UploadChecks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum FileVerdict {
    /// It is refused under [`UploadChecks::Strict`].
    Inherit,
    /// It is stored.
    Accept,
    /// It is refused.
    Reject,
}

impl FileVerdict {
    pub fn rejects(self, checks: UploadChecks) -> bool {
        match self {
            Self::Inherit => checks == UploadChecks::Strict,
            Self::Accept => false,
            Self::Reject => true,
        }
    }
}

/// What a form names that has no part `uploaded_data`, and so is stored as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum OtherFormName {
    /// Its parts `filename` and `token` count where the query has none.
    Accept,
    /// Nothing: the query names the file, or it is refused with 422.
    Reject,
}

/// The type of a file that curl declared by itself as `application/x-www-form-urlencoded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum FormType {
    /// That of the file name, if the name says one.
    Guess,
    /// The declared one.
    Keep,
}

/// The content type of the answer to an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum UploadContentType {
    /// `application/json` if the request's `Accept` names it, else `text/plain`, as recorded.
    Accept,
    /// Always `application/json`.
    Json,
    /// Always `text/plain`.
    Text,
}

/// What happens to a comment with files and without text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum AttachmentOnlyComment {
    /// It is refused with 422.
    Reject,
    /// It is kept, with an empty text.
    Accept,
}

/// How a download is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Downloads {
    /// With the file.
    Direct,
    /// With a 302 to a signed URL, as documented for requests with credentials.
    Redirect,
}

/// What the bucket does about the size of a PUT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum BucketSizeCheck {
    /// Refuses more than [`max_image_size`](crate::AccountSettings::max_image_size), as the
    /// documentation says.
    Max,
    /// Refuses any size but the declared one.
    Declared,
    /// Refuses nothing below S3's own 5 GiB, as plain S3 does.
    Off,
}

/// How publishing compares what was stored with what was reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum TypeCheck {
    /// A Content-Type sent with the PUT must be the reserved one.
    Declared,
    /// The first bytes must be those of the reserved type.
    Sniff,
    /// Not at all.
    Off,
}

/// What a second publication of one token does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Reuse {
    /// It is refused.
    Conflict,
    /// It answers as the first did.
    Repeat,
}
