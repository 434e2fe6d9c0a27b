//! `/_mock/settings`: the settings of the account.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::config::settings::SettingsChange;
use crate::core::account::settings::SettingError;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::seed::Object;

pub const ALL: Field = Field::optional("", Kind::Settings, "the settings to change");

/// `GET /_mock/settings`
pub async fn show(context: Context) -> Response {
    Json(json!({"settings": SettingsChange::from(&*context.settings)})).into_response()
}

/// `PATCH /_mock/settings`: changes all given settings or none.
pub async fn change(context: Context, Input(sent): Input) -> Result<Response, Refusal> {
    let change = read_settings(&sent)?;
    let changed = context.account.change_settings(|settings| {
        change.apply(settings);
        Ok::<_, SettingError>(())
    })?;
    Ok(Json(json!({"settings": SettingsChange::from(&*changed)})).into_response())
}

/// Reads settings to change.
pub fn read_settings(sent: &Object) -> Result<SettingsChange, Problem> {
    serde_path_to_error::deserialize(sent)
        .map_err(|error| Problem::field(error.path().to_string(), error.inner().to_string()))
}
