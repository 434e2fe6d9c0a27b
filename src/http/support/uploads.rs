//! `/api/v2/uploads`: a file comes in, and a token goes out.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::settings::UploadContentType;
use crate::core::journal::{EventKind, JournalEvent};
use crate::core::media;
use crate::core::tokens::TokenRef;
use crate::core::uploads::Upload;
use crate::fidelity::KnownDifference;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Path;
use crate::http::exchange::json::{self, JSON, NamedValue};
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::location;
use crate::http::support::upload_input::{self, parse_token};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The life of uploads by the recorded `expires_at`.
const RECORDED_LIFE: Duration = Duration::from_secs(72 * 60 * 60);

/// `POST /api/v2/uploads?filename=…[&token=…]`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let upload = upload_input::receive(&context, &recorder, &parts, body).await?;
    let newest = upload.attachments.last().map_or(0, |attachment| {
        recorder.store_file(&attachment.original.blob);
        attachment.original.id
    });
    let location = location(context.urls.object("attachments", newest));
    let content_type = response_type(&parts.headers, context.settings.upload_content_type);
    Ok((StatusCode::CREATED, location, upload_response(&upload, &context, &recorder, content_type))
        .into_response())
}

/// `GET /api/v2/uploads/{token}`, which Zendesk is not known to have.
pub async fn show(
    context: Arc<RequestContext>,
    recorder: Recorder,
    Path(token): Path,
) -> Result<Response, Refusal> {
    recorder.record_difference(KnownDifference::UploadShown);
    let token = parse_token(&token, &context, &recorder)?;
    recorder.name_token(TokenRef::Upload(token));
    let upload = context.account.find_upload(token)?;
    recorder.record_upload(EventKind::Read, &upload);
    Ok(upload_response(&upload, &context, &recorder, JSON))
}

/// `DELETE /api/v2/uploads/{token}`
pub async fn delete(
    context: Arc<RequestContext>,
    recorder: Recorder,
    Path(token): Path,
) -> Result<StatusCode, Refusal> {
    let token = parse_token(&token, &context, &recorder)?;
    recorder.name_token(TokenRef::Upload(token));
    let was_open = context.account.delete_upload(token)?;
    recorder.record_difference(KnownDifference::DeletionAtOnce);
    let kind = if was_open { EventKind::Deleted } else { EventKind::Read };
    let token = TokenRef::Upload(token);
    recorder.record(JournalEvent::with_token(kind, token, token.into()));
    Ok(StatusCode::NO_CONTENT)
}

/// `application/json` for clients that accept it by name, else `text/plain`: recorded six times in
/// 2023 and 2024.
fn response_type(headers: &HeaderMap, setting: UploadContentType) -> HeaderValue {
    let is_json = |range: &str| media::essence(range).eq_ignore_ascii_case("application/json");
    let names_json = || {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(is_json)
    };
    match setting {
        UploadContentType::Json => JSON,
        UploadContentType::Text => TEXT,
        UploadContentType::Accept if names_json() => JSON,
        UploadContentType::Accept => TEXT,
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct UploadJson<'a> {
    token: &'a str,
    expires_at: String,
    attachments: &'a [AttachmentJson<'a>],
    attachment: Option<&'a AttachmentJson<'a>>,
}

fn upload_response(
    upload: &Upload,
    context: &RequestContext,
    recorder: &Recorder,
    content_type: HeaderValue,
) -> Response {
    if context.settings.upload_ttl != RECORDED_LIFE {
        recorder.record_difference(KnownDifference::UploadLife);
    }
    let attachments: Vec<_> = upload
        .attachments
        .iter()
        .map(|attachment| AttachmentJson::new(attachment, &context.urls))
        .collect();
    let upload = UploadJson {
        token: upload.token.as_str(),
        expires_at: format!("{:.0}", upload.expires_at),
        attachments: &attachments,
        attachment: attachments.last(),
    };
    json::tagged(&NamedValue("upload", upload), content_type)
}
