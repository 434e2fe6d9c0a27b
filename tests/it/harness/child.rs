//! The binary as a child process.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::harness::{Connection, TIMEOUT};

/// The binary with these arguments, without the `ZENDESK_MOCK_…` variables of the test process.
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

/// How a process ended, and what it printed.
#[derive(Debug)]
pub struct Exit {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a process to its end.
pub fn run(mut command: Command) -> Exit {
    let output = command.output().expect("it runs");
    Exit {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A running process. Dropping it kills it.
pub struct Child {
    process: std::process::Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    /// Standard error, while the test leaves it unread.
    unread: Option<ChildStderr>,
}

impl Child {
    pub fn spawn(mut command: Command) -> Self {
        Self::new(command.spawn().expect("it runs"))
    }

    /// [`Self::spawn`], with the reading end of its standard error closed.
    pub fn spawn_with_closed_stderr(mut command: Command) -> Self {
        let mut process = command.spawn().expect("it runs");
        drop(process.stderr.take());
        Self::new(process)
    }

    fn spawn_with_unread_stderr(mut command: Command) -> Self {
        let mut process = command.spawn().expect("it runs");
        let unread = process.stderr.take();
        let mut child = Self::new(process);
        child.unread = unread;
        child
    }

    fn new(mut process: std::process::Child) -> Self {
        let stdout = process.stdout.take().map_or_else(|| channel().1, lines);
        let stderr = process.stderr.take().map_or_else(|| channel().1, lines);
        Self { process, stdout, stderr, unread: None }
    }

    /// Reads the standard error that was left unread.
    pub fn start_reading(&mut self) {
        self.stderr = lines(self.unread.take().expect("an unread standard error"));
    }

    /// The next line on standard output.
    pub fn stdout_line(&self) -> String {
        self.stdout.recv_timeout(TIMEOUT).expect("a line on standard output")
    }

    /// The first line on standard output, or `None` if the process ends without one.
    pub fn first_line(&self) -> Option<String> {
        match self.stdout.recv_timeout(TIMEOUT) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("neither a line nor an end"),
        }
    }

    /// The next line on standard error.
    pub fn stderr_line(&self) -> String {
        self.stderr.recv_timeout(TIMEOUT).expect("a line on standard error")
    }

    /// Closes its standard input, if that is piped.
    pub fn close_stdin(&mut self) {
        drop(self.process.stdin.take());
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn signal(&self, name: &str) {
        self.signals(&[name]);
    }

    /// Sends signals, one directly after the other.
    pub fn signals(&self, names: &[&str]) {
        let id = self.process.id();
        let kill: Vec<_> = names.iter().map(|name| format!("kill -s {name} {id}")).collect();
        let sent = Command::new("sh").args(["-c", &kill.join(" && ")]).status();
        assert!(sent.expect("sh runs").success(), "{kill:?}");
    }

    /// Waits for the end, up to [`TIMEOUT`].
    pub fn wait(mut self) -> Exit {
        let stdout = read_to_end(&self.stdout);
        let stderr = read_to_end(&self.stderr);
        // Both pipes are closed, so the process is ending.
        let code = self.process.wait().expect("it ends").code();
        Exit { code, stdout, stderr }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // The process may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server in a child process.
pub struct ServerProcess {
    pub child: Child,
    pub address: SocketAddr,
    /// The lines on standard output: the address, and how to begin.
    pub announced: [String; 6],
}

impl ServerProcess {
    /// Starts the binary on a free port.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(command(&[&["--port", "0"], arguments].concat()))
    }

    pub fn spawn(command: Command) -> Self {
        Self::new(Child::spawn(command))
    }

    /// Starts the binary on a free port, with the reading end of its log closed.
    pub fn start_with_closed_log() -> Self {
        Self::new(Child::spawn_with_closed_stderr(command(&["--port", "0"])))
    }

    /// Starts the binary on a free port, with a log that is not read.
    pub fn start_with_unread_log() -> Self {
        Self::new(Child::spawn_with_unread_stderr(command(&["--port", "0"])))
    }

    fn new(child: Child) -> Self {
        let first = child.stdout_line();
        let (_, url) = first.rsplit_once(' ').expect("an address");
        let address = url.strip_prefix("http://").expect("a URL").parse().expect("an address");
        let [second, third, fourth, fifth, sixth] = std::array::from_fn(|_| child.stdout_line());
        Self { child, address, announced: [first, second, third, fourth, fifth, sixth] }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// See [`start_upload`].
    pub fn start_upload(&self) -> Connection {
        start_upload(self.address)
    }
}

/// Announces an upload of 100 bytes and sends ten, so that the server waits for the others.
pub fn start_upload(address: SocketAddr) -> Connection {
    let mut connection = Connection::open(address);
    connection.send(
        b"POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\
          Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    );
    // The server sends 100 Continue when a handler first reads the body.
    let go_ahead = connection.read_response();
    assert_eq!(go_ahead.status(), 100, "{go_ahead}");
    connection.send(b"ten bytes.");
    connection
}

/// Runs it, and measures the real time.
pub fn measure<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "measures the process, not the emulated time")]
    let started = Instant::now();
    let result = run();
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

fn read_to_end(lines: &Receiver<String>) -> String {
    let mut text = String::new();
    loop {
        match lines.recv_timeout(TIMEOUT) {
            Ok(line) => text = text + &line + "\n",
            Err(RecvTimeoutError::Disconnected) => return text,
            Err(RecvTimeoutError::Timeout) => panic!("it still runs, and has printed: {text}"),
        }
    }
}
