//! What `users/search` looks for, and `search` among users. Terms and their keywords are
//! documented; that an address finds no longer one was recorded in 2015.

use crate::core::clock::Timestamp;
use crate::core::search::dates::{DateRange, find_bad_date};
use crate::core::search::terms::{
    Comparison, Term, all_find, has_words, matches_pattern, parse_terms,
};
use crate::core::users::User;

/// The keywords by which users are found. `user` stands for a name or an address.
const KEYWORDS: [&str; 7] = ["created", "updated", "email", "name", "role", "external_id", "user"];

/// All terms of a query. One without terms finds no user, unless it asks for users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserQuery {
    terms: Vec<Term>,
    finds_all: bool,
    /// Whether names and addresses are found by whole words, and not by any part.
    by_words: bool,
    /// The external id that users must have.
    external_id: Option<String>,
}

impl UserQuery {
    pub fn parse(query: &str) -> Self {
        let mut terms = parse_terms(query);
        // All that is searched are users.
        let is_all = |term: &Term| term.keyword.as_deref() == Some("type") && term.text == "user";
        terms.retain(|term| !is_all(term));
        Self { terms, finds_all: false, by_words: false, external_id: None }
    }

    /// A query that finds users by whole words, as `search` finds tickets.
    pub fn by_words(terms: Vec<Term>, finds_all: bool) -> Self {
        Self { terms, finds_all, by_words: true, external_id: None }
    }

    /// The query for all users, if it has no terms.
    #[must_use]
    pub fn or_all(self) -> Self {
        Self { finds_all: true, ..self }
    }

    /// The query for the users that it finds and that have this external id.
    #[must_use]
    pub fn with_external_id(self, id: &str) -> Self {
        Self { finds_all: true, external_id: Some(id.to_owned()), ..self }
    }

    /// The first term that compares a date with something else.
    pub fn bad_date(&self, now: Timestamp) -> Option<&Term> {
        find_bad_date(&self.terms, now)
    }

    /// The keywords by which no user is found, such as `phone`.
    pub fn unknown_keywords(&self) -> impl Iterator<Item = &str> {
        let keywords = self.terms.iter().filter_map(|term| term.keyword.as_deref());
        keywords.filter(|word| !KEYWORDS.contains(word))
    }

    pub fn finds(&self, user: &User, now: Timestamp) -> bool {
        if self.external_id.as_ref().is_some_and(|id| !user.has_external_id(id)) {
            return false;
        }
        if self.terms.is_empty() {
            return self.finds_all;
        }
        let is_in = if self.by_words { has_words_of } else { is_in };
        all_find(&self.terms, |term| term_finds(term, user, now, is_in))
    }
}

fn term_finds(
    term: &Term,
    user: &User,
    now: Timestamp,
    is_in: fn(pattern: &str, text: &str) -> bool,
) -> bool {
    let text = &term.text;
    let date = |at: Timestamp| {
        DateRange::parse(text, now).is_some_and(|range| range.has(at, term.comparison))
    };
    let email = user.email.as_deref().unwrap_or_default();
    let name = user.name.to_lowercase();
    match term.keyword.as_deref() {
        Some("created") => date(user.created_at),
        Some("updated") => date(user.updated_at),
        _ if term.comparison != Comparison::Is => false,
        Some("email") => matches_pattern(text, email),
        Some("name") => is_in(text, &name),
        Some("role") => text == user.role.into_str(),
        Some("external_id") => {
            let own = user.external_id.as_ref().map(|id| id.to_lowercase());
            own.is_some_and(|own| matches_pattern(text, &own))
        }
        // No user has what other keywords ask for.
        Some(keyword) if keyword != "user" => false,
        // An address, or the domain of addresses.
        _ if text.starts_with('@') => email.ends_with(text.as_str()),
        _ if is_whole_address(text) => matches_pattern(text, email),
        _ => is_in(text, email) || is_in(text, &name),
    }
}

fn has_words_of(pattern: &str, text: &str) -> bool {
    has_words(text, pattern)
}

fn is_in(pattern: &str, text: &str) -> bool {
    if pattern.contains('*') {
        return matches_pattern(pattern, text);
    }
    text.contains(pattern)
}

fn is_whole_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::users::Role;

    fn user(name: &str, email: &str, role: Role) -> User {
        User {
            id: 1,
            name: name.to_owned(),
            email: Some(email.to_owned()).filter(|email| !email.is_empty()),
            role,
            external_id: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            is_seeded: false,
            is_suspended: false,
        }
    }

    #[test]
    fn names_and_addresses_have_words() {
        let ann = user("Ann Example", "ann.e@camp.io", Role::EndUser);
        for (query, is_found) in [
            ("ann", true),
            ("example", true),
            ("\"ann example\"", true),
            ("camp", true),
            ("camp.io", true),
            ("ann.e@camp.io", true),
            ("@camp.io", true),
            ("name:ann", true),
            ("exa*", true),
            ("name:exa*", true),
            ("amp", false),
            ("e", true),
            ("xample", false),
            ("name:exa", false),
            ("*amp", false),
            ("n.e@camp.io", false),
            ("-amp", true),
        ] {
            let query_of_words = UserQuery::by_words(parse_terms(query), false);
            assert_eq!(query_of_words.finds(&ann, Timestamp::UNIX_EPOCH), is_found, "{query}");
        }
    }

    #[test]
    fn a_query_finds_what_all_of_its_terms_find() {
        let users = [
            user("Ann Example", "ann@x.io", Role::EndUser),
            user("Joann", "joann@x.io", Role::Admin),
            user("Ann Other", "ann@x.io.test", Role::EndUser),
            user("Bob: The *", "", Role::EndUser),
        ];
        for (query, expected) in [
            ("", vec![]),
            ("  ", vec![]),
            ("ann@x.io", vec![0]),
            ("\"ann@x.io\"", vec![0]),
            ("ANN@X.IO", vec![0]),
            ("user:ann@x.io", vec![0]),
            ("email:ann@x.io", vec![0]),
            ("email:ann", vec![]),
            ("email:ann*", vec![0, 2]),
            ("email:*@x.io", vec![0, 1]),
            ("email:*n*x*o", vec![0, 1]),
            ("@x.io", vec![0, 1]),
            ("nn@x.io", vec![]),
            ("nn@x", vec![0, 1, 2]),
            ("ann", vec![0, 1, 2]),
            ("name:ann", vec![0, 1, 2]),
            ("name:\"ann example\"", vec![0]),
            ("\"ann example\"", vec![0]),
            ("ann other", vec![2]),
            ("role:end-user", vec![0, 2, 3]),
            ("role:admin ann", vec![1]),
            ("role:agent", vec![]),
            ("role:agent role:admin", vec![1]),
            ("-role:agent -role:admin", vec![0, 2, 3]),
            ("type:user role:admin", vec![1]),
            ("phone:1", vec![]),
            ("created:1970", vec![0, 1, 2, 3]),
            ("created_at>=1970-01-01 role:admin", vec![1]),
            ("updated<1970-01-01", vec![]),
            ("created>1hour", vec![0, 1, 2, 3]),
            ("ann -other", vec![0, 1]),
            ("-role:admin", vec![0, 2, 3]),
            ("Bob:", vec![3]),
        ] {
            let parsed = UserQuery::parse(query);
            let found: Vec<_> = (0..users.len())
                .filter(|&at| parsed.finds(&users[at], Timestamp::UNIX_EPOCH))
                .collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}
