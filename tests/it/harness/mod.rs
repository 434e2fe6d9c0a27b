//! What every test needs: a server whose names and time repeat, and a client that shows everything.

pub mod child;
pub mod images;
pub mod sigv4;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use zendesk_mock::{Builder, ZendeskMock};

/// The instant at which every test starts.
pub const START: &str = "2026-01-01T00:00:00Z";

/// What every stored object is charged beyond its bytes.
pub const OVERHEAD: u64 = 4 * 1024;

/// The credentials of [`Agent::agent`], as a line of a raw request.
pub const AGENT: &str = "Authorization: Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2VjcmV0\r\n";

/// How long a socket may stay silent before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A server that stands still at [`START`] and makes the same names in every run.
pub fn server() -> Server {
    server_with(|builder| builder)
}

/// The same with other settings.
pub fn server_with(settings: impl FnOnce(Builder) -> Builder) -> Server {
    let deterministic = ZendeskMock::builder().configure(|config| {
        config.seed = Some(1);
        config.frozen_at = Some(START.parse().expect("an instant"));
    });
    Server {
        mock: settings(deterministic).start().expect("the server starts"),
        client: Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            // A kept connection may end, rightly, just when the next request goes out on it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client"),
    }
}

/// A running server and an ordinary client of it.
pub struct Server {
    pub mock: ZendeskMock,
    client: Client,
}

impl Server {
    /// A request to a path, or to an absolute URL that the server gave out.
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

    /// Uploads a file as an agent of the default account, and returns the `upload` object.
    pub fn upload(&self, name_and_query: &str, body: impl Into<reqwest::blocking::Body>) -> Value {
        let response = self
            .post(&format!("/api/v2/uploads?filename={name_and_query}"))
            .agent()
            .body(body)
            .sent();
        assert_eq!(response.status(), 201, "upload of {name_and_query}");
        response.into_json()["upload"].take()
    }

    /// The bytes at an attachment's `content_url`, without credentials.
    pub fn content(&self, attachment: &Value) -> Vec<u8> {
        let url = attachment["content_url"].as_str().expect("a content_url");
        let response = self.get(url).sent();
        assert_eq!(response.status(), 200, "{url}");
        response.bytes().expect("the file").to_vec()
    }

    /// Makes a ticket as an agent of the default account, and returns it with its audit.
    pub fn ticket(&self, ticket: &Value) -> Value {
        let response =
            self.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket })).sent();
        assert_eq!(response.status(), 201, "{ticket}");
        response.into_json()
    }

    /// Makes a ticket that attaches upload tokens: one, or a list of them.
    pub fn attach(&self, tokens: &Value) -> Value {
        self.ticket(&json!({"comment": {"body": "see files", "uploads": tokens}}))
    }

    /// What an agent of the default account reads there.
    pub fn read(&self, path_or_url: &str) -> Value {
        let response = self.get(path_or_url).agent().sent();
        assert_eq!(response.status(), 200, "{path_or_url}");
        response.into_json()
    }

    /// The comments of a ticket, oldest first.
    pub fn comments(&self, ticket_id: &Value) -> Vec<Value> {
        match self.read(&format!("/api/v2/tickets/{ticket_id}/comments"))["comments"].take() {
            Value::Array(comments) => comments,
            other => panic!("no comments: {other}"),
        }
    }

    /// Waits for what happens behind the answers, such as the end of a connection being noticed.
    pub fn until(&self, what: &str, happened: impl Fn() -> bool) {
        #[expect(clippy::disallowed_methods, reason = "real time: a test must not wait for ever")]
        let started = Instant::now();
        while !happened() {
            assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
            self.get("/_mock/health").sent();
        }
    }

    /// Opens a connection of its own.
    pub fn connect(&self) -> Wire {
        Wire::to(self.mock.address())
    }

    /// Sends exactly these bytes on a connection of their own, and returns exactly what comes
    /// back until the server closes or stays silent after a complete answer.
    pub fn exchange(&self, request: &[u8]) -> Answer {
        let mut wire = self.connect();
        wire.send(request);
        wire.answer()
    }
}

/// A raw connection.
pub struct Wire {
    stream: TcpStream,
}

impl Wire {
    /// A connection to whoever listens there.
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket option");
        Self { stream }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server takes the bytes");
    }

    /// Sends what the server takes before it closes.
    pub fn send_what_is_taken(&mut self, bytes: &[u8]) {
        // A server that has refused may close while we are still writing.
        let _ = self.stream.write_all(bytes);
    }

    pub fn close_sending_side(&self) {
        self.stream.shutdown(Shutdown::Write).expect("closes");
    }

    /// Reads one answer: its head, and as much body as the head announces.
    pub fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        let length = answer.header("content-length");
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body).expect("the announced body");
        answer
    }

    /// Reads the head of an answer, which is all that there is to a HEAD.
    pub fn head(&mut self) -> Answer {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Ok(_) => {
                    panic!("closed in the middle of a head: {}", String::from_utf8_lossy(&head))
                }
                // A signal to this process is no news of the server.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("{error} after: {}", String::from_utf8_lossy(&head)),
            }
        }
        let head = String::from_utf8(head).expect("a head is text");
        Answer { head, body: Vec::new() }
    }

    /// Reads until the server ends the connection, one way or the other.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        match self.stream.read_to_end(&mut all) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the connection hangs after: {}", String::from_utf8_lossy(&all))
            }
            Ok(_) | Err(_) => all,
        }
    }

    /// Whether the server has closed its side, in whatever way.
    pub fn is_gone(&mut self) -> bool {
        match self.stream.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }

    /// Whether the server has closed its side.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }
}

/// An answer byte for byte.
#[derive(Debug)]
pub struct Answer {
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("no status in {}", self.head))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self}"))
    }
}

/// As it was on the wire, with plain line ends: for golden answers.
impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.head.replace("\r\n", "\n"), String::from_utf8_lossy(&self.body))
    }
}

/// What is answered about a token, an id or a path that nobody has.
pub fn not_found() -> (u16, Value) {
    (404, json!({"error": "RecordNotFound", "description": "Not found"}))
}

/// What is answered about a property that cannot be what it is.
pub fn invalid(field: &str, description: &str, error: Option<&str>) -> (u16, Value) {
    let mut detail = json!({ "description": description });
    if let Some(error) = error {
        detail["error"] = json!(error);
    }
    let details = json!({ field: [detail] });
    let description = "Record validation errors";
    (422, json!({"error": "RecordInvalid", "description": description, "details": details}))
}

/// What is answered about a property of another type.
pub fn wrong_type(attribute: &str, must: &str) -> (u16, Value) {
    let message = format!("You passed an invalid value for the {attribute} attribute. {must}");
    (400, json!({"error": {"title": "Invalid attribute", "message": message}}))
}

/// A text in an answer.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// What tests say often.
pub trait Agent {
    /// As an agent of the default account.
    fn agent(self) -> Self;
    /// Sends, and expects an answer of some kind.
    fn sent(self) -> Response;
}

impl Agent for RequestBuilder {
    fn agent(self) -> Self {
        self.basic_auth("agent@example.com/token", Some("secret"))
    }

    fn sent(self) -> Response {
        self.send().expect("an answer")
    }
}

/// What tests read often.
pub trait Reading {
    fn into_json(self) -> Value;
    /// The status and the JSON body, which together are what a refusal says.
    fn into_refusal(self) -> (u16, Value);
    fn header(&self, name: &str) -> String;
}

impl Reading for Response {
    fn into_json(self) -> Value {
        let text = self.text().expect("a body");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    fn into_refusal(self) -> (u16, Value) {
        (self.status().as_u16(), self.into_json())
    }

    fn header(&self, name: &str) -> String {
        self.headers()
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    }
}
