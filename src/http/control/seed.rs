//! `/_mock/seed` and `/_mock/export`: an account as one document, in and out.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::task::block_in_place;

use crate::core::blobs::Blob;
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Kind};
use crate::http::exchange::json::{Json, plain_list};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::{ReceiveError, receive_file};
use crate::http::exchange::refusal::Refusal;
use crate::seed::{Document, Files};

/// The document.
pub const DOCUMENT: Field = Field::optional("", Kind::Seed, "the content of the account");

#[derive(Serialize)]
struct Planted<'a> {
    account: &'a str,
    holds: ObjectCountsJson,
}

/// `POST /_mock/seed`. It is as large as the memory for files allows.
pub async fn plant(context: Context, request: Request) -> Result<Response, Refusal> {
    let received = received(&context, request.into_body()).await?;
    let account = &context.account;
    // Many files take time to be taken apart, and other requests must not wait for it.
    let holds = block_in_place(|| {
        // In one piece it is read ten times as fast.
        let _text_room = account.charge(received.len())?;
        let text = received.chunks().concat();
        drop(received);
        let (document, _room) = Document::receive(&text, account)?;
        Ok::<_, Problem>(document.import(account, Files::Nowhere)?)
    })?;
    Ok(Json(Planted { account: account.name(), holds: holds.into() }).into_response())
}

async fn received(context: &Context, mut body: Body) -> Result<Blob, Problem> {
    let timeout = context.server.body_timeout;
    match receive_file(&mut body, &context.account, u64::MAX, timeout, |_| ()).await {
        Ok(writer) => Ok(writer.finish()),
        Err(ReceiveError::Problem(problem)) => Err(problem),
        Err(error) => Err(Problem::JsonMalformed(error.to_string())),
    }
}

/// `GET /_mock/export`: a document that `POST /_mock/seed` takes.
pub async fn export(context: Context) -> Result<Response, Refusal> {
    let written = block_in_place(|| {
        let (document, _room) = Document::export(&context.account)?;
        plain_list(&document, &context.account)
    });
    let mut response = written?;
    // Account names are letters, digits, hyphens and underscores.
    let name = format!("attachment; filename=\"{}.json\"", context.account.name());
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
