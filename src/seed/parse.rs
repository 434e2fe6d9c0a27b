//! Reads a document from JSON or from a file.

use std::path::{Path, PathBuf};

use crate::config::field_error::{read_json, read_value};
use crate::core::account::Account;
use crate::core::blobs::Charge;
use crate::seed::error::SeedError;
use crate::seed::model::{Document, Object};
use crate::seed::size::ParsedSize;

/// The file of a seed in a directory.
const FILE_NAME: &str = "seed.json";

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

    /// Reads the document of a file, or of `seed.json` in a directory. Returns it with the
    /// directory that its paths start from.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`SeedError::File`].
    pub fn open(path: &Path) -> Result<(Self, PathBuf), SeedError> {
        let (file, directory) = if path.is_dir() {
            (path.join(FILE_NAME), path.to_owned())
        } else {
            (path.to_owned(), path.parent().unwrap_or(Path::new("")).to_owned())
        };
        let text = std::fs::read(&file)
            .map_err(|error| SeedError::File { path: file, why: error.to_string() })?;
        Ok((Self::parse(&text)?, directory))
    }
}

/// The text without the byte order mark with which some editors begin a file.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}
