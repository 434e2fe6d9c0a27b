//! The binary as a child process.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::harness::{PATIENCE, Wire};

/// The binary with these arguments, and nothing of our own environment that it would listen to.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zendesk-mock"));
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("ZENDESK_MOCK_") {
            command.env_remove(variable);
        }
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a process ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a process to its end.
pub fn run(mut command: Command) -> Ended {
    let output = command.output().expect("it runs");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A process that runs. Dropping it kills it.
pub struct Child {
    process: std::process::Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Child {
    pub fn spawn(mut command: Command) -> Self {
        Self::of(command.spawn().expect("it runs"))
    }

    /// The same, but nobody reads its standard error: our end of the pipe is closed.
    fn unheard(mut command: Command) -> Self {
        let mut process = command.spawn().expect("it runs");
        drop(process.stderr.take());
        Self::of(process)
    }

    fn of(mut process: std::process::Child) -> Self {
        let stdout = lines(process.stdout.take().expect("piped"));
        let stderr = process.stderr.take().map_or_else(|| channel().1, lines);
        Self { process, stdout, stderr }
    }

    /// The next line on standard output.
    pub fn stdout_line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("a line on standard output")
    }

    /// The first line on standard output, or `None` if the process ends without one.
    pub fn first_line(&self) -> Option<String> {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("neither a line nor an end"),
        }
    }

    /// The next line on standard error.
    pub fn stderr_line(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("a line on standard error")
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill runs");
        assert!(sent.success(), "kill -s {name}");
    }

    /// Waits for the end, at most as long as [`PATIENCE`].
    pub fn end(mut self) -> Ended {
        let stdout = rest(&self.stdout);
        let stderr = rest(&self.stderr);
        // Both pipes are closed, so the process is on its way out.
        let code = self.process.wait().expect("it ends").code();
        Ended { code, stdout, stderr }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server of its own process, and where it listens.
pub struct Serving {
    pub child: Child,
    pub address: SocketAddr,
    /// What it said on standard output: its address, and a line to try.
    pub announced: [String; 2],
}

impl Serving {
    /// Starts the binary on a free port with these further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::from(command(&[&["--port", "0"], arguments].concat()))
    }

    pub fn from(command: Command) -> Self {
        Self::announced_by(Child::spawn(command))
    }

    /// Starts the binary on a free port, with nobody to read its log.
    pub fn unheard() -> Self {
        Self::announced_by(Child::unheard(command(&["--port", "0"])))
    }

    fn announced_by(child: Child) -> Self {
        let first = child.stdout_line();
        let (_, url) = first.rsplit_once(' ').expect("an address");
        let address = url.strip_prefix("http://").expect("a URL").parse().expect("an address");
        let second = child.stdout_line();
        Self { child, address, announced: [first, second] }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Opens an upload of 100 bytes, sends ten of them, and stops there. The server is known to wait.
    pub fn hang(&self) -> Wire {
        hang(self.address)
    }
}

/// A request that hangs in the middle of its body, and of which the server is known to wait for more.
pub fn hang(address: SocketAddr) -> Wire {
    let mut wire = Wire::to(address);
    wire.send(
        b"POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\
          Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    );
    // The go-ahead is sent when a handler first asks for the body.
    let go_ahead = wire.answer();
    assert_eq!(go_ahead.status(), 100, "{go_ahead}");
    wire.send(b"ten bytes.");
    wire
}

/// How long something took.
pub fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "measures the process, not the emulated time")]
    let started = Instant::now();
    let result = what();
    (result, started.elapsed())
}

fn lines(source: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            if sender.send(line.expect("text")).is_err() {
                return;
            }
        }
    });
    receiver
}

fn rest(lines: &Receiver<String>) -> String {
    let mut text = String::new();
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => text = text + &line + "\n",
            Err(RecvTimeoutError::Disconnected) => return text,
            Err(RecvTimeoutError::Timeout) => panic!("it still runs, and had said: {text}"),
        }
    }
}
