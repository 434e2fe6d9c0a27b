//! What handlers share: the request as they read it, and the response as they write it.

pub mod attachment;
pub mod blob_range;
pub mod context;
pub mod credentials;
pub mod endpoint;
pub mod extract;
pub mod fault_json;
pub mod file;
pub mod json;
pub mod json_body;
pub mod json_list;
pub mod long_work;
pub mod on_behalf_of;
pub mod origin;
pub mod parsed_size;
pub mod presigned;
pub mod problem;
pub mod proxy_refusal;
pub mod query;
pub mod receive;
pub mod recorder;
pub mod refusal;
pub mod request_id;
pub mod route;
pub mod row;

pub mod urls;
pub mod words;
