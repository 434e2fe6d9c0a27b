//! A row of the route table: a route and its handler.

use std::pin::Pin;

use axum::extract::Request;
use axum::response::Response;

use crate::http::exchange::context::Exchange;
use crate::http::exchange::route::Route;

/// A handler whose parameters are extractors, as axum calls it.
pub type Handler =
    fn(Request, Exchange) -> Pin<Box<dyn Future<Output = Response> + Send + 'static>>;

#[derive(Debug)]
pub struct Row {
    pub route: Route,
    pub handler: Handler,
    /// The path of the handler as the table has it.
    pub handler_path: &'static str,
}

impl Row {
    /// The path of the handler, such as `tickets::list`. The compiler may have put in white space.
    pub fn name(&self) -> String {
        self.handler_path.replace(' ', "")
    }
}
