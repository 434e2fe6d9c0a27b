//! The multipart form that Zendesk parses: `uploaded_data`, with `filename` and `token` beside it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::core::account::Account;
use crate::core::blobs::{Blob, BlobWriter};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::receive::ReceiveError;

/// The longest text part, in bytes: a file name or a token.
const MAX_TEXT: u64 = 8 * 1024;

/// How much is read in search of the first boundary or of the end of a part's head, in bytes. The
/// parser buffers all of it, and searches the buffer again with each chunk.
const MAX_HEAD: usize = 64 * 1024;

/// The most parts of a form. Rack, which Rails parses forms with, refuses one more by default:
/// `RACK_MULTIPART_TOTAL_PART_LIMIT` is 4,096, and a form of so many is over it.
const MAX_PARTS: usize = 4_095;

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
    WithoutData(OtherForm),
}

/// A form without an `uploaded_data` part.
#[derive(Debug)]
pub struct OtherForm {
    /// The name of the part that is probably the file: the first with a file name, else the first
    /// of another name than `filename` and `token`.
    pub file_part: Option<String>,
    /// The `filename` part.
    pub file_name: Option<String>,
    pub token: Option<String>,
}

/// The boundary in a `Content-Type`. A form without one, which one client sends, is a plain file.
pub fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok()
}

/// Parses a form that was received whole, with the file in the part of this name.
pub async fn parse(
    raw: &Blob,
    boundary: String,
    data_part: &str,
    account: &Account,
) -> Result<ParsedForm, ReceiveError> {
    let allowance = Arc::new(AtomicUsize::new(MAX_HEAD));
    let allow = |bytes| allowance.store(bytes, Ordering::Relaxed);
    let rest = raw.chunks().to_vec().into_iter();
    let chunks = Chunks { rest, rested: true, allowance: Arc::clone(&allowance) };
    let mut form = multer::Multipart::new(chunks, boundary);
    let (mut data, mut content_type, mut part_name) = (None, None, None);
    let (mut file_name, mut token) = (None, None);
    let (mut file_part, mut other_part) = (None, None);
    let mut parts = 0;
    while let Some(mut field) = form.next_field().await.map_err(malformed)? {
        parts += 1;
        if parts > MAX_PARTS {
            return Err(Problem::FormTooLong { max: MAX_PARTS }.into());
        }
        allow(usize::MAX);
        match field.name() {
            Some(name) if name == data_part => {
                content_type = field.content_type().map(ToString::to_string);
                part_name = field.file_name().map(ToOwned::to_owned);
                let mut writer = account.receive(raw.len())?;
                while let Some(chunk) = field.chunk().await.map_err(malformed)? {
                    // A slice of the parser's buffer would keep all of it alive.
                    writer.copy(&chunk)?;
                }
                data = Some(writer);
            }
            // A file is neither a name nor a token.
            Some("filename") if field.file_name().is_none() => {
                file_name = Some(text(field).await?);
            }
            Some("token") if field.file_name().is_none() => token = Some(text(field).await?),
            name => {
                let part =
                    if field.file_name().is_some() { &mut file_part } else { &mut other_part };
                if part.is_none() {
                    *part = name.map(ToOwned::to_owned);
                }
                while field.chunk().await.map_err(malformed)?.is_some() {}
            }
        }
        allow(MAX_HEAD);
    }
    let file_name = file_name.filter(|name: &String| !name.trim().is_empty());
    Ok(match data {
        None => ParsedForm::WithoutData(OtherForm {
            file_part: file_part.or(other_part),
            file_name,
            token,
        }),
        Some(data) => ParsedForm::WithData(UploadForm {
            data,
            content_type,
            file_name: file_name.or(part_name),
            token,
        }),
    })
}

fn malformed(error: multer::Error) -> Problem {
    Problem::FormMalformed(match error {
        multer::Error::StreamReadFailed(error) => error.to_string(),
        error => error.to_string(),
    })
}

async fn text(mut field: multer::Field<'_>) -> Result<String, Problem> {
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
    /// How many bytes the parser may still take.
    allowance: Arc<AtomicUsize>,
}

impl Stream for Chunks {
    type Item = Result<Bytes, &'static str>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.rested = !self.rested;
        if self.rested {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let allowed = self.allowance.load(Ordering::Relaxed);
        Poll::Ready(self.rest.next().map(|chunk| {
            if allowed == 0 {
                return Err("no part begins within 64 KiB");
            }
            self.allowance.store(allowed.saturating_sub(chunk.len()), Ordering::Relaxed);
            Ok(chunk)
        }))
    }
}
