//! Redaction of texts, as documented: each character of what is removed becomes a block.

use std::collections::HashMap;

use crate::core::tickets::text::clean_html::clean_pieces;
use crate::core::tickets::text::elements::{HtmlPiece, attribute, is_void, pieces};
use crate::core::tickets::text::plain_text::plain_text;
use crate::core::tickets::text::redact_html::{has_in_one_piece, redact_html};
use crate::core::tickets::text::{CommentText, Markup};

/// What each character becomes.
const BLOCK: &str = "▇";

/// The HTML of a comment in which a client has marked what is to be removed: texts with elements
/// `redact`, and tags with attributes `redact`.
#[derive(Debug, PartialEq, Eq)]
pub struct MarkedText {
    /// The HTML without what is removed.
    html: String,
    /// All of the text, to compare it with that of a comment.
    plain: String,
    /// The sources of the images that are removed.
    pub images: Vec<String>,
}

impl MarkedText {
    /// Reads marked HTML. `None` is HTML without a mark.
    pub fn parse(html: &str) -> Option<Self> {
        let mut marks = Marks::default();
        let redacted: Vec<_> =
            pieces(html).filter_map(|piece| marks.apply(piece, hide_characters)).collect();
        if !marks.are_any {
            return None;
        }
        let mut unmarked = Marks::default();
        let all = pieces(html).filter_map(|piece| unmarked.apply(piece, ToOwned::to_owned));
        Some(Self {
            plain: plain_text(&clean_pieces(all, html.len())),
            html: clean_pieces(redacted.into_iter(), html.len()),
            images: marks.images,
        })
    }
}

impl CommentText {
    /// The text without a word or string, in all its forms. `None` is a text that does not have it.
    pub fn redact(&self, secret: &str) -> Option<Self> {
        if !self.names(secret) {
            return None;
        }
        let blocks = BLOCK.repeat(secret.chars().count());
        let body = || Self::from_body(self.body.replace(secret, &blocks));
        let html = || Self::from_clean_html(redact_html(&self.html, secret, BLOCK));
        // Each is made of one form. A string that has markup of the other form can stay in it.
        let redacted = match self.markup {
            Markup::Markdown => {
                Some(body()).filter(|text| !text.holds(secret)).or_else(|| Some(html()))
            }
            Markup::Html => {
                Some(html()).filter(|text| !text.holds(secret)).or_else(|| Some(body()))
            }
        };
        redacted.filter(|text| !text.holds(secret))
    }

    /// Whether `body` has a string, or one piece or attribute of `html_body`.
    fn names(&self, secret: &str) -> bool {
        self.body.contains(secret) || has_in_one_piece(&self.html, secret)
    }

    /// Whether any form has a string.
    fn holds(&self, secret: &str) -> bool {
        self.names(secret) || self.plain().contains(secret)
    }

    /// The text without what is marked. `None` if another text was marked, which must not replace
    /// this one.
    pub fn redact_marked(&self, marked: &MarkedText) -> Option<Self> {
        let words = |text: &str| text.split_whitespace().collect::<String>();
        let is_same = words(&plain_text(&self.html)) == words(&marked.plain);
        // Attributes must not make it longer than the text was.
        let is_short = marked.html.len() <= self.html.len() * BLOCK.len() + 1_000;
        (is_same && is_short).then(|| Self::from_clean_html(marked.html.clone()))
    }
}

fn hide_characters(text: &str) -> String {
    let hidden = text.chars().map(|c| if c.is_whitespace() { c.to_string() } else { BLOCK.into() });
    hidden.collect()
}

/// The marks that are open.
#[derive(Default)]
struct Marks {
    /// How many elements `redact` are open.
    depth: usize,
    /// Whether the tag of an open element is left out, by its name, the innermost last.
    hidden: HashMap<String, Vec<bool>>,
    are_any: bool,
    images: Vec<String>,
}

impl Marks {
    /// A piece without marks, or nothing if it is left out. `hide` makes a text what it becomes.
    fn apply(&mut self, piece: HtmlPiece, hide: fn(&str) -> String) -> Option<HtmlPiece> {
        match piece {
            HtmlPiece::Text(text) if self.depth > 0 => Some(HtmlPiece::Text(hide(&text))),
            HtmlPiece::Text(text) => Some(HtmlPiece::Text(text)),
            HtmlPiece::Start(name, _) if name == "redact" => {
                self.depth += 1;
                self.are_any = true;
                None
            }
            HtmlPiece::End(name) if name == "redact" => {
                self.depth = self.depth.saturating_sub(1);
                None
            }
            HtmlPiece::Start(name, tag) => {
                let is_marked = attribute(&tag, "redact").is_some();
                self.are_any |= is_marked;
                if is_marked && name == "img" {
                    self.images.extend(attribute(&tag, "src"));
                }
                // The element around every comment is not part of its text.
                let class = attribute(&tag, "class").unwrap_or_default();
                let is_hidden = is_marked || class.split_whitespace().any(|c| c == "zd-comment");
                if !is_void(&name) && !tag.self_closing {
                    self.hidden.entry(name.clone()).or_default().push(is_hidden);
                }
                (!is_hidden).then_some(HtmlPiece::Start(name, tag))
            }
            HtmlPiece::End(name) => {
                let is_hidden = self.hidden.get_mut(&name).and_then(Vec::pop).unwrap_or(false);
                (!is_hidden).then_some(HtmlPiece::End(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> CommentText {
        CommentText::from_html(text).expect("a short text")
    }

    fn markdown(text: &str) -> CommentText {
        CommentText::from_markdown(text.to_owned()).expect("a short text")
    }

    #[test]
    fn a_string_is_redacted_in_all_forms() {
        let text = markdown("My id is **847** & 847.").redact("847").expect("it is there");
        assert_eq!(text, markdown("My id is **▇▇▇** & ▇▇▇."));
        let text = html("<p>My id is <b>847</b> &amp; 847</p>").redact("847").expect("there");
        assert_eq!(text.html(), "<p>My id is <b>▇▇▇</b> &amp; ▇▇▇</p>");
        assert_eq!(text.body(), "My id is **▇▇▇** & ▇▇▇");
        assert_eq!(text.plain(), "My id is ▇▇▇ & ▇▇▇");
        let text = html("a &amp; &lt;b&gt; é").redact("& <b> é").expect("there");
        assert_eq!(text.html(), "a ▇▇▇▇▇▇▇");
        for (text, absent) in [
            (markdown("abc"), "B"),
            (markdown("abc"), "abcd"),
            (html("<p>a</p>"), "p"),
            (html("<b>a</b>b"), "ab"),
            (html("<a href=\"https://x.test\">y</a>"), "noreferrer"),
            (markdown("a"), "auto"),
        ] {
            assert_eq!(text.redact(absent), None, "{absent}");
        }
    }

    #[test]
    fn no_form_holds_a_string_that_is_redacted() {
        for html_body in [
            "<a href=\"https://x.test/secret\">l</a> secret",
            "<a href=\"https://x.test/secret?secret=secret\">l</a>",
            "<a href=\"https://secret\">https://secret</a>",
            "<a href=\"mailto:secret@x.test\" title=\"a secret\">l</a>",
            "<img alt=\"my secret\" src=\"https://x.test/secret.png\"> secret",
            "<img alt=\"a\" src=\"secret\">",
            "<img alt=\"a\" src=\"https://x.test/a.png\" title=\"secret\">",
            "<b>se</b>cret and secret",
            "<b>se</b>cret <a href=\"/secret\">l</a>",
            "<p>secret</p><p title=\"secret\">secret<br>secret</p>",
            "<ul><li>secret<li>secret</ul><pre>secret\n secret</pre>",
            "<blockquote cite=\"https://x.test/secret\">q</blockquote>",
            "<td>secret</td><td>secret</td>secretsecret",
        ] {
            let redacted = html(html_body).redact("secret").expect(html_body);
            for form in [redacted.body(), redacted.html(), redacted.plain()] {
                assert!(!form.contains("secret"), "{html_body} -> {form}");
            }
        }
        for (text, secret) in [
            (markdown("**se**cret secret"), "secret"),
            (
                markdown("[l](https://x.test/secret \"secret\") ![secret](/secret.png) `secret`"),
                "secret",
            ),
            (markdown("https://x.test/secret"), "secret"),
            (markdown("[l][1]\n\n[1]: https://x.test/secret"), "secret"),
            (html("<a href=\"https://x.test/a\">l</a>"), "[l](https://x.test/a)"),
            (html("<b>a</b>"), "**a**"),
            (html("<p>one\n  two</p> one  two"), "one two"),
            (html("<p>one</p><p>two</p>"), "one\n\ntwo"),
            (html("<img alt=\"one  two\" src=\"/a\">"), "one two"),
            (html("a\n b"), "a\n b"),
            (html("a &amp; b \u{a0}c <a href=\"/?a&amp;b\">l</a>"), "a&b"),
        ] {
            let redacted = text.redact(secret).expect(secret);
            for form in [redacted.body(), redacted.html(), redacted.plain()] {
                assert!(!form.contains(secret), "{secret} -> {form}");
            }
        }
    }

    #[test]
    fn what_is_marked_is_redacted() {
        for (text, marked, redacted) in [
            ("<p>id 847</p>", "<p>id <redact>847</redact></p>", "<p>id ▇▇▇</p>"),
            (
                "<p>id 847</p>",
                "<div class=\"zd-comment\" dir=\"auto\"><p>id <redact>84</redact>7</p></div>",
                "<p>id ▇▇7</p>",
            ),
            (
                "<div>id <div>8</div></div>",
                "<div class=\"zd-comment\"><div>id <div><redact>8</redact></div></div></div>",
                "<div>id <div>▇</div></div>",
            ),
            ("<b>a<i>b</i></b>", "<redact><b>a<i>b</i></b></redact>", "<b>▇<i>▇</i></b>"),
            ("a\n b", "<redact>a\n b</redact>", "▇\n ▇"),
            (
                "<a href=\"https://x.test\">link</a>",
                "<a href=\"https://x.test\" redact><redact>link</redact></a>",
                "▇▇▇▇",
            ),
            (
                "<a href=\"https://x.test\">link</a>",
                "<a href=\"https://x.test\" redact>link</a>",
                "link",
            ),
            ("<b>a<b>b</b></b>c", "<b redact>a<b>b</b></b>c", "a<b>b</b>c"),
            ("a<img src=\"https://x.test\">b", "a<img src=\"https://x.test\" redact>b", "ab"),
            ("<p>a</p>", "<p><redact>a</p>", "<p>▇</p>"),
        ] {
            let text = html(text);
            let mark = MarkedText::parse(marked).expect("a mark");
            match text.redact_marked(&mark) {
                Some(found) => assert_eq!(found.html(), redacted, "{marked}"),
                None => assert_eq!(redacted, "", "{marked}"),
            }
        }
        let images = MarkedText::parse("<img src='a' redact><img src='b'><img redact src='c'/>");
        assert_eq!(images.expect("marks").images, ["a", "c"]);
        let rendered = markdown("id **847**\n\nmore");
        let marked = rendered.html().replace("847", "<redact>847</redact>");
        let redacted = rendered.redact_marked(&MarkedText::parse(&marked).expect("a mark"));
        assert_eq!(redacted.expect("the same text").body(), "id **▇▇▇**\n\nmore");
    }

    #[test]
    fn only_the_text_of_the_comment_can_be_marked() {
        for unmarked in
            ["", "id 847", "<redacted>id</redacted>", "&lt;redact&gt;", "<b title=redact>"]
        {
            assert_eq!(MarkedText::parse(unmarked), None, "{unmarked}");
        }
        let text = html("<p>id 847</p>");
        let long = format!("<p style=\"{}\">id <redact>847</redact></p>", "a".repeat(5_000));
        for marked in
            ["<redact>id</redact>", "<p>Id <redact>847</redact></p>", "<p redact>847</p>", &long]
        {
            let mark = MarkedText::parse(marked).expect("a mark");
            assert_eq!(text.redact_marked(&mark), None, "{marked}");
        }
    }
}
