//! Accounts as JSON documents. A seed and an export are one model, so that an export can be
//! imported again.

mod base64;
mod error;
mod export;
mod import;
mod model;
mod names_as_text;
mod parse;
mod size;
mod values;

pub use self::error::SeedError;
pub use self::import::Files;
pub use self::model::{Document, Object};
