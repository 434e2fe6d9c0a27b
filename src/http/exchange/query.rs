//! The query of a request. Unknown parameters are ignored.

/// The last value of a query parameter, decoded. Bytes that are no UTF-8 become U+FFFD.
pub fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .last()
        .map(|(_, value)| value.into_owned())
}
