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
    total: Option<usize>,
    progress: Option<usize>,
    status: &'static str,
    message: Option<String>,
    results: Option<ResultsJson<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum ResultsJson<'a> {
    Items(Vec<ResultJson<'a>>),
    /// A permanent deletion says only whether it succeeded, as recorded in 2023.
    Destroyed {
        success: bool,
    },
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
    /// A changed or deleted ticket.
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
                // Recorded of deletions too, in 2024.
                JobKind::Update | JobKind::Delete => "Bulk Update Ticket",
                // No recording has a name.
                JobKind::Destroy => "Permanently Delete Ticket",
            },
            url: context.urls.object("job_statuses", job.id),
            total: counted(job, job.total),
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
                    JobKind::Create | JobKind::Import => "Creating",
                    JobKind::Update => "Updating",
                    JobKind::Delete | JobKind::Destroy => "Deleting",
                };
                let message = Some(format!("{verb} ticket #{done}"));
                Self { progress: counted(job, done), status: "working", message, ..queued }
            }
            JobStatus::Completed => Self {
                progress: counted(job, job.total),
                status: "completed",
                message: ended("Completed"),
                results: results(),
                ..queued
            },
            JobStatus::Failed => Self {
                progress: counted(job, 0),
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

/// A number of items. A permanent deletion counts none, as recorded in 2023.
fn counted(job: &Job, items: usize) -> Option<usize> {
    (job.kind != JobKind::Destroy).then_some(items)
}

fn results(job: &Job, AccountId(account_id): AccountId) -> ResultsJson<'_> {
    let (action, done, failed) = match job.kind {
        JobKind::Create | JobKind::Import => ("create", "", "TicketCreateFailed"),
        JobKind::Update => ("update", "Updated", "TicketUpdateFailed"),
        JobKind::Delete => ("delete", "Deleted", "TicketDeleteFailed"),
        JobKind::Destroy => {
            let is_done = |outcome: &JobOutcome| matches!(outcome, JobOutcome::Done(_));
            return ResultsJson::Destroyed { success: job.outcomes.iter().all(is_done) };
        }
    };
    let is_new = matches!(job.kind, JobKind::Create | JobKind::Import);
    let outcomes = job.outcomes.iter().enumerate();
    let results = outcomes.map(|(index, outcome)| match outcome {
        JobOutcome::Done(id) if is_new => ResultJson::Created { index, id: *id, account_id },
        JobOutcome::Done(id) => ResultJson::Updated {
            id: *id,
            action,
            status: done,
            success: true,
            error: None,
            details: None,
        },
        JobOutcome::Failed { id: Some(id), detail } => ResultJson::Updated {
            id: *id,
            action,
            status: "Failed",
            success: false,
            error: Some(failed),
            details: Some(detail),
        },
        JobOutcome::Failed { id: None, detail } => {
            ResultJson::NotCreated { index, error: failed, details: detail }
        }
    });
    ResultsJson::Items(results.collect())
}
