//! `/api/v2/job_statuses`: what became of bulk calls.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::job_id::JobId;
use crate::core::jobs::UnknownJob;
use crate::core::paging::Order;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Path;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::id_list;
use crate::http::support::objects::job::JobJson;
use crate::http::support::page::{PageJson, WholeListJson};
use crate::http::support::pagination::{BY_ID, ListRules, Paging};

/// No other order is documented.
pub(super) static JOB_RULES: ListRules = ListRules { sorts: &[], ..BY_ID };

/// `GET /api/v2/job_statuses/{job}`
pub async fn show(context: Arc<RequestContext>, Path(id): Path) -> Result<Response, Refusal> {
    let id = JobId::parse(&id).ok_or(UnknownJob)?;
    let job = context.account.find_job(id)?;
    Ok(TaggedJson(NamedValue("job_status", JobJson::new(&job, &context))).into_response())
}

/// `GET /api/v2/job_statuses`: the newest first, as documented.
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &JOB_RULES)?;
    paging.record(&recorder);
    let page = context.account.list_jobs(Order::Descending, paging.window());
    let page = PageJson::new(
        &paging,
        &context.urls,
        ("job_statuses", "job_statuses"),
        &page,
        |job| CursorKey::by_id(job.number),
        |job| JobJson::new(job, &context),
    );
    Ok(json_list::list(&page, &context).await?)
}

/// `GET /api/v2/job_statuses/show_many?ids=…`: the jobs that exist.
pub async fn show_many(
    context: Arc<RequestContext>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let ids = id_list::read_texts(query.as_deref())?;
    let ids = ids.iter().filter_map(|id| JobId::parse(id));
    let jobs: Vec<_> = ids.filter_map(|id| context.account.find_job(id).ok()).collect();
    let jobs = jobs.iter().map(|job| JobJson::new(job, &context)).collect();
    Ok(json_list::list(&WholeListJson::new("job_statuses", jobs), &context).await?)
}
