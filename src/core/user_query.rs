//! What `users/search` looks for. Terms and their keywords are documented; that an address finds no
//! longer one was recorded in 2015.

use crate::core::users::User;

/// All terms of a query. One without terms finds no user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserQuery(Vec<Term>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    keyword: Option<String>,
    /// In lower case. A `*` stands for any text.
    text: String,
}

impl UserQuery {
    pub fn parse(query: &str) -> Self {
        let mut terms = Vec::new();
        let mut rest = query.trim_start();
        while !rest.is_empty() {
            let mut is_quoted = false;
            let end = rest.find(|c: char| {
                is_quoted ^= c == '"';
                c.is_whitespace() && !is_quoted
            });
            let (term, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind.trim_start();
            let (keyword, text) = match term.split_once(':') {
                Some((keyword, text)) if is_keyword(keyword) => (Some(keyword.to_owned()), text),
                _ => (None, term),
            };
            let text = text.replace('"', "").trim().to_lowercase();
            // All that is searched are users.
            let is_all = keyword.as_deref() == Some("type") && text == "user";
            if !is_all && !text.is_empty() {
                terms.push(Term { keyword: keyword.filter(|word| word != "user"), text });
            }
        }
        Self(terms)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn finds(&self, user: &User) -> bool {
        !self.is_empty() && self.0.iter().all(|term| term.finds(user))
    }
}

fn is_keyword(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl Term {
    fn finds(&self, user: &User) -> bool {
        let email = user.email.as_deref().unwrap_or_default();
        let name = user.name.to_lowercase();
        match self.keyword.as_deref() {
            Some("email") => matches_pattern(&self.text, email),
            Some("name") => self.is_in(&name),
            Some("role") => self.text == user.role.into_str(),
            // No user has what other keywords ask for.
            Some(_) => false,
            // An address, or the domain of addresses.
            None if self.text.starts_with('@') => email.ends_with(&self.text),
            None if is_whole_address(&self.text) => matches_pattern(&self.text, email),
            None => self.is_in(email) || self.is_in(&name),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        if self.text.contains('*') {
            return matches_pattern(&self.text, text);
        }
        text.contains(&self.text)
    }
}

fn is_whole_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
fn matches_pattern(pattern: &str, text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::clock::Timestamp;
    use crate::core::users::Role;

    fn user(name: &str, email: &str, role: Role) -> User {
        User {
            id: 1,
            name: name.to_owned(),
            email: Some(email.to_owned()).filter(|email| !email.is_empty()),
            role,
            external_id: None,
            created_at: Timestamp::UNIX_EPOCH,
            is_seeded: false,
            is_suspended: false,
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
            ("type:user role:admin", vec![1]),
            ("phone:1", vec![]),
            ("Bob:", vec![3]),
        ] {
            let parsed = UserQuery::parse(query);
            let found: Vec<_> = (0..users.len()).filter(|&at| parsed.finds(&users[at])).collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}
