//! `/api/v2/users`: users that clients create and change.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use strum::VariantNames as _;

use crate::core::users::{Role, User, UserChange};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::JsonBody;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::location;
use crate::http::support::json_input::{self, JsonMap};
use crate::http::support::objects::user::UserJson;

/// The properties that are kept. Of the others only `id`, which clients send back, means nothing.
const KEPT: [&str; 6] = ["name", "email", "role", "external_id", "suspended", "id"];

/// `POST /api/v2/users`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let new = read(&body, &recorder)?;
    let user = context.account.create_user(new, context.login().as_ref())?;
    Ok(created(&user, &context))
}

/// `POST /api/v2/users/create_or_update`: 201 for a new user, 200 for another one, as documented.
pub async fn create_or_update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let change = read(&body, &recorder)?;
    let (user, is_new) = context.account.create_or_update_user(change, context.login().as_ref())?;
    Ok(if is_new { created(&user, &context) } else { shown(&user, &context).into_response() })
}

/// `PUT /api/v2/users/{id}`
pub async fn update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    // A user that is unknown is refused before its body is checked.
    context.account.find_user(id)?;
    let change = read(&body, &recorder)?;
    let user = context.account.update_user(id, change, context.login().as_ref())?;
    Ok(shown(&user, &context).into_response())
}

fn created(user: &User, context: &RequestContext) -> Response {
    let location = location(context.urls.object("users", user.id));
    (StatusCode::CREATED, location, shown(user, context)).into_response()
}

fn shown(user: &User, context: &RequestContext) -> impl IntoResponse {
    TaggedJson(NamedValue("user", UserJson::new(user, &context.urls)))
}

fn read(body: &Value, recorder: &Recorder) -> Result<UserChange, Problem> {
    let nothing = JsonMap::new();
    let sent = match body {
        Value::Object(body) => json_input::object(body, "user")?.unwrap_or(&nothing),
        _ => &nothing,
    };
    if sent.keys().any(|name| !KEPT.contains(&&**name)) {
        recorder.record_difference(KnownDifference::UserProperties);
    }
    let text = |name| {
        let text = json_input::present_text(sent, name)?;
        Ok::<_, Problem>(text.map(|text| text.trim().to_owned()))
    };
    let role = text("role")?.filter(|role| !role.is_empty()).map(|role| {
        let not_allowed =
            |_| Problem::NotAllowed { field: "role", value: role.clone(), allowed: Role::VARIANTS };
        role.parse().map_err(not_allowed)
    });
    let external_id = json_input::text(sent, "external_id")?;
    let external_id = external_id.map(|id| id.filter(|id| !id.is_empty()).map(ToOwned::to_owned));
    Ok(UserChange {
        name: text("name")?,
        email: text("email")?.filter(|email| !email.is_empty()),
        role: role.transpose()?,
        external_id,
        suspended: json_input::flag(sent, "suspended")?,
    })
}
