//! `zendesk-mock ready`: asks a server for its health, without an HTTP client. An image on `scratch` has no curl.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long one question may take.
const ONE_TRY: Duration = Duration::from_secs(1);
/// How long to wait between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// The server did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer from http://{address} within {wait:?}: {cause}")]
pub struct NotReady {
    address: SocketAddr,
    wait: Duration,
    cause: io::Error,
}

/// Asks until the server answers or `wait` is over; asks once at least.
pub fn wait(address: SocketAddr, wait: Duration) -> Result<(), NotReady> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a deadline of the caller's, not of the emulated service"
    )]
    let started = Instant::now();
    loop {
        match ask(address) {
            Ok(()) => return Ok(()),
            Err(cause) if started.elapsed() >= wait => {
                return Err(NotReady { address, wait, cause });
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

fn ask(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, ONE_TRY)?;
    stream.set_read_timeout(Some(ONE_TRY))?;
    stream.set_write_timeout(Some(ONE_TRY))?;
    write!(stream, "GET /_mock/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(io::Error::other("something else answers there"))
}
