//! The terms of a search query, as documented: words, phrases in quotes, and keywords with an
//! operator and a value. A `-` before a term excludes what it finds.

use std::cell::OnceCell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Is,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub is_excluded: bool,
    pub keyword: Option<String>,
    pub comparison: Comparison,
    /// In lower case, without quotes. A `*` stands for any text.
    pub text: String,
    /// The text as it was sent.
    pub sent: String,
}

const COMPARISONS: [(&str, Comparison); 5] = [
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    (":", Comparison::Is),
];

/// How many terms of a query count. Each is compared with every object.
const MOST_TERMS: usize = 100;

/// The first terms of a query. Those without a text are left out.
pub fn parse_terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() && terms.len() < MOST_TERMS {
        let mut is_quoted = false;
        let end = rest.find(|c: char| {
            is_quoted ^= c == '"';
            c.is_whitespace() && !is_quoted
        });
        let (term, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind.trim_start();
        terms.extend(parse_term(term));
    }
    terms
}

fn parse_term(sent: &str) -> Option<Term> {
    let (is_excluded, sent) = match sent.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, sent),
    };
    let is_keyword = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let (keyword, behind) = sent.split_at(sent.find(|c| !is_keyword(c)).unwrap_or(sent.len()));
    let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
        Some((behind.strip_prefix(sign)?, *comparison)).filter(|_| !keyword.is_empty())
    });
    let (keyword, text, comparison) = match found {
        Some((text, comparison)) => (Some(keyword.to_owned()), text, comparison),
        None => (None, sent, Comparison::Is),
    };
    // Recordings of 2024 have `created_at` where `created` is documented.
    let keyword = keyword.map(|mut word| {
        let is_date = ["created_at", "solved_at", "updated_at"].contains(&&*word);
        word.truncate(word.len() - if is_date { "_at".len() } else { 0 });
        word
    });
    let sent = text.replace('"', "").trim().to_owned();
    let text = sent.to_lowercase();
    (!text.is_empty()).then_some(Term { is_excluded, keyword, comparison, text, sent })
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let Some((middle, last)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
    for part in middle.split('*') {
        let Some((_, behind)) = text.split_once(part) else { return false };
        text = behind;
    }
    text.ends_with(last)
}

/// Whether a text has a word or phrase. A `*` at its end stands for the rest of a word.
pub fn has_words(text: &str, words: &str) -> bool {
    let (words, is_open) = match words.strip_suffix('*') {
        Some(words) => (words, true),
        None => (words, false),
    };
    if words.is_empty() {
        return is_open;
    }
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(words).any(|(place, _)| {
        let behind = text[place + words.len()..].chars().next();
        ends(text[..place].chars().next_back()) && (is_open || ends(behind))
    })
}

/// Whether an object is found by all terms. Several values of one keyword are alternatives.
pub fn all_find(terms: &[Term], finds: impl Fn(&Term) -> bool) -> bool {
    // What a term finds is asked for once, and not for each of its alternatives.
    let terms: Vec<_> = terms.iter().map(|term| (term, OnceCell::new())).collect();
    let finds = |(term, found): &(&Term, OnceCell<bool>)| *found.get_or_init(|| finds(term));
    terms.iter().all(|known @ (term, _)| {
        if term.is_excluded {
            return !finds(known);
        }
        let is_alternative = |(other, _): &&(&Term, OnceCell<bool>)| {
            term.keyword.is_some()
                && other.keyword == term.keyword
                && !other.is_excluded
                && [other.comparison, term.comparison] == [Comparison::Is; 2]
        };
        finds(known) || terms.iter().filter(is_alternative).any(finds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_has_a_keyword_a_comparison_and_a_text() {
        for (query, expected) in [
            ("Word", vec![(false, None, Comparison::Is, "word")]),
            (
                "\"two Words\" -three",
                vec![
                    (false, None, Comparison::Is, "two words"),
                    (true, None, Comparison::Is, "three"),
                ],
            ),
            ("status<solved", vec![(false, Some("status"), Comparison::Less, "solved")]),
            ("-tags:a", vec![(true, Some("tags"), Comparison::Is, "a")]),
            (
                "created>=\"2026-01-01\"",
                vec![(false, Some("created"), Comparison::GreaterOrEqual, "2026-01-01")],
            ),
            ("updated_at>1day", vec![(false, Some("updated"), Comparison::Greater, "1day")]),
            ("custom_field_7:x", vec![(false, Some("custom_field_7"), Comparison::Is, "x")]),
            (
                "Bob: - a:",
                vec![(false, None, Comparison::Is, "bob:"), (false, None, Comparison::Is, "-")],
            ),
            (" \"\" ", vec![]),
        ] {
            let terms = parse_terms(query);
            let found: Vec<_> = terms
                .iter()
                .map(|term| {
                    (term.is_excluded, term.keyword.as_deref(), term.comparison, &*term.text)
                })
                .collect();
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn no_term_is_sought_twice_in_an_object() {
        let terms = parse_terms("tags:a tags:b tags:c word -tags:d");
        for wanted in ["a", "c", "none"] {
            let sought = std::cell::RefCell::new(Vec::new());
            let found = all_find(&terms, |term| {
                sought.borrow_mut().push(term.text.clone());
                [wanted, "word"].contains(&&*term.text)
            });
            assert_eq!(found, wanted != "none");
            let mut sought = sought.into_inner();
            sought.sort_unstable();
            let count = sought.len();
            sought.dedup();
            assert_eq!(sought.len(), count, "{sought:?}");
        }
    }

    #[test]
    fn words_are_whole() {
        for (text, words, found) in [
            ("the printer is on fire", "printer", true),
            ("the printer is on fire", "print", false),
            ("the printer is on fire", "print*", true),
            ("the printer is on fire", "on fire", true),
            ("the printer is on fire", "fire on", false),
            ("imprint print", "print", true),
            ("über", "ber", false),
            ("a", "*", true),
        ] {
            assert_eq!(has_words(text, words), found, "{words} in {text}");
        }
    }
}
