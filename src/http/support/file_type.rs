//! The content type of an uploaded file: the declared one, or that of the file name.

use std::io::Read;

use crate::core::account::settings::{AccountSettings, FormType, UnknownType};
use crate::core::blobs::Blob;
use crate::core::media;
use crate::http::exchange::problem::Problem;

/// How much of a file is read to find out that it is no form, in bytes.
const FORM_HEAD: u64 = 64 * 1024;

#[derive(Debug)]
pub struct FileType {
    pub content_type: String,
    /// Whether the client declared it.
    pub is_declared: bool,
}

impl FileType {
    /// A specific type is kept; a missing or vague one is guessed from the file name.
    ///
    /// # Errors
    /// Neither says what it is, and the account refuses that.
    pub fn find(
        declared: Option<String>,
        file_name: &str,
        settings: &AccountSettings,
    ) -> Result<Self, Problem> {
        let specific = declared.filter(|declared| {
            let essence = media::essence(declared);
            let is_vague = ["", "application/octet-stream", "application/binary"]
                .iter()
                .any(|vague| essence.eq_ignore_ascii_case(vague));
            declared.len() <= media::LONGEST_TYPE && !is_vague
        });
        match (specific, media::type_by_name(file_name), settings.unknown_type) {
            (Some(declared), _, _) => {
                Ok(Self { content_type: declared.trim().to_owned(), is_declared: true })
            }
            (None, Some(by_name), _) => Ok(Self::guessed(by_name)),
            (None, None, UnknownType::Accept) => Ok(Self::guessed(media::UNKNOWN_TYPE)),
            (None, None, UnknownType::Reject) => Err(Problem::TypeUnknown),
        }
    }

    fn guessed(content_type: &str) -> Self {
        Self { content_type: content_type.to_owned(), is_declared: false }
    }

    /// Whether it is the type that curl declares by itself, which the file contradicts.
    pub fn is_of_curl(&self, file: &Blob) -> bool {
        const OF_CURL: &str = "application/x-www-form-urlencoded";
        self.is_declared
            && media::essence(&self.content_type).eq_ignore_ascii_case(OF_CURL)
            && !is_form(file)
    }

    /// The type of a file with the type of curl: that of a file without a type.
    ///
    /// # Errors
    /// Its name does not say what it is, and the account refuses that.
    pub fn without_curl(
        self,
        file_name: &str,
        settings: &AccountSettings,
    ) -> Result<Self, Problem> {
        match settings.curl_form_type {
            FormType::Guess => Self::find(None, file_name, settings),
            FormType::Keep => Ok(self),
        }
    }
}

/// Whether a file can be a form of `name=value` pairs: it has only what the encoding leaves.
fn is_form(file: &Blob) -> bool {
    let mut has_pair = false;
    for byte in file.head(FORM_HEAD).bytes() {
        match byte {
            Ok(b'=') => has_pair = true,
            Ok(byte) if byte.is_ascii_alphanumeric() || b"%&+*-._~".contains(&byte) => {}
            _ => return false,
        }
    }
    has_pair
}
