//! The text of a comment in the three forms that Zendesk returns.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::core::tickets::text::CommentText;

/// `body`, `html_body` and `plain_body` of a comment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bodies<'a> {
    body: &'a str,
    #[schemars(with = "String")]
    html_body: Wrapped<'a>,
    plain_body: &'a str,
}

impl<'a> Bodies<'a> {
    pub fn new(text: &'a CommentText) -> Self {
        let html_body = Wrapped(text.html());
        Self { body: text.body(), html_body, plain_body: text.plain() }
    }
}

/// HTML in the element that is around every comment, as recorded.
#[derive(Debug)]
pub struct Wrapped<'a>(pub &'a str);

impl Serialize for Wrapped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(html) = self;
        let wrapped = format_args!("<div class=\"zd-comment\" dir=\"auto\">{html}</div>");
        serializer.collect_str(&wrapped)
    }
}
