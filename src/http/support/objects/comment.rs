//! Comments of tickets.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::CommentDetail;
use crate::core::tickets::audit::Comment;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::html::Bodies;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::{Empty, Via};

/// What is known of the program that sent a comment or a change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metadata<'a> {
    system: System<'a>,
    custom: Empty,
}

#[derive(Debug, Serialize, JsonSchema)]
struct System<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
}

impl<'a> Metadata<'a> {
    pub fn new(client: Option<&'a str>) -> Self {
        Self { system: System { client }, custom: Empty {} }
    }
}

/// A comment of a ticket. In an audit it says neither how nor when it came.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CommentJson<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    author_id: u64,
    #[serde(flatten)]
    bodies: Bodies<'a>,
    public: bool,
    attachments: Vec<AttachmentJson<'a>>,
    audit_id: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    how: Option<How<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct How<'a> {
    via: Via<'a>,
    created_at: String,
    metadata: Metadata<'a>,
}

impl<'a> CommentJson<'a> {
    /// A comment in a list of comments. Inline attachments are left out unless they are asked for.
    pub fn listed(detail: &'a CommentDetail, with_inline: bool, urls: &Urls) -> Self {
        let attached = detail.attachments.iter().filter(|file| with_inline || !file.inline);
        let comment = &detail.comment;
        let attachments = attached.map(|file| AttachmentJson::new(file, urls)).collect();
        let how = How {
            via: Via::default(),
            created_at: instant(comment.created_at),
            metadata: Metadata::new(comment.client.as_deref()),
        };
        Self { how: Some(how), ..Self::in_audit(comment, attachments) }
    }

    /// A comment in an audit, which says how and when it came.
    pub fn in_audit(comment: &'a Comment, attachments: Vec<AttachmentJson<'a>>) -> Self {
        Self {
            id: comment.id,
            kind: "Comment",
            author_id: comment.author_id,
            bodies: Bodies::new(&comment.text),
            public: comment.public,
            attachments,
            audit_id: comment.audit_id,
            how: None,
        }
    }
}
