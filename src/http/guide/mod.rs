//! The Guide gateway: help-center user images.

pub mod error;
pub mod user_images;
