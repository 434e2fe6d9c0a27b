//! What an account is to hold, as plain data: names may be missing, and are made then. A store can be
//! made of it, and told as it, names and all.

use std::borrow::Cow;
use std::time::Duration;

use ulid::Ulid;

use crate::core::attachments::NewFile;
use crate::core::bucket::PutBody;
use crate::core::clock::Timestamp;
use crate::core::ids::{ImageName, Token};
use crate::core::malware::ScanResult;
use crate::core::tickets::audit::Text;
use crate::core::tickets::past::PastEvent;
use crate::core::tickets::properties::Property;
use crate::core::users::{Requester, Role, Secret};

/// The largest id: what every JSON reader can hold.
pub const LARGEST_ID: u64 = (1 << 53) - 1;

/// What an account is to hold.
#[derive(Debug, Default)]
pub struct Seed {
    /// Its time. Without it the server's.
    pub clock: Option<SeedClock>,
    /// What makes names repeat once all of this is there.
    pub chance: Option<u64>,
    /// Its users.
    pub users: Vec<SeedUser>,
    /// Its brands.
    pub brands: Vec<SeedBrand>,
    /// Its upload tokens.
    pub uploads: Vec<SeedUpload>,
    /// Its tickets, in the order of their ids.
    pub tickets: Vec<SeedTicket>,
    /// The id of the next ticket, if it is larger than those that there are.
    pub next_ticket_id: Option<u64>,
    /// Its user images.
    pub images: Vec<SeedImage>,
}

/// A time to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedClock {
    /// The instant.
    pub at: Timestamp,
    /// Whether the clock stands still there.
    pub stands: bool,
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Not at all.
    Never,
    /// So long after it is there.
    After(Duration),
    /// Then.
    At(Timestamp),
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// By an id.
    Id(u64),
    /// By an address or a name. Made if there is no such user.
    Person(Requester),
}

/// A user.
#[derive(Debug)]
pub struct SeedUser {
    /// Its id.
    pub id: Option<u64>,
    /// What it is called.
    pub name: Option<String>,
    /// Its address.
    pub email: Option<String>,
    /// What it may do, for good. Without it: an admin once it calls.
    pub role: Option<Role>,
    /// When it appeared.
    pub created_at: Option<Timestamp>,
    /// What proves who it is.
    pub secrets: Vec<Secret>,
}

/// A brand.
#[derive(Debug)]
pub struct SeedBrand {
    /// Its id.
    pub id: Option<u64>,
    /// What it is called.
    pub name: String,
    /// The subdomain of its help center, if it is not the account's.
    pub subdomain: Option<String>,
    /// Whether tickets that name none are of it.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// The names of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Names {
    /// Its id.
    pub id: Option<u64>,
    /// Its token in `content_url`.
    pub token: Option<Token>,
}

/// A file.
#[derive(Debug)]
pub struct SeedFile {
    /// Its names.
    pub names: Names,
    /// Those of its thumbnail, if it will have one.
    pub thumbnail: Names,
    /// What it is called, its type and its bytes.
    pub file: NewFile,
    /// What its malware scan came to.
    pub scan_result: ScanResult,
    /// Whether it may be downloaded in spite of that.
    pub malware_access_override: bool,
    /// Whether it is part of the text of its comment.
    pub inline: bool,
}

/// An upload token.
#[derive(Debug)]
pub struct SeedUpload {
    /// The token.
    pub token: Option<Token>,
    /// When it ends.
    pub ends: Ends,
    /// What it holds.
    pub files: Vec<SeedFile>,
    /// The ticket that it was attached to.
    pub attached_to: Option<u64>,
}

/// A ticket.
#[derive(Debug)]
pub struct SeedTicket {
    /// Its id, larger than those before.
    pub id: Option<u64>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Whose it is.
    pub requester: Option<Who>,
    /// Who sent it. Without it: the requester.
    pub submitter: Option<Who>,
    /// What is set.
    pub properties: Vec<Property>,
    /// What was said, oldest first. The first describes it.
    pub comments: Vec<SeedComment>,
    /// What happened. Without it: that it was made and said.
    pub audits: Option<Vec<SeedAudit>>,
}

/// A comment.
#[derive(Debug)]
pub struct SeedComment {
    /// Its id. Counts only where audits are told.
    pub id: Option<u64>,
    /// Who said it. Without it: who sent the ticket.
    pub author: Option<Who>,
    /// What was said.
    pub text: Text,
    /// Whether the requester sees it.
    pub public: bool,
    /// When it was said. Without it: when the ticket was made.
    pub created_at: Option<Timestamp>,
    /// The program that said it.
    pub client: Option<String>,
    /// Its attachments.
    pub files: Vec<SeedFile>,
}

/// An audit.
#[derive(Debug)]
pub struct SeedAudit {
    /// Its id.
    pub id: u64,
    /// When it happened.
    pub created_at: Timestamp,
    /// Who did it.
    pub author_id: u64,
    /// The program that did it.
    pub client: Option<String>,
    /// What happened.
    pub events: Vec<PastEvent>,
}

/// A user image.
#[derive(Debug)]
pub struct SeedImage {
    /// Its type.
    pub content_type: String,
    /// The reservation that it came by. An image that is published need not have one any more.
    pub reservation: Option<SeedReservation>,
    /// What was stored, if anything was.
    pub object: Option<PutBody>,
    /// The name under which it is published, if it is.
    pub published: Option<Option<ImageName>>,
}

/// A place in the bucket.
#[derive(Debug)]
pub struct SeedReservation {
    /// The image token.
    pub token: Option<Ulid>,
    /// The announced size in bytes.
    pub size: u64,
    /// The host to which the upload URL points.
    pub host: String,
    /// When it was made.
    pub reserved_at: Option<Timestamp>,
    /// When it ends.
    pub ends: Ends,
}

/// Why a seed cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// Something in it.
    Field {
        /// Where, as in `tickets[0].id`.
        at: String,
        /// What that takes.
        accepts: Cow<'static, str>,
    },
    /// The account has no room for it.
    Account(super::Error),
}

impl From<super::Error> for Misfit {
    fn from(error: super::Error) -> Self {
        Self::Account(error)
    }
}
