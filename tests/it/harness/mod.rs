//! What all tests share: a server whose names and time repeat, a client, and raw connections.

pub mod child;
pub mod http2_frames;
pub mod images;
mod raw;
pub mod sigv4;
pub mod tls;

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Body, Client, RequestBuilder, Response};
use serde_json::{Value, json};
use zendesk_mock::{AccountHandle, Builder, ServerConfig, ZendeskMock};

pub use self::raw::{Connection, RawResponse};

/// The account clock of every test starts here.
pub const START: &str = "2026-01-01T00:00:00Z";

pub const HOUR: Duration = Duration::from_secs(3600);

/// The flat charge for each stored object, in bytes.
pub const OVERHEAD: u64 = 4 * 1024;

/// The flat charge for each upload token, in bytes.
pub const TOKEN_OVERHEAD: u64 = 1024;

/// The credentials of [`RequestExt::agent`] as a line of a raw request.
pub const AGENT: &str = "Authorization: Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2VjcmV0\r\n";

/// A test fails after this much silence.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// Starts a server with seeded names and a clock that is frozen at [`START`].
pub fn server() -> Server {
    server_with(|builder| builder)
}

/// [`server`] with changed settings.
pub fn configured(change: impl FnOnce(&mut ServerConfig)) -> Server {
    server_with(|builder| builder.configure(change))
}

/// [`server`] with a changed builder.
pub fn server_with(change: impl FnOnce(Builder) -> Builder) -> Server {
    let deterministic = ZendeskMock::builder().configure(|config| {
        config.random_seed = Some(1);
        config.frozen_at = Some(START.parse().expect("an instant"));
    });
    let mock = change(deterministic).start().expect("the server starts");
    Server {
        account: mock.default_account(),
        mock,
        client: Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            // The server may close a kept connection just when the next request goes out on it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client"),
    }
}

/// A running server and a client of it.
pub struct Server {
    pub mock: ZendeskMock,
    /// The default account.
    pub account: AccountHandle,
    client: Client,
}

impl Server {
    /// A request to a path, or to an absolute URL that the server returned.
    pub fn request(&self, method: Method, path_or_url: &str) -> RequestBuilder {
        let url = if path_or_url.starts_with("http://") {
            path_or_url.to_owned()
        } else {
            format!("{}{path_or_url}", self.mock.url())
        };
        self.client.request(method, url)
    }

    pub fn get(&self, path_or_url: &str) -> RequestBuilder {
        self.request(Method::GET, path_or_url)
    }

    pub fn post(&self, path_or_url: &str) -> RequestBuilder {
        self.request(Method::POST, path_or_url)
    }

    pub fn put(&self, path_or_url: &str) -> RequestBuilder {
        self.request(Method::PUT, path_or_url)
    }

    pub fn delete(&self, path_or_url: &str) -> RequestBuilder {
        self.request(Method::DELETE, path_or_url)
    }

    /// Reads a JSON object as an agent of the default account.
    pub fn get_json(&self, path_or_url: &str) -> Value {
        let response = self.get(path_or_url).agent().fetch();
        assert_eq!(response.status(), 200, "{path_or_url}");
        response.into_json()
    }

    /// Uploads a file as an agent of the default account, and returns the `upload` object.
    pub fn upload(&self, name_and_query: &str, body: impl Into<Body>) -> Value {
        let response = self
            .post(&format!("/api/v2/uploads?filename={name_and_query}"))
            .agent()
            .body(body)
            .fetch();
        assert_eq!(response.status(), 201, "upload of {name_and_query}");
        response.into_json()["upload"].take()
    }

    /// The bytes at an attachment's `content_url`, read without credentials.
    pub fn download(&self, attachment: &Value) -> Vec<u8> {
        let url = text(&attachment["content_url"]);
        let response = self.get(url).fetch();
        assert_eq!(response.status(), 200, "{url}");
        response.bytes().expect("the file").to_vec()
    }

    /// Creates a ticket as an agent of the default account, and returns it with its audit.
    pub fn create_ticket(&self, ticket: &Value) -> Value {
        let response =
            self.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket })).fetch();
        assert_eq!(response.status(), 201, "{ticket}");
        response.into_json()
    }

    /// Creates a ticket that attaches one upload token, or a list of them.
    pub fn attach(&self, tokens: &Value) -> Value {
        self.create_ticket(&json!({"comment": {"body": "see files", "uploads": tokens}}))
    }

    /// The comments of a ticket, oldest first.
    pub fn comments(&self, ticket_id: &Value) -> Vec<Value> {
        match self.get_json(&format!("/api/v2/tickets/{ticket_id}/comments"))["comments"].take() {
            Value::Array(comments) => comments,
            other => panic!("no comments: {other}"),
        }
    }

    /// Waits for an effect that follows a response, such as the end of a connection.
    pub fn wait_until(&self, what: &str, happened: impl Fn() -> bool) {
        wait_until(what, || {
            let happened = happened();
            if !happened {
                self.get("/_mock/health").fetch();
            }
            happened
        });
    }

    /// Opens a raw connection.
    pub fn connect(&self) -> Connection {
        Connection::open(self.mock.address())
    }

    /// Sends these bytes on a new connection, and reads one response.
    pub fn exchange(&self, request: &[u8]) -> RawResponse {
        let mut connection = self.connect();
        connection.send(request);
        connection.read_response()
    }
}

/// Asks until something has happened, which must take some time itself.
pub fn wait_until(what: &str, happened: impl Fn() -> bool) {
    #[expect(clippy::disallowed_methods, reason = "real time bounds the wait")]
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < TIMEOUT, "not within {TIMEOUT:?}: {what}");
    }
}

/// The refusal of an unknown token, id or path of a file.
pub fn not_found() -> (u16, Value) {
    (404, json!({"error": "RecordNotFound", "description": "Not found"}))
}

/// The refusal of an unknown path or method.
pub fn no_endpoint() -> (u16, Value) {
    (404, json!({"error": "InvalidEndpoint", "description": "Not found"}))
}

/// The refusal of missing or bad credentials.
pub fn unauthenticated() -> (u16, Value) {
    (401, json!({"error": "Couldn't authenticate you"}))
}

/// The refusal of a property with an impossible value.
pub fn invalid(field: &str, description: &str, error: Option<&str>) -> (u16, Value) {
    let mut detail = json!({ "description": description });
    if let Some(error) = error {
        detail["error"] = json!(error);
    }
    let details = json!({ field: [detail] });
    let description = "Record validation errors";
    (422, json!({"error": "RecordInvalid", "description": description, "details": details}))
}

/// The refusal of a property of a wrong type.
pub fn wrong_type(attribute: &str, must: &str) -> (u16, Value) {
    let message = format!("You passed an invalid value for the {attribute} attribute. {must}");
    (400, json!({"error": {"title": "Invalid attribute", "message": message}}))
}

#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// The token of an `upload` object.
#[track_caller]
pub fn token(upload: &Value) -> &str {
    text(&upload["token"])
}

pub trait RequestExt {
    /// As an agent of the default account.
    fn agent(self) -> Self;
    /// Sends, and expects a response with any status.
    fn fetch(self) -> Response;
    /// Sends, and returns the status and the JSON body.
    fn fetch_json(self) -> (u16, Value);
}

impl RequestExt for RequestBuilder {
    fn agent(self) -> Self {
        self.basic_auth("agent@example.com/token", Some("secret"))
    }

    fn fetch(self) -> Response {
        self.send().expect("a response")
    }

    fn fetch_json(self) -> (u16, Value) {
        self.fetch().status_and_json()
    }
}

pub trait ResponseExt {
    fn into_json(self) -> Value;
    fn status_and_json(self) -> (u16, Value);
    /// The value, or nothing if the header is missing.
    fn header(&self, name: &str) -> String;
}

impl ResponseExt for Response {
    fn into_json(self) -> Value {
        let text = self.text().expect("a body");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    fn status_and_json(self) -> (u16, Value) {
        (self.status().as_u16(), self.into_json())
    }

    fn header(&self, name: &str) -> String {
        self.headers()
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    }
}
