//! Pages of incremental exports, as recorded in 2024.

use schemars::{JsonSchema, SchemaGenerator};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::http::support::objects::user::UserJson;

/// A page of an export by time.
#[derive(Debug)]
pub struct TimeExportJson<'a, J> {
    name: &'static str,
    items: Vec<J>,
    /// Users that the client asked to be brought along.
    users: Option<Vec<UserJson<'a>>>,
    next_page: Option<String>,
    end_time: Option<i64>,
    is_last: bool,
}

impl<'a, J> TimeExportJson<'a, J> {
    pub fn new(
        name: &'static str,
        items: Vec<J>,
        next_page: Option<String>,
        end_time: Option<i64>,
        is_last: bool,
    ) -> Self {
        Self { name, items, users: None, next_page, end_time, is_last }
    }

    /// Brings users along, if the client asked for them.
    pub fn with_users(self, users: Option<Vec<UserJson<'a>>>) -> Self {
        Self { users, ..self }
    }
}

impl<J: Serialize> Serialize for TimeExportJson<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        if let Some(users) = &self.users {
            map.serialize_entry("users", users)?;
        }
        map.serialize_entry("count", &self.items.len())?;
        map.serialize_entry("end_of_stream", &self.is_last)?;
        map.serialize_entry("next_page", &self.next_page)?;
        map.serialize_entry("end_time", &self.end_time)?;
        map.end()
    }
}

/// A page of an export by cursor.
#[derive(Debug)]
pub struct CursorExportJson<'a, J> {
    name: &'static str,
    items: Vec<J>,
    /// Users that the client asked to be brought along.
    users: Option<Vec<UserJson<'a>>>,
    after_url: Option<String>,
    after_cursor: Option<String>,
    is_last: bool,
}

impl<'a, J> CursorExportJson<'a, J> {
    pub fn new(
        name: &'static str,
        items: Vec<J>,
        after_url: Option<String>,
        after_cursor: Option<String>,
        is_last: bool,
    ) -> Self {
        Self { name, items, users: None, after_url, after_cursor, is_last }
    }

    /// Brings users along, if the client asked for them.
    pub fn with_users(self, users: Option<Vec<UserJson<'a>>>) -> Self {
        Self { users, ..self }
    }
}

impl<J: Serialize> Serialize for CursorExportJson<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        if let Some(users) = &self.users {
            map.serialize_entry("users", users)?;
        }
        map.serialize_entry("after_url", &self.after_url)?;
        map.serialize_entry("before_url", &None::<()>)?;
        map.serialize_entry("after_cursor", &self.after_cursor)?;
        map.serialize_entry("before_cursor", &None::<()>)?;
        map.serialize_entry("end_of_stream", &self.is_last)?;
        map.end()
    }
}

/// The schema of a page of an export by time.
pub fn time_export_of<T: JsonSchema>(schemas: &mut SchemaGenerator, name: &str) -> Value {
    json!({
        "type": "object",
        "required": [name, "count", "end_of_stream", "next_page", "end_time"],
        "properties": {
            name: {"type": "array", "items": schemas.subschema_for::<T>()},
            "users": {"type": "array", "items": schemas.subschema_for::<UserJson<'_>>()},
            "count": {"type": "integer"},
            "end_of_stream": {"type": "boolean"},
            "next_page": {"type": ["string", "null"]},
            "end_time": {"type": ["integer", "null"]},
        },
    })
}

/// The schema of a page of an export by cursor.
pub fn cursor_export_of<T: JsonSchema>(schemas: &mut SchemaGenerator, name: &str) -> Value {
    json!({
        "type": "object",
        "required": [
            name, "after_url", "before_url", "after_cursor", "before_cursor", "end_of_stream",
        ],
        "properties": {
            name: {"type": "array", "items": schemas.subschema_for::<T>()},
            "users": {"type": "array", "items": schemas.subschema_for::<UserJson<'_>>()},
            "after_url": {"type": ["string", "null"]},
            "before_url": {"type": "null"},
            "after_cursor": {"type": ["string", "null"]},
            "before_cursor": {"type": "null"},
            "end_of_stream": {"type": "boolean"},
        },
    })
}
