//! The binary: settings in, a server up, a signal, and out.

mod cli;
#[cfg(test)]
mod docs_table;
mod log;
mod memory;
mod whole_file;

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::oneshot;
use zendesk_mock::{ServerConfig, ZendeskMock};

use self::cli::exec::exec;
use self::cli::{ExecOptions, Invocation, ProcessOptions, ready};
use self::log::LineWriter;

/// How long open requests may take after a signal. Tools that stop a process expect it to end
/// within a second.
const DRAIN: Duration = Duration::from_millis(500);

/// How long the last lines may take to be written, to an output that is perhaps not read.
const FLUSH: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    memory::configure();
    let ended = match cli::read() {
        Invocation::Ready(address, wait) => {
            ready::wait(address, wait).map(|()| ExitCode::SUCCESS).map_err(Into::into)
        }
        Invocation::Exec(config, options) => run_command(*config, &options),
        Invocation::Serve(config, options) => serve(*config, &options),
    };
    ended.unwrap_or_else(|error| {
        if let Ok(output) = LineWriter::start(io::stderr(), |_| String::new()) {
            output.write_line(format!("zendesk-mock: {error}\n").as_bytes());
            output.flush(FLUSH);
        }
        ExitCode::FAILURE
    })
}

fn serve(config: ServerConfig, options: &ProcessOptions) -> Result<ExitCode, Box<dyn Error>> {
    let log = log::start(options.log.level, options.log.format)?;
    let ended = run(config, options);
    // A second signal waits for nothing.
    if !ended.as_ref().is_ok_and(|code| *code == ExitCode::FAILURE) {
        log.flush(FLUSH);
    }
    ended
}

fn run_command(config: ServerConfig, options: &ExecOptions) -> Result<ExitCode, Box<dyn Error>> {
    let log = log::start(options.log.level, options.log.format)?;
    let ended = exec(config, options);
    log.flush(FLUSH);
    ended
}

/// Serves until a signal. Fails if a second one ends it before it has stopped.
fn run(config: ServerConfig, options: &ProcessOptions) -> Result<ExitCode, Box<dyn Error>> {
    if let Some(path) = &options.ready_file {
        remove_ready_file(path)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Listening for signals comes first, so that none is missed once the server is announced.
    let mut signals =
        runtime.block_on(async { StopSignals::listen(options.exit_on_stdin_close) })?;
    // A large seed takes time, and a signal must end it.
    let starting = runtime.spawn_blocking(|| ZendeskMock::builder().config(config).start());
    let started = runtime.block_on(async {
        tokio::select! {
            started = starting => Some(started),
            () = signals.next() => None,
        }
    });
    let code = match started {
        None => ExitCode::SUCCESS,
        Some(started) => {
            let server = started??;
            if let Some(path) = &options.ready_file {
                write_ready_file(path, &server)?;
            }
            announce(&server)?;
            runtime.block_on(async {
                tokio::select! {
                    () = signals.next() => {}
                    () = memory::give_back_freed(&server) => {}
                }
            });
            let stopping = runtime.spawn_blocking(|| server.shutdown(DRAIN));
            runtime.block_on(async {
                tokio::select! {
                    _ = stopping => ExitCode::SUCCESS,
                    () = signals.next() => ExitCode::FAILURE,
                }
            })
        }
    };
    runtime.shutdown_background();
    Ok(code)
}

/// A few lines on standard output: where the server is, and how to begin.
fn announce(server: &ZendeskMock) -> io::Result<()> {
    let (version, url) = (env!("CARGO_PKG_VERSION"), server.url());
    let docs = concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main/docs");
    let lines = format!(
        "zendesk-mock {version} listening on {url}\n\
         page: {url}/_mock/ui/\n\
         control API: {url}/_mock, with all calls in {url}/_mock/openapi.json\n\
         accounts: {url}/@NAME, or users such as me@NAME.mock; a request that names none is for the account default\n\
         docs: {docs}\n\
         try: curl -u me@example.com/token:secret -H 'Content-Type: application/binary' --data-binary hello '{url}/api/v2/uploads?filename=hello.txt'\n"
    );
    let output = LineWriter::start(io::stdout(), |_| String::new())?;
    output.write_line(lines.as_bytes());
    Ok(())
}

/// Removes what an earlier server wrote, so that only this one is found.
fn remove_ready_file(path: &Path) -> Result<(), String> {
    if whole_file::is_special(path) {
        return Ok(());
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("cannot remove the ready file {}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes where the server is. A reader sees the whole file or none.
fn write_ready_file(path: &Path, server: &ZendeskMock) -> Result<(), String> {
    let (url, port, pid) = (server.url(), server.address().port(), std::process::id());
    let line = format!("{{\"url\":\"{url}\",\"port\":{port},\"pid\":{pid}}}\n");
    whole_file::write(path, &line)
        .map_err(|error| format!("cannot write the ready file {}: {error}", path.display()))
}

/// Resolves when standard input is closed. Its thread ends with the process.
fn watch_stdin() -> oneshot::Receiver<()> {
    let (closed, is_closed) = oneshot::channel();
    std::thread::spawn(move || {
        // An error ends it, too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = closed.send(());
    });
    is_closed
}

/// SIGINT and SIGTERM, or Ctrl-C; and the end of standard input, if that counts.
struct StopSignals {
    stdin_closed: Option<oneshot::Receiver<()>>,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    ctrl_c: tokio::signal::windows::CtrlC,
}

impl StopSignals {
    fn listen(exit_on_stdin_close: bool) -> io::Result<Self> {
        let stdin_closed = exit_on_stdin_close.then(watch_stdin);
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt())?;
            Ok(Self { stdin_closed, interrupt, terminate: signal(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self { stdin_closed, ctrl_c: tokio::signal::windows::ctrl_c()? })
    }

    /// Resolves at the next one.
    async fn next(&mut self) {
        let signal = async {
            #[cfg(unix)]
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
            #[cfg(not(unix))]
            self.ctrl_c.recv().await;
        };
        match &mut self.stdin_closed {
            None => signal.await,
            Some(stdin_closed) => tokio::select! {
                () = signal => {}
                // It is closed once.
                _ = stdin_closed => self.stdin_closed = None,
            },
        }
    }
}
