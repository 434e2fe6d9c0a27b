//! Receives the file of `POST /api/v2/uploads`: the whole body, or a part of a form.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;

use crate::core::account::settings::{AccountSettings, OtherFormName};
use crate::core::attachments::NewFile;
use crate::core::blobs::Blob;
use crate::core::file_checks::{self, FailedCheck};
use crate::core::ids::UploadToken;
use crate::core::journal::EventKind;
use crate::core::media;
use crate::core::tokens::TokenRef;
use crate::core::uploads::{Upload, UploadError};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::receive::{ReceiveError, receive_file};
use crate::http::exchange::recorder::Recorder;
use crate::http::support::file_type::FileType;
use crate::http::support::upload_form::{self, OtherForm, ParsedForm, UploadForm};

/// Where a request has its file.
pub struct FilePlace {
    /// The part of a form that has it.
    pub part: &'static str,
    /// The place of its bytes, for reasons.
    pub bytes: &'static str,
    /// The reason of a refusal if its name is missing.
    pub no_name: &'static str,
}

const UPLOAD: FilePlace = FilePlace {
    part: "uploaded_data",
    bytes: "the body, or as the part uploaded_data",
    no_name: "the filename parameter is missing or blank; add ?filename=NAME",
};

/// What a form may have around its file, in bytes: boundaries, part headers, file name and token.
const FORM_ENVELOPE: u64 = 64 * 1024;

/// Receives a file and stores it in a new upload, or in the one that `token` names.
///
/// # Errors
/// What is wrong with the name, the type, the token or the body.
pub async fn receive(
    context: &RequestContext,
    recorder: &Recorder,
    parts: &Parts,
    body: Body,
) -> Result<Upload, Problem> {
    let query = parts.uri.query().unwrap_or_default();
    if let Some(hint) = query::misspelt(query, &["filename", "token"]) {
        recorder.record_hint(&hint);
    }
    let (head, boundary) = UploadHead::read(parts);
    if head.has_empty_type {
        judge(Err(FailedCheck::EmptyContentType), &context.settings, recorder)?;
    }
    match boundary {
        None => head.receive_file(context, recorder, body).await,
        Some(boundary) => head.receive_form(context, recorder, body, boundary).await,
    }
}

/// Receives a form whose file is in a part.
pub async fn receive_part(
    context: &RequestContext,
    recorder: &Recorder,
    parts: &Parts,
    body: Body,
    place: &FilePlace,
) -> Result<NewFile, Problem> {
    let (_, boundary) = UploadHead::read(parts);
    let missing =
        || Problem::FormMalformed(format!("no part has the file; name it {}", place.part));
    let boundary = boundary.ok_or_else(missing)?;
    let settings = &context.settings;
    let raw = receive_blob(context, body, FORM_ENVELOPE).await?;
    let form = upload_form::parse(&raw, boundary, place.part, &context.account).await;
    let ParsedForm::WithData(form) = form.map_err(|error| problem(error, settings))? else {
        return Err(missing());
    };
    let UploadForm { data, content_type, file_name, .. } = form;
    let file_name = check_name(file_name.as_deref(), place, settings, recorder)?;
    let file_type = FileType::find(content_type, &file_name, settings)?;
    let blob = data.finish();
    if blob.is_empty() {
        return Err(Problem::FileEmpty(place.bytes));
    }
    if blob.len() > settings.max_upload_size {
        return Err(too_large(settings));
    }
    Ok(NewFile::new(file_name, file_type.content_type, blob))
}

struct UploadHead {
    file_name: Option<String>,
    token: Option<String>,
    content_type: Option<String>,
    /// Whether the request has a Content-Type without a value.
    has_empty_type: bool,
}

impl UploadHead {
    /// Reads the head, and the boundary of a multipart form.
    fn read(parts: &Parts) -> (Self, Option<String>) {
        let query = parts.uri.query().unwrap_or_default();
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned);
        let has_empty_type = content_type.as_deref().is_some_and(|sent| sent.trim().is_empty());
        let boundary = content_type.as_deref().and_then(upload_form::boundary);
        let head = Self {
            file_name: query::value(query, "filename").filter(|name| !name.trim().is_empty()),
            token: query::value(query, "token").filter(|token| !token.is_empty()),
            content_type,
            has_empty_type,
        };
        (head, boundary)
    }

    async fn receive_file(
        self,
        context: &RequestContext,
        recorder: &Recorder,
        body: Body,
    ) -> Result<Upload, Problem> {
        // The head is checked before the body is kept.
        let file_name =
            check_name(self.file_name.as_deref(), &UPLOAD, &context.settings, recorder)?;
        let content_type = FileType::find(self.content_type, &file_name, &context.settings)?;
        let append_to = parse_optional(self.token.as_deref(), context, recorder)?;
        if let Some(token) = append_to {
            recorder.name_token(TokenRef::Upload(token));
            let open = context.account.ensure_upload_open(token);
            open.map_err(|error| record_attached(error, recorder))?;
        }
        let blob = receive_blob(context, body, 0).await?;
        let file = (file_name, content_type, blob);
        store(context, recorder, file, Ok(append_to))
    }

    async fn receive_form(
        self,
        context: &RequestContext,
        recorder: &Recorder,
        body: Body,
        boundary: String,
    ) -> Result<Upload, Problem> {
        let raw = receive_blob(context, body, FORM_ENVELOPE).await?;
        let form = upload_form::parse(&raw, boundary, UPLOAD.part, &context.account).await;
        let form = form.map_err(|error| problem(error, &context.settings))?;
        let form = match form {
            ParsedForm::WithData(form) => form,
            ParsedForm::WithoutData(form) => return self.store_form(context, recorder, form, raw),
        };
        drop(raw);
        let UploadForm { data, content_type, file_name, token } = form;
        let file_name = self.file_name.or(file_name);
        let file_name = check_name(file_name.as_deref(), &UPLOAD, &context.settings, recorder)?;
        let content_type = FileType::find(content_type, &file_name, &context.settings)?;
        let token = self.token.or(token).filter(|token| !token.is_empty());
        let file = (file_name, content_type, data.finish());
        store(context, recorder, file, parse_optional(token.as_deref(), context, recorder))
    }

    /// Stores a form without an `uploaded_data` part as it is, boundaries and all.
    fn store_form(
        self,
        context: &RequestContext,
        recorder: &Recorder,
        form: OtherForm,
        raw: Blob,
    ) -> Result<Upload, Problem> {
        recorder.record_hint(&match form.file_part {
            Some(part) => format!(
                "the file is in the form part {part:?}, and the whole form is taken for the file; \
                 name the part uploaded_data"
            ),
            None => "the form has no part uploaded_data, and the whole form is taken for the file"
                .to_owned(),
        });
        let (mut file_name, mut token) = (self.file_name, self.token);
        if file_name.is_none() && form.file_name.is_some() {
            recorder.record_difference(KnownDifference::OtherFormName);
        }
        if context.settings.other_form_name == OtherFormName::Accept {
            file_name = file_name.or(form.file_name);
            token = token.or(form.token).filter(|token| !token.is_empty());
        }
        let file_name = check_name(file_name.as_deref(), &UPLOAD, &context.settings, recorder)?;
        let content_type = FileType::find(self.content_type, &file_name, &context.settings)?;
        let file = (file_name, content_type, raw);
        store(context, recorder, file, parse_optional(token.as_deref(), context, recorder))
    }
}

/// Parses a token. A text of another form is refused as a token that was never issued; if it is the
/// token of something else, the reason of the refusal says so.
pub fn parse_token(
    text: &str,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<UploadToken, UploadError> {
    UploadToken::parse(text).ok_or_else(|| {
        if let Some(other) = context.account.find_token(text) {
            recorder.name_token(other);
        }
        UploadError::Unknown
    })
}

fn parse_optional(
    token: Option<&str>,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<Option<UploadToken>, UploadError> {
    token.map(|token| parse_token(token, context, recorder)).transpose()
}

/// Receives a body that may be larger than a file by its `envelope`.
async fn receive_blob(
    context: &RequestContext,
    mut body: Body,
    envelope: u64,
) -> Result<Blob, Problem> {
    let settings = &context.settings;
    let max = settings.max_upload_size.saturating_add(envelope);
    receive_file(&mut body, &context.account, max, context.server.idle_timeout, |_| ())
        .await
        .map(|writer| writer.finish())
        .map_err(|error| problem(error, settings))
}

fn problem(error: ReceiveError, settings: &AccountSettings) -> Problem {
    match error {
        ReceiveError::TooLarge { .. } => too_large(settings),
        ReceiveError::Problem(problem) => problem,
    }
}

fn too_large(settings: &AccountSettings) -> Problem {
    Problem::FileTooLarge { max: settings.max_upload_size }
}

fn store(
    context: &RequestContext,
    recorder: &Recorder,
    (file_name, mut file_type, blob): (String, FileType, Blob),
    append_to: Result<Option<UploadToken>, UploadError>,
) -> Result<Upload, Problem> {
    if blob.is_empty() {
        return Err(Problem::FileEmpty(UPLOAD.bytes));
    }
    if blob.len() > context.settings.max_upload_size {
        return Err(too_large(&context.settings));
    }
    if file_type.is_of_curl(&blob) {
        recorder.record_difference(KnownDifference::CurlFormType);
        file_type = file_type.without_curl(&file_name, &context.settings)?;
    }
    let FileType { content_type, is_declared } = file_type;
    let is_unknown =
        content_type == media::UNKNOWN_TYPE && media::type_by_name(&file_name).is_none();
    let file = NewFile::new(file_name, content_type, blob);
    let settings = &context.settings;
    judge(file_checks::check_content(&file), settings, recorder)?;
    if is_declared {
        judge(file_checks::check_text(&file, settings), settings, recorder)?;
    }
    let kind = if let Ok(Some(token)) = append_to {
        recorder.name_token(TokenRef::Upload(token));
        EventKind::Appended
    } else {
        EventKind::Issued
    };
    let upload = append_to.and_then(|token| context.account.upload(file, token, &context.settings));
    let upload = upload.map_err(|error| record_attached(error, recorder))?;
    recorder.record_upload(kind, &upload);
    if is_unknown {
        recorder.record_difference(KnownDifference::UnknownType);
    }
    Ok(upload)
}

/// Refuses a file that does not pass a check, or records that Zendesk probably does.
fn judge(
    checked: Result<(), FailedCheck>,
    settings: &AccountSettings,
    recorder: &Recorder,
) -> Result<(), Problem> {
    let Err(failed) = checked else { return Ok(()) };
    if failed.is_refused(settings) {
        return Err(Problem::FileCheck(failed));
    }
    recorder.record_difference(match failed {
        FailedCheck::EmptyContentType => KnownDifference::EmptyContentType,
        FailedCheck::MissingExtension => KnownDifference::NoExtension,
        FailedCheck::WrongExtension(_) => KnownDifference::ContentNotCompared,
        FailedCheck::UndecodableText => KnownDifference::UndecodableText,
    });
    Ok(())
}

/// Records the known difference of an upload that takes no file because it was attached.
fn record_attached(error: UploadError, recorder: &Recorder) -> UploadError {
    if matches!(error, UploadError::Attached { .. }) {
        recorder.record_difference(KnownDifference::AppendToAttached);
    }
    error
}

/// The file name without the folders that some clients send with it.
fn check_name(
    sent: Option<&str>,
    place: &FilePlace,
    settings: &AccountSettings,
    recorder: &Recorder,
) -> Result<String, Problem> {
    let name = sent
        .and_then(|sent| sent.rsplit(['/', '\\']).next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .ok_or(Problem::FilenameMissing(place.no_name))?;
    let (length, max) = (name.chars().count(), settings.max_filename_length);
    if length > max {
        return Err(Problem::FilenameTooLong { length, max });
    }
    judge(file_checks::check_name(name), settings, recorder)?;
    Ok(name.to_owned())
}
