//! Makes harmless and well-formed HTML of the HTML that a client sends.
//!
//! A parser that builds a tree as browsers do takes time and memory that grow with the square of a
//! hostile text. So the tags are balanced on the way, with a stack of a largest depth.

use crate::core::tickets::text::elements::{
    HtmlPiece, StartTag, attribute, is_inline, is_safe_url, is_void, pieces, push_attribute,
    push_escaped,
};

/// The deepest nesting that is kept.
const DEEPEST: usize = 256;

const KEPT: [&str; 77] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "dir",
    "menu",
];

/// Elements that are left out with what is in them.
const DROPPED: [&str; 14] = [
    "applet", "audio", "canvas", "embed", "iframe", "noembed", "noframes", "noscript", "object",
    "script", "style", "template", "title", "video",
];

const ATTRIBUTES: [&str; 24] = [
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "colspan",
    "datetime",
    "dir",
    "face",
    "height",
    "lang",
    "reversed",
    "rowspan",
    "size",
    "span",
    "start",
    "style",
    "title",
    "type",
    "valign",
    "value",
    "width",
];
const URLS: [&str; 3] = ["cite", "href", "src"];

/// HTML with known elements, attributes and schemes only. Each element that is opened is closed.
pub fn clean_html(html: &str) -> String {
    clean_pieces(pieces(html), html.len())
}

/// The same of pieces that have about this length.
pub fn clean_pieces(pieces: impl Iterator<Item = HtmlPiece>, length: usize) -> String {
    let mut cleaner = Cleaner { out: String::with_capacity(length), open: Vec::new() };
    let mut dropped: Option<(String, usize)> = None;
    for piece in pieces {
        match (&mut dropped, piece) {
            (Some((outer, depth)), HtmlPiece::Start(name, tag)) => {
                *depth += usize::from(*outer == name && !tag.self_closing);
            }
            (Some((outer, depth)), HtmlPiece::End(name)) => {
                *depth -= usize::from(*outer == name);
                if *depth == 0 {
                    dropped = None;
                }
            }
            (Some(_), HtmlPiece::Text(_)) => {}
            (None, HtmlPiece::Start(name, tag)) if DROPPED.contains(&&*name) => {
                cleaner.part_words(&name);
                // `embed` has no content.
                dropped = (!tag.self_closing && name != "embed").then_some((name, 1));
            }
            (None, HtmlPiece::Start(name, tag)) => cleaner.start(&name, &tag),
            (None, HtmlPiece::End(name)) => cleaner.end(&name),
            (None, HtmlPiece::Text(text)) => push_escaped(&mut cleaner.out, &text),
        }
    }
    cleaner.close_down_to(0);
    cleaner.out
}

struct Cleaner {
    out: String,
    /// The elements that are open, the outermost first.
    open: Vec<&'static str>,
}

impl Cleaner {
    fn start(&mut self, name: &str, tag: &StartTag) {
        let is_image = name == "img";
        let source = attribute(tag, "src").filter(|url| is_safe_url(url, is_image));
        if is_image && source.is_none_or(|url| url.trim().is_empty()) {
            return;
        }
        let Some(name) = kept(name) else { return self.part_words(name) };
        self.close_implied(name);
        if self.open.len() >= DEEPEST && !is_void(name) {
            return self.part_words(name);
        }
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in &tag.attributes {
            let attribute = String::from_utf8_lossy(attribute);
            let value = String::from_utf8_lossy(value);
            let is_kept = ATTRIBUTES.contains(&&*attribute)
                && (attribute != "style" || is_safe_style(&value))
                || URLS.contains(&&*attribute) && is_safe_url(&value, is_image);
            if is_kept {
                self.out.push_str(&format!(" {attribute}=\""));
                push_attribute(&mut self.out, &value);
                self.out.push('"');
            }
        }
        if name == "a" {
            self.out.push_str(" rel=\"noreferrer\"");
        }
        self.out.push('>');
        if !is_void(name) {
            self.open.push(name);
        }
    }

    fn end(&mut self, name: &str) {
        let found = kept(name).and_then(|name| self.open.iter().rposition(|open| *open == name));
        match found {
            Some(place) => self.close_down_to(place),
            None if name == "br" => self.out.push_str("<br>"),
            None => self.part_words(name),
        }
    }

    /// Closes what browsers close before this element.
    fn close_implied(&mut self, name: &str) {
        match name {
            "li" => self.close_within(&["li"], &["ul", "ol", "dir", "menu"]),
            "dt" | "dd" => self.close_within(&["dt", "dd"], &["dl"]),
            "td" | "th" => self.close_within(&["td", "th"], &["tr", "table"]),
            "tr" => self.close_within(&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" => {
                self.close_within(&["tbody", "thead", "tfoot"], &["table"]);
            }
            _ => {}
        }
        if !is_inline(name) && name != "br" {
            self.close_within(&["p"], &["td", "th", "caption", "table"]);
        }
    }

    /// Closes the innermost of some elements, unless it is outside of one of the others.
    fn close_within(&mut self, closed: &[&str], within: &[&str]) {
        let open = self.open.iter().rposition(|open| closed.contains(open));
        let limit = self.open.iter().rposition(|open| within.contains(open));
        if let Some(place) = open.filter(|place| limit.is_none_or(|limit| limit < *place)) {
            self.close_down_to(place);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        for name in self.open.drain(depth..).rev() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// A tag that is left out still parts the words on its sides.
    fn part_words(&mut self, name: &str) {
        if !is_inline(name) && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }
}

fn kept(name: &str) -> Option<&'static str> {
    KEPT.iter().find(|kept| **kept == name).copied()
}

fn is_safe_style(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    !["url", "expression", "javascript", "@", "\\", "behavior", "binding"]
        .iter()
        .any(|word| style.contains(word))
}
