//! The Guide gateway: help-center user images.

pub mod endpoints;
pub mod error;
mod properties;
pub mod user_images;
