//! What a client speaks, by the first bytes of its connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// How a handshake record of any version of TLS begins. No method of HTTP does.
const TLS_HANDSHAKE: u8 = 0x16;

/// How an HTTP/2 connection begins if its client knows that the server speaks HTTP/2.
const HTTP2_PREFACE: &[u8; 14] = b"PRI * HTTP/2.0";

/// As many bytes as decide between all protocols.
pub const LONGEST_START: usize = HTTP2_PREFACE.len();

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    Http2,
    Tls,
}

impl Protocol {
    /// The protocol that begins in this way, unless more bytes are needed.
    pub fn detect(start: &[u8]) -> Option<Self> {
        match start {
            [] => None,
            [TLS_HANDSHAKE, ..] => Some(Self::Tls),
            _ if start.starts_with(HTTP2_PREFACE) => Some(Self::Http2),
            _ if HTTP2_PREFACE.starts_with(start) => None,
            _ => Some(Self::Http1),
        }
    }

    /// Reads until the protocol is known. The bytes that were read are the first of the stream
    /// that is returned. `None` is a client that closes before.
    ///
    /// # Errors
    /// The stream fails.
    pub async fn read<I: AsyncRead + Unpin>(mut io: I) -> io::Result<Option<(Self, Prefixed<I>)>> {
        let mut start = [0; LONGEST_START];
        let mut length = 0;
        loop {
            let read = io.read(&mut start[length..]).await?;
            length += read;
            match Self::detect(&start[..length]) {
                Some(protocol) => {
                    return Ok(Some((protocol, Prefixed { start, length, given: 0, io })));
                }
                None if read == 0 => return Ok(None),
                None => {}
            }
        }
    }
}

/// A stream whose first bytes have been read already.
pub struct Prefixed<I> {
    start: [u8; LONGEST_START],
    length: usize,
    given: usize,
    io: I,
}

#[cfg(feature = "tls")]
impl<I> Prefixed<I> {
    pub fn get_ref(&self) -> &I {
        &self.io
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Prefixed<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.start[self.given..self.length];
        if rest.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buffer);
        }
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.given += count;
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Prefixed<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide_as_soon_as_they_can() {
        for (start, expected) in [
            (&b""[..], None),
            (b"G", Some(Protocol::Http1)),
            (b"\x16", Some(Protocol::Tls)),
            (b"P", None),
            (b"PR", None),
            (b"PO", Some(Protocol::Http1)),
            (b"PROPFIND / HTTP/", Some(Protocol::Http1)),
            (b"PRI * HTTP/2.0", Some(Protocol::Http2)),
            (b"\0\x01", Some(Protocol::Http1)),
        ] {
            assert_eq!(Protocol::detect(start), expected, "{start:?}");
        }
    }
}
