//! Clients that behave badly: slow ones, and those that go away.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::Result;
use crate::http::Request;

/// So little that the server has to wait for the client.
const SMALL_BUFFER: u32 = 4096;

async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(SMALL_BUFFER)?;
    Ok(socket.connect(address).await?)
}

/// Sends a request in pieces, and returns the status of the answer.
pub async fn send_slowly(
    address: SocketAddr,
    request: &Request,
    pieces: usize,
    pause: Duration,
) -> Result<u16> {
    let mut stream = connect(address).await?;
    let bytes = [&request.head[..], &request.body].concat();
    for piece in bytes.chunks(bytes.len().div_ceil(pieces)) {
        stream.write_all(piece).await?;
        tokio::time::sleep(pause).await;
    }
    read_status(&mut stream).await
}

/// Reads the answer in pieces, and returns how many bytes it has with its head.
pub async fn read_slowly(
    address: SocketAddr,
    request: &Request,
    least: u64,
    pause: Duration,
) -> Result<u64> {
    let mut stream = connect(address).await?;
    stream.write_all(&request.head).await?;
    let mut buffer = [0; 16 * 1024];
    let mut received = 0;
    while received < least {
        match stream.read(&mut buffer).await? {
            0 => break,
            read => received += read as u64,
        }
        tokio::time::sleep(pause).await;
    }
    Ok(received)
}

/// Sends a part of a request, and goes away.
pub async fn leave_in_request(
    address: SocketAddr,
    request: &Request,
    sent: usize,
    pause: Duration,
    resets: bool,
) -> Result<()> {
    let mut stream = connect(address).await?;
    let bytes = [&request.head[..], &request.body].concat();
    stream.write_all(&bytes[..sent.min(bytes.len())]).await?;
    tokio::time::sleep(pause).await;
    leave(&stream, resets)
}

/// Sends a request, reads at most so many bytes of the answer, and goes away.
pub async fn leave_in_answer(
    address: SocketAddr,
    request: &Request,
    read: usize,
    pause: Duration,
    resets: bool,
) -> Result<()> {
    let mut stream = connect(address).await?;
    // The server may refuse before it has all.
    let _ = stream.write_all(&[&request.head[..], &request.body].concat()).await;
    if read > 0 {
        let _ = stream.read(&mut vec![0; read]).await;
    }
    tokio::time::sleep(pause).await;
    leave(&stream, resets)
}

/// Sends a request to which the server closes the connection, and returns what it sent before.
pub async fn read_until_closed(address: SocketAddr, request: &Request) -> Result<usize> {
    let mut stream = connect(address).await?;
    let _ = stream.write_all(&[&request.head[..], &request.body].concat()).await;
    let mut answer = Vec::new();
    // A reset ends the answer, too.
    let _ = stream.read_to_end(&mut answer).await;
    Ok(answer.len())
}

/// Closes the connection when the stream is dropped, with a reset if wanted.
fn leave(stream: &TcpStream, resets: bool) -> Result<()> {
    if resets {
        stream.set_zero_linger()?;
    }
    Ok(())
}

async fn read_status(stream: &mut TcpStream) -> Result<u16> {
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let status = std::str::from_utf8(&head[9..])?;
    Ok(status.parse()?)
}
