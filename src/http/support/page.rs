//! Pages of lists as JSON. Both shapes are recorded, the links of the last page included.

use std::sync::Arc;

use form_urlencoded::Serializer as Query;
use schemars::{JsonSchema, SchemaGenerator};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::core::paging::Page;
use crate::core::users::User;
use crate::http::exchange::urls::Urls;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::user::UserJson;
use crate::http::support::pagination::{Paging, Style};

/// A page with its items under their name, then its place in the list.
#[derive(Debug)]
pub struct PageJson<'a, J> {
    name: &'static str,
    items: Vec<J>,
    /// Users that the client asked to be brought along.
    users: Option<Vec<UserJson<'a>>>,
    /// Whether it is a list of search results, which have facets.
    has_facets: bool,
    total: usize,
    has_more: bool,
    first: Option<String>,
    last: Option<String>,
    link: Link<'a>,
}

impl<'a, J> PageJson<'a, J> {
    /// A page of the list at `path`, whose items stand under `name`.
    pub fn new<'p, T>(
        paging: &'a Paging,
        urls: &'a Urls,
        (name, path): (&'static str, &'a str),
        page: &'p Page<T>,
        key: impl Fn(&T) -> CursorKey,
        json: impl Fn(&'p T) -> J,
    ) -> Self {
        let order = (!paging.is_by_offset()).then(|| paging.cursor_order());
        let cursor = |item: Option<&T>| Some(key(item?).write(order.as_deref()?));
        Self {
            name,
            items: page.items.iter().map(json).collect(),
            users: None,
            has_facets: false,
            total: page.total,
            has_more: page.has_more,
            first: cursor(page.items.first()),
            last: cursor(page.items.last()),
            link: Link { paging, path, urls },
        }
    }

    /// Adds the facets of search results, which are always null.
    pub fn with_facets(self) -> Self {
        Self { has_facets: true, ..self }
    }

    /// Brings users along, if the client asked for them.
    pub fn with_users(self, users: Option<&'a [Arc<User>]>, urls: &Urls) -> Self {
        Self { users: users.map(|users| users_json(users, urls)), ..self }
    }
}

/// A list that has one page.
#[derive(Debug)]
pub struct WholeListJson<'a, J> {
    name: &'static str,
    items: Vec<J>,
    /// Users that the client asked to be brought along.
    users: Option<Vec<UserJson<'a>>>,
}

impl<'a, J> WholeListJson<'a, J> {
    pub fn new(name: &'static str, items: Vec<J>) -> Self {
        Self { name, items, users: None }
    }

    /// Brings users along, if the client asked for them.
    pub fn with_users(self, users: Option<&'a [Arc<User>]>, urls: &Urls) -> Self {
        Self { users: users.map(|users| users_json(users, urls)), ..self }
    }
}

/// Users that a list brings along.
pub fn users_json<'a>(users: &'a [Arc<User>], urls: &Urls) -> Vec<UserJson<'a>> {
    users.iter().map(|user| UserJson::new(user, urls)).collect()
}

impl<J: Serialize> Serialize for WholeListJson<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        if let Some(users) = &self.users {
            map.serialize_entry("users", users)?;
        }
        map.serialize_entry("next_page", &None::<()>)?;
        map.serialize_entry("previous_page", &None::<()>)?;
        map.serialize_entry("count", &self.items.len())?;
        map.end()
    }
}

#[derive(Debug)]
struct Link<'a> {
    paging: &'a Paging,
    path: &'a str,
    urls: &'a Urls,
}

impl Link<'_> {
    /// The list with these parameters and the client's others, sorted by name, as recorded.
    fn to(&self, mut parameters: Vec<(String, String)>) -> String {
        parameters.extend(self.paging.others.iter().cloned());
        parameters.sort();
        let query = Query::new(String::new()).extend_pairs(parameters).finish();
        self.urls.list(self.path, &query)
    }

    fn page(&self, number: usize, per_page: Option<usize>) -> String {
        let per_page = per_page.map(|per_page| ("per_page".to_owned(), per_page.to_string()));
        let page = ("page".to_owned(), number.to_string());
        self.to(std::iter::once(page).chain(per_page).collect())
    }

    fn cursor(&self, direction: &str, cursor: &str, size: usize) -> String {
        let cursor = (format!("page[{direction}]"), cursor.to_owned());
        self.to(vec![cursor, ("page[size]".to_owned(), size.to_string())])
    }
}

#[derive(Serialize, JsonSchema)]
struct CursorMeta<'a> {
    has_more: bool,
    after_cursor: Option<&'a str>,
    before_cursor: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct Links {
    prev: Option<String>,
    next: Option<String>,
}

impl<J: Serialize> Serialize for PageJson<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        if let Some(users) = &self.users {
            map.serialize_entry("users", users)?;
        }
        if self.has_facets {
            map.serialize_entry("facets", &None::<()>)?;
        }
        match self.link.paging.style {
            Style::Offset { page, per_page } => {
                let next = self.has_more.then(|| self.link.page(page + 1, per_page));
                let previous = (page > 1).then(|| self.link.page(page - 1, per_page));
                map.serialize_entry("next_page", &next)?;
                map.serialize_entry("previous_page", &previous)?;
                map.serialize_entry("count", &self.total)?;
            }
            // The last page has a next one too, which is empty and has none: recorded on 49 of 62.
            Style::Cursor { size, .. } => {
                let (first, last) = (self.first.as_deref(), self.last.as_deref());
                let meta = CursorMeta {
                    has_more: self.has_more,
                    after_cursor: last,
                    before_cursor: first,
                };
                let links = Links {
                    prev: first.map(|first| self.link.cursor("before", first, size)),
                    next: last.map(|last| self.link.cursor("after", last, size)),
                };
                map.serialize_entry("meta", &meta)?;
                map.serialize_entry("links", &links)?;
            }
        }
        map.end()
    }
}

/// The schema of a page with these items under their name.
pub fn page_of<T: JsonSchema>(schemas: &mut SchemaGenerator, name: &str) -> Value {
    let items = schemas.subschema_for::<T>();
    let users = schemas.subschema_for::<UserJson<'_>>();
    json!({
        "type": "object",
        "required": [name],
        "properties": {
            name: {"type": "array", "items": items},
            "users": {"type": "array", "items": users},
            "facets": {"type": "null"},
            "next_page": {"type": ["string", "null"]},
            "previous_page": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "meta": schemas.subschema_for::<CursorMeta<'_>>(),
            "links": schemas.subschema_for::<Links>(),
        },
        "oneOf": [
            {"required": ["next_page", "previous_page", "count"]},
            {"required": ["meta", "links"]},
        ],
    })
}

/// The schema of a list that has one page.
pub fn whole_list_of<T: JsonSchema>(schemas: &mut SchemaGenerator, name: &str) -> Value {
    let items = schemas.subschema_for::<T>();
    let users = schemas.subschema_for::<UserJson<'_>>();
    json!({
        "type": "object",
        "required": [name, "next_page", "previous_page", "count"],
        "properties": {
            "users": {"type": "array", "items": users},
            name: {"type": "array", "items": items},
            "next_page": {"type": "null"},
            "previous_page": {"type": "null"},
            "count": {"type": "integer"},
        },
    })
}
