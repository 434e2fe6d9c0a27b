//! The server as its users see it: over real TCP, route family by route family.

mod child;
mod images;
mod sigv4;
mod support;

mod accounts;
mod architecture;
mod attachments;
mod bucket;
mod comments;
mod content;
mod control;
mod cors;
mod credentials;
mod embedding;
mod golden;
mod hostile;
mod idempotency;
mod imports;
mod limits;
mod log;
mod memory;
mod paging;
mod races;
mod replay;
mod spending;
mod starting;
mod ticket_properties;
mod ticket_refusals;
mod tickets;
mod time;
mod upload_forms;
mod upload_images;
mod upload_sizes;
mod uploads;
mod user_images;
