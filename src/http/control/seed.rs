//! `/_mock/seed` and `/_mock/export`: an account as one document, in and out.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::task::block_in_place;

use crate::core::blobs::Blob;
use crate::http::control::ObjectCounts;
use crate::http::control::error::ControlError;
use crate::http::control::input::{Field, Kind};
use crate::http::exchange::extract::Context;
use crate::http::exchange::json::{Json, plain_list};
use crate::http::exchange::problem::Problem;
use crate::http::pipeline::request_body::{self, ReceiveError};
use crate::seed::{Document, Files, of_reading};

/// The document.
pub const DOCUMENT: Field = Field::optional("", Kind::Seed, "what the account is to hold");

#[derive(Serialize)]
struct Planted<'a> {
    account: &'a str,
    holds: ObjectCounts,
}

/// `POST /_mock/seed`. It is as large as the memory for files allows.
pub async fn plant(context: Context, request: Request) -> Result<Response, ControlError> {
    let received = received(&context, request.into_body()).await?;
    let account = &context.account;
    // Many files take time to be taken apart, and other requests must not wait for it.
    let holds = block_in_place(|| {
        // In one piece it is read ten times as fast. What is read out of it takes as much again, until it is stored.
        let _text_room = account.charge(received.len())?;
        let text = received.chunks().concat();
        drop(received);
        let _reading_room = account.charge(of_reading(&text))?;
        let document = Document::read(&text)?;
        Ok::<_, ControlError>(document.plant(account, Files::Nowhere)?)
    })?;
    Ok(Json(Planted { account: account.name(), holds: holds.into() }).into_response())
}

async fn received(context: &Context, mut body: Body) -> Result<Blob, ControlError> {
    let timeout = context.server.body_timeout;
    let received =
        request_body::receive(&mut body, &context.account, u64::MAX, timeout, |_| ()).await;
    Ok(received.map_err(refused)?.finish())
}

fn refused(error: ReceiveError) -> ControlError {
    match error {
        ReceiveError::Problem(Problem::Core(error)) => error.into(),
        error => ControlError::Malformed(error.to_string()),
    }
}

/// `GET /_mock/export`: a document that `POST /_mock/seed` takes.
pub async fn export(context: Context) -> Result<Response, ControlError> {
    let written = block_in_place(|| {
        let (document, _room) = Document::of(&context.account)?;
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
