//! Custom fields of tickets.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::core::tickets::properties::{CustomField, Value};

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
            Value::Null => ValueJson::Null(()),
            Value::Flag(flag) => ValueJson::Flag(*flag),
            Value::Integer(number) => ValueJson::Integer(*number),
            Value::Decimal(number) => ValueJson::Decimal(*number),
            Value::Text(text) => ValueJson::Text(text),
            Value::List(list) => ValueJson::List(list),
        };
        let mut field = serializer.serialize_struct("Field", 2)?;
        field.serialize_field("id", &self.0.id)?;
        field.serialize_field("value", &value)?;
        field.end()
    }
}
