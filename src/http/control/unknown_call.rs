//! Paths and methods that no call of the control API has.

use axum::extract::Request;

use crate::http::control::calls::CALLS;
use crate::http::control::control_row::ControlRow;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// Refuses a path or a method that no call has, and names the nearest call.
pub async fn unknown_call(request: Request) -> Refusal {
    let (method, path) = (request.method(), request.uri().path());
    // A path such as /_mock/journal/verify is no /_mock/journal/{number}.
    let is_literal = CALLS.iter().any(|call| call.path == path);
    let fits = |call: &&ControlRow| call.path == path || (!is_literal && fits(call.path, path));
    let methods = CALLS.iter().filter(fits);
    let methods: Vec<_> = methods.map(|call| call.method.as_str()).collect();
    if !methods.is_empty() {
        let methods = methods.join(", ");
        return Problem::WrongMethod(format!("{path} has no {method}; it has {methods}")).into();
    }
    // The nearest path, and of its methods that of the request if it has that.
    let distance = |call: &&ControlRow| {
        let named = fill_parameters(call.path, path);
        (strsim::damerau_levenshtein(&named, path), call.method != *method)
    };
    let nearest = CALLS.iter().min_by_key(distance);
    let nearest = nearest.map(|call| format!("; did you mean {} {}?", call.method, call.path));
    let nearest = nearest.unwrap_or_default();
    Problem::NotFound(format!(
        "there is no call {path}{nearest} GET /_mock/openapi.json lists all calls"
    ))
    .into()
}

fn fits(pattern: &str, path: &str) -> bool {
    fill_parameters(pattern, path) == path && !path.ends_with('/')
}

/// The pattern with the parameters of a path, as far as it has them.
fn fill_parameters(pattern: &str, path: &str) -> String {
    let mut parts = path.split('/');
    let filled = pattern.split('/').map(|part| match parts.next() {
        Some(parameter) if part.starts_with('{') => parameter,
        _ => part,
    });
    filled.collect::<Vec<_>>().join("/")
}
