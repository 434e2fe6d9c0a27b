//! Pages of incremental exports, as recorded in 2024.

use schemars::{JsonSchema, SchemaGenerator};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// A page of an export by time.
#[derive(Debug)]
pub struct TimeExportJson<J> {
    name: &'static str,
    items: Vec<J>,
    next_page: Option<String>,
    end_time: Option<i64>,
    is_last: bool,
}

impl<J> TimeExportJson<J> {
    pub fn new(
        name: &'static str,
        items: Vec<J>,
        next_page: Option<String>,
        end_time: Option<i64>,
        is_last: bool,
    ) -> Self {
        Self { name, items, next_page, end_time, is_last }
    }
}

impl<J: Serialize> Serialize for TimeExportJson<J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        map.serialize_entry("count", &self.items.len())?;
        map.serialize_entry("end_of_stream", &self.is_last)?;
        map.serialize_entry("next_page", &self.next_page)?;
        map.serialize_entry("end_time", &self.end_time)?;
        map.end()
    }
}

/// A page of an export by cursor.
#[derive(Debug)]
pub struct CursorExportJson<J> {
    name: &'static str,
    items: Vec<J>,
    after_url: Option<String>,
    after_cursor: Option<String>,
    is_last: bool,
}

impl<J> CursorExportJson<J> {
    pub fn new(
        name: &'static str,
        items: Vec<J>,
        after_url: Option<String>,
        after_cursor: Option<String>,
        is_last: bool,
    ) -> Self {
        Self { name, items, after_url, after_cursor, is_last }
    }
}

impl<J: Serialize> Serialize for CursorExportJson<J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
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
            "after_url": {"type": ["string", "null"]},
            "before_url": {"type": "null"},
            "after_cursor": {"type": ["string", "null"]},
            "before_cursor": {"type": "null"},
            "end_of_stream": {"type": "boolean"},
        },
    })
}
