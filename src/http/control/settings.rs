//! `/_mock/settings`: what can be set of an account while the server runs.

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::http::control::error::ControlError;
use crate::http::control::input::{Field, Input, Kind};
use crate::http::exchange::extract::Context;
use crate::http::exchange::json::Json;
use crate::seed::{Object, SETTINGS, Setting, apply, told};

/// Some of the settings.
pub const ALL: Field = Field::optional("", Kind::Settings, "the settings to change");

/// The JSON schema of some of the settings.
pub fn schema() -> Value {
    let property = |setting: &Setting| {
        let mut schema = json!({"description": setting.accepts()});
        if let Some(words) = setting.words() {
            schema["type"] = json!("string");
            schema["enum"] = json!(words);
        }
        (setting.name.to_owned(), schema)
    };
    let properties: Object = SETTINGS.iter().map(property).collect();
    json!({"type": "object", "properties": properties})
}

/// `GET /_mock/settings`
pub async fn show(context: Context) -> Response {
    Json(json!({"settings": told(&context.settings)})).into_response()
}

/// `PATCH /_mock/settings`: those that are named, all or none. Names that are none are told.
pub async fn change(context: Context, Input(sent): Input) -> Result<Response, ControlError> {
    let changed = context.settings_table.change(&context.account, |config| apply(config, &sent))?;
    let is_known = |name: &&String| SETTINGS.iter().any(|setting| setting.name == **name);
    let ignored: Vec<_> = sent.keys().filter(|name| !is_known(name)).collect();
    Ok(Json(json!({"settings": told(&changed), "ignored": ignored})).into_response())
}
