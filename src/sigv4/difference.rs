//! The difference of two canonical requests, in a sentence for an error message.

use std::collections::BTreeMap;

use super::canonical::{Query, decode};

/// Names, in a short sentence, the first part in which two canonical requests differ.
///
/// `issued` comes from `canonical_request`, `received` from `SignatureRefusal::SignatureMismatch`.
/// Without a difference, the signature itself or the secret was wrong.
#[must_use]
pub fn difference(issued: &str, received: &str) -> Option<String> {
    let (issued, received) = (split(issued), split(received));
    let (signed, got) = (index_by_name(&issued), index_by_name(&received));
    issued.iter().chain(&received).find_map(|(name, _)| {
        let (signed, got) = (signed.get(name.as_str()), got.get(name.as_str()));
        (signed != got).then(|| format!("{name}: signed {}, received {}", show(signed), show(got)))
    })
}

/// The parts of a canonical request, each with its name in the sentence.
///
/// Empty headers are left out: in canonical form they equal absent ones.
fn split(canonical: &str) -> Vec<(String, String)> {
    let mut lines = canonical.lines();
    let mut parts: Vec<(String, String)> = ["method", "path"]
        .into_iter()
        .zip(&mut lines)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let query = Query::parse(lines.next().unwrap_or_default());
    parts.extend(query.0.iter().map(|(name, value)| {
        let name = format!("query parameter {}", decode(name));
        (name, decode(value).into_owned())
    }));
    let headers = lines.map_while(|line| line.split_once(':'));
    let sent = headers.filter(|(_, value)| !value.is_empty());
    parts.extend(sent.map(|(name, value)| {
        let name = match name {
            "host" => name.to_owned(),
            _ => format!("header {name}"),
        };
        (name, value.to_owned())
    }));
    parts
}

fn index_by_name(parts: &[(String, String)]) -> BTreeMap<&str, &str> {
    let parts = parts.iter();
    parts.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A value for a log line: no longer than a line, and quoted unless it is one plain word.
fn show(value: Option<&&str>) -> String {
    const LONGEST: usize = 120;
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    let (value, rest) = match value.char_indices().nth(LONGEST) {
        Some((end, _)) => (&value[..end], "…"),
        None => (*value, ""),
    };
    let is_plain = |c: char| c.is_ascii_graphic() && c != '"';
    if !value.is_empty() && value.chars().all(is_plain) {
        format!("{value}{rest}")
    } else {
        format!("{value:?}{rest}")
    }
}
