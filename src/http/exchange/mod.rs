//! What handlers share: the request as they read it, and the response as they write it.

pub mod body;
pub mod credentials;
pub mod etag;
pub mod extract;
pub mod file;
pub mod json;
pub mod presigned;
pub mod problem;
pub mod query;
pub mod recorder;
pub mod urls;
