//! `/_mock/leaks`: uploads and images that are unfinished.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::{LeakedImage, LeakedUpload, Leaks};
use crate::core::chains::Missing;
use crate::http::exchange::context::Context;
use crate::http::exchange::json::Json;

#[derive(Serialize)]
struct LeaksJson {
    uploads: Vec<LeakedUploadJson>,
    images: Vec<LeakedImageJson>,
    expired_uploads: u64,
    expired_images: u64,
}

#[derive(Serialize)]
struct LeakedUploadJson {
    token: String,
    expires_at: String,
    file_names: Vec<String>,
    missing: &'static str,
}

impl From<LeakedUpload> for LeakedUploadJson {
    fn from(LeakedUpload { token, expires_at, file_names }: LeakedUpload) -> Self {
        Self {
            token,
            expires_at: format!("{expires_at:.0}"),
            file_names,
            missing: "a ticket or request that names the token in comment.uploads",
        }
    }
}

#[derive(Serialize)]
struct LeakedImageJson {
    token: String,
    expires_at: String,
    content_type: String,
    missing: &'static str,
}

impl From<LeakedImage> for LeakedImageJson {
    fn from(LeakedImage { token, expires_at, content_type, missing }: LeakedImage) -> Self {
        Self {
            token,
            expires_at: format!("{expires_at:.0}"),
            content_type,
            missing: if missing == Missing::Publish {
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
