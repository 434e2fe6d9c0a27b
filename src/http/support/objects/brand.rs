//! Brands, with the recorded fields.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::brands::Brand;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::time::instant;

#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct BrandJson<'a> {
    url: String,
    id: u64,
    name: &'a str,
    brand_url: String,
    subdomain: &'a str,
    host_mapping: Option<()>,
    has_help_center: bool,
    help_center_state: &'static str,
    active: bool,
    default: bool,
    is_deleted: bool,
    logo: Option<()>,
    ticket_form_ids: [u64; 0],
    signature_template: &'static str,
    created_at: String,
    updated_at: String,
}

impl<'a> BrandJson<'a> {
    pub fn new(brand: &'a Brand, urls: &Urls) -> Self {
        let created_at = instant(brand.created_at);
        Self {
            url: urls.object("brands", brand.id),
            id: brand.id,
            name: &brand.name,
            brand_url: urls.home(),
            subdomain: &brand.subdomain,
            has_help_center: true,
            help_center_state: "enabled",
            active: true,
            default: brand.is_default,
            signature_template: "{{agent.signature}}",
            updated_at: created_at.clone(),
            created_at,
            ..Self::default()
        }
    }
}
