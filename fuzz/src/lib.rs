//! A server in the process of the fuzzer, which gets requests over a connection.
//!
//! What a client can send must lead to an answer in HTTP, never to a panic (which is a 500), a hang
//! or JSON that cannot be parsed. Coverage is that of the whole process, the server's threads
//! included.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use zendesk_mock::ZendeskMock;

/// After so many requests the account is emptied, so that an input depends on few earlier ones.
const RESET_AFTER: u32 = 500;
const TIMEOUT: Duration = Duration::from_secs(10);
pub const CREDENTIALS: &str = "Authorization: Basic bWVAZXhhbXBsZS5jb20vdG9rZW46eA==\r\n";

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A server and a connection to it.
pub struct Fuzzed {
    server: ZendeskMock,
    connection: Option<TcpStream>,
    requests: u32,
}

impl Default for Fuzzed {
    fn default() -> Self {
        let server = ZendeskMock::start().expect("a server");
        Self { server, connection: None, requests: 0 }
    }
}

impl Fuzzed {
    /// Empties the account now and then. Returns whether it is empty.
    pub fn renew(&mut self) -> bool {
        let is_due = self.requests % RESET_AFTER == 0;
        self.requests += 1;
        if is_due {
            self.server.account("default").expect("an account").reset();
        }
        is_due
    }

    pub fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// Sends a request, and checks its answer. `headers` are lines that end.
    pub fn send(&mut self, method: &str, target: &str, headers: &[u8], body: &[u8]) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
        if !headers.starts_with(b"Host:") {
            request.extend(format!("Host: {}\r\n", self.host()).bytes());
        }
        request.extend(headers);
        request.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        request.extend(body);
        let mut connection = self.connection.take().unwrap_or_else(|| self.connect());
        // The server may answer and close before it has the whole body.
        let sent = connection.write_all(&request);
        let (answer, is_open) = receive(&mut connection).expect("an answer");
        if is_open && sent.is_ok() {
            self.connection = Some(connection);
        }
        answer
    }

    /// Sends bytes that need not be a request, and returns what comes back.
    pub fn send_raw(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = self.connect();
        let _ = connection.write_all(bytes);
        let _ = connection.shutdown(std::net::Shutdown::Write);
        let mut answers = Vec::new();
        // A connection that is reset has ended, too.
        let _ = connection.read_to_end(&mut answers);
        answers
    }

    fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.server.address()).expect("a connection");
        connection.set_nodelay(true).expect("a socket");
        connection.set_read_timeout(Some(TIMEOUT)).expect("a socket");
        connection
    }
}

/// Reads one answer. The second value says whether the connection stays open.
fn receive(connection: &mut TcpStream) -> Result<(Answer, bool), String> {
    let mut received = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let parsed = head.parse(&received).map_err(|error| error.to_string())?;
        if let httparse::Status::Complete(length) = parsed {
            let status = head.code.expect("a status");
            let value = |name: &str| {
                let found =
                    head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
                found.map(|header| String::from_utf8_lossy(header.value).to_ascii_lowercase())
            };
            let has_none = matches!(status, 204 | 304);
            let announced = value("content-length").map(|text| text.parse().expect("a length"));
            let expected: usize = if has_none { 0 } else { announced.expect("a length") };
            let is_json = value("content-type").is_some_and(|text| text.contains("json"));
            let is_open = value("connection").is_none_or(|text| text != "close");
            let reason = value("x-zendesk-mock-reason");
            let mut body = received.split_off(length);
            while body.len() < expected {
                match connection.read(&mut buffer).map_err(|error| error.to_string())? {
                    0 => return Err("the body of the answer is cut".to_owned()),
                    read => body.extend(&buffer[..read]),
                }
            }
            assert_ne!(status, 500, "{reason:?}");
            let answer = Answer { status, body };
            if is_json && expected > 0 {
                answer.json();
            }
            return Ok((answer, is_open));
        }
        match connection.read(&mut buffer).map_err(|error| error.to_string())? {
            0 => return Err(format!("no answer: {:?}", String::from_utf8_lossy(&received))),
            read => received.extend(&buffer[..read]),
        }
    }
}

/// Bytes as a part of a target: what cannot be in one is escaped.
pub fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'!'..=b'~' if *byte != b'#' => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Bytes as the value of a header: what cannot be in one is left out.
pub fn header_value(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte >= b' ' && *byte != 127 || *byte == b'\t').collect()
}

/// Runs a target on the one server of its thread, each time with the next input.
#[macro_export]
macro_rules! target {
    (|$fuzzed:ident, $data:ident: $type:ty| $run:block) => {
        std::thread_local! {
            static FUZZED: std::cell::RefCell<$crate::Fuzzed> = Default::default();
        }
        libfuzzer_sys::fuzz_target!(|$data: $type| { FUZZED.with_borrow_mut(|$fuzzed| $run) });
    };
}
