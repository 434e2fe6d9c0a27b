//! The multipart form that Zendesk parses: `uploaded_data`, with `filename` and `token` beside it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::core::account::Account;
use crate::core::blobs::{Blob, BlobWriter};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::ReceiveError;

/// The longest text part, in bytes: a file name or a token.
const MAX_TEXT: u64 = 8 * 1024;

/// The parts of an upload form.
#[derive(Debug)]
pub struct UploadForm {
    pub data: BlobWriter,
    pub content_type: Option<String>,
    /// The `filename` part, else the file name of the file's part.
    pub file_name: Option<String>,
    pub token: Option<String>,
}

/// What a form is.
#[derive(Debug)]
pub enum ParsedForm {
    WithData(UploadForm),
    /// Without an `uploaded_data` part. Zendesk stores such a form as it is, boundaries and all.
    WithoutData {
        /// The name of the first part with a file name.
        file_part: Option<String>,
    },
}

/// The boundary in a `Content-Type`. A form without one, which one client sends, is a plain file.
pub fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok()
}

/// Parses a form that was received whole.
pub async fn parse(
    raw: &Blob,
    boundary: String,
    account: &Account,
) -> Result<ParsedForm, ReceiveError> {
    let malformed = |error: multer::Error| Problem::FormMalformed(error.to_string());
    let chunks = Chunks { rest: raw.chunks().to_vec().into_iter(), rested: true };
    let mut form = multer::Multipart::new(chunks, boundary);
    let (mut data, mut content_type, mut part_name) = (None, None, None);
    let (mut file_name, mut token) = (None, None);
    let mut file_part = None;
    while let Some(mut field) = form.next_field().await.map_err(malformed)? {
        match field.name() {
            Some("uploaded_data") => {
                content_type = field.content_type().map(ToString::to_string);
                part_name = field.file_name().map(ToOwned::to_owned);
                let mut writer = account.receive(raw.len())?;
                while let Some(chunk) = field.chunk().await.map_err(malformed)? {
                    // A slice of the parser's buffer would keep all of it alive.
                    writer.copy(&chunk)?;
                }
                data = Some(writer);
            }
            Some("filename") => file_name = Some(text(field).await?),
            Some("token") => token = Some(text(field).await?),
            name if file_part.is_none() && field.file_name().is_some() => {
                file_part = name.map(ToOwned::to_owned);
            }
            _ => {}
        }
    }
    Ok(match data {
        None => ParsedForm::WithoutData { file_part },
        Some(data) => ParsedForm::WithData(UploadForm {
            data,
            content_type,
            file_name: file_name.filter(|name| !name.trim().is_empty()).or(part_name),
            token,
        }),
    })
}

async fn text(mut field: multer::Field<'_>) -> Result<String, Problem> {
    let malformed = |error: multer::Error| Problem::FormMalformed(error.to_string());
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(malformed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > MAX_TEXT {
            return Err(Problem::FormMalformed(format!("a text part is over {MAX_TEXT} bytes")));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Stored chunks as a stream. The parser buffers all chunks that are ready, so each is held back
/// until the parser is through with the one before.
struct Chunks {
    rest: std::vec::IntoIter<Bytes>,
    rested: bool,
}

impl Stream for Chunks {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.rested = !self.rested;
        if self.rested {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.rest.next().map(Ok))
    }
}
