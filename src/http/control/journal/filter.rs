//! Filters of journal entries as input.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::nearest::did_you_mean;
use crate::config::values::{InstantValue, Notated, TimeValue};
use crate::core::journal::{Filter, JournalStatus};
use crate::http::control::call::Fields;
use crate::http::control::notation::FilterText;
use crate::http::exchange::context::AppState;
use crate::http::exchange::problem::Problem;

const METHODS: &[&str] =
    &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
/// What an object begins with, before its token, id or name.
const OBJECTS: &[&str] = &["upload", "attachment", "ticket", "image-token", "image"];

fn ensure_one_of(field: &str, sent: &str, valid: &[&'static str]) -> Result<(), Problem> {
    if valid.contains(&sent) {
        return Ok(());
    }
    let hint = did_you_mean(sent, valid);
    Err(Problem::field(field, format!("no request can have `{sent}`{hint}")))
}

/// Inputs with the fields of a filter. A flattened struct could not refuse unknown fields.
macro_rules! filters {
    ($($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The method, in any case.
            method: Option<FilterText>,
            /// A part of path and query, as they were sent.
            path: Option<FilterText>,
            /// The route that answered, such as /api/v2/tickets/{id}.
            route: Option<FilterText>,
            /// The status of the response, or its class.
            status: Option<Notated<JournalStatus>>,
            /// What was created, changed or read: upload/…, attachment/…, ticket/…, image-token/…
            /// or image/….
            object: Option<FilterText>,
            /// The first instant at which requests were received, on the account's clock.
            since: Option<InstantValue>,
            /// The instant before which requests were received, on the account's clock.
            until: Option<InstantValue>,
            /// The number that the number of a request exceeds.
            after: Option<u64>,
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $name {
            /// The conditions.
            ///
            /// # Errors
            /// A condition that no request can meet: without the refusal, it would look as if no
            /// request had come in.
            pub fn filter(&self, app: &AppState) -> Result<Filter, Problem> {
                let text = |text: &Option<FilterText>| text.as_ref().map(|text| text.0.0.clone());
                let instant = |at: &Option<InstantValue>| at.as_ref().map(|at| at.0);
                let (since, until) = (instant(&self.since), instant(&self.until));
                if let Some(method) = &self.method {
                    ensure_one_of("method", &method.0.0.to_ascii_uppercase(), METHODS)?;
                }
                if let Some(route) = &self.route {
                    ensure_one_of("route", &route.0.0, &app.patterns)?;
                }
                if let Some(object) = &self.object {
                    let kind = object.0.0.split('/').next().unwrap_or_default();
                    ensure_one_of("object", kind, OBJECTS)?;
                }
                if since.zip(until).is_some_and(|(since, until)| since >= until) {
                    return Err(Problem::field("until", "takes an instant later than since"));
                }
                Ok(Filter {
                    method: text(&self.method),
                    path: text(&self.path),
                    route: text(&self.route),
                    status: self.status.as_ref().map(|status| status.0),
                    object: text(&self.object),
                    since,
                    until,
                    after: self.after.unwrap_or(0),
                })
            }
        }
    )+};
}

filters! {
    EntryFilter {}
    /// A filter, and for how many requests to wait.
    EntryWait {
        /// How many requests must match, at least; without it: 1.
        #[schemars(range(max = 1000))]
        count: Option<usize>,
        /// How long to wait, at most 60s; without it: 10s.
        timeout: Option<TimeValue>,
    }
    /// A filter, and how many requests must match. Or filters in an order.
    EntryCheck {
        /// How many requests must match, exactly; without it: 1 or more.
        count: Option<u64>,
        /// Filters that must match one request each, in this order. It stands alone.
        #[schemars(length(min = 1))]
        order: Option<Vec<EntryFilter>>,
    }
}

impl EntryCheck {
    /// The name of the first condition that is given.
    pub fn first_condition(&self) -> Option<&'static str> {
        let conditions = [
            ("method", self.method.is_some()),
            ("path", self.path.is_some()),
            ("route", self.route.is_some()),
            ("status", self.status.is_some()),
            ("object", self.object.is_some()),
            ("since", self.since.is_some()),
            ("until", self.until.is_some()),
            ("after", self.after.is_some()),
        ];
        conditions.iter().find(|(_, is_given)| *is_given).map(|(name, _)| *name)
    }
}

impl Fields for EntryFilter {
    const EXAMPLE: &'static str = r#"{"method": "POST", "path": "uploads", "status": "2xx"}"#;
}

impl Fields for EntryWait {
    const EXAMPLE: &'static str = r#"{"path": "uploads", "count": 0, "timeout": "5s"}"#;
}

impl Fields for EntryCheck {
    const EXAMPLE: &'static str = r#"{"path": "uploads", "status": 201, "count": 0}"#;
}
