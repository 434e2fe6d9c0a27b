//! Custom fields of tickets.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::core::tickets::values::{CustomField, FieldValue};

#[derive(Debug)]
pub struct FieldJson<'a>(pub &'a CustomField);

impl Serialize for FieldJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum ValueJson<'a> {
            Null(()),
            Flag(bool),
            Integer(i64),
            Decimal(f64),
            Text(&'a str),
            List(&'a [String]),
        }
        let value = match &self.0.value {
            FieldValue::Null => ValueJson::Null(()),
            FieldValue::Flag(flag) => ValueJson::Flag(*flag),
            FieldValue::Integer(number) => ValueJson::Integer(*number),
            FieldValue::Decimal(number) => ValueJson::Decimal(*number),
            FieldValue::Text(text) => ValueJson::Text(text),
            FieldValue::List(list) => ValueJson::List(list),
        };
        let mut field = serializer.serialize_struct("Field", 2)?;
        field.serialize_field("id", &self.0.id)?;
        field.serialize_field("value", &value)?;
        field.end()
    }
}

impl JsonSchema for FieldJson<'_> {
    fn schema_name() -> Cow<'static, str> {
        "CustomField".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["id", "value"],
            "properties": {
                "id": {"type": "integer"},
                "value": {
                    "type": ["null", "boolean", "number", "string", "array"],
                    "items": {"type": "string"},
                },
            },
        })
    }
}
