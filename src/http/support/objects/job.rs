//! Jobs, as recorded in 2023 and 2024. Results of items that fail are recorded of new tickets
//! (2016) and users (2021); those of changed tickets are inferred.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::clock::Timestamp;
use crate::core::ids::AccountId;
use crate::core::jobs::{Job, JobKind, JobOutcome, JobStatus};
use crate::http::exchange::context::RequestContext;

#[derive(Debug, Serialize, JsonSchema)]
pub struct JobJson<'a> {
    id: String,
    job_type: &'static str,
    url: String,
    total: usize,
    progress: Option<usize>,
    status: &'static str,
    message: Option<String>,
    results: Option<Vec<ResultJson<'a>>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum ResultJson<'a> {
    Created {
        index: usize,
        id: u64,
        account_id: u32,
    },
    NotCreated {
        index: usize,
        error: &'static str,
        details: &'a str,
    },
    Updated {
        id: u64,
        action: &'static str,
        status: &'static str,
        success: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        details: Option<&'a str>,
    },
}

impl<'a> JobJson<'a> {
    /// A job as the call that requests it answers, however short it is.
    pub fn queued(job: &Job, context: &RequestContext) -> Self {
        Self {
            id: job.id.to_string(),
            job_type: match job.kind {
                JobKind::Create => "Bulk Create Ticket",
                JobKind::Import => "Bulk Import Ticket",
                JobKind::Update => "Bulk Update Ticket",
            },
            url: context.urls.object("job_statuses", job.id),
            total: job.total,
            progress: None,
            status: "queued",
            message: None,
            results: None,
        }
    }

    /// A job at the time of the request.
    pub fn new(job: &'a Job, context: &RequestContext) -> Self {
        let queued = Self::queued(job, context);
        let ended = |word| message(word, job.ends_at());
        let results = || Some(results(job, context.account.id()));
        match job.status(context.admission.now) {
            JobStatus::Queued => queued,
            JobStatus::Working(done) => {
                let verb = match job.kind {
                    JobKind::Update => "Updating",
                    _ => "Creating",
                };
                let message = Some(format!("{verb} ticket #{done}"));
                Self { progress: Some(done), status: "working", message, ..queued }
            }
            JobStatus::Completed => Self {
                progress: Some(job.total),
                status: "completed",
                message: ended("Completed"),
                results: results(),
                ..queued
            },
            JobStatus::Failed => Self {
                progress: Some(0),
                status: "failed",
                message: ended("Failed"),
                results: results(),
                ..queued
            },
        }
    }
}

fn message(word: &str, at: Timestamp) -> Option<String> {
    Some(format!("{word} at {}", at.strftime("%Y-%m-%d %H:%M:%S +0000")))
}

fn results(job: &Job, AccountId(account_id): AccountId) -> Vec<ResultJson<'_>> {
    let is_update = job.kind == JobKind::Update;
    let outcomes = job.outcomes.iter().enumerate();
    outcomes
        .map(|(index, outcome)| match outcome {
            JobOutcome::Done(id) if is_update => ResultJson::Updated {
                id: *id,
                action: "update",
                status: "Updated",
                success: true,
                error: None,
                details: None,
            },
            JobOutcome::Done(id) => ResultJson::Created { index, id: *id, account_id },
            JobOutcome::Failed { id: Some(id), detail } => ResultJson::Updated {
                id: *id,
                action: "update",
                status: "Failed",
                success: false,
                error: Some("TicketUpdateFailed"),
                details: Some(detail),
            },
            JobOutcome::Failed { id: None, detail } => {
                ResultJson::NotCreated { index, error: "TicketCreateFailed", details: detail }
            }
        })
        .collect()
}
