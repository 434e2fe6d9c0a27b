//! `/api/v2/guide/user_images`: an image is reserved and published here, and stored in the bucket
//! between.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::core::account::{ObjectError, USER_IMAGES};
use crate::core::ids::BucketKey;
use crate::core::journal::{EventKind, JournalEvent};
use crate::core::tokens::{ObjectToken, TokenRef};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json::{Json, NamedValue};
use crate::http::exchange::json_body::JsonObject;
use crate::http::exchange::presigned::PresignedUploadJson;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::image_path;
use crate::http::guide::properties::{text, whole_number};

/// `POST /api/v2/guide/user_images/uploads`
pub async fn reserve(
    context: Arc<RequestContext>,
    recorder: Recorder,
    body: JsonObject,
) -> Result<Response, Refusal> {
    hint_misspelt(&body, &["content_type", "file_size"], &recorder);
    let content_type = text("content_type", &body)?;
    let file_size = whole_number("file_size", &body)?;
    let (host, settings) = (context.urls.bucket_host(), &context.settings);
    let reservation =
        context.account.reserve_object(&USER_IMAGES, content_type, file_size, host, settings)?;
    let token = reservation.token();
    recorder.record(JournalEvent::issued(token, token.into(), reservation.expires_at));
    let upload = PresignedUploadJson::new(&reservation, &context);
    // Documented as 200, although it creates something.
    Ok(Json(NamedValue("upload", upload)).into_response())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ImageJson<'a> {
    content_type: &'a str,
    path: String,
    size: u64,
}

/// `POST /api/v2/guide/user_images`
pub async fn publish(
    context: Arc<RequestContext>,
    recorder: Recorder,
    body: JsonObject,
) -> Result<Response, Refusal> {
    hint_misspelt(&body, &["token", "brand_id"], &recorder);
    let token = text("token", &body)?;
    brand(&body)?;
    let Some(key) = BucketKey::parse(token) else {
        // The reason says whose token it is.
        if let Some(upload) = context.account.find_token(token) {
            recorder.name_token(upload);
        }
        return Err(ObjectError::UnknownToken(&USER_IMAGES).into());
    };
    let token = TokenRef::Object(ObjectToken { family: &USER_IMAGES, key });
    recorder.name_token(token);
    let image = context.account.publish_object(&USER_IMAGES, key, &context.settings)?;
    recorder.record_difference(KnownDifference::ImageNames);
    recorder.record_difference(KnownDifference::AnyBrand);
    recorder.record(JournalEvent::with_token(EventKind::Published, token, (&*image).into()));
    let user_image = ImageJson {
        content_type: &image.content_type,
        path: image_path(&image),
        size: image.blob.len(),
    };
    Ok((StatusCode::CREATED, Json(NamedValue("user_image", user_image))).into_response())
}

/// Documented as a string; Zendesk's editor has a number. The brands of the account are unknown.
fn brand(body: &JsonObject) -> Result<(), Problem> {
    match body.get("brand_id") {
        Some(Value::Number(_)) => Ok(()),
        _ => text("brand_id", body).map(drop),
    }
}

fn hint_misspelt(body: &JsonObject, known: &[&'static str], recorder: &Recorder) {
    if let Some(hint) = body.misspelt(known) {
        recorder.record_hint(&hint);
    }
}
