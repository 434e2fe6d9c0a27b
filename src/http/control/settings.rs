//! `/_mock/settings`: the settings of the account.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::config::json as settings_json;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::refusal::Refusal;

pub const ALL: Field = Field::optional("", Kind::Settings, "the settings to change");

/// `GET /_mock/settings`
pub async fn show(context: Context) -> Response {
    Json(json!({"settings": settings_json::write(&context.settings)})).into_response()
}

/// `PATCH /_mock/settings`: changes all given settings or none, and lists unknown names.
pub async fn change(context: Context, Input(sent): Input) -> Result<Response, Refusal> {
    let changed =
        context.account.change_settings(|settings| settings_json::read(settings, &sent))?;
    let ignored: Vec<_> =
        sent.keys().filter(|name| !settings_json::is_setting(name.as_str())).collect();
    let settings = settings_json::write(&changed);
    Ok(Json(json!({"settings": settings, "ignored": ignored})).into_response())
}
