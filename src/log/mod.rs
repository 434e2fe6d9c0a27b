//! The log of the binary on standard error.

mod writer;

use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;

pub use self::writer::LineWriter;
use crate::cli::LogFormat;

/// Starts logging. The writer is for the end of the process, which should leave no line unwritten.
///
/// # Errors
/// The system refuses a thread.
pub fn start(level: LevelFilter, format: LogFormat) -> io::Result<LineWriter> {
    let writer = LineWriter::start(io::stderr(), move |count| {
        let message = format!(
            "{count} log lines were dropped: standard error was not read; read it, or set --log warn"
        );
        match format {
            LogFormat::Text => format!("WARN {message}\n"),
            LogFormat::Json => format!("{{\"level\":\"WARN\",\"message\":\"{message}\"}}\n"),
        }
    })?;
    let sink = writer.clone();
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(move || Sink(sink.clone()))
        .with_target(false)
        .with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(writer)
}

/// What the formatter writes each line to, in one call.
struct Sink(LineWriter);

impl io::Write for Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
