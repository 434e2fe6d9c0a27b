//! `/api/v2/brands`: those that the account's seed brings.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::answer::{self, Record};
use super::error::SupportError;
use super::extract::{Caller, Ids};
use super::paging::{Paging, Place};
use super::wire::BrandJson;
use crate::core::brands::Brand;

#[derive(Serialize)]
struct Envelope<'a> {
    brand: BrandJson<'a>,
}

/// `GET /api/v2/brands`
pub async fn list(
    Caller(context): Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, SupportError> {
    let paging = Paging::read(query.as_deref())?;
    let page = context.account.list_brands(paging.order(), paging.window());
    let urls = &context.urls;
    let items = page.items.iter().map(|brand| BrandJson::new(brand, urls)).collect();
    let place = |brand: &Arc<Brand>| Place::Id(brand.id);
    answer::list(&paging.listing("brands", &page, place, items, "brands", urls), &context.account)
}

/// `GET /api/v2/brands/{id}`
pub async fn show(Caller(context): Caller, Ids([id]): Ids<1>) -> Result<Response, SupportError> {
    let brand = context.account.find_brand(id)?;
    Ok(Record(Envelope { brand: BrandJson::new(&brand, &context.urls) }).into_response())
}
