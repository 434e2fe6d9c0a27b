//! Texts that the journal keeps: without secrets, and not too long.

use std::borrow::Cow;

use axum::http::header::{AUTHORIZATION, COOKIE, ORIGIN, PROXY_AUTHORIZATION, REFERER};
use axum::http::{HeaderMap, HeaderName, Uri};

/// The longest text of a journal entry, in characters.
const LONGEST: usize = 1_000;

/// Parameters that would let a reader of the journal act as the client.
const SECRETS: [&str; 5] =
    ["access_token", "token", "authenticity_token", "x-amz-signature", "x-amz-security-token"];

/// The most that the headers of a request take in the journal, in bytes.
const MOST_HEADERS: usize = 4 * 1024;

/// Headers that would let a reader of the journal act as the client.
const SECRET_HEADERS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("x-csrf-token"),
    HeaderName::from_static("x-amz-security-token"),
];

/// The headers of a request, one `name: value` a line. Of credentials their scheme stays, and of an
/// address of a page its path.
pub fn headers_without_secrets(headers: &HeaderMap) -> Box<str> {
    let mut lines = String::with_capacity(512);
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let shown = if SECRET_HEADERS.contains(name) {
            let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
            let scheme = if name == AUTHORIZATION { scheme } else { "" };
            Cow::Owned(format!("{scheme} …").trim_start().to_owned())
        } else if [REFERER, ORIGIN].contains(name) {
            shortened(value.split(['?', '#']).next().unwrap_or_default())
        } else {
            shortened(&value)
        };
        if lines.len() + name.as_str().len() + shown.len() + 3 > MOST_HEADERS {
            break;
        }
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.extend([name.as_str(), ": ", &shown]);
    }
    lines.into()
}

pub fn shorten(text: &str) -> String {
    shortened(text).into_owned()
}

pub fn shortened(text: &str) -> Cow<'_, str> {
    // A text has at least as many bytes as characters.
    let end = (text.len() > LONGEST).then(|| text.char_indices().nth(LONGEST)).flatten();
    end.map_or(Cow::Borrowed(text), |(end, _)| format!("{}…", &text[..end]).into())
}

/// The path of a request. That of `CONNECT` is the host and port.
pub fn path(target: &Uri) -> &str {
    match (target.path(), target.authority()) {
        ("", Some(authority)) => authority.as_str(),
        (path, _) => path,
    }
}

/// The path and query of a request, without the values of secret parameters.
pub fn target_without_secrets(target: &Uri) -> String {
    let path = path(target);
    let Some(query) = target.query() else {
        return shorten(path);
    };
    let is_api = path.contains("/api/");
    // Most queries have no secret and stay in one piece.
    if !query.split('&').any(|parameter| is_secret(parameter, is_api)) {
        return shorten(target.path_and_query().map_or(path, |target| target.as_str()));
    }
    let parameters = query.split('&').map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        if is_secret(parameter, is_api) { format!("{name}=…") } else { parameter.to_owned() }
    });
    shorten(&format!("{path}?{}", parameters.collect::<Vec<_>>().join("&")))
}

/// Whether a parameter is a secret. Its name is decoded, as handlers decode it.
fn is_secret(parameter: &str, is_api: bool) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    // A URL that was escaped as HTML has `&amp;` between its parameters.
    let name = name.strip_prefix("amp;").unwrap_or(name);
    let is = |name: &str| {
        let secret = SECRETS.into_iter().find(|secret| name.eq_ignore_ascii_case(secret));
        // In the API it is an upload token, which the entry is about; elsewhere it opens a file.
        secret.is_some_and(|secret| !(is_api && secret == "token"))
    };
    if name.contains(['%', '+']) {
        form_urlencoded::parse(name.as_bytes()).any(|(name, _)| is(&name))
    } else {
        is(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines_without_secrets() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "localhost"),
            ("authorization", "Basic c2VjcmV0"),
            ("cookie", "session=secret"),
            ("x-csrf-token", "secret"),
            ("referer", "http://localhost/page?token=secret"),
            ("content-type", "image/png"),
        ] {
            headers.append(name, value.parse().expect("a value"));
        }
        let lines = headers_without_secrets(&headers);
        assert!(!lines.contains("secret") && !lines.contains("c2Vj"), "{lines}");
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            [
                "host: localhost",
                "authorization: Basic …",
                "cookie: …",
                "x-csrf-token: …",
                "referer: http://localhost/page",
                "content-type: image/png",
            ]
        );
        headers.insert("x-long", "x".repeat(5_000).parse().expect("a value"));
        assert!(headers_without_secrets(&headers).len() <= MOST_HEADERS);
    }

    #[test]
    fn secrets_are_redacted_and_upload_tokens_stay() {
        let redacted = |target: &str| target_without_secrets(&target.parse().expect("a target"));
        assert_eq!(
            redacted("/api/v2/uploads?filename=a.txt&token=T&access_token=S"),
            "/api/v2/uploads?filename=a.txt&token=T&access_token=…"
        );
        assert_eq!(redacted("/attachment/1/T?token=S"), "/attachment/1/T?token=…");
        assert_eq!(
            redacted("/b/1?X-Amz-Date=D&X-Amz-Signature=S"),
            "/b/1?X-Amz-Date=D&X-Amz-Signature=…"
        );
        assert_eq!(redacted("/api/v2/tickets"), "/api/v2/tickets");
        assert_eq!(redacted("/attachment/1/T?%74oken=S"), "/attachment/1/T?%74oken=…");
        assert_eq!(
            redacted("/api/v2/uploads?a=b&%61ccess_token=S&authenticity_token=S"),
            "/api/v2/uploads?a=b&%61ccess_token=…&authenticity_token=…"
        );
        assert_eq!(redacted("/b/1?X-Amz-Security-Token=S"), "/b/1?X-Amz-Security-Token=…");
        assert_eq!(
            redacted("/b/1?X-Amz-Date=D&amp;X-Amz-Signature=S"),
            "/b/1?X-Amz-Date=D&amp;X-Amz-Signature=…"
        );
    }
}
