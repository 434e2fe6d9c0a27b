//! Log lines: compact text for people, or one JSON object with every field.

use std::fmt;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::LogFormat;
use crate::log::escape::{Escaped, Syntax};

/// The target of the events of requests, whose fields have a form of their own in text lines.
const REQUEST: &str = "zendesk_mock::request";

impl<S, N> FormatEvent<S, N> for LogFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let is_request = event.metadata().target() == REQUEST;
        let level = event.metadata().level();
        #[expect(clippy::disallowed_methods, reason = "log lines have the real time")]
        let now = Timestamp::now();
        match self {
            Self::Text => {
                write_text_start(&mut writer, now, level)?;
                let mut fields = TextFields { writer, is_request, result: Ok(()) };
                event.record(&mut fields);
                fields.result.and_then(|()| fields.writer.write_char('\n'))
            }
            Self::Json => {
                write!(writer, "{{\"timestamp\":\"{now:.6}\",\"level\":\"{level}\"")?;
                let mut fields = JsonFields { writer, result: Ok(()) };
                event.record(&mut fields);
                fields.result.and_then(|()| fields.writer.write_str("}\n"))
            }
        }
    }
}

/// The line that stands for lines that were dropped.
pub fn describe_dropped(format: LogFormat, count: u64) -> String {
    let message = format!(
        "{count} log lines were dropped: standard error was not read; read it, or set --log warn"
    );
    match format {
        LogFormat::Text => format!("WARN {message}\n"),
        LogFormat::Json => format!("{{\"level\":\"WARN\",\"message\":\"{message}\"}}\n"),
    }
}

/// The time of day in UTC, and each level but INFO.
fn write_text_start(writer: &mut Writer<'_>, now: Timestamp, level: &Level) -> fmt::Result {
    let second = now.as_second().rem_euclid(24 * 60 * 60);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    write!(writer, "{hour:02}:{minute:02}:{second:02}")?;
    let colour = match *level {
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => return Ok(()),
        _ => "\u{1b}[2m",
    };
    if writer.has_ansi_escapes() {
        write!(writer, " {colour}{level}\u{1b}[0m")
    } else {
        write!(writer, " {level}")
    }
}

struct TextFields<'w> {
    writer: Writer<'w>,
    is_request: bool,
    result: fmt::Result,
}

impl TextFields<'_> {
    fn write(&mut self, field: &Field, value: &dyn fmt::Display) {
        let writer = &mut self.writer;
        let written = match field.name() {
            "message" if self.is_request => Ok(()),
            "message" => write!(writer, " {value}"),
            name if !self.is_request => write!(writer, " {name}={value}"),
            // The path has it.
            "route" => Ok(()),
            "ms" => write!(writer, " {value} ms"),
            "account_time" => write!(writer, " at {value}"),
            "reason" => write!(writer, ": {value}"),
            "hint" => write!(writer, "; hint: {value}"),
            _ => write!(writer, " {value}"),
        };
        self.result = self.result.and(written);
    }
}

impl Visit for TextFields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write(field, &Escaped(format_args!("{value:?}"), Syntax::Text));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let value = match field.name() {
            // The first of its groups tells requests apart.
            "request_id" => value.split('-').next().unwrap_or(value),
            _ => value,
        };
        self.write(field, &Escaped(value, Syntax::Text));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match (self.is_request, field.name()) {
            (true, "received" | "sent") if value == 0 => {}
            (true, "received") => self.write(field, &format_args!("{} in", ByteCount(value))),
            (true, "sent") => self.write(field, &format_args!("{} out", ByteCount(value))),
            _ => self.write(field, &value),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, &format_args!("{value:.1}"));
    }
}

struct JsonFields<'w> {
    writer: Writer<'w>,
    result: fmt::Result,
}

impl JsonFields<'_> {
    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let written = write!(self.writer, ",\"{}\":{value}", field.name());
        self.result = self.result.and(written);
    }
}

impl Visit for JsonFields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = Escaped(format_args!("{value:?}"), Syntax::Json);
        self.write(field, format_args!("\"{value}\""));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, format_args!("\"{}\"", Escaped(value, Syntax::Json)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, format_args!("{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, format_args!("{value}"));
    }

    /// Debug formatting writes `1.0`, which stays a float. No field is infinite.
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, format_args!("{value:?}"));
    }
}

/// A number of bytes in at most six characters, such as `5 B`, `1.2 kB` or `50 MB`.
struct ByteCount(u64);

impl fmt::Display for ByteCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = match self.0 {
            bytes @ ..1_000 => return write!(f, "{bytes} B"),
            bytes @ ..1_000_000 => (bytes as f64 / 1e3, "kB"),
            bytes @ ..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
            bytes => (bytes as f64 / 1e9, "GB"),
        };
        let digits = usize::from(value < 10.0);
        write!(f, "{value:.digits$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, shown) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (65_536, "66 kB"),
            (2_500_000, "2.5 MB"),
            (3_000_000_000, "3.0 GB"),
        ] {
            assert_eq!(ByteCount(bytes).to_string(), shown);
        }
    }
}
