//! The nearest of the valid names, for the hint in an error about a misspelt one.

/// How alike two names must be, from 0 to 1. clap suggests flags by the same measure.
const ALIKE: f64 = 0.7;
/// The part of the longer of two names that they must have in common, in order.
const IN_COMMON: f64 = 0.4;
/// The most letters that a typo changes.
const MOST_TYPOS: usize = 2;
/// The longest name that is compared, in bytes. The time that it takes grows with its length.
const LONGEST: usize = 100;
/// How much of a list of names an error has, in bytes.
const LONGEST_LIST: usize = 300;

/// The valid name that a misspelt one resembles most, if it resembles any. Case does not count.
pub fn nearest_name<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = Some(name).filter(|name| name.len() <= LONGEST)?;
    let name = name.to_lowercase();
    // The beginning of a name that is much longer is like it, and means another one.
    let is_as_long = |valid: &&str| {
        let (shorter, longer) = (name.len().min(valid.len()), name.len().max(valid.len()));
        5 * shorter >= 2 * longer
    };
    let likeness = |valid: &'a str| (strsim::jaro(&name, &valid.to_lowercase()), valid);
    let best = valid
        .into_iter()
        .filter(is_as_long)
        .map(likeness)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let (_, valid) = best.filter(|(likeness, _)| *likeness > ALIKE)?;
    let in_common = strsim::normalized_damerau_levenshtein(&name, &valid.to_lowercase());
    (in_common > IN_COMMON).then_some(valid)
}

/// Whether a name is a valid one with a typo: one letter of four, or two of eight.
pub fn is_typo(name: &str, valid: &str) -> bool {
    if name == valid || name.len() > LONGEST {
        return false;
    }
    // A letter more or less is a typo. Most names differ in length by more, and are not compared.
    if name.len().abs_diff(valid.len()) > MOST_TYPOS {
        return false;
    }
    let typos = strsim::osa_distance(name, valid);
    typos <= MOST_TYPOS && typos * 4 <= valid.len()
}

/// The hint after a problem: ``; did you mean `status`?``, or the valid names.
pub fn did_you_mean(name: &str, valid: &[&str]) -> String {
    if let Some(nearest) = nearest_name(name, valid.iter().copied()) {
        return format!("; did you mean `{nearest}`?");
    }
    if valid.is_empty() {
        return String::new();
    }
    let mut length = 0;
    let listed = valid.iter().take_while(|name| {
        length += name.len();
        length <= LONGEST_LIST
    });
    let listed: Vec<_> = listed.copied().collect();
    let more = match valid.len() - listed.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("; valid: {}{more}", listed.join(", "))
}

/// The hint after a list of valid words, of which a misspelt one resembles one. Another text is not
/// repeated: it may be a password.
pub fn word_hint(word: &str, valid: &[&str]) -> String {
    match nearest_name(word, valid.iter().copied()) {
        Some(nearest) => format!("; did you mean {nearest:?} instead of {word:?}?"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_another_word_finds_none() {
        let valid = ["path", "count", "status", "comments", "max_upload_size", "upload_ttl"];
        for (misspelt, found) in [
            ("pth", Some("path")),
            ("cuont", Some("count")),
            ("stauts", Some("status")),
            ("comemnts", Some("comments")),
            ("max_upload", Some("max_upload_size")),
            ("uploadTtl", Some("upload_ttl")),
            ("zebra", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(nearest_name(misspelt, valid), found, "{misspelt}");
        }
        // The same letters in another order make another word.
        for (other, valid) in [
            ("locale_id", "collaborator_ids"),
            ("via_followup_source_id", "followers"),
            ("sub", "submitter"),
        ] {
            assert_eq!(nearest_name(other, [valid]), None, "{other}");
        }
        assert_eq!(nearest_name(&"status".repeat(100), valid), None);
        assert!(is_typo("zendsk.com", "zendesk.com") && is_typo("tets", "test"));
        assert!(!is_typo("test", "test") && !is_typo("dev", "test"));
        assert_eq!(did_you_mean("stauts", &valid), "; did you mean `status`?");
        assert_eq!(did_you_mean("zebra", &["path", "count"]), "; valid: path, count");
        let many = ["a-name-of-24-characters-"; 20];
        let cut = format!("; valid: {} and 8 more", many[..12].join(", "));
        assert_eq!(did_you_mean("zebra", &many), cut);
        let hint = "; did you mean \"status\" instead of \"Stauts\"?";
        assert_eq!(word_hint("Stauts", &valid), hint);
        assert_eq!(word_hint("hunter2", &valid), "");
    }
}
