//! A self-hosted server that answers as Zendesk does wherever a file gets in: ticket uploads
//! (`/api/v2/uploads`), the tickets that attach them, and help-center user images (reserve,
//! presigned PUT, publish).
//!
//! In a test, start one and point your client at it:
//!
//! ```
//! use zendesk_mock::ZendeskMock;
//!
//! let zendesk = ZendeskMock::start();
//! let base_url = zendesk.url(); // such as http://127.0.0.1:40123
//! // … your code uploads a file to base_url …
//!
//! // An hour passes, and the upload token is gone.
//! zendesk.advance(std::time::Duration::from_secs(60 * 60));
//! # assert!(base_url.starts_with("http://127.0.0.1:"));
//! ```
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

#[doc(hidden)]
pub use config::settings::{Setting, settings};
#[doc(hidden)]
pub use config::values::TimeValue;
pub use config::{Credential, DEFAULT_PORT, SeedData, ServerConfig};
pub use core::account::settings::{
    AccountSettings, Auth, BucketSizeCheck, Cors, Downloads, SettingError, UnknownType,
    UploadContentType,
};
pub use core::account::{ObjectCounts, Snapshot, SnapshotName};
pub use core::faults::{
    ActiveFault, Effect as FaultEffect, Fault, Operation, Phase as FaultPhase, Rule as FaultRule,
};
pub use core::journal::{
    EventKind, JournalBody, JournalEntry, JournalEvent, JournalFilter, JournalStatus, MissingStep,
    NotKept, ObjectRef, TokenHistory, TokenRef, TokenStatus, TokenStep,
};
pub use core::limits::account::{PLANS, plan_limit};
pub use core::limits::endpoint::EndpointLimits;
pub use core::malware::ScanResult;
pub use core::uploads::BadToken;
pub use core::user_images::{Reuse, TypeCheck};
pub use fidelity::{Behaviour, Difference, Evidence, all as behaviours};
pub use handle::{AccountHandle, JournalHandle};
pub use jiff::Timestamp;
pub use server::ZendeskMock;
pub use server::builder::Builder;
pub use server::error::StartError;

/// The Rust examples of README and docs, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/testing.md")]
struct Examples;
