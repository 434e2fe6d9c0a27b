//! Downloads: `/attachments/token/…` and the signed URLs to which they redirect.

mod content;
mod visibility;
