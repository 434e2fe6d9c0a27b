//! Normalizes paths before their routes are matched.

use std::borrow::Cow;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Takes off the account's prefix, such as `/@acme`, the suffix `.json` and doubled slashes.
/// Returns the prefix, or nothing.
pub fn normalize(uri: &mut Uri) -> String {
    let (prefix, rest) = split_prefix(uri.path());
    let path = without_variants(rest);
    let rewritten = (path != uri.path()).then(|| with_path(uri, &path)).flatten();
    let prefix = prefix.to_owned();
    if let Some(rewritten) = rewritten {
        *uri = rewritten;
    }
    prefix
}

/// The path of an object in the bucket as the route has it, if it was sent with slashes as `%2F`,
/// with letters in that form or with several slashes in front. S3 decodes the first, recorded, and
/// takes several slashes for another key.
pub fn bucket_path(path: &str) -> Option<String> {
    const BUCKET: &str = "/aus-uploaded-assets";
    if !path.contains('%') && !path.starts_with("//") {
        return None;
    }
    let decoded = decode_plain(path);
    let routed = format!("/{}", decoded.trim_start_matches('/'));
    let is_in_bucket = routed.strip_prefix(BUCKET).is_some_and(|rest| rest.starts_with('/'));
    (is_in_bucket && routed != path).then_some(routed)
}

/// Decodes slashes, and what needs no encoding.
fn decode_plain(path: &str) -> String {
    let mut parts = path.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let plain =
            byte.map(char::from).filter(|c| c.is_ascii_alphanumeric() || "/-_~".contains(*c));
        match plain {
            Some(c) => decoded.extend([&*c.to_string(), &part[2..]]),
            None => decoded.extend(["%", part]),
        }
    }
    decoded
}

/// Splits `/@acme/rest` into `/@acme` and `/rest`.
fn split_prefix(path: &str) -> (&str, &str) {
    if !path.starts_with("/@") {
        return ("", path);
    }
    let end = path[1..].find('/').map_or(path.len(), |slash| slash + 1);
    match path.split_at(end) {
        (prefix, "") => (prefix, "/"),
        split => split,
    }
}

/// Clients send API paths with and without `.json`, and some with doubled slashes.
fn without_variants(path: &str) -> Cow<'_, str> {
    const ROOT: &str = "/api/v2";
    if path == "/_mock/" {
        return Cow::Borrowed("/_mock");
    }
    let Some(rest) = path.strip_prefix(ROOT).filter(|rest| rest.starts_with('/')) else {
        return Cow::Borrowed(path);
    };
    let bare = rest.trim_end_matches('/');
    let bare = bare.strip_suffix(".json").unwrap_or(bare);
    if !bare.contains("//") {
        return Cow::Borrowed(&path[..ROOT.len() + bare.len()]);
    }
    let segments = bare.split('/').filter(|segment| !segment.is_empty());
    Cow::Owned(segments.fold(ROOT.to_owned(), |path, segment| path + "/" + segment))
}

pub fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::from_str(&format!("{path}?{query}")),
        None => PathAndQuery::from_str(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalized(uri: &str) -> (String, String) {
        let mut uri: Uri = uri.parse().expect("a URI");
        let prefix = normalize(&mut uri);
        (prefix, uri.to_string())
    }

    #[test]
    fn suffixes_and_doubled_slashes_after_the_root_mean_nothing() {
        for variant in [
            "/api/v2/uploads/abc",
            "/api/v2/uploads/abc.json",
            "/api/v2//uploads//abc.json",
            "/api/v2/uploads/abc/",
        ] {
            assert_eq!(without_variants(variant), "/api/v2/uploads/abc", "{variant}");
        }
        for plain in ["/attachments/token/abc/", "/aus-uploaded-assets//1.json", "/api/v20//x.json"]
        {
            assert_eq!(without_variants(plain), plain);
        }
    }

    #[test]
    fn a_key_of_the_bucket_may_have_encoded_slashes_and_more_in_front() {
        let routed = "/aus-uploaded-assets/1/2/x";
        for sent in [
            "//aus-uploaded-assets/1/2/x",
            "/aus-uploaded-assets%2F1%2f2%2Fx",
            "/%2Faus-uploaded-assets/1/2/x",
            "/%61us%2duploaded-assets/1/2/%78",
        ] {
            assert_eq!(bucket_path(sent).as_deref(), Some(routed), "{sent}");
        }
        for other in
            [routed, "/aus-uploaded-assetsx%2F1", "/%", "/%6", "/%é/", "/api/v2/uploads", "*"]
        {
            assert_eq!(bucket_path(other), None, "{other}");
        }
    }

    #[test]
    fn an_account_s_prefix_is_split_off_and_the_rest_of_the_uri_stays() {
        for (sent, prefix, rest) in [
            ("/@acme/api/v2/uploads.json?a=b", "/@acme", "/api/v2/uploads?a=b"),
            ("/@acme", "/@acme", "/"),
            ("http://x.test/@acme/a?b", "/@acme", "http://x.test/a?b"),
            ("/api/v2/uploads", "", "/api/v2/uploads"),
        ] {
            assert_eq!(normalized(sent), (prefix.to_owned(), rest.to_owned()), "{sent}");
        }
    }

    proptest! {
        #[test]
        fn a_normalized_path_is_its_own(path in "/[!-~]{0,60}") {
            let Ok(mut uri) = path.parse::<Uri>() else {
                return Ok(());
            };
            normalize(&mut uri);
            if !uri.path().starts_with("/@") && !uri.path().ends_with(".json") {
                let before = uri.clone();
                prop_assert_eq!(normalize(&mut uri), "");
                prop_assert_eq!(uri, before);
            }
        }
    }
}
