//! Files that are read by URL: `/attachments/token/{token}/`, the signed URLs behind it, and
//! `/hc/user_images/{name}`.

mod disposition;
pub mod endpoints;
mod signed_url;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use self::disposition::disposition;
use crate::core::account::USER_IMAGES;
use crate::core::account::settings::Downloads;
use crate::core::attachments::{AttachmentError, FoundFile};
use crate::core::ids::FileToken;
use crate::core::journal::{EventKind, ObjectRef};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Path, PathPair};
use crate::http::exchange::file;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::location;

/// `GET /attachments/token/{token}/?name=…`: needs credentials only under `private_attachments`. The
/// file is found by its token; the name is ignored.
pub async fn attachment(
    context: Arc<RequestContext>,
    recorder: Recorder,
    Path(token): Path,
    request: Request,
) -> Result<Response, Refusal> {
    if context.settings.private_attachments {
        context.authenticate().map_err(|why| {
            if context.has_session(request.headers()) {
                recorder.record_difference(KnownDifference::SessionReadsNothingPrivate);
            }
            Problem::Forbidden(why)
        })?;
        context.ensure_impersonates(&recorder)?;
    }
    let token = FileToken::parse(&token).ok_or(AttachmentError::UnknownContent)?;
    if context.settings.private_attachments
        && !context.account.may_read(token, context.login().as_ref())
    {
        let why = "the file is private, and this end user does not see the comment that it is in";
        return Err(Problem::Forbidden(why).into());
    }
    match context.settings.downloads {
        Downloads::Direct => {
            let response = serve(&context, &recorder, token, &request)?;
            recorder.record_difference(KnownDifference::DirectDownload);
            Ok(response)
        }
        Downloads::Redirect => {
            let found = context.account.find_content(token)?;
            recorder.record_object(EventKind::Read, file_ref(&found));
            recorder.record_difference(KnownDifference::TemporaryUrlLife);
            let location = location(signed_url::url(&context, found.file().token));
            let kept = [(CACHE_CONTROL, signed_url::NOT_CACHED)];
            Ok((StatusCode::FOUND, kept, location, ()).into_response())
        }
    }
}

/// `GET /attachment/{account}/{token}?token=…`: a signed URL, which needs no credentials.
pub async fn signed(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathPair(account, token): PathPair,
    request: Request,
) -> Result<Response, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    // A URL that does not hold does not reveal whether the file exists.
    let is_ours = account == context.account.id().to_string();
    let token = FileToken::parse(&token)
        .filter(|_| is_ours)
        .ok_or(Problem::Forbidden("no account has such a file"))?;
    signed_url::check(&context, token, query, request.headers()).map_err(Problem::Forbidden)?;
    serve(&context, &recorder, token, &request)
}

fn serve(
    context: &RequestContext,
    recorder: &Recorder,
    token: FileToken,
    request: &Request,
) -> Result<Response, Refusal> {
    let found = context.account.find_content(token)?;
    recorder.record_object(download_kind(request), file_ref(&found));
    let file = found.file();
    // A file changes once at most, when redaction empties it.
    let etag = format!("{}-{}", file.token, file.blob.len());
    let served = file::serve(request, &file.blob, &file.content_type, &etag);
    Ok(([(CONTENT_DISPOSITION, disposition(&file.file_name))], served).into_response())
}

/// HEAD is no download.
fn download_kind(request: &Request) -> EventKind {
    if *request.method() == Method::GET { EventKind::Downloaded } else { EventKind::Read }
}

fn file_ref(found: &FoundFile) -> ObjectRef {
    let (id, of) = (found.file().id, found.attachment.original.id);
    if id == of { ObjectRef::Attachment(id) } else { ObjectRef::Thumbnail { id, of } }
}

/// `GET /hc/user_images/{name}.{extension}`: a published image, shown in place.
pub async fn user_image(
    context: Arc<RequestContext>,
    recorder: Recorder,
    Path(name): Path,
    request: Request,
) -> Result<Response, Refusal> {
    let image = context.account.find_published(&USER_IMAGES, &name)?;
    recorder.record_object(download_kind(&request), (&*image).into());
    Ok(file::serve(&request, &image.blob, &image.content_type, &name))
}
