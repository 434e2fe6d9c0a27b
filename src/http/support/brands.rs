//! `/api/v2/brands`: the brands of the account's seed.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::brand::BrandJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::Paging;

/// `GET /api/v2/brands`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    paging.record(&recorder);
    let page = context.account.list_brands(paging.order(), paging.window());
    let urls = &context.urls;
    let page = PageJson::new(
        &paging,
        urls,
        ("brands", "brands"),
        &page,
        |brand| CursorKey::by_id(brand.id),
        |brand| BrandJson::new(brand, urls),
    );
    Ok(json_list::list(&page, &context).await?)
}

/// `GET /api/v2/brands/{id}`
pub async fn show(
    context: Arc<RequestContext>,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    let brand = context.account.find_brand(id)?;
    Ok(TaggedJson(NamedValue("brand", BrandJson::new(&brand, &context.urls))).into_response())
}
