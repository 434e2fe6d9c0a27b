//! `/_mock/leaks`: what was begun and never ended.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::Leaks;
use crate::core::attachments::Attachment;
use crate::core::uploads::Upload;
use crate::core::user_images::Unpublished;
use crate::http::exchange::extract::Context;
use crate::http::exchange::json::Json;

#[derive(Serialize)]
struct LeaksJson {
    uploads: Vec<UploadJson>,
    images: Vec<ImageJson>,
    expired_uploads: u64,
    expired_images: u64,
}

#[derive(Serialize)]
struct UploadJson {
    token: String,
    expires_at: String,
    file_names: Vec<String>,
    missing: &'static str,
}

impl From<Upload> for UploadJson {
    fn from(upload: Upload) -> Self {
        let name = |file: &Arc<Attachment>| file.original.file_name.clone();
        Self {
            token: upload.token.to_string(),
            expires_at: format!("{:.0}", upload.expires_at),
            file_names: upload.attachments.iter().map(name).collect(),
            missing: "a ticket or request that names the token in comment.uploads",
        }
    }
}

#[derive(Serialize)]
struct ImageJson {
    token: String,
    expires_at: String,
    content_type: String,
    missing: &'static str,
}

impl From<Unpublished> for ImageJson {
    fn from(image: Unpublished) -> Self {
        let Unpublished { reservation, is_stored } = image;
        Self {
            token: reservation.token.to_string(),
            expires_at: format!("{:.0}", reservation.expires_at),
            content_type: reservation.content_type.clone(),
            missing: if is_stored {
                "POST /api/v2/guide/user_images with the token"
            } else {
                "the PUT of the bytes to upload.url"
            },
        }
    }
}

/// `GET /_mock/leaks`
pub async fn show(context: Context) -> Response {
    let Leaks { uploads, images, expired_uploads, expired_images } = context.account.leaks();
    Json(LeaksJson {
        uploads: uploads.into_iter().map(Into::into).collect(),
        images: images.into_iter().map(Into::into).collect(),
        expired_uploads,
        expired_images,
    })
    .into_response()
}
