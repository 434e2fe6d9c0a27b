//! The steps of every request, one file each.

pub mod account;
pub mod body_capture;
pub mod cors;
pub mod difference_header;
pub mod endpoint_limits;
pub mod faults;
pub mod request_body;
pub mod request_log;
pub mod response_headers;
