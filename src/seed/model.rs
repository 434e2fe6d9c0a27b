//! The document itself, as serde reads and writes it. What is missing is made or left as usual; what is
//! unknown is ignored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::seed::Object;
use crate::seed::base64::Contents;
use crate::seed::values::{Audit, CustomField, Instant, Life, Published, Role, Who};

/// Makes a part of the document: every field may be missing, and is left out if it is.
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Default, Serialize, Deserialize)]
            #[serde(default)]
            pub struct $name {
                $(
                    $(#[$field_doc])*
                    #[serde(skip_serializing_if = "Emptiness::is_empty")]
                    pub $field: $type,
                )+
            }
        )+
    };
}

/// What is left out.
trait Emptiness {
    fn is_empty(&self) -> bool;
}

impl<T> Emptiness for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T> Emptiness for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Emptiness for BTreeMap<K, V> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

parts! {
    /// An account.
    Document {
        /// The version that told it. Not read.
        zendesk_mock: Option<String>,
        /// The account that it was. Not read.
        account: Option<String>,
        /// Its time. Without it: the server's.
        clock: Option<Clock>,
        /// A seed, so that names repeat behind those of the document.
        chance: Option<u64>,
        /// Settings of its own, as `PATCH /_mock/settings` takes them.
        settings: Option<Object>,
        /// Its users.
        users: Vec<User>,
        /// Its brands.
        brands: Vec<Brand>,
        /// Its upload tokens.
        uploads: Vec<Upload>,
        /// Its tickets.
        tickets: Vec<Ticket>,
        /// Its user images.
        images: Vec<Image>,
        /// The id of the next ticket, if it is larger than those that there are.
        next_ticket_id: Option<u64>,
        /// The documents of other accounts, by name, in the seed of a server.
        accounts: BTreeMap<String, Document>,
    }

    /// A time to start from.
    Clock {
        /// The instant. Without it: the server's.
        now: Option<Instant>,
        /// Whether the clock stands still there.
        frozen: Option<bool>,
    }

    /// A user.
    User {
        /// Its id.
        id: Option<u64>,
        /// What it is called.
        name: Option<String>,
        /// Its address.
        email: Option<String>,
        /// `admin` or `end-user`, for good. Without it: an admin once it calls.
        role: Option<Role>,
        /// When it appeared.
        created_at: Option<Instant>,
        /// Its password. Never told.
        password: Option<String>,
        /// Its API tokens. Never told.
        api_tokens: Vec<String>,
        /// Its OAuth access tokens. Never told.
        access_tokens: Vec<String>,
    }

    /// A brand.
    Brand {
        /// Its id.
        id: Option<u64>,
        /// What it is called.
        name: Option<String>,
        /// The subdomain of its help center. Without it: the account's.
        subdomain: Option<String>,
        /// Whether tickets that name none are of it.
        default: Option<bool>,
        /// When it was made.
        created_at: Option<Instant>,
    }

    /// An upload token.
    Upload {
        /// 25 letters and digits.
        token: Option<String>,
        /// How long it lives. Without it and `expires_at`: for ever.
        life: Option<Life>,
        /// When it ends.
        expires_at: Option<Instant>,
        /// What it holds.
        files: Vec<File>,
        /// The id of the ticket that it was attached to.
        attached_to: Option<u64>,
    }

    /// A file, of which one of `path`, `base64` and `text` says what is in it.
    File {
        /// Its id.
        id: Option<u64>,
        /// Its token in `content_url`: 25 letters and digits.
        token: Option<String>,
        /// What it is called. Without it: as its path ends.
        name: Option<String>,
        /// Its content type. Without it: by its name.
        content_type: Option<String>,
        /// Its path, beside the seed.
        path: Option<String>,
        /// Its bytes.
        base64: Option<Contents>,
        /// Its bytes, if they are text.
        text: Option<String>,
        /// The names of its thumbnail.
        thumbnail: Option<Thumbnail>,
        /// What its malware scan came to.
        malware_scan_result: Option<String>,
        /// Whether it may be downloaded in spite of that.
        malware_access_override: Option<bool>,
        /// Whether it is part of the text of its comment.
        inline: Option<bool>,
    }

    /// The names of a thumbnail.
    Thumbnail {
        /// Its id.
        id: Option<u64>,
        /// Its token in `content_url`.
        token: Option<String>,
    }

    /// A ticket.
    Ticket {
        /// Its id, larger than those before.
        id: Option<u64>,
        /// When it was made.
        created_at: Option<Instant>,
        /// When it was changed last.
        updated_at: Option<Instant>,
        /// Whose it is.
        requester: Option<Who>,
        /// Who sent it. Without it: the requester.
        submitter: Option<Who>,
        /// What it is called.
        subject: Option<String>,
        /// How far it has come.
        status: Option<String>,
        /// How urgent it is.
        priority: Option<String>,
        /// What it is about.
        r#type: Option<String>,
        /// Its tags.
        tags: Vec<String>,
        /// The client's own id.
        external_id: Option<String>,
        /// The id of who works on it.
        assignee_id: Option<u64>,
        /// Its group.
        group_id: Option<u64>,
        /// Its organization.
        organization_id: Option<u64>,
        /// Its brand.
        brand_id: Option<u64>,
        /// Its form.
        ticket_form_id: Option<u64>,
        /// The problem that it is an incident of.
        problem_id: Option<u64>,
        /// When a task is due.
        due_at: Option<Instant>,
        /// Its custom fields.
        custom_fields: Vec<CustomField>,
        /// What was said, oldest first. The first describes it.
        comments: Vec<Comment>,
        /// What happened. Without it: that it was made and said.
        audits: Option<Vec<Audit>>,
    }

    /// A comment.
    Comment {
        /// Its id. Counts only where audits are told.
        id: Option<u64>,
        /// Who said it. Without it: who sent the ticket.
        author: Option<Who>,
        /// What was said, as plain text.
        body: Option<String>,
        /// What was said, as HTML.
        html_body: Option<String>,
        /// Whether the requester sees it. Without it: yes.
        public: Option<bool>,
        /// When it was said. Without it: when the ticket was made.
        created_at: Option<Instant>,
        /// The program that said it.
        client: Option<String>,
        /// Its attachments.
        files: Vec<File>,
    }

    /// A user image, of which one of `path` and `base64` says what is in it once it is stored.
    Image {
        /// The image token: a ULID. Of no use to who has published already.
        token: Option<String>,
        /// Its type.
        content_type: Option<String>,
        /// The announced size in bytes. Without it: that of its file.
        size: Option<u64>,
        /// The host to which the upload URL points.
        host: Option<String>,
        /// When its place was reserved.
        reserved_at: Option<Instant>,
        /// How long its place is kept. Without it and `expires_at`: for ever.
        life: Option<Life>,
        /// When that ends.
        expires_at: Option<Instant>,
        /// What was stored.
        file: Option<File>,
        /// Whether it is published, or its name: a ULID, of which the account has the last 32 bits.
        published: Option<Published>,
    }
}
