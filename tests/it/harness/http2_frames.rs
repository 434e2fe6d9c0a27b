//! HTTP/2, frame by frame.

use std::net::SocketAddr;

use super::Connection;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;

/// A setting.
pub const INITIAL_WINDOW_SIZE: u16 = 4;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The longest frame without another setting.
const LONGEST: usize = 16 * 1024;

/// A frame that the server sent.
#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    fn is_ack(&self, kind: u8) -> bool {
        self.kind == kind && self.flags & ACK == ACK
    }
}

/// A connection of HTTP/2, without TLS.
pub struct Http2Connection {
    pub connection: Connection,
    next_stream: u32,
}

impl Http2Connection {
    /// Opens a connection. Its settings are pairs of a number and a value.
    pub fn open(address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        Self::on(Connection::open(address), settings)
    }

    /// Starts HTTP/2 on a connection.
    pub fn on(mut connection: Connection, settings: &[(u16, u32)]) -> Self {
        connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let mut opened = Self { connection, next_stream: 1 };
        let setting = |&(number, value): &(u16, u32)| {
            [&number.to_be_bytes()[..], &value.to_be_bytes()[..]].concat()
        };
        let settings: Vec<_> = settings.iter().flat_map(setting).collect();
        assert!(opened.try_send(SETTINGS, 0, 0, &settings));
        opened
    }

    /// Sends a frame. Says whether the server takes it.
    pub fn try_send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()[..]].concat();
        self.connection.is_sent(&[&head, payload].concat())
    }

    /// Sends the head of a request, all of it if it `ends`. Returns its stream.
    pub fn request(&mut self, method: &str, path: &str, more: &[(&str, &str)], ends: bool) -> u32 {
        let stream = self.next_stream;
        self.next_stream += 2;
        let target = [(":scheme", "http"), (":authority", "localhost"), (":path", path)];
        let headers: Vec<_> =
            [(":method", method)].iter().chain(&target).chain(more).flat_map(literal).collect();
        let mut flags = END_HEADERS;
        if ends {
            flags |= END_STREAM;
        }
        assert!(self.try_send(HEADERS, flags, stream, &headers));
        stream
    }

    /// Sends bytes of a body. Says whether the server takes them.
    pub fn try_send_body(&mut self, stream: u32, bytes: &[u8]) -> bool {
        bytes.chunks(LONGEST).all(|chunk| self.try_send(DATA, 0, stream, chunk))
    }

    /// The next frame, unless the server closes the connection before.
    pub fn read(&mut self) -> Option<Frame> {
        let head = self.connection.try_read(9)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let payload = self.connection.try_read(length)?;
        Some(Frame { kind: head[3], flags: head[4], payload })
    }

    /// The frames until the server answers a PING, and whether it does. It has then read all that
    /// was sent before.
    pub fn ping(&mut self) -> (Vec<Frame>, bool) {
        let is_sent = self.try_send(PING, 0, 0, b"12345678");
        let mut frames = Vec::new();
        while let Some(frame) = self.read().filter(|_| is_sent) {
            if frame.is_ack(PING) {
                return (frames, true);
            }
            frames.push(frame);
        }
        (frames, false)
    }

    /// Sends PINGs until the server closes the connection.
    pub fn ping_until_closed(&mut self) {
        while self.ping().1 {}
    }
}

/// A header that no table has.
fn literal((name, value): &(&str, &str)) -> Vec<u8> {
    let text = |text: &str| {
        // A longer one needs another byte.
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 127);
        [&[length.expect("a short header")], text.as_bytes()].concat()
    };
    [vec![0], text(name), text(value)].concat()
}
