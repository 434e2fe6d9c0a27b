//! An HTTP/1.1 client connection that costs as little as possible, so that the benchmark does not
//! measure the load generator: requests are encoded beforehand, bodies of answers are discarded.

use std::io::{self, IoSlice};
use std::net::SocketAddr;

use axum::body::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Result;
use crate::transport::{Stream, Transport};

/// Encoded once and sent many times. All connections share the body.
pub struct Request {
    pub head: Vec<u8>,
    pub body: Bytes,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub length: u64,
    pub location: Option<String>,
    /// Whether the server closes the connection.
    pub closes: bool,
}

enum Framing {
    Length(u64),
    Chunked,
}

pub struct Connection {
    stream: Stream,
    buffer: Box<[u8]>,
    /// The part of `buffer` that is received and not yet consumed.
    unread: std::ops::Range<usize>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        Self::open_with(address, &Transport::Plain).await
    }

    pub async fn open_with(address: SocketAddr, transport: &Transport) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| format!("cannot connect to {address}: {error}"))?;
        stream.set_nodelay(true)?;
        let stream = transport.wrap(stream).await?;
        Ok(Self { stream, buffer: vec![0; 128 * 1024].into(), unread: 0..0 })
    }

    /// Sends the request, reads the whole answer and discards its body.
    pub async fn exchange(&mut self, request: &Request) -> Result<Answer> {
        self.exchange_into(request, None).await
    }

    pub async fn exchange_keeping(&mut self, request: &Request) -> Result<(Answer, Vec<u8>)> {
        let mut body = Vec::new();
        let answer = self.exchange_into(request, Some(&mut body)).await?;
        Ok((answer, body))
    }

    async fn exchange_into(
        &mut self,
        request: &Request,
        kept: Option<&mut Vec<u8>>,
    ) -> Result<Answer> {
        let sent = self.send(request).await;
        // A server may refuse a request and close before it has the whole body. The answer can be
        // read even if the rest of the body cannot be written.
        match (self.receive(kept).await, sent) {
            (Ok(answer), _) => Ok(answer),
            (Err(_), Err(error)) => Err(format!("request not accepted: {error}").into()),
            (Err(error), Ok(())) => Err(format!("no whole answer: {error}").into()),
        }
    }

    async fn send(&mut self, request: &Request) -> io::Result<()> {
        let (mut head, mut body) = (&request.head[..], &request.body[..]);
        while !head.is_empty() || !body.is_empty() {
            let parts = [IoSlice::new(head), IoSlice::new(body)];
            let written = self.stream.write_vectored(&parts).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let of_head = written.min(head.len());
            head = &head[of_head..];
            body = &body[written - of_head..];
        }
        // TLS may hold records back.
        self.stream.flush().await
    }

    async fn receive(&mut self, mut kept: Option<&mut Vec<u8>>) -> Result<Answer> {
        let (mut answer, framing) = loop {
            if let Some((length, answer, framing)) = parse_head(&self.buffer[self.unread.clone()])?
            {
                self.unread.start += length;
                break (answer, framing);
            }
            self.read_more().await?;
        };
        match framing {
            Framing::Length(length) => {
                self.take(length, kept).await?;
                answer.length = length;
            }
            Framing::Chunked => loop {
                let line = self.line().await?;
                let digits = line.split(';').next().unwrap_or_default().trim();
                let length = u64::from_str_radix(digits, 16)
                    .map_err(|_| format!("not a chunk length: {line:?}"))?;
                if length == 0 {
                    while !self.line().await?.is_empty() {}
                    break;
                }
                self.take(length, kept.as_deref_mut()).await?;
                self.line().await?;
                answer.length += length;
            },
        }
        if !self.unread.is_empty() {
            return Err("more bytes than one answer".into());
        }
        Ok(answer)
    }

    async fn take(&mut self, length: u64, mut kept: Option<&mut Vec<u8>>) -> Result<()> {
        let mut left = length;
        while left > 0 {
            if self.unread.is_empty() {
                self.read_more().await?;
            }
            let here = left.min(self.unread.len() as u64) as usize;
            if let Some(kept) = kept.as_deref_mut() {
                kept.extend_from_slice(&self.buffer[self.unread.start..][..here]);
            }
            self.unread.start += here;
            left -= here as u64;
        }
        Ok(())
    }

    async fn line(&mut self) -> Result<String> {
        loop {
            let unread = &self.buffer[self.unread.clone()];
            if let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&unread[..end]).trim_end().to_owned();
                self.unread.start += end + 1;
                return Ok(line);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<()> {
        self.buffer.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        let room = &mut self.buffer[self.unread.end..];
        if room.is_empty() {
            return Err("the head of the answer is too long".into());
        }
        match self.stream.read(room).await? {
            0 => Err("the server closed the connection".into()),
            read => {
                self.unread.end += read;
                Ok(())
            }
        }
    }
}

/// The length of the head, its content, and the framing of the body; `None` while incomplete.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, Answer, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(bytes)? else {
        return Ok(None);
    };
    let status = head.code.unwrap_or_default();
    let mut framing = matches!(status, 204 | 304).then_some(Framing::Length(0));
    let (mut location, mut closes) = (None, false);
    for header in head.headers.iter() {
        let value = || std::str::from_utf8(header.value).unwrap_or_default();
        if header.name.eq_ignore_ascii_case("content-length") {
            framing = Some(Framing::Length(value().parse()?));
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Some(Framing::Chunked);
        } else if header.name.eq_ignore_ascii_case("location") {
            location = Some(value().to_owned());
        } else if header.name.eq_ignore_ascii_case("connection") {
            closes = value().eq_ignore_ascii_case("close");
        }
    }
    let framing = framing.ok_or_else(|| format!("{status} without a length"))?;
    let answer = Answer { status, length: 0, location, closes };
    Ok(Some((head_length, answer, framing)))
}
