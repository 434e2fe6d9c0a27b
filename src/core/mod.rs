//! What Zendesk does with files, with no HTTP, no JSON and no runtime.
//!
//! Everything here is synchronous and takes its time from [`clock`] and its
//! chance from [`ids`], so that a test can own both. The rules that hold:
//!
//! - Every object belongs to one [`Account`](account::Account). An account is one lock
//!   around one state; nothing awaits under it, because nothing here can await.
//! - A request changes an account in one call, after its body is complete. A
//!   client that goes away half way has changed nothing.
//! - Expired means gone. Whether an object has been swept decides only when its
//!   memory comes back, never what a read answers.
//! - Every stored object is charged to the [`Budget`](blobs::Budget) before it is kept, and
//!   gives its charge back when the last reader lets go of it.
//! - No type in here is serialisable: what goes over the wire is a promise, and
//!   `http` makes those.

pub mod account;
pub mod accounts;
pub mod attachments;
pub mod blobs;
pub mod brands;
pub mod bucket;
pub mod clock;
pub mod copy_on_write;
pub mod faults;
pub mod ids;
pub mod journal;
pub mod limits;
pub mod malware;
pub mod maps;
pub mod media;
pub mod paging;
pub mod tickets;
pub mod uploads;
pub mod user_images;
pub mod users;
