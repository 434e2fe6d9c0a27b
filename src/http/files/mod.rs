//! `/attachments/token/{token}/`, the temporary URLs behind it, and `/hc/user_images/{name}`: files that are
//! followed by URL.

mod signed_url;

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::core::account::settings::Downloads;
use crate::core::attachments::{AttachmentError, Found};
use crate::core::ids::FileToken;
use crate::core::journal::{EventKind, ObjectRef};
use crate::fidelity::Differs;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::{Path, PathPair};
use crate::http::exchange::file;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;

/// What RFC 8187 lets stand in an extended parameter value.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `GET /attachments/token/{token}/?name=…`: whoever has the URL may read the file, unless
/// `private_attachments` asks for credentials. The name in the query is for people; the file is found
/// by its token.
pub async fn attachment(
    context: Context,
    recorder: Recorder,
    Path(token): Path,
    request: Request,
) -> Result<Response, Refusal> {
    if context.settings.private_attachments {
        context.authenticate().map_err(|why| {
            if context.has_session(request.headers()) {
                recorder.differs(Differs::SessionReads);
            }
            Problem::Forbidden(why)
        })?;
    }
    let token = FileToken::parse(&token).ok_or(AttachmentError::UnknownContent)?;
    match context.settings.downloads {
        Downloads::Direct => {
            let answer = served(&context, &recorder, token, &request)?;
            recorder.differs(Differs::DirectDownload);
            Ok(answer)
        }
        Downloads::Redirect => {
            let found = context.account.find_content(token)?;
            recorder.record_object(EventKind::Read, file_ref(&found));
            recorder.differs(Differs::TemporaryLife);
            let location = signed_url::url(&context, found.file().token);
            let location: Option<HeaderValue> = location.try_into().ok();
            let kept = [(CACHE_CONTROL, signed_url::NOT_CACHED)];
            let location = location.map(|location| [(LOCATION, location)]);
            Ok((StatusCode::FOUND, kept, location, ()).into_response())
        }
    }
}

/// `GET /attachment/{account}/{token}?token=…`: a temporary URL. Who follows it needs nothing else.
pub async fn temporary(
    context: Context,
    recorder: Recorder,
    PathPair(account, token): PathPair,
    request: Request,
) -> Result<Response, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    // A URL that does not hold says nothing of what there is.
    let is_ours = account == context.account.id().to_string();
    let token = FileToken::parse(&token)
        .filter(|_| is_ours)
        .ok_or(Problem::Forbidden("no account has such a file"))?;
    signed_url::check(&context, token, query, request.headers()).map_err(Problem::Forbidden)?;
    served(&context, &recorder, token, &request)
}

fn served(
    context: &Context,
    recorder: &Recorder,
    token: FileToken,
    request: &Request,
) -> Result<Response, Refusal> {
    let found = context.account.find_content(token)?;
    recorder.record_object(download_kind(request), file_ref(&found));
    Ok(file(&found, request))
}

/// A request for the head alone is no download.
fn download_kind(request: &Request) -> EventKind {
    if *request.method() == Method::GET { EventKind::Downloaded } else { EventKind::Read }
}

fn file_ref(found: &Found) -> ObjectRef {
    let (id, of) = (found.file().id, found.attachment.original.id);
    if id == of { ObjectRef::Attachment(id) } else { ObjectRef::Thumbnail { id, of } }
}

fn file(found: &Found, request: &Request) -> Response {
    let file = found.file();
    // A file changes once at most, when redaction empties it.
    let etag = format!("{}-{}", file.token, file.blob.len());
    let served = file::serve(request, &file.blob, &file.content_type, &etag);
    ([(CONTENT_DISPOSITION, disposition(&file.file_name))], served).into_response()
}

/// `GET /hc/user_images/{name}.{extension}`: a published image, to be shown in place.
pub async fn user_image(
    context: Context,
    recorder: Recorder,
    Path(name): Path,
    request: Request,
) -> Result<Response, Refusal> {
    let image = context.account.find_image(&name)?;
    let object = ObjectRef::Image(image.name, image.extension);
    recorder.record_object(download_kind(&request), object);
    Ok(file::serve(&request, &image.blob, &image.content_type, &name))
}

/// `attachment` with the name in both forms of RFC 6266: an ASCII fallback, and the real one.
fn disposition(file_name: &str) -> HeaderValue {
    let fallback: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let text = if fallback == file_name {
        format!("attachment; filename=\"{fallback}\"")
    } else {
        let encoded = utf8_percent_encode(file_name, ATTRIBUTE);
        format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_needs_no_second_form() {
        assert_eq!(disposition("a b.txt"), "attachment; filename=\"a b.txt\"");
    }

    #[test]
    fn other_names_have_a_fallback_and_keep_their_own() {
        assert_eq!(
            disposition("é\"\r\n.txt"),
            "attachment; filename=\"____.txt\"; filename*=UTF-8''%C3%A9%22%0D%0A.txt"
        );
    }
}
