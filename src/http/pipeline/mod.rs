//! The steps of every request, one file each.

pub mod access;
pub mod account;
pub mod admission;
pub mod body_capture;
pub mod charge_answer;
pub mod content;
pub mod cors;
pub mod difference_header;
pub mod faults;
pub mod impaired;
pub mod limits;
pub mod not_modified;
pub mod panics;
pub mod path;
pub mod reason_header;
pub mod redact;
pub mod render;
pub mod request_body;
pub mod request_head;
pub mod request_log;
pub mod reserve;
pub mod response_body;
pub mod response_headers;
pub mod timed_body;
pub mod token_hint;
