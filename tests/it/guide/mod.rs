//! `/api/v2/guide/…`

mod user_images;
