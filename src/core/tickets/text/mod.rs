//! The text of a comment in the forms that Zendesk returns. All are made once, with the comment:
//! `html_body` of Markdown, `body` of HTML, and `plain_body` of either.
//!
//! Every pass is linear in the text, whatever the nesting, and a text has a largest length.

mod bare_urls;
mod clean_html;
mod elements;
mod markdown;
mod plain_text;
mod redact;
mod redact_html;
mod to_markdown;

use self::clean_html::clean_html;
use self::markdown::render_markdown;
use self::plain_text::plain_text;
pub use self::redact::MarkedText;
use self::to_markdown::html_to_markdown;
use crate::core::tickets::error::TicketError;

/// The longest text of a comment, in characters. Third parties say so of Zendesk.
const LONGEST: usize = 65_535;

/// What the client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    Markdown,
    Html,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentText {
    markup: Markup,
    body: String,
    html: String,
    /// `None` is the same as `body`.
    plain: Option<String>,
}

impl CommentText {
    /// A text of the property `body`, which is Markdown.
    pub fn from_markdown(text: String) -> Result<Self, TicketError> {
        ensure_short(&text)?;
        Ok(Self::from_body(text))
    }

    /// A text of the property `html_body`. What is not known to be harmless is left out.
    pub fn from_html(html: &str) -> Result<Self, TicketError> {
        ensure_short(html)?;
        Ok(Self::from_clean_html(clean_html(html)))
    }

    fn from_body(body: String) -> Self {
        let html = render_markdown(&body);
        let plain = Some(plain_text(&html)).filter(|plain| *plain != body);
        Self { markup: Markup::Markdown, body, html, plain }
    }

    fn from_clean_html(html: String) -> Self {
        let body = html_to_markdown(&html);
        let plain = Some(plain_text(&html)).filter(|plain| *plain != body);
        Self { markup: Markup::Html, body, html, plain }
    }

    /// Whether it shows nothing: neither a text nor an image.
    pub fn is_blank(&self) -> bool {
        self.body.trim().is_empty()
    }

    pub fn markup(&self) -> Markup {
        self.markup
    }

    pub fn body(&self) -> &str {
        &self.body
    }

    /// The inside of `html_body`.
    pub fn html(&self) -> &str {
        &self.html
    }

    pub fn plain(&self) -> &str {
        self.plain.as_deref().unwrap_or(&self.body)
    }

    /// Bytes of all its forms.
    pub fn len(&self) -> usize {
        self.body.len() + self.html.len() + self.plain.as_ref().map_or(0, String::len)
    }
}

fn ensure_short(text: &str) -> Result<(), TicketError> {
    // Bytes are counted at once, and are never fewer than characters.
    if text.len() > LONGEST && text.chars().count() > LONGEST {
        return Err(TicketError::CommentTooLong { max: LONGEST });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
