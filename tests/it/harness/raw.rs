//! Connections and responses, byte for byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use serde_json::Value;

use super::TIMEOUT;

/// A raw connection, plain or over TLS.
pub struct Connection {
    stream: Box<dyn Stream>,
    socket: TcpStream,
}

pub trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).expect("connects");
        socket.set_read_timeout(Some(TIMEOUT)).expect("a socket option");
        let stream = Box::new(socket.try_clone().expect("a second handle"));
        Self { stream, socket }
    }

    /// The same connection, whose stream is wrapped by another one.
    pub fn wrap<S: Stream + 'static>(self, wrap: impl FnOnce(Box<dyn Stream>) -> S) -> Self {
        Self { stream: Box::new(wrap(self.stream)), socket: self.socket }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server reads the bytes");
    }

    /// Sends as much as the server reads before it closes.
    pub fn try_send(&mut self, bytes: &[u8]) {
        // The server may refuse and close while the test is still writing.
        let _ = self.stream.write_all(bytes);
    }

    /// Sends bytes. Says whether the connection is still open.
    pub fn is_sent(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads so many bytes, unless the server closes the connection before.
    pub fn try_read(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        match self.stream.read_exact(&mut bytes) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the connection hangs")
            }
            read => read.is_ok().then_some(bytes),
        }
    }

    pub fn shutdown_write(&self) {
        self.socket.shutdown(Shutdown::Write).expect("closes");
    }

    /// Reads a head, and as much body as the head announces.
    pub fn read_response(&mut self) -> RawResponse {
        let mut response = self.read_head();
        let length = response.header("content-length");
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        response.body.resize(length, 0);
        self.stream.read_exact(&mut response.body).expect("the announced body");
        response
    }

    /// Reads a head: all of a response to HEAD.
    pub fn read_head(&mut self) -> RawResponse {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Ok(_) => {
                    panic!("closed in the middle of a head: {}", String::from_utf8_lossy(&head))
                }
                // A signal to the test process interrupts the read.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("{error} after: {}", String::from_utf8_lossy(&head)),
            }
        }
        let head = String::from_utf8(head).expect("a head is text");
        RawResponse { head, body: Vec::new() }
    }

    /// Reads until the server closes or resets the connection.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        match self.stream.read_to_end(&mut all) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the connection hangs after: {}", String::from_utf8_lossy(&all))
            }
            Ok(_) | Err(_) => all,
        }
    }

    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }

    pub fn is_closed_or_reset(&mut self) -> bool {
        match self.stream.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

/// A response, byte for byte.
#[derive(Debug)]
pub struct RawResponse {
    pub head: String,
    pub body: Vec<u8>,
}

impl RawResponse {
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

/// The bytes as they were sent, with plain line ends: the form of golden answers.
impl std::fmt::Display for RawResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.head.replace("\r\n", "\n"), String::from_utf8_lossy(&self.body))
    }
}
