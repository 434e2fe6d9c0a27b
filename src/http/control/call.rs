//! A call of the control API: its row of the route table, and what documents it.

use axum::http::Method;

use crate::http::exchange::input::Field;
use crate::http::exchange::row::Row;

#[derive(Debug)]
pub struct Call {
    pub row: Row,
    pub method: Method,
    pub path: &'static str,
    pub about: &'static str,
    pub input: &'static [Field],
    pub outcome: Outcome,
}

/// What a call that succeeds answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 200 and JSON.
    Told,
    /// 201 and JSON.
    Made,
    /// 204.
    Nothing,
    /// 200 and an endless stream of events.
    Events,
    /// 200 and bytes.
    Bytes,
}

impl Call {
    /// Whether its input goes into the query.
    pub fn takes_query(&self) -> bool {
        self.method == Method::GET
    }
}
