//! The query of a request. Unknown parameters are ignored.

use crate::config::nearest::nearest_name;

/// The last value of a query parameter, decoded. Bytes that are no UTF-8 become U+FFFD.
pub fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .last()
        .map(|(_, value)| value.into_owned())
}

/// A hint about the first parameter whose name is nearly one of `known`.
pub fn misspelt(query: &str, known: &[&str]) -> Option<String> {
    let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let mut unknown = names.filter(|name| *name != "access_token" && !known.contains(&&**name));
    unknown.find_map(|name| {
        let nearest = nearest_name(&name, known.iter().copied())?;
        Some(format!("the parameter {name} is ignored; did you mean {nearest}?"))
    })
}
