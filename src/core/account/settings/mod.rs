//! What one account can have set. Each setting is declared once: its meaning, type, default and
//! valid values. The config module makes JSON, flags and variables of the same declaration.
//!
//! Evidence is graded as in `ARCHITECTURE.md`: recorded beats documented beats inferred.

mod choices;
mod validate;

use std::sync::Arc;
use std::time::Duration;

pub use self::choices::{
    AttachmentOnlyComment, Auth, BucketSizeCheck, Cors, Downloads, FileVerdict, FormType,
    Impersonation, OtherFormName, Reuse, TypeCheck, UnknownType, UploadChecks, UploadContentType,
};
use self::validate::{ACCEPTED_IMAGE_TYPES, is_image_types, is_origin};
pub use self::validate::{SettingError, ensure_valid, is_authority, is_image_type};
use crate::core::clock::Clock;
pub use crate::core::limits::endpoint::EndpointLimits;
pub use crate::core::uploads::BadToken;

/// Makes a struct of settings, with their defaults and a check of their values.
macro_rules! define_settings {
    (
        $(#[$about:meta])* $name:ident, $visibility:vis fn $validate:ident;
        $($heading:literal {$(
            $(#[doc = $doc:tt])+
            $field:ident: $type:ty = $default:expr $(, $is_valid:expr => $accepts:expr)?;
        )+})+
        $(+ $(#[$more:meta])+ $other:ident: $other_type:ty;)?
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`.")]
                pub $field: $type,
            )+)+
            $($(#[$more])+ pub $other: $other_type,)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($($field: $default,)+)+ $($other: <$other_type>::default(),)? }
            }
        }

        impl $name {
            /// Checks what types cannot.
            ///
            /// # Errors
            /// The first setting that cannot be used, and what it accepts.
            $visibility fn $validate(&self) -> Result<(), SettingError> {
                $($($(
                    ensure_valid(($is_valid)(&self.$field), stringify!($field), $accepts)?;
                )?)+)+
                Ok(())
            }
        }
    };
}
pub(crate) use define_settings;

/// Calls a macro with the settings of an account, in groups: meaning, name, type, default, and
/// which values are valid.
macro_rules! account_settings {
    ($declare:ident! { $($start:tt)* }) => { $declare! { $($start)*
        "Accounts" {
            /// Scheme, host and port of every URL in a response, such as
            /// `https://desk.example.test`. Without it: those that the client used.
            public_url: Option<String> = None, is_origin => ORIGIN;
            /// Credentials that an endpoint requires where Zendesk requires some: any well-formed
            /// ones, the same except for uploads, none, or only those that are listed or seeded.
            auth: Auth = Auth::Any;
            /// Credentials of an admin with which `X-On-Behalf-Of` acts for another user: any, or
            /// OAuth tokens only, for which it is documented.
            impersonation: Impersonation = Impersonation::Any;
            /// What pages of other origins may do: everything, what Zendesk and S3 allow, or
            /// nothing.
            cors: Cors = Cors::Open;
            /// Requests per minute, beyond which the answer is 429: a number, a plan (team, growth,
            /// professional, enterprise, enterprise-plus) or off. The headers are always sent.
            rate_limit: Option<u32> = None,
                |limit: &Option<u32>| *limit != Some(0) => "takes a number of at least 1, or off";
            /// Limits of single endpoints, such as 30 updates of a ticket by one user in ten
            /// minutes: none, or those documented for an ordinary plan, for the High Volume API
            /// add-on, or for a sandbox or trial.
            endpoint_limits: EndpointLimits = EndpointLimits::Off;
            /// Leave out what Zendesk does not have: `GET /api/v2/uploads/{token}`.
            faithful: bool = false;
        }
        "Uploads and downloads" {
            /// Lifetime of an upload token and its files. 60 minutes are documented; recordings
            /// show an `expires_at` 72 hours ahead.
            upload_ttl: Duration = Duration::from_secs(60 * 60), is_some_time => SOME_TIME;
            /// The largest upload.
            max_upload_size: u64 = 50 * 1024 * 1024, |size: &u64| *size >= 1 => ONE_BYTE;
            /// Status for an upload that is too large: 413 or 422. The real one is unknown.
            too_large_status: u16 = 413,
                |status| [413, 422].contains(status) => "takes 413 or 422";
            /// How many files one upload token may hold. Each answer lists them all. The real limit
            /// is unknown.
            max_files_per_upload: usize = 100, |count: &usize| *count >= 1 => ONE;
            /// The longest file name, in characters. The real limit is unknown.
            max_filename_length: usize = 255, |count: &usize| *count >= 1 => ONE;
            /// A file whose type is neither declared nor known by its name: store it as
            /// `application/octet-stream`, or refuse it with 422.
            unknown_type: UnknownType = UnknownType::Accept;
            /// What uploads are checked for: what Zendesk checked until about 2025, or also what
            /// users met since. The next four settings are these checks.
            upload_checks: UploadChecks = UploadChecks::Lenient;
            /// A file name without an extension: refuse it with 422 under strict `upload_checks`
            /// only (inherit), always or never.
            missing_extension: FileVerdict = FileVerdict::Inherit;
            /// A file whose first bytes contradict its extension: as `missing_extension`.
            wrong_extension: FileVerdict = FileVerdict::Inherit;
            /// A file that is declared as `text/*` and is not in UTF-8: as `missing_extension`. The
            /// real refusal is unknown.
            undecodable_text: FileVerdict = FileVerdict::Inherit;
            /// A `Content-Type` header without a value: as `missing_extension`, with 406.
            empty_content_type: FileVerdict = FileVerdict::Inherit;
            /// The name of a form that has no part `uploaded_data`, and so is stored as it is,
            /// where the query has none: that of its part `filename`, or none, which is refused
            /// with 422. The real behaviour is unknown.
            other_form_name: OtherFormName = OtherFormName::Accept;
            /// The type of a file that is declared as `application/x-www-form-urlencoded`, as curl
            /// does by itself, but is not such a form: by the file name, or the declared one. The
            /// real behaviour is unknown.
            curl_form_type: FormType = FormType::Guess;
            /// What a ticket does about an upload token that is unknown, expired or attached: it is
            /// refused with 422, which hides nothing from a test, or created without the files of
            /// the token. The real behaviour is unknown.
            bad_token_on_ticket: BadToken = BadToken::Reject;
            /// A comment with files and without text: it is refused with 422, or kept. The real
            /// behaviour is unknown.
            attachment_only_comment: AttachmentOnlyComment = AttachmentOnlyComment::Reject;
            /// Require credentials to download attachments.
            private_attachments: bool = false;
            /// How a download is answered: with the file, or with a 302 to a signed URL on another
            /// host.
            downloads: Downloads = Downloads::Direct;
            /// Lifetime of a signed URL of a download. The real one is unknown.
            download_ttl: Duration = Duration::from_secs(10 * 60), is_some_time => SOME_TIME;
            /// Scheme, host and port of signed URLs, which must lead to this server. Without it:
            /// 127.0.0.1 for a client that uses localhost, localhost for one that uses 127.0.0.1,
            /// and otherwise the host that the client uses.
            download_url: Option<String> = None, is_origin => ORIGIN;
            /// Status for a request that an end user may not see: 404 or 403. The real one is
            /// unknown.
            hidden_request_status: u16 = 404,
                |status| [404, 403].contains(status) => "takes 404 or 403";
            /// How long a deleted ticket can be restored. After that, or at once with 0s, it is
            /// gone with its files. 30 days are documented.
            deleted_ticket_ttl: Duration = Duration::from_secs(30 * 24 * 60 * 60);
            /// How long the status of a job is queued, and then working, on the account's clock.
            /// Without it a job is completed when it is first asked for.
            job_duration: Duration = Duration::ZERO;
            /// How old the `start_time` of an incremental export must be, and how long a change is
            /// withheld from exports. One minute is documented.
            export_delay: Duration = Duration::from_secs(60);
            /// Status for a JSON body that cannot be parsed: 422, as a user reported in 2013, or
            /// 400.
            malformed_json_status: u16 = 422,
                |status| [422, 400].contains(status) => "takes 422 or 400";
            /// Content type of the answer to an upload: by the request's `Accept` header, always
            /// JSON, or always `text/plain`.
            upload_content_type: UploadContentType = UploadContentType::Accept;
        }
        "Images" {
            /// Lifetime of an image token and its presigned URL, at most 168h. 3600 seconds are
            /// documented.
            image_ttl: Duration = Duration::from_secs(3600),
                |time: &Duration| (1..=LONGEST_IMAGE_TTL).contains(&time.as_secs())
                    => "takes a time of 1s to 168h (a week), which is S3's longest";
            /// The largest image, as declared and as stored. 2,000,000 bytes are documented.
            max_image_size: u64 = 2_000_000, |size: &u64| *size >= 1 => ONE_BYTE;
            /// The accepted image types, in lower case. Zendesk's editor accepts these three.
            image_types: Vec<String> =
                ["image/jpeg", "image/png", "image/gif"].map(str::to_owned).into(),
                is_image_types => ACCEPTED_IMAGE_TYPES;
            /// What the bucket refuses: more than the largest image, any size but the declared one,
            /// or nothing below 5 GiB.
            bucket_size_check: BucketSizeCheck = BucketSizeCheck::Max;
            /// What publishing compares with the reserved type: the `Content-Type` of the PUT if it
            /// had one, the first bytes, or nothing. The real behaviour is unknown.
            image_type_check: TypeCheck = TypeCheck::Declared;
            /// Refuse user images to a page with a session, which has a cookie and an
            /// `X-CSRF-Token`, unless that is the token of `users/me`. Two users found that.
            image_session_check: bool = true;
            /// The answer to a second publication of one token: 409, or the first answer. The real
            /// behaviour is unknown.
            image_reuse: Reuse = Reuse::Conflict;
            /// Status for an image token that is unknown, expired or not stored yet: 404 or 400.
            /// The real one is unknown.
            bad_image_token_status: u16 = 404,
                |status| [404, 400].contains(status) => "takes 404 or 400";
        }
    } };
}
pub(crate) use account_settings;

const ORIGIN: &str = "takes a scheme, a host and perhaps a port, such as https://desk.example.test";
const SOME_TIME: &str = "takes a time longer than none";
const ONE_BYTE: &str = "takes a size of at least 1 byte";
const ONE: &str = "takes a number of at least 1";
/// A week in seconds: the longest that S3 lets a presigned URL live.
const LONGEST_IMAGE_TTL: u64 = 604_800;

account_settings!(define_settings! {
    /// The settings of one account.
    AccountSettings, pub fn validate;
});

fn is_some_time(time: &Duration) -> bool {
    !time.is_zero()
}

/// How an account begins, and what a reset without a seed returns to.
#[derive(Debug, Clone)]
pub struct InitialState {
    pub settings: Arc<AccountSettings>,
    pub clock: Clock,
    /// Makes tokens, ids and names repeat.
    pub random_seed: Option<u64>,
}

#[cfg(test)]
impl AccountSettings {
    /// Small sizes, and one hour for each lifetime.
    pub fn for_tests() -> Self {
        Self {
            image_ttl: Self::default().upload_ttl,
            max_files_per_upload: 10,
            bad_token_on_ticket: BadToken::Ignore,
            max_image_size: 1_000,
            image_types: vec!["image/png".to_owned()],
            image_type_check: TypeCheck::Off,
            ..Self::default()
        }
    }
}
