//! The canonical request: the form that both sides sign.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::sign::SIGNATURE;

const PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The algorithm percent-encodes all but the unreserved set of RFC 3986 in names and values.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// In a path it also keeps slashes.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Query parameters, encoded as the algorithm requires.
///
/// The map sorts them as the algorithm requires: by encoded name, upper case before lower.
#[derive(Default)]
pub(super) struct Query(pub(super) BTreeMap<String, String>);

impl Query {
    pub(super) fn parse(raw: &str) -> Self {
        let mut query = Self::default();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.keep_first(reencode(name, RESERVED), reencode(value, RESERVED));
        }
        query
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        let encode = |text: &str| percent_encode(text.as_bytes(), RESERVED).to_string();
        self.keep_first(encode(name), encode(value));
    }

    pub(super) fn keep_first(&mut self, name: String, value: String) {
        self.0.entry(name).or_insert(value);
    }

    pub(super) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.get(name).map(|value| decode(value))
    }

    /// The canonical query string: everything but the signature.
    pub(super) fn without_signature(&self) -> String {
        join(self.0.iter().filter(|(name, _)| *name != SIGNATURE))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join(self.0.iter()))
    }
}

fn join<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let pairs: Vec<_> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// Header values by lower-case name: trimmed, with runs of white space collapsed, and with the
/// values of a repeated header joined by commas.
pub(super) struct Headers(BTreeMap<String, String>);

impl Headers {
    pub(super) fn new<'a>(
        host: &str,
        pairs: impl Iterator<Item = (&'a str, Cow<'a, str>)>,
    ) -> Self {
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs {
            let value = collapse(&value);
            values
                .entry(name.to_ascii_lowercase())
                .and_modify(|earlier| {
                    earlier.push(',');
                    earlier.push_str(&value);
                })
                .or_insert(value);
        }
        values.insert("host".to_owned(), collapse(host));
        Self(values)
    }

    /// The value `X-Amz-SignedHeaders` has when all of these are signed.
    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        names.join(";")
    }

    /// The headers that S3 requires to be signed and that `signed` does not name.
    pub(super) fn not_in(&self, signed: &str) -> Vec<String> {
        let wanted = |name: &str| {
            name == "host" || (name.starts_with("x-amz-") && name != "x-amz-content-sha256")
        };
        let names = self.0.keys();
        names
            .filter(|name| wanted(name) && !signed.split(';').any(|other| other == *name))
            .cloned()
            .collect()
    }

    /// Takes from the query the `x-amz-*` headers that the client did not send.
    pub(super) fn fill_from(&mut self, query: &Query) {
        for (name, value) in &query.0 {
            let name = name.to_ascii_lowercase();
            if name.starts_with("x-amz-") {
                let value = || collapse(&decode(value));
                self.0.entry(name).or_insert_with(value);
            }
        }
    }
}

pub(super) fn canonical(
    method: &str,
    path: &str,
    query: &Query,
    headers: &Headers,
    signed: &str,
) -> String {
    let path = match reencode(path, RESERVED_IN_PATH) {
        empty if empty.is_empty() => "/".to_owned(),
        path => path,
    };
    let mut text = format!("{method}\n{path}\n{}\n", query.without_signature());
    // A name counts once, however often the list repeats it: a short request must not have a long
    // canonical one.
    let mut named = BTreeSet::new();
    for name in signed.split(';').filter(|name| named.insert(*name)) {
        // An absent header counts as empty, so that the signature does not match.
        let value = headers.0.get(name).map_or("", String::as_str);
        text.extend([name, ":", value, "\n"]);
    }
    text.extend(["\n", signed, "\n", PAYLOAD]);
    text
}

/// Decodes `raw`, which may be any text, and encodes the bytes as the algorithm requires.
fn reencode(raw: &str, reserved: &'static AsciiSet) -> String {
    let raw = raw.replace('+', " ");
    let bytes: Cow<'_, [u8]> = percent_decode_str(&raw).into();
    percent_encode(&bytes, reserved).to_string()
}

pub(super) fn decode(encoded: &str) -> Cow<'_, str> {
    percent_decode_str(encoded).decode_utf8_lossy()
}

fn collapse(value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.join(" ")
}
