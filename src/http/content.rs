//! `/attachments/token/{token}/` and `/hc/user_images/{name}`: files that are followed by URL.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::download;
use super::error::SupportError;
use super::extract::{Context, Path};

/// What RFC 8187 lets stand in an extended parameter value.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `GET /attachments/token/{token}/?name=…`: whoever has the URL may read the file. The name in
/// the query is for people; the file is found by its token.
pub async fn attachment(
    context: Context,
    Path(token): Path,
    request: Request,
) -> Result<Response, SupportError> {
    let found = context.account.find_content(&token)?;
    let file = found.file();
    let served = download::serve(&request, &file.blob, &file.content_type, token.as_str());
    Ok(([(CONTENT_DISPOSITION, disposition(&file.file_name))], served).into_response())
}

/// `GET /hc/user_images/{name}.{extension}`: a published image, to be shown in place.
pub async fn user_image(
    context: Context,
    Path(name): Path,
    request: Request,
) -> Result<Response, SupportError> {
    let image = context.account.find_image(&name)?;
    Ok(download::serve(&request, &image.blob, &image.content_type, &name))
}

/// `attachment` with the name in both forms of RFC 6266: an ASCII fallback, and the real one.
fn disposition(file_name: &str) -> HeaderValue {
    let fallback: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let text = if fallback == file_name {
        format!("attachment; filename=\"{fallback}\"")
    } else {
        let encoded = utf8_percent_encode(file_name, ATTRIBUTE);
        format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_needs_no_second_form() {
        assert_eq!(disposition("a b.txt"), "attachment; filename=\"a b.txt\"");
    }

    #[test]
    fn other_names_have_a_fallback_and_keep_their_own() {
        assert_eq!(
            disposition("é\"\r\n.txt"),
            "attachment; filename=\"____.txt\"; filename*=UTF-8''%C3%A9%22%0D%0A.txt"
        );
    }
}
