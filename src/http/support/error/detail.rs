//! Refusals as texts.

use crate::http::exchange::problem::Problem;
use crate::http::support::error::envelope::Envelope;
use crate::http::support::error::{not_allowed, ticket};

/// What the result of a job says about an item that failed.
pub fn describe(problem: &Problem) -> String {
    let envelope = match problem {
        Problem::Ticket(error) => ticket(error).1,
        Problem::NotAllowed { field, value, .. } => not_allowed(field, value),
        problem => return problem.to_string(),
    };
    match envelope {
        Envelope::Invalid { details, .. } => {
            let details = details.into_values().flatten();
            details.map(|detail| detail.description).collect()
        }
        Envelope::Plain { description, .. } => description,
        _ => problem.to_string(),
    }
}
