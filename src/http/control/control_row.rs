//! A call of the control API as the table has it, and the schemas of its types.

use axum::http::Method;
use schemars::SchemaGenerator;
use schemars::generate::Contract;
use serde_json::{Map, Value};

use crate::http::control::answer::Output;
use crate::http::control::call::{Call, Input};
use crate::http::exchange::endpoint::schema_generator;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::row::Row;

/// A call: its row of the route table, and what documents it.
#[derive(Debug)]
pub struct ControlRow {
    pub row: Row,
    pub method: Method,
    pub path: &'static str,
    pub summary: &'static str,
    pub describe: fn(&mut Schemas) -> CallDescription,
}

/// The schemas that the operations of the document share.
pub struct Schemas {
    pub inputs: SchemaGenerator,
    pub answers: SchemaGenerator,
}

/// What the types of a handler say of its call.
pub struct CallDescription {
    pub input: Value,
    pub example: &'static str,
    pub needs_body: bool,
    pub responses: Value,
}

impl Schemas {
    pub fn new() -> Self {
        Self {
            inputs: schema_generator(Contract::Deserialize),
            answers: schema_generator(Contract::Serialize),
        }
    }

    /// Describes the call that a handler answers.
    pub fn describe<I, O, H, F>(&mut self, _: H) -> CallDescription
    where
        I: Input,
        O: Output,
        H: FnOnce(Call<I>) -> F,
        F: Future<Output = Result<O, Refusal>>,
    {
        CallDescription {
            input: I::schema(&mut self.inputs).into(),
            example: I::EXAMPLE,
            needs_body: I::NEEDS_BODY,
            responses: O::responses(&mut self.answers),
        }
    }

    pub fn into_components(mut self) -> Map<String, Value> {
        let mut all = self.inputs.take_definitions(true);
        all.extend(self.answers.take_definitions(true));
        all
    }
}
