//! What Zendesk does with files, with no HTTP, no JSON and no runtime.
//!
//! Everything here is synchronous, and takes time from [`clock`] and randomness from [`ids`], so
//! that a test can control both.
//!
//! - Every object belongs to one [`Account`](account::Account): one lock around one state. Nothing
//!   awaits under it.
//! - A request changes an account in one call, after its body is complete. A client that
//!   disconnects before has changed nothing.
//! - Expired means gone. A sweep decides only when the memory is freed.
//! - Every stored object is charged to the [`Budget`](blobs::Budget) before it is kept. The charge
//!   returns when the last reader drops the object.

pub mod account;
pub mod accounts;
pub mod attachments;
pub mod blobs;
pub mod brands;
pub mod bucket;
pub mod clock;
pub mod copy_on_write;
pub mod deleted_tickets;
pub mod expiring_map;
mod fault_text;
pub mod faults;
pub mod file_checks;
pub mod id;
pub mod ids;
pub mod iso_date;
pub mod job_id;
pub mod jobs;
pub mod journal;
pub mod limits;
pub mod malware;
pub mod maps;
pub mod media;
pub mod paging;
pub mod search;
pub mod side_conversations;
pub mod signatures;
pub mod tickets;
pub mod tokens;
pub mod uploads;
pub mod user_query;
pub mod users;
