//! `/api/v2/tickets/{id}/comments` and `…/audits`.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::http::HeaderValue;
use axum::http::header::LAST_MODIFIED;
use axum::response::{IntoResponse, Response};

use crate::core::account::CommentFilter;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::audit::AuditJson;
use crate::http::support::objects::comment::CommentJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{ListRules, Paging};

/// As documented: comments of requests have `sort_by`, other comments `sort_order` alone.
pub static COMMENT_RULES: ListRules = ListRules {
    order: Some("created_at,id"),
    sorts: &["created_at"],
    sort_bys: &["created_at"],
    is_reversed_alone: true,
    includes: &["users"],
};

/// `GET /api/v2/tickets/{id}/comments`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &COMMENT_RULES)?;
    let with_inline = paging.other("include_inline_images") == Some("true");
    let page = context.account.list_comments(
        ticket,
        &CommentFilter::default(),
        paging.order(),
        paging.window(),
    )?;
    paging.record(&recorder);
    let urls = &context.urls;
    let path = format!("tickets/{ticket}/comments");
    let users = context.account.users_if(paging.includes_any("users"), || {
        page.items.iter().map(|said| said.comment.author_id)
    });
    let latest = page.items.iter().map(|said| said.comment.created_at).max();
    let modified = latest
        .and_then(|at| HeaderValue::try_from(httpdate::fmt_http_date(at.into())).ok())
        .map(|at| [(LAST_MODIFIED, at)]);
    let page = PageJson::new(
        &paging,
        urls,
        ("comments", &path),
        &page,
        |said| CursorKey::by_time(said.comment.created_at, said.comment.id),
        |said| CommentJson::listed(said, with_inline, urls),
    )
    .with_users(users.as_deref(), urls);
    Ok((modified, json_list::list(&page, &context).await?).into_response())
}

/// `GET /api/v2/tickets/{id}/audits`
pub async fn list_audits(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &COMMENT_RULES)?;
    let page = context.account.list_audits(ticket, paging.order(), paging.window())?;
    paging.record(&recorder);
    let urls = &context.urls;
    let path = format!("tickets/{ticket}/audits");
    let users = context.account.users_if(paging.includes_any("users"), || {
        page.items.iter().map(|happened| happened.audit.author_id)
    });
    let page = PageJson::new(
        &paging,
        urls,
        ("audits", &path),
        &page,
        |happened| CursorKey::by_time(happened.audit.created_at, happened.audit.id),
        |happened| AuditJson::new(happened, urls),
    )
    .with_users(users.as_deref(), urls);
    Ok(json_list::list(&page, &context).await?)
}
