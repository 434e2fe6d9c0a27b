//! `/_mock/seed` and `/_mock/export`: an account as one document.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::core::blobs::Blob;
use crate::http::control::answer::{Answer, RawJson, Reply};
use crate::http::control::call::{Call, Input, about_body, empty_body, ensure_no_query};
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json_body::Room;
use crate::http::exchange::json_list::large_plain_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::{ReceiveError, receive_file};
use crate::http::exchange::refusal::Refusal;
use crate::seed::{Document, Files};

/// A seed. It may be as large as the memory for files allows.
pub struct ReceivedSeed(Document);

impl Input for ReceivedSeed {
    const EXAMPLE: &'static str = r#"{"tickets": [{"comments": [{"body": "hello"}]}]}"#;
    const NEEDS_BODY: bool = true;

    async fn read(request: Request, context: &RequestContext) -> Result<(Self, Room), Problem> {
        ensure_no_query::<Self>(request.uri().query().unwrap_or_default())?;
        let received = receive(context, &mut request.into_body()).await?;
        if received.is_empty() {
            return Err(empty_body::<Self>());
        }
        // Parsing takes long for many files. Other requests go on meanwhile.
        let parse = || {
            // Contiguous text is parsed ten times as fast.
            let _text_room = context.account.charge(received.len())?;
            let text = received.chunks().concat();
            drop(received);
            let received = Document::receive(&text, &context.account);
            let (document, room) = received.map_err(|error| match error.into() {
                Problem::NoDocument(problem) => Problem::NoDocument(about_body::<Self>(&problem)),
                problem => problem,
            })?;
            Ok((Self(document), room.into()))
        };
        context.long_work.run(parse).await
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Document>()
    }
}

#[derive(Serialize, JsonSchema)]
pub struct SeedAnswer {
    holds: ObjectCountsJson,
}

/// Replaces the content of the account.
pub async fn import(call: Call<ReceivedSeed>) -> Reply<SeedAnswer> {
    let Call { app, account, input: ReceivedSeed(document), room: _room, .. } = call;
    let import = || document.import(&account, Files::Nowhere);
    let holds = app.long_work.run(import).await;
    let seeded = SeedAnswer { holds: holds.map_err(Problem::from)?.into() };
    // A seed that cannot be imported leaves no account behind.
    let listed = app.accounts.adopt(&account).map_err(Problem::from)?;
    if !Arc::ptr_eq(&listed, &account) {
        let why = "another request created the account meanwhile; send the seed again";
        return Err(Problem::NoDocument(why.to_owned()).into());
    }
    Ok(Answer::new(account.name(), seeded, &account, &app.long_work).await?)
}

async fn receive(context: &RequestContext, body: &mut Body) -> Result<Blob, Problem> {
    let timeout = context.server.idle_timeout;
    match receive_file(body, &context.account, u64::MAX, timeout, |_| ()).await {
        Ok(writer) => Ok(writer.finish()),
        Err(ReceiveError::Problem(problem)) => Err(problem),
        Err(error) => Err(Problem::NoDocument(error.to_string())),
    }
}

/// Returns a document that is a valid seed.
pub async fn export(call: Call) -> Result<RawJson, Refusal> {
    let account = call.account();
    let write = || {
        let (document, _room) = Document::export(account)?;
        large_plain_list(&document, account)
    };
    let mut response = call.app.long_work.run(write).await?;
    // Account names are letters, digits, hyphens and underscores.
    let name = format!("attachment; filename=\"{}.json\"", account.name());
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(RawJson(response))
}
