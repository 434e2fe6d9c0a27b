//! A call of the control API as its handler gets it.

use std::fmt::Display;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::field_error::{FieldError, IS_REQUIRED, read_json, read_query};
use crate::core::account::Account;
use crate::http::control::answer::{Answer, Output, Reply};
use crate::http::exchange::context::{AppState, Exchange, RequestContext};
use crate::http::exchange::extract::first_parameter;
use crate::http::exchange::json_body::{Room, read_small};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::route::Route;

/// The problem of a body that is no object.
const NO_OBJECT: &str = "takes a JSON object";

/// A call whose input has been read.
pub struct Call<I = NoFields> {
    pub app: Arc<AppState>,
    /// The account that the call addresses.
    pub account: Arc<Account>,
    pub context: Arc<RequestContext>,
    pub headers: HeaderMap,
    /// The parameter in the path, or nothing.
    pub parameter: String,
    pub input: I,
    /// The charge for the input.
    pub room: Room,
}

/// The input of a call: the query of a GET, and otherwise the body.
pub trait Input: Sized + Send {
    /// An input that is accepted, as JSON. Empty if the call takes none.
    const EXAMPLE: &'static str;
    /// Whether an empty body is refused, although no single field is required.
    const NEEDS_BODY: bool;

    /// Returns the charge for what is read as well.
    fn read(
        request: Request,
        context: &RequestContext,
    ) -> impl Future<Output = Result<(Self, Room), Problem>> + Send;

    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// An input that serde reads. Its type refuses unknown fields.
pub trait Fields: DeserializeOwned + JsonSchema + Send {
    const EXAMPLE: &'static str;
    const NEEDS_BODY: bool = false;
}

impl<T: Fields> Input for T {
    const EXAMPLE: &'static str = T::EXAMPLE;
    const NEEDS_BODY: bool = T::NEEDS_BODY;

    async fn read(request: Request, context: &RequestContext) -> Result<(Self, Room), Problem> {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let (body, room) = read_small(context, body).await?;
        if [Method::GET, Method::HEAD].contains(&parts.method) {
            read_object::<NoFields>(&body).map_err(|problem| {
                misplaced::<T>(problem, "goes into the query: a GET takes no body")
            })?;
            return Ok((read_query(query)?, room));
        }
        ensure_no_query::<T>(query)?;
        if T::NEEDS_BODY && body.trim_ascii().is_empty() {
            return Err(empty_body::<T>());
        }
        let input = read_object(&body).map_err(|problem| match problem {
            Problem::Field { field, problem } if problem == IS_REQUIRED => {
                Problem::field(field, format!("{problem}, as in {}", T::EXAMPLE))
            }
            Problem::NoDocument(problem) => Problem::NoDocument(about_body::<T>(&problem)),
            problem => problem,
        })?;
        Ok((input, room))
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// Refuses the parameters of a query, where a call takes a body or nothing.
///
/// # Errors
/// The first parameter, and where it goes.
pub fn ensure_no_query<T: Input>(query: &str) -> Result<(), Problem> {
    let misplaced = |problem: FieldError| {
        let place = format!("goes into the JSON body, as in {}", T::EXAMPLE);
        misplaced::<T>(problem.into(), &place)
    };
    read_query::<NoFields>(query).map(drop).map_err(misplaced)
}

/// Says where a field goes, if the call takes any.
fn misplaced<T: Input>(problem: Problem, place: &str) -> Problem {
    match problem {
        Problem::Field { field, .. } if !T::EXAMPLE.is_empty() => Problem::field(field, place),
        problem => problem,
    }
}

/// The problem of a body that is no object, as a sentence.
pub fn about_body<T: Input>(problem: &str) -> String {
    match problem {
        NO_OBJECT if T::EXAMPLE.is_empty() => "this call takes no body".to_owned(),
        NO_OBJECT => format!("the body takes a JSON object, as in {}", T::EXAMPLE),
        problem => problem.to_owned(),
    }
}

pub fn empty_body<T: Input>() -> Problem {
    Problem::NoDocument(format!("the body is empty: send a JSON object, as in {}", T::EXAMPLE))
}

/// No input, or an answer that says no more than its account.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

impl Fields for NoFields {
    const EXAMPLE: &'static str = "";
}

/// Reads an object. An empty body is one without fields.
fn read_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = body.trim_ascii();
    match body.first() {
        None => Ok(read_json(b"{}")?),
        Some(b'{') => Ok(read_json(body)?),
        // Serde would take a list of the fields as well.
        Some(_) => Err(FieldError::new("", NO_OBJECT).into()),
    }
}

/// Reads the input of a call, and answers it.
pub async fn answer<I, O, H, F>(handler: H, request: Request, exchange: Exchange) -> Response
where
    I: Input,
    O: Output,
    H: FnOnce(Call<I>) -> F + Send,
    F: Future<Output = Result<O, Refusal>> + Send,
{
    let (mut parts, body) = request.into_parts();
    let parameter = first_parameter(&mut parts).await.unwrap_or_default();
    let headers = parts.headers.clone();
    let Exchange { app, context, .. } = exchange;
    let request = Request::from_parts(parts, body);
    let answered = async {
        let (input, room) = I::read(request, &context).await?;
        let account = open_account(&app, &context)?;
        let changes = may_change(context.route).then(|| Arc::clone(&account));
        let answer =
            handler(Call { app, account, context, headers, parameter, input, room }).await?;
        changes.inspect(|account| account.record_change());
        Ok::<O, Refusal>(answer)
    };
    answered.await.map_or_else(IntoResponse::into_response, Output::into_response)
}

/// Whether a call may change the account: it is none that reads, waits or verifies.
fn may_change(route: &Route) -> bool {
    let reads = |pattern: &str| ["/_mock/journal/wait", "/_mock/journal/verify"].contains(&pattern);
    route.method != Some(Method::GET) && !route.pattern.is_some_and(reads)
}

/// The account that a call addresses. A call that may change it creates it; calls that create and
/// delete accounts name theirs elsewhere, and a seed creates it once it is imported.
fn open_account(app: &AppState, context: &RequestContext) -> Result<Arc<Account>, Problem> {
    let Route { method, pattern, .. } = context.route;
    let is_late =
        |pattern: &str| pattern.starts_with("/_mock/accounts") || pattern == "/_mock/seed";
    if *method == Some(Method::GET) || pattern.is_some_and(is_late) {
        return Ok(Arc::clone(&context.account));
    }
    Ok(app.accounts.adopt(&context.account)?)
}

impl<I> Call<I> {
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Answers with a value of the type `T`, perhaps with another lifetime.
    ///
    /// # Errors
    /// The budget has no room for a long list.
    pub async fn answer<T, const STATUS: u16>(&self, value: impl Serialize) -> Reply<T, STATUS> {
        let account = self.account();
        Ok(Answer::new(account.name(), value, account, &self.app.long_work).await?)
    }

    /// The number in the path.
    ///
    /// # Errors
    /// Another text.
    pub fn number(&self, name: &str) -> Result<u64, Problem> {
        let problem = || Problem::field(name, "takes a whole number from 0 on");
        self.parameter.parse().map_err(|_| problem())
    }

    /// The problem of an object that the account does not have. It names another account that has
    /// the object: the test may address the wrong one.
    pub fn missing(&self, error: impl Display, has: impl Fn(&Account) -> bool) -> Problem {
        Problem::NotFound(match self.find_other(has) {
            Some(other) => {
                let (name, url) = (other.name(), self.context.urls.account(other.name()));
                format!("{error}; account \"{name}\" has it: call {url}/_mock/…")
            }
            None => error.to_string(),
        })
    }

    /// Another account that has what the account of the call does not have.
    pub fn find_other(&self, has: impl Fn(&Account) -> bool) -> Option<Arc<Account>> {
        let is_other = |account: &Arc<Account>| account.name() != self.account().name();
        self.app.accounts.all().into_iter().filter(is_other).find(|account| has(account))
    }
}
