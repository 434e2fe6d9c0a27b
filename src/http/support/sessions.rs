//! The tokens that pages of the help center fetch for their session.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json::{Json, NamedValue};
use crate::http::exchange::recorder::Recorder;

#[derive(Serialize, JsonSchema)]
pub(super) struct SessionJson<'a> {
    csrf_token: &'a str,
}

/// `GET /api/v2/help_center/sessions`: the token that the theme of a help center sends as
/// `X-CSRF-Token` (Zendesk's theme, read 2026-08-18).
pub async fn show(context: Arc<RequestContext>, recorder: Recorder) -> Response {
    recorder.record_difference(KnownDifference::OneCsrfToken);
    let csrf_token = &context.help_center_token();
    Json(NamedValue("current_session", SessionJson { csrf_token })).into_response()
}

/// `GET /hc/api/v2/integration/token`: the token by which a page proves its user to other programs.
pub async fn integration_token(context: Arc<RequestContext>, recorder: Recorder) -> Response {
    recorder.record_difference(KnownDifference::OneCsrfToken);
    Json(NamedValue("token", context.authenticity_token())).into_response()
}
