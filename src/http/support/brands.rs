//! `/api/v2/brands`: those that the account's seed brings.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::brands::Brand;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{self, Named, TaggedJson};
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::BrandJson;
use crate::http::support::pagination::{Paging, Place};

/// `GET /api/v2/brands`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let page = context.account.list_brands(paging.order(), paging.window());
    let urls = &context.urls;
    let items = page.items.iter().map(|brand| BrandJson::new(brand, urls)).collect();
    let place = |brand: &Arc<Brand>| Place::Id(brand.id);
    let listing = paging.listing("brands", &page, place, items, "brands", urls);
    Ok(json::list(&listing, &context.account)?)
}

/// `GET /api/v2/brands/{id}`
pub async fn show(context: Context, PathIds([id]): PathIds<1>) -> Result<Response, Refusal> {
    let brand = context.account.find_brand(id)?;
    Ok(TaggedJson(Named("brand", BrandJson::new(&brand, &context.urls))).into_response())
}
