//! Properties of the JSON objects that clients send to the Guide gateway.

use serde_json::Value;

use crate::http::exchange::json_body::JsonObject;
use crate::http::exchange::problem::Problem;

pub fn text<'a>(field: &'static str, body: &'a JsonObject) -> Result<&'a str, Problem> {
    let reason = match body.get(field) {
        Some(Value::String(text)) if !text.trim().is_empty() => return Ok(text),
        Some(Value::String(_)) => "must not be blank",
        Some(_) => "must be a string",
        None => "is missing",
    };
    Err(Problem::Property { field, reason })
}

pub fn whole_number(field: &'static str, body: &JsonObject) -> Result<u64, Problem> {
    let reason = match body.get(field) {
        Some(Value::Number(number)) => match number.as_u64() {
            Some(number) => return Ok(number),
            None => "must be a whole number of bytes",
        },
        Some(_) => "must be a number",
        None => "is missing",
    };
    Err(Problem::Property { field, reason })
}
