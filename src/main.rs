//! The binary: settings in, a server up, a signal, and out.

mod cli;
#[cfg(test)]
mod docs_table;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use zendesk_mock::{ServerConfig, ZendeskMock};

use self::cli::{Command, LogFormat, ready};

/// How long open requests may take after a signal. Tools that stop a process expect it to end
/// within a second.
const DRAIN: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let cli::Invocation { command, log, log_format, config } = cli::read();
    let ended = match command {
        Some(Command::Ready(ready)) => ready::wait(ready.address(), ready.wait).map_err(Into::into),
        None => serve(config, log, log_format),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zendesk-mock: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(
    config: ServerConfig,
    log: LevelFilter,
    log_format: LogFormat,
) -> Result<(), Box<dyn Error>> {
    start_logging(log, log_format);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Listening for signals comes first, so that none is missed once the server is announced.
    let signal = runtime.block_on(async { stop_signal() })?;
    // A large seed takes time, and a signal must end it.
    let starting = runtime.spawn_blocking(|| ZendeskMock::builder().config(config).start());
    let mut signal = std::pin::pin!(signal);
    let started = runtime.block_on(async {
        tokio::select! {
            started = starting => Some(started),
            () = &mut signal => None,
        }
    });
    let Some(started) = started else {
        runtime.shutdown_background();
        return Ok(());
    };
    let server = started??;
    // A closed standard output is no reason to stop.
    let _ = announce(&server);
    runtime.block_on(signal);
    server.shutdown(DRAIN);
    Ok(())
}

fn start_logging(log: LevelFilter, log_format: LogFormat) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(log)
        .with_writer(io::stderr)
        .with_target(false)
        // A closed standard error, as behind `| head`, is no reason to stop serving.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal());
    match log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

/// Two lines on standard output: where the server is, and what to try.
fn announce(server: &ZendeskMock) -> io::Result<()> {
    let (version, url) = (env!("CARGO_PKG_VERSION"), server.url());
    let mut out = io::stdout().lock();
    writeln!(out, "zendesk-mock {version} listening on {url}")?;
    writeln!(
        out,
        "try: curl -u me@example.com/token:secret -H 'Content-Type: application/binary' --data-binary hello '{url}/api/v2/uploads?filename=hello.txt'"
    )?;
    out.flush()
}

/// Resolves at SIGINT or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
