//! The text of a comment in the three forms that Zendesk returns.

use std::borrow::Cow;

use serde::Serialize;

use crate::core::tickets::audit::CommentText;

/// `body`, `html_body` and `plain_body` of a comment.
#[derive(Debug, Serialize)]
pub struct Bodies<'a> {
    body: Cow<'a, str>,
    #[serde(rename = "html_body")]
    html: String,
    #[serde(rename = "plain_body")]
    plain: String,
}

/// `body` alone.
pub fn body(text: &CommentText) -> Cow<'_, str> {
    match text {
        CommentText::Plain(text) => Cow::Borrowed(text),
        CommentText::Html(html) => Cow::Owned(without_markup(html)),
    }
}

impl<'a> Bodies<'a> {
    /// Text becomes paragraphs, as recorded. HTML is returned as it came: it is never run here.
    pub fn new(text: &'a CommentText) -> Self {
        let body = body(text);
        match text {
            CommentText::Plain(text) => {
                let html: Vec<_> = paragraphs(text).map(html_paragraph).collect();
                let plain = paragraphs(text).map(|paragraph| paragraph.replace('\n', "\n\n"));
                let plain = plain.collect::<Vec<_>>().join(" \n\n ");
                Self { html: wrapped(&html.join("\n\n")), plain, body }
            }
            CommentText::Html(html) => {
                Self { html: wrapped(html), plain: body.clone().into_owned(), body }
            }
        }
    }
}

fn wrapped(inner: &str) -> String {
    format!("<div class=\"zd-comment\" dir=\"auto\">{inner}</div>")
}

fn html_paragraph(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(escaped).collect();
    format!("<p dir=\"auto\">{}</p>", lines.join("\n<br>"))
}

/// The parts of a text between empty lines.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty())
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

/// HTML without its tags, and with the five entities of XML resolved. A tag that is never closed
/// takes the rest with it.
fn without_markup(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        rest = match rest[start..].find('>') {
            Some(end) => &rest[start + end + 1..],
            None => "",
        };
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&nbsp;", " ").replace("&amp;", "&").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> CommentText {
        CommentText::Plain(text.to_owned())
    }

    #[test]
    fn one_line_is_one_paragraph_as_recorded() {
        let text = plain("Some comment");
        let bodies = Bodies::new(&text);
        assert_eq!(
            bodies.html,
            "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">Some comment</p></div>"
        );
        assert_eq!((&*bodies.body, &*bodies.plain), ("Some comment", "Some comment"));
    }

    /// A ticket that every new account has, recorded in 2023.
    #[test]
    fn empty_lines_part_paragraphs_and_line_ends_break_lines_as_recorded() {
        let text = plain("Hi there,\n\nI’m sending an email.\n\nThanks,\n The Customer");
        let bodies = Bodies::new(&text);
        assert_eq!(
            bodies.html,
            "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">Hi there,</p>\n\n<p dir=\"auto\">I’m sending an email.</p>\n\n\
             <p dir=\"auto\">Thanks,\n<br> The Customer</p></div>"
        );
        assert_eq!(
            bodies.plain,
            "Hi there, \n\n I’m sending an email. \n\n Thanks,\n\n The Customer"
        );
    }

    #[test]
    fn text_is_never_taken_for_markup() {
        let text = plain("<script>a & \"b\"</script>");
        assert!(
            Bodies::new(&text).html.contains("&lt;script&gt;a &amp; &quot;b&quot;&lt;/script&gt;")
        );
    }

    #[test]
    fn html_keeps_its_markup_and_has_a_text_without_it() {
        let text = CommentText::Html("<p>see <b>this</b> &amp; that</p>".to_owned());
        let bodies = Bodies::new(&text);
        assert_eq!(bodies.body, "see this & that");
        assert!(bodies.html.contains("<p>see <b>this</b> &amp; that</p>"));
        assert_eq!(without_markup("a < b"), "a");
    }
}
