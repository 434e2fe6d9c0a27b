//! Tables of words and what they mean, as settings, faults and scan results have them.

/// What a word means.
#[must_use]
pub fn meaning<T: Copy>(words: &[(&str, T)], wanted: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == wanted).map(|(_, meaning)| *meaning)
}

/// The word for a meaning.
#[must_use]
pub fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], wanted: T) -> Option<&'static str> {
    words.iter().find(|(_, meaning)| *meaning == wanted).map(|(word, _)| *word)
}
