//! An account as one JSON document: a seed that people write, and what an account holds as it is told.
//! Both are the same, so that what was told can be read again.

mod base64;
mod model;
mod read;
mod size;
mod values;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

pub use self::model::Document;
pub use self::size::of_reading;
use crate::config::json;
use crate::core;
use crate::core::account::settings::{AccountSettings, SettingError};
use crate::core::account::{Account, ObjectCounts};
use crate::core::seed::Misfit;

/// The properties of a JSON object.
pub type Object = Map<String, Value>;

/// The file of a seed in a directory.
const FILE_NAME: &str = "seed.json";

/// Why a document cannot be used. Nothing has been changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is no JSON object.
    #[error("it is not a JSON object: {0}")]
    Malformed(String),
    /// Something in it.
    #[error("{at} {accepts}")]
    Field {
        /// Where, as in `tickets[0].comments[1].body`.
        at: String,
        /// What that takes.
        accepts: String,
    },
    /// The account has no room for it, or there is none for the account.
    #[error("{0}")]
    Core(core::Error),
    /// Its file cannot be read.
    #[error("{path} cannot be read: {why}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

impl From<Misfit> for DocumentError {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Field { at, accepts } => Self::Field { at, accepts: accepts.into_owned() },
            Misfit::Account(error) => Self::Core(error),
        }
    }
}

impl From<SettingError> for DocumentError {
    fn from(error: SettingError) -> Self {
        Self::Field {
            at: format!("settings.{}", error.setting),
            accepts: error.accepts.into_owned(),
        }
    }
}

/// Where a document finds the files that it names by path.
#[derive(Debug, Clone, Copy)]
pub enum Files<'a> {
    /// In this directory.
    In(&'a Path),
    /// Nowhere: whoever sends a document over the network must not read what lies beside the server.
    Nowhere,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`]; [`DocumentError::Field`] says which has another type than it takes.
    pub fn read(text: &[u8]) -> Result<Self, DocumentError> {
        // Some editors begin a file with a mark of its byte order.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let mut json = serde_json::Deserializer::from_slice(text);
        let AnObject(document) =
            serde_path_to_error::deserialize(&mut json).map_err(|error| unread(&error))?;
        json.end().map_err(|error| DocumentError::Malformed(error.to_string()))?;
        Ok(document)
    }

    /// Reads a document that is part of another.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn of_object(object: &Object) -> Result<Self, DocumentError> {
        serde_path_to_error::deserialize(object).map_err(|error| unread(&error))
    }

    /// Reads the document of a file, or of `seed.json` in a directory, and answers where its files lie.
    ///
    /// # Errors
    /// As for [`read`](Self::read), and a file that cannot be read.
    pub fn open(path: &Path) -> Result<(Self, PathBuf), DocumentError> {
        let (file, directory) = if path.is_dir() {
            (path.join(FILE_NAME), path.to_owned())
        } else {
            (path.to_owned(), path.parent().unwrap_or(Path::new("")).to_owned())
        };
        let text = std::fs::read(&file)
            .map_err(|error| DocumentError::File { path: file, why: error.to_string() })?;
        Ok((Self::read(&text)?, directory))
    }

    /// Takes out the documents of other accounts, by their names.
    pub fn take_accounts(&mut self) -> Vec<(String, Self)> {
        std::mem::take(&mut self.accounts).into_iter().collect()
    }

    /// Gives an account this seed: it is emptied and holds what the document says, now and after each reset.
    ///
    /// # Errors
    /// [`DocumentError::Field`], [`DocumentError::Core`].
    pub fn plant(
        mut self,
        account: &Account,
        files: Files<'_>,
    ) -> Result<ObjectCounts, DocumentError> {
        if !self.accounts.is_empty() {
            let accepts = "is for the seed of a whole server".to_owned();
            return Err(DocumentError::Field { at: "accounts".to_owned(), accepts });
        }
        let mut settings = AccountSettings::clone(account.initial_settings());
        if let Some(sent) = self.settings.take() {
            json::read(&mut settings, &sent)?;
            settings.validate()?;
        }
        Ok(account.plant(self.into_seed(account, files)?, settings)?)
    }
}

/// A document that is an object: a list of its fields in their order would do for serde.
struct AnObject(Document);

impl<'de> Deserialize<'de> for AnObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = AnObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnObject, A::Error> {
                Document::deserialize(MapAccessDeserializer::new(map)).map(AnObject)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// How much of a place is told, in characters. Names of other accounts can be long.
const LONGEST_PLACE: usize = 200;

/// What could not be read. What stands there is not told: it may be a password, and it may be long.
fn unread(error: &serde_path_to_error::Error<serde_json::Error>) -> DocumentError {
    let (at, inner) = (error.path().to_string(), error.inner());
    let at: String = at.chars().take(LONGEST_PLACE).collect();
    let message = inner.to_string();
    if !inner.is_data() {
        return DocumentError::Malformed(message);
    }
    let before_line =
        |text: &str| text.rsplit_once(" at line ").map_or(text, |(before, _)| before).to_owned();
    let accepts = match message.split_once(", expected ") {
        // The others of serde's words are English.
        Some((_, expected)) if expected.starts_with("u64") => {
            "it takes a whole number from 0 on".to_owned()
        }
        Some((_, expected)) => format!("it takes {}", before_line(expected)),
        // Errors of ours, and fields that are missing or there twice: only names of fields are in those.
        None => before_line(&message),
    };
    if at == "." {
        return DocumentError::Malformed(accepts);
    }
    DocumentError::Field { at, accepts: format!("cannot be read: {accepts}") }
}

fn misfit(at: &str, accepts: impl Into<Cow<'static, str>>) -> Misfit {
    Misfit::Field { at: at.to_owned(), accepts: accepts.into() }
}
