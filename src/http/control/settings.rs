//! `/_mock/settings`: the settings of the account.

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::settings::SettingsChange;
use crate::core::account::settings::SettingError;
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields};

impl Fields for SettingsChange {
    const EXAMPLE: &'static str = r#"{"upload_ttl": "5s", "rate_limit": "off"}"#;
    const NEEDS_BODY: bool = true;
}

#[derive(Serialize, JsonSchema)]
pub struct SettingsAnswer {
    /// All settings of the account.
    settings: SettingsChange,
}

pub async fn show(call: Call) -> Reply<SettingsAnswer> {
    call.answer(SettingsAnswer { settings: SettingsChange::from(&*call.context.settings) }).await
}

/// Changes all given settings or none.
pub async fn change(mut call: Call<SettingsChange>) -> Reply<SettingsAnswer> {
    let change = std::mem::take(&mut call.input);
    let changed = call.account().change_settings(|settings| {
        change.apply(settings);
        Ok::<_, SettingError>(())
    })?;
    call.answer(SettingsAnswer { settings: SettingsChange::from(&*changed) }).await
}
