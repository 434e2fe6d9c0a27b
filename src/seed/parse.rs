//! Reads a document from JSON or from a file.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::config::field_error::{read_json, read_value};
use crate::core::account::Account;
use crate::core::blobs::Charge;
use crate::seed::error::SeedError;
use crate::seed::model::{Document, Object};
use crate::seed::size::ParsedSize;

/// The file of a seed in a directory.
const FILE_NAME: &str = "seed.json";

/// The name of standard input on Unix.
const STDIN: &str = "/dev/stdin";

impl Document {
    /// # Errors
    /// [`SeedError::Field`].
    pub fn parse(text: &[u8]) -> Result<Self, SeedError> {
        Ok(read_json(without_mark(text))?)
    }

    /// Reads a document of a client. Its account is charged before memory is taken, since three
    /// bytes of JSON can be a ticket. The charge may end with the import.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`SeedError::OutOfMemory`].
    pub fn receive(text: &[u8], account: &Account) -> Result<(Self, Charge), SeedError> {
        let ParsedSize(size) = read_json(without_mark(text))?;
        let room = account.charge(size)?;
        Ok((Self::parse(text)?, room))
    }

    /// Does the same with a document that is part of other JSON.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn receive_object(object: &Object, account: &Account) -> Result<(Self, Charge), SeedError> {
        let ParsedSize(size) = read_value(object)?;
        let room = account.charge(size)?;
        Ok((read_value(object)?, room))
    }

    /// The file itself, or `seed.json` in a directory.
    pub fn file(path: &Path) -> PathBuf {
        if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() }
    }

    /// Reads the document of a file, or of `seed.json` in a directory. A document of more than
    /// `max` bytes is refused. Returns it with the directory that its paths start from.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`SeedError::File`].
    pub fn open(path: &Path, max: u64) -> Result<(Self, PathBuf), SeedError> {
        let file = Self::file(path);
        let directory = file.parent().unwrap_or(Path::new("")).to_owned();
        let text = read_file(&file, max)
            .map_err(|error| SeedError::File { path: file, why: error.to_string() })?;
        Ok((Self::parse(&text)?, directory))
    }
}

/// Reads a regular file, or standard input, of at most `max` bytes. Other files, such as devices,
/// may have no end.
///
/// # Errors
/// A file that is missing, no regular one, or longer.
pub fn read_file(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new(STDIN) {
        io::stdin().lock().take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    } else {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no regular file; name one, or /dev/stdin"));
        }
        if metadata.len() > max {
            return Err(too_long(max));
        }
        bytes.reserve(usize::try_from(metadata.len()).unwrap_or(0));
        // It may grow meanwhile.
        std::fs::File::open(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > max { Err(too_long(max)) } else { Ok(bytes) }
}

fn too_long(max: u64) -> io::Error {
    io::Error::other(format!("it is larger than max_memory, {max} bytes"))
}

/// The text without the byte order mark with which some editors begin a file.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}
