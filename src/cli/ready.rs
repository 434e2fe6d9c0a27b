//! `zendesk-mock ready`: asks a server for its health, without an HTTP client. An image on
//! `scratch` has no curl.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The timeout of one attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// The server did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer from http://{address}{}: {cause}", within(.wait))]
pub struct NotReady {
    address: SocketAddr,
    wait: Duration,
    cause: io::Error,
}

fn within(wait: &Duration) -> String {
    if wait.is_zero() { String::new() } else { format!(" within {wait:?}") }
}

/// Asks until the server answers or `wait` is over, at least once.
pub fn wait(address: SocketAddr, wait: Duration) -> Result<(), NotReady> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a deadline in real time, not of the emulated service"
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
    let mut stream = TcpStream::connect_timeout(&address, ATTEMPT_TIMEOUT)?;
    stream.set_read_timeout(Some(ATTEMPT_TIMEOUT))?;
    stream.set_write_timeout(Some(ATTEMPT_TIMEOUT))?;
    write!(stream, "GET /_mock/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(io::Error::other("another program answers there"))
}
