//! The binary: settings in, a server up, a signal, and out.

mod cli;
#[cfg(test)]
mod docs_table;
mod log;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use zendesk_mock::ZendeskMock;

use self::cli::{Command, Invocation, ready};
use self::log::LineWriter;

/// How long open requests may take after a signal. Tools that stop a process expect it to end
/// within a second.
const DRAIN: Duration = Duration::from_millis(500);

/// How long the last lines may take to be written, to an output that is perhaps not read.
const FLUSH: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    let invocation = cli::read();
    let ended = match &invocation.command {
        Some(Command::Ready(ready)) => {
            ready::wait(ready.address(), ready.wait).map(|()| ExitCode::SUCCESS).map_err(Into::into)
        }
        None => serve(invocation),
    };
    ended.unwrap_or_else(|error| {
        if let Ok(output) = LineWriter::start(io::stderr(), |_| String::new()) {
            output.write_line(format!("zendesk-mock: {error}\n").as_bytes());
            output.flush(FLUSH);
        }
        ExitCode::FAILURE
    })
}

fn serve(invocation: Invocation) -> Result<ExitCode, Box<dyn Error>> {
    let Invocation { log, log_format, config, .. } = invocation;
    let log = log::start(log, log_format)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Listening for signals comes first, so that none is missed once the server is announced.
    let mut signals = runtime.block_on(async { StopSignals::listen() })?;
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
            announce(&server)?;
            runtime.block_on(signals.next());
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
    if code == ExitCode::SUCCESS {
        log.flush(FLUSH);
    }
    Ok(code)
}

/// A few lines on standard output: where the server is, and how to begin.
fn announce(server: &ZendeskMock) -> io::Result<()> {
    let (version, url) = (env!("CARGO_PKG_VERSION"), server.url());
    let docs = concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main/docs");
    let lines = format!(
        "zendesk-mock {version} listening on {url}\n\
         control API: {url}/_mock, with all calls in {url}/_mock/openapi.json\n\
         accounts: {url}/@NAME, or users such as me@NAME.mock; all else is the account default\n\
         docs: {docs}\n\
         try: curl -u me@example.com/token:secret -H 'Content-Type: application/binary' --data-binary hello '{url}/api/v2/uploads?filename=hello.txt'\n"
    );
    let output = LineWriter::start(io::stdout(), |_| String::new())?;
    output.write_line(lines.as_bytes());
    Ok(())
}

/// SIGINT and SIGTERM, or Ctrl-C.
struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    ctrl_c: tokio::signal::windows::CtrlC,
}

impl StopSignals {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        Ok(Self { ctrl_c: tokio::signal::windows::ctrl_c()? })
    }

    /// Resolves at the next signal.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        self.ctrl_c.recv().await;
    }
}
