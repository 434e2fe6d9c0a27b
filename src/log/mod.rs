//! The log of the binary on standard error.

mod escape;
mod format;
mod writer;

use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::format::describe_dropped;
pub use self::writer::LineWriter;
use crate::cli::LogFormat;

/// Starts logging. The writer is for the end of the process, which should leave no line unwritten.
///
/// # Errors
/// The system refuses a thread.
pub fn start(level: LevelFilter, format: LogFormat) -> io::Result<LineWriter> {
    let writer = LineWriter::start(io::stderr(), move |count| describe_dropped(format, count))?;
    let sink = writer.clone();
    // Not those of libraries, which log every frame of HTTP/2 for debugging.
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(move || Sink(sink.clone()))
        .with_ansi(io::stderr().is_terminal())
        .event_format(format)
        .finish()
        .with(own)
        .init();
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
