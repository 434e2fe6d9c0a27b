//! Reports to the person at the terminal.

use std::io::{self, Write as _};

/// `eprintln!` would panic if standard error is closed.
pub fn report(line: &str) {
    let _ = writeln!(io::stderr(), "zendesk-mock: {line}");
}
