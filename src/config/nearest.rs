//! The nearest of the valid names, for the hint in an error about a misspelt one.

/// How alike two names must be, from 0 to 1. clap suggests flags by the same measure.
const ALIKE: f64 = 0.7;
/// The longest name that is compared, in bytes. The time that it takes grows with its length.
const LONGEST: usize = 100;

/// The valid name that a misspelt one resembles most, if it resembles any.
pub fn nearest_name<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = Some(name).filter(|name| name.len() <= LONGEST)?;
    let likeness = |valid: &'a str| (strsim::jaro(name, valid), valid);
    let best = valid.into_iter().map(likeness).max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, valid)| valid)
}

/// The hint after a problem: ``; did you mean `status`?``, or nothing.
pub fn did_you_mean<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> String {
    nearest_name(name, valid).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
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
            ("", None),
        ] {
            assert_eq!(nearest_name(misspelt, valid), found, "{misspelt}");
        }
        assert_eq!(nearest_name(&"status".repeat(100), valid), None);
        assert_eq!(did_you_mean("stauts", valid), "; did you mean `status`?");
        assert_eq!(did_you_mean("zebra", valid), "");
    }
}
