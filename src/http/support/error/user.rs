//! Refusals of users that clients create and change.

use crate::core::users::UserError;
use crate::http::support::error::envelope::{
    Envelope, forbidden, ids_exhausted, invalid, not_found, out_of_memory,
};

/// The texts about names (2013) and malformed addresses (2021) are those of users' reports.
pub fn user(error: &UserError) -> (u16, Envelope) {
    let taken = |field, label, value: &str| {
        let text = format!("{label}: {value} is already being used by another user");
        (422, invalid(field, text, Some("DuplicateValue")))
    };
    match error {
        UserError::Unknown(_) => (404, not_found()),
        UserError::OnlyForAdmins(_) => (403, forbidden()),
        UserError::NameBlank => {
            let text = "Name: is too short (minimum is 1 characters)";
            (422, invalid("name", text, None))
        }
        UserError::EmailMalformed(email) => {
            let text = format!("Email: {email} is not properly formatted");
            (422, invalid("email", text, Some("InvalidValue")))
        }
        UserError::EmailTaken(email) => taken("email", "Email", email),
        UserError::ExternalIdTaken(id) => taken("external_id", "External", id),
        UserError::IdsExhausted(error) => ids_exhausted(*error),
        UserError::OutOfMemory(error) => out_of_memory(error),
    }
}
