//! Reads a document from JSON or from a file.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::seed::error::SeedError;
use crate::seed::model::{Document, Object};

/// The file of a seed in a directory.
const FILE_NAME: &str = "seed.json";
/// The longest place in an error, in characters. Names of accounts in it can be long.
const LONGEST_PLACE: usize = 200;

impl Document {
    /// # Errors
    /// [`SeedError::Malformed`], [`SeedError::Field`].
    pub fn parse(text: &[u8]) -> Result<Self, SeedError> {
        // Some editors begin a file with a byte order mark.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let mut json = serde_json::Deserializer::from_slice(text);
        let ObjectOnly(document) =
            serde_path_to_error::deserialize(&mut json).map_err(|error| describe(&error))?;
        json.end().map_err(|error| SeedError::Malformed(error.to_string()))?;
        Ok(document)
    }

    /// Reads a document that is part of other JSON.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_object(object: &Object) -> Result<Self, SeedError> {
        serde_path_to_error::deserialize(object).map_err(|error| describe(&error))
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

    /// Takes out the documents of other accounts, by name.
    pub fn take_accounts(&mut self) -> Vec<(String, Self)> {
        std::mem::take(&mut self.accounts).into_iter().collect()
    }
}

/// A document that is an object. Serde alone would take a list of its fields as well.
struct ObjectOnly(Document);

impl<'de> Deserialize<'de> for ObjectOnly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = ObjectOnly;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ObjectOnly, A::Error> {
                Document::deserialize(MapAccessDeserializer::new(map)).map(ObjectOnly)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Describes what cannot be read without quoting it: it may be a password, and it may be long.
fn describe(error: &serde_path_to_error::Error<serde_json::Error>) -> SeedError {
    let (at, inner) = (error.path().to_string(), error.inner());
    let at: String = at.chars().take(LONGEST_PLACE).collect();
    let message = inner.to_string();
    if !inner.is_data() {
        return SeedError::Malformed(message);
    }
    let message = message.rsplit_once(" at line ").map_or(&*message, |(before, _)| before);
    if message.starts_with("takes ") {
        // An error of `seed::values`.
        return SeedError::Field { at, accepts: message.to_owned().into() };
    }
    let accepts = match message.split_once(", expected ") {
        // The other words of serde are English.
        Some((_, expected)) if expected.starts_with("u64") => {
            "it takes a whole number from 0 on".to_owned()
        }
        Some((_, expected)) => format!("it takes {expected}"),
        // Missing and repeated fields, and bytes that are not base64: these quote names of fields
        // only.
        None => message.to_owned(),
    };
    if at == "." {
        return SeedError::Malformed(accepts);
    }
    SeedError::Field { at, accepts: format!("cannot be read: {accepts}").into() }
}
