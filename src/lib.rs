//! A self-hosted server that answers as Zendesk does wherever a file gets in: ticket uploads
//! (`/api/v2/uploads`), the tickets that attach them, and help-center user images (reserve,
//! presigned PUT, publish).
//!
//! Most tests need five calls: [`ZendeskMock::start`], [`AccountHandle::api_url`] of an
//! [account](ZendeskMock::account) of their own, [`AccountHandle::add_fault`],
//! [`AccountHandle::advance`] and [`AccountHandle::assert_received`].
//!
//! ```
//! use std::time::Duration;
//! use zendesk_mock::{Fault, Filter, Operation, ZendeskMock};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let zendesk = ZendeskMock::start()?; // on a free port; `Drop` stops it
//!     let account = zendesk.account("acme")?; // shares nothing with other accounts
//!     let upload = || {
//!         reqwest::blocking::Client::new()
//!             .post(account.api_url("uploads?filename=a.txt"))
//!             .basic_auth("me@example.com/token", Some("secret"))
//!             .body("hello")
//!             .send()
//!     };
//!
//!     // The first upload is refused, and its retry succeeds.
//!     account.add_fault(Fault::status(429).retry_after(2).on(Operation::Upload).once())?;
//!     assert_eq!(upload()?.status(), 429);
//!     let uploaded: serde_json::Value = upload()?.json()?;
//!
//!     // The server received both.
//!     let uploads = Filter::new().method("POST").path("uploads");
//!     account.assert_received(&uploads, 2);
//!
//!     // An hour passes, and the upload token is gone.
//!     account.advance(Duration::from_secs(60 * 60));
//!     let token = uploaded["upload"]["token"].as_str().expect("a token");
//!     let gone = reqwest::blocking::Client::new()
//!         .get(account.api_url(&format!("uploads/{token}")))
//!         .basic_auth("me@example.com/token", Some("secret"))
//!         .send()?;
//!     assert_eq!(gone.status(), 404);
//!     Ok(())
//! }
//! ```
//!
//! A test that sends requests in the background waits for them with [`AccountHandle::wait_for`] or
//! [`AccountHandle::wait_for_blocking`]. Calls that can fail return a `Result`; only `assert_…`
//! panics, with the requests that were received.
//!
//! Two servers in one process share nothing. Every setting is a field of [`ServerConfig`] or, where
//! accounts may differ, of [`AccountSettings`].

mod config;
mod core;
#[cfg(test)]
mod docs_table;
mod fidelity;
mod handle;
mod http;
mod seed;
mod server;
mod sigv4;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod whole_file;

pub use config::field_error::FieldError;
#[doc(hidden)]
pub use config::hosts::FILE_HOSTS;
#[doc(hidden)]
pub use config::nearest::nearest_name;
#[doc(hidden)]
pub use config::settings::{Setting, settings};
#[doc(hidden)]
pub use config::values::TimeValue;
pub use config::{ControlToken, Credential, DEFAULT_PORT, SeedData, ServerConfig};
pub use core::account::settings::{
    AccountSettings, AttachmentOnlyComment, Auth, BucketSizeCheck, Cors, Downloads, FileVerdict,
    FormType, Impersonation, OtherFormName, Reuse, SettingError, TypeCheck, UnknownType,
    UploadChecks, UploadContentType,
};
pub use core::account::{
    FileState, ObjectCounts, ScanError, Snapshot, SnapshotError, SnapshotName,
};
pub use core::accounts::AccountError;
pub use core::attachments::AttachmentError;
pub use core::blobs::OutOfMemory;
pub use core::faults::{ActiveFault, Effect, Fault, FaultError, Impairment, Operation, Phase};
pub use core::journal::{
    EventKind, Filter, JournalBody, JournalEntry, JournalEvent, NotKept, ObjectRef, TokenHistory,
    TokenStatus, TokenStep,
};
pub use core::limits::endpoint::EndpointLimits;
pub use core::malware::ScanResult;
pub use core::tickets::values::TicketStatus;
pub use core::tokens::{Family, MissingStep, ObjectToken, TokenRef};
pub use core::uploads::BadToken;
pub use fidelity::{Behaviour, Difference, Evidence, all as behaviours};
pub use handle::{AccountComment, AccountFile, AccountHandle, AccountTicket, NotReceived};
pub use jiff::Timestamp;
pub use seed::SeedError;
pub use server::ZendeskMock;
pub use server::builder::Builder;
pub use server::error::StartError;

/// The Rust examples of README and docs, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/testing.md")]
struct Examples;
