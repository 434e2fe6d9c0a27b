//! `/api/v2/groups`, `organizations`, `ticket_forms` and `ticket_fields`: what an account begins
//! with, and what its tickets name.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::account::NamedKind;
use crate::core::paging::{Order, Window};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::named::{NamedJson, list_of};
use crate::http::support::page::{PageJson, WholeListJson};
use crate::http::support::pagination::Paging;

/// The handlers of one kind.
macro_rules! handlers {
    ($($kind:ident, $item:literal: $list:ident, $show:ident;)+) => {$(
        pub async fn $list(
            context: Arc<RequestContext>,
            recorder: Recorder,
            RawQuery(query): RawQuery,
        ) -> Result<Response, Refusal> {
            list(NamedKind::$kind, &context, &recorder, query.as_deref()).await
        }

        pub async fn $show(
            context: Arc<RequestContext>,
            recorder: Recorder,
            PathIds([id]): PathIds<1>,
        ) -> Result<Response, Refusal> {
            show(NamedKind::$kind, $item, id, &context, &recorder)
        }
    )+};
}

handlers! {
    Group, "group": list_groups, show_group;
    Organization, "organization": list_organizations, show_organization;
    Form, "ticket_form": list_forms, show_form;
    Field, "ticket_field": list_fields, show_field;
}

async fn list(
    kind: NamedKind,
    context: &RequestContext,
    recorder: &Recorder,
    query: Option<&str>,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query)?;
    paging.record(recorder);
    recorder.record_difference(KnownDifference::NamedObjects);
    let (account, urls) = (&context.account, &context.urls);
    // Fields have cursors or one page, as documented.
    if kind == NamedKind::Field && paging.is_by_offset() {
        let all = account.list_named(kind, Order::Ascending, Window::ALL).items;
        let all = all.iter().map(|id| NamedJson::new(kind, *id, account.name(), urls)).collect();
        return Ok(json_list::list(&WholeListJson::new(list_of(kind), all), context).await?);
    }
    let page = account.list_named(kind, paging.order(), paging.window());
    let page = PageJson::new(
        &paging,
        urls,
        (list_of(kind), list_of(kind)),
        &page,
        |id| CursorKey::by_id(*id),
        |id| NamedJson::new(kind, *id, account.name(), urls),
    );
    Ok(json_list::list(&page, context).await?)
}

fn show(
    kind: NamedKind,
    item: &'static str,
    id: u64,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<Response, Refusal> {
    recorder.record_difference(KnownDifference::NamedObjects);
    if !context.account.has_named(kind, id) {
        let why = format!("no ticket names a {item} with this id, and no account begins with it");
        return Err(Problem::NotFound(why).into());
    }
    let json = NamedJson::new(kind, id, context.account.name(), &context.urls);
    Ok(TaggedJson(NamedValue(item, json)).into_response())
}
