//! The document as serde reads and writes it. What is missing is made or left as usual; what is
//! unknown is refused.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::config::settings::SettingsChange;
use crate::config::values::TimeValue;
use crate::core::account::USER_IMAGES;
use crate::core::clock::Timestamp;
use crate::core::id::Id;
use crate::core::ids::{BucketKey, FileToken, UploadToken};
use crate::core::malware::ScanResult;
use crate::core::tickets::values::{CustomField, Priority, TicketStatus, TicketType};
use crate::core::tokens::Family;
use crate::core::users::Role;
use crate::seed::base64::Contents;
use crate::seed::values::{Published, SeedEvent, SeedPerson, instant, objects};

/// The properties of a JSON object.
pub type Object = Map<String, Value>;

/// Makes the parts of the document: every field may be missing, and an empty one is left out.
macro_rules! parts {
    ($($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)+ })+) => {
        $(
            #[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
            #[serde(default, deny_unknown_fields, remote = "Self")]
            $(#[$meta])*
            pub struct $name {
                $(
                    $(#[$attribute])*
                    #[serde(skip_serializing_if = "is_empty")]
                    pub $field: $type,
                )+
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    Self::serialize(self, serializer)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_map(SeedPartVisitor(PhantomData))
                }
            }

            impl SeedPart for $name {
                fn read<'de, D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
                    Self::deserialize(object)
                }
            }
        )+
    };
}

trait SeedPart: Sized {
    fn read<'de, D: Deserializer<'de>>(object: D) -> Result<Self, D::Error>;
}

/// Reads a part from an object. Serde alone would take a list of its values as well.
struct SeedPartVisitor<T>(PhantomData<T>);

impl<'de, T: SeedPart> Visitor<'de> for SeedPartVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(MapAccessDeserializer::new(map))
    }
}

/// Whether an option, a list or a map is empty.
fn is_empty<'a, T>(field: &'a T) -> bool
where
    &'a T: IntoIterator,
{
    field.into_iter().next().is_none()
}

parts! {
    /// An account.
    #[schemars(rename = "Seed")]
    Document {
        /// The version that exported it. Not read.
        zendesk_mock: Option<String>,
        /// The account that was exported. Not read.
        account: Option<String>,
        /// Without it the account has the time of the server.
        clock: Option<SeedClock>,
        /// Makes the names repeat that follow those of the document.
        random_seed: Option<u64>,
        /// As `PATCH /_mock/settings` takes them.
        settings: Option<SettingsChange>,
        users: Vec<SeedUser>,
        brands: Vec<SeedBrand>,
        uploads: Vec<SeedUpload>,
        tickets: Vec<SeedTicket>,
        images: Vec<SeedObject>,
        /// Has no effect unless it is larger than the ids of all tickets.
        next_ticket_id: Option<Id>,
        /// Documents of other accounts, by name, in the seed of a server.
        accounts: BTreeMap<String, Document>,
    }

    SeedClock {
        /// Without it the clock starts at the time of the server.
        #[serde(deserialize_with = "instant")] now: Option<Timestamp>,
        /// Without it the clock is frozen.
        frozen: Option<bool>,
    }

    /// A user. Secrets are read and never written.
    SeedUser {
        id: Option<Id>,
        name: Option<String>,
        email: Option<String>,
        external_id: Option<String>,
        /// Without it the user becomes an admin with its first call.
        role: Option<Role>,
        /// Whether tickets for it are refused.
        suspended: Option<bool>,
        #[serde(deserialize_with = "instant")] created_at: Option<Timestamp>,
        /// Without it the time at which it was created.
        #[serde(deserialize_with = "instant")] updated_at: Option<Timestamp>,
        password: Option<String>,
        api_tokens: Vec<String>,
        access_tokens: Vec<String>,
    }

    SeedBrand {
        id: Option<Id>,
        name: Option<String>,
        /// The subdomain of the help center, which no other brand has. Without it that of the
        /// account for the default brand, and the name in small letters for others.
        subdomain: Option<String>,
        /// Whether it is the account's default brand. Without one the first is.
        default: Option<bool>,
        #[serde(deserialize_with = "instant")] created_at: Option<Timestamp>,
    }

    /// An upload token. It never expires without `life` or `expires_at`.
    SeedUpload {
        token: Option<UploadToken>,
        life: Option<TimeValue>,
        #[serde(deserialize_with = "instant")] expires_at: Option<Timestamp>,
        files: Vec<SeedFile>,
        /// The id of the ticket that has the files.
        attached_to: Option<Id>,
    }

    /// A file. One of `path`, `base64` and `text` says what is in it.
    SeedFile {
        id: Option<Id>,
        /// The token in `content_url`.
        token: Option<FileToken>,
        /// Without it the last part of `path`.
        name: Option<String>,
        /// Without it the usual one for `name`.
        content_type: Option<String>,
        /// Relative to the directory of the seed.
        path: Option<String>,
        #[schemars(with = "Option<String>")] base64: Option<Contents>,
        text: Option<String>,
        thumbnail: Option<SeedThumbnail>,
        malware_scan_result: Option<ScanResult>,
        /// Whether it may be downloaded in spite of the scan.
        malware_access_override: Option<bool>,
        /// Whether it is part of the text of its comment.
        inline: Option<bool>,
    }

    /// The names of a thumbnail.
    SeedThumbnail {
        id: Option<Id>,
        token: Option<FileToken>,
    }

    SeedTicket {
        /// Larger than the ids of the tickets before it.
        id: Option<Id>,
        #[serde(deserialize_with = "instant")] created_at: Option<Timestamp>,
        #[serde(deserialize_with = "instant")] updated_at: Option<Timestamp>,
        /// When it changed last on the account's clock. Without it the time in `updated_at`.
        #[serde(deserialize_with = "instant")] generated_at: Option<Timestamp>,
        requester: Option<SeedPerson>,
        /// Without it the requester.
        submitter: Option<SeedPerson>,
        subject: Option<String>,
        status: Option<TicketStatus>,
        priority: Option<Priority>,
        r#type: Option<TicketType>,
        tags: Vec<String>,
        external_id: Option<String>,
        assignee_id: Option<Id>,
        group_id: Option<Id>,
        organization_id: Option<Id>,
        brand_id: Option<Id>,
        ticket_form_id: Option<Id>,
        problem_id: Option<Id>,
        #[serde(deserialize_with = "instant")] due_at: Option<Timestamp>,
        #[serde(deserialize_with = "instant")] solved_at: Option<Timestamp>,
        email_cc_ids: Vec<Id>,
        follower_ids: Vec<Id>,
        /// The closed ticket that it follows up on.
        followup_source: Option<SeedFollowupSource>,
        followup_ids: Vec<Id>,
        #[serde(deserialize_with = "objects")] custom_fields: Vec<CustomField>,
        /// Oldest first. The first one describes the ticket.
        comments: Vec<SeedComment>,
        /// Without them they are made of the properties and the comments.
        audits: Option<Vec<SeedAudit>>,
    }

    SeedFollowupSource {
        id: Option<Id>,
        subject: Option<String>,
    }

    SeedComment {
        /// Has no effect without audits.
        id: Option<Id>,
        /// Without it the submitter of the ticket.
        author: Option<SeedPerson>,
        body: Option<String>,
        /// Goes before `body`.
        html_body: Option<String>,
        /// Whether the requester sees it. Without it: yes.
        public: Option<bool>,
        /// Without it the time of the ticket.
        #[serde(deserialize_with = "instant")] created_at: Option<Timestamp>,
        /// The program that sent it.
        client: Option<String>,
        files: Vec<SeedFile>,
    }

    SeedAudit {
        id: Option<Id>,
        #[serde(deserialize_with = "instant")] created_at: Option<Timestamp>,
        /// When the account got it. Without it the time in `created_at`.
        #[serde(deserialize_with = "instant")] recorded_at: Option<Timestamp>,
        author_id: Option<Id>,
        /// The program that made the change.
        client: Option<String>,
        #[serde(deserialize_with = "objects")] events: Vec<SeedEvent>,
    }

    /// An object of the bucket, such as a user image. It is reserved for ever without `life` or `expires_at`.
    SeedObject {
        /// Its token. A published object needs none.
        token: Option<BucketKey>,
        content_type: Option<String>,
        /// The announced size in bytes. Without it that of the file.
        size: Option<u64>,
        /// The host of the upload URL.
        host: Option<String>,
        #[serde(deserialize_with = "instant")] reserved_at: Option<Timestamp>,
        life: Option<TimeValue>,
        #[serde(deserialize_with = "instant")] expires_at: Option<Timestamp>,
        /// What was stored.
        file: Option<SeedFile>,
        /// A name is a ULID whose last 32 bits become those of the account.
        published: Option<Published>,
    }
}

impl Document {
    /// The sections with objects of the bucket, and their families.
    pub fn bucket_sections(
        &mut self,
    ) -> [(&'static str, &'static Family, &mut Vec<SeedObject>); 1] {
        [("images", &USER_IMAGES, &mut self.images)]
    }
}
