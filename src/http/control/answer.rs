//! Answers of the control API, and their schemas.

use std::marker::PhantomData;

use axum::http::StatusCode;
use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::core::account::Account;
use crate::core::blobs::{Blob, OutOfMemory};
use crate::core::media;
use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::json_list::plain_list;
use crate::http::exchange::long_work::LongWork;
use crate::http::exchange::refusal::Refusal;

/// What a call that succeeds returns.
pub trait Output {
    fn into_response(self) -> Response;

    /// The responses of an OpenAPI operation, apart from refusals.
    fn responses(generator: &mut SchemaGenerator) -> Value;
}

/// A JSON answer of the type `T`. It is written while the value, which may borrow, exists.
pub struct Answer<T, const STATUS: u16 = 200> {
    response: Response,
    value: PhantomData<fn() -> T>,
}

pub type Reply<T, const STATUS: u16 = 200> = Result<Answer<T, STATUS>, Refusal>;

/// An answer names the account that the call acted on.
#[derive(Serialize, JsonSchema)]
pub struct AccountAnswer<'a, T> {
    /// The account that the call acted on.
    pub account: &'a str,
    #[serde(flatten)]
    pub value: T,
}

impl<T, const STATUS: u16> Answer<T, STATUS> {
    /// An answer about the account of this name. A long one is charged to `payer`.
    ///
    /// # Errors
    /// The budget has no room for a long list.
    pub async fn new(
        account: &str,
        value: impl Serialize,
        payer: &Account,
        long_work: &LongWork,
    ) -> Result<Self, OutOfMemory> {
        let mut response = plain_list(&AccountAnswer { account, value }, payer, long_work).await?;
        *response.status_mut() = StatusCode::from_u16(STATUS).unwrap_or_default();
        Ok(Self { response, value: PhantomData })
    }
}

impl<T: JsonSchema, const STATUS: u16> Output for Answer<T, STATUS> {
    fn into_response(self) -> Response {
        self.response
    }

    fn responses(generator: &mut SchemaGenerator) -> Value {
        let schema = generator.subschema_for::<AccountAnswer<'_, T>>();
        json!({STATUS.to_string(): content("application/json", &schema.into())})
    }
}

/// A response of the OpenAPI document.
pub fn content(media_type: &str, schema: &Value) -> Value {
    json!({"description": "Success", "content": {media_type: {"schema": schema}}})
}

macro_rules! raw {
    ($($(#[$doc:meta])* $name:ident: $media_type:literal;)+) => {$(
        $(#[$doc])*
        pub struct $name(pub Response);

        impl Output for $name {
            fn into_response(self) -> Response {
                self.0
            }

            fn responses(_: &mut SchemaGenerator) -> Value {
                json!({"200": content($media_type, &json!({}))})
            }
        }
    )+};
}

raw! {
    /// A JSON document that does not name its account.
    RawJson: "application/json";
    /// A stored body, byte for byte.
    RawBytes: "application/octet-stream";
    RawCertificate: "application/x-pem-file";
    RawEvents: "text/event-stream";
}

impl RawBytes {
    /// All of a blob, as bytes of no type: a browser neither shows nor runs them.
    pub fn new(blob: Blob) -> Self {
        let headers = [
            (CONTENT_TYPE, media::UNKNOWN_TYPE),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        ];
        let mut head = (headers, [(CONTENT_LENGTH, blob.len())], ()).into_response();
        let whole = 0..blob.len();
        head.extensions_mut().insert(BlobRange::new(blob, whole));
        Self(head)
    }
}
