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

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
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
