//! Paths and methods that no call of the control API has.

use axum::extract::Request;
use axum::http::Method;

use crate::config::nearest::is_typo;
use crate::http::control::calls::CALLS;
use crate::http::control::control_row::ControlRow;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

const ROOT: &str = "/_mock";

/// The longest path that is compared, in bytes. The time that it takes grows with its length.
const LONGEST_COMPARED: usize = 300;

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
    let nearest = nearest_call(method, path);
    Problem::NotFound(format!("there is no call {path}{nearest} GET /_mock lists all calls")).into()
}

/// The hint of the nearest path, and of its methods that of the request if it has that.
fn nearest_call(method: &Method, path: &str) -> String {
    let distance = |call: &&ControlRow| {
        let named = fill_parameters(call.path, path);
        (strsim::damerau_levenshtein(&named, path), call.method != *method)
    };
    let is_short = path.len() <= LONGEST_COMPARED;
    let nearest = is_short.then(|| CALLS.iter().min_by_key(distance)).flatten();
    nearest.map_or(";".to_owned(), |call| format!("; did you mean {} {}?", call.method, call.path))
}

/// The hint for a path outside of the control API that looks like one of its calls, such as
/// `/_mok/reset`.
pub fn explain_near_miss(method: &Method, path: &str) -> Option<String> {
    let path = path.strip_prefix('/')?;
    let (root, rest) = path.split_once('/').unwrap_or((path, ""));
    let is_near = ["_mock", "mock"].iter().any(|own| root == *own || is_typo(root, own));
    if !is_near {
        return None;
    }
    let meant = if rest.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{rest}") };
    let nearest = nearest_call(method, &meant);
    Some(format!("there is no such path; the control API is below {ROOT}{nearest}"))
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
