//! A query, apart from what it is compared with.

use crate::core::clock::Timestamp;
use crate::core::search::dates::find_bad_date;
use crate::core::search::terms::{Term, all_find, parse_terms};
use crate::core::user_query::UserQuery;
use crate::core::users::User;

/// The keywords that are searched, apart from `custom_field_ID`.
const KEYWORDS: [&str; 24] = [
    "assignee",
    "brand",
    "cc",
    "comment",
    "commenter",
    "created",
    "description",
    "due_date",
    "external_id",
    "fieldvalue",
    "form",
    "group",
    "has_attachment",
    "organization",
    "priority",
    "requester",
    "solved",
    "status",
    "subject",
    "submitter",
    "tags",
    "ticket_type",
    "updated",
    "via",
];
pub const CUSTOM_FIELD: &str = "custom_field_";

fn is_known(keyword: &str) -> bool {
    KEYWORDS.contains(&keyword) || keyword.starts_with(CUSTOM_FIELD)
}

/// The words of a query that say how its results are sorted.
const ORDERS: [&str; 2] = ["order_by", "sort"];

/// A query, and which kinds of objects it can find.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    terms: Vec<Term>,
    users: UserQuery,
    pub order_by: Option<String>,
    /// `asc` or `desc`.
    pub sort: Option<String>,
    /// Whether it has the keyword `type`.
    names_kinds: bool,
    pub finds_tickets: bool,
    pub finds_users: bool,
}

impl SearchQuery {
    pub fn parse(query: &str) -> Self {
        let mut terms = parse_terms(query);
        let take = |keyword: &str| {
            let found = terms.iter().find(|term| term.keyword.as_deref() == Some(keyword));
            found.map(|term| term.text.clone())
        };
        let (order_by, sort) = (take(ORDERS[0]), take(ORDERS[1]));
        let is_kind = |term: &Term| term.keyword.as_deref() == Some("type");
        let kinds: Vec<_> = terms.iter().filter(|term| is_kind(term)).cloned().collect();
        terms.retain(|term| {
            !is_kind(term) && term.keyword.as_deref().is_none_or(|word| !ORDERS.contains(&word))
        });
        let finds = |kind: &str| {
            let (excluded, named): (Vec<_>, Vec<_>) =
                kinds.iter().partition(|term| term.is_excluded);
            !excluded.iter().any(|term| term.text == kind)
                && (named.is_empty() || named.iter().any(|term| term.text == kind))
        };
        Self {
            names_kinds: !kinds.is_empty(),
            finds_tickets: finds("ticket"),
            finds_users: finds("user"),
            users: UserQuery::by_words(terms.clone(), !kinds.is_empty()),
            terms,
            order_by,
            sort,
        }
    }

    pub fn finds_user(&self, user: &User, now: Timestamp) -> bool {
        self.finds_users && self.users.finds(user, now)
    }

    /// The same query for one kind of objects. `None` is a query that itself names other kinds.
    pub fn restricted_to(self, kind: &str) -> Option<Self> {
        let is_ticket = kind == "ticket";
        let (finds_tickets, finds_users) = (is_ticket, kind == "user");
        if self.names_kinds
            && (self.finds_tickets, self.finds_users) != (finds_tickets, finds_users)
        {
            return None;
        }
        let users = self.users.or_all();
        Some(Self { finds_tickets, finds_users, users, ..self })
    }

    /// The first term that compares a date with something else.
    pub fn bad_date(&self, now: Timestamp) -> Option<&Term> {
        find_bad_date(&self.terms, now)
    }

    /// The keywords by which no ticket is found, such as `satisfaction`.
    pub fn unknown_keywords(&self) -> impl Iterator<Item = &str> {
        let keywords = self.terms.iter().filter_map(|term| term.keyword.as_deref());
        keywords.filter(|word| !is_known(word))
    }

    /// The keywords by which no user is found.
    pub fn unknown_keywords_of_users(&self) -> impl Iterator<Item = &str> {
        self.users.unknown_keywords()
    }

    /// Whether an object is found by the terms.
    pub fn all_find(&self, finds: impl Fn(&Term) -> bool) -> bool {
        all_find(&self.terms, finds)
    }
}
