//! What is known of the elements of HTML, and how their tokens are read.

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};

/// Elements that part no words. All others do, those that HTML does not have too.
const INLINE: [&str; 43] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "input", "ins", "kbd", "label", "mark", "meter", "nobr", "output",
    "picture", "progress", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "wbr",
];

/// Elements without content.
const VOID: [&str; 7] = ["br", "col", "hr", "img", "input", "source", "wbr"];

pub fn is_inline(name: &str) -> bool {
    INLINE.contains(&name) || name == "var"
}

pub fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

pub type StartTag = html5gum::StartTag<()>;

/// A piece of HTML. Comments and what is no HTML are left out.
pub enum HtmlPiece {
    Start(String, StartTag),
    End(String),
    Text(String),
}

/// Reads HTML piece by piece. The text of elements such as `script` is not read as HTML.
pub fn pieces(html: &str) -> impl Iterator<Item = HtmlPiece> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    // A text never fails to be read.
    let tokens = Tokenizer::new_with_emitter(html, emitter).filter_map(Result::ok);
    tokens.filter_map(|token| match token {
        Token::StartTag(tag) => Some(HtmlPiece::Start(text_of(&tag.name), tag)),
        Token::EndTag(tag) => Some(HtmlPiece::End(text_of(&tag.name))),
        Token::String(text) => Some(HtmlPiece::Text(text_of(&text).replace('\0', ""))),
        Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => None,
    })
}

/// An attribute of a tag.
pub fn attribute(tag: &StartTag, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| text_of(value))
}

pub fn text_of(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Whether a URL leads nowhere harmful. One without a scheme is relative.
pub fn is_safe_url(url: &str, is_image: bool) -> bool {
    const SCHEMES: [&str; 6] = ["http", "https", "mailto", "tel", "sms", "ftp"];
    // Browsers ignore white space and control characters in a scheme.
    let plain = |c: &char| !c.is_ascii_whitespace() && !c.is_ascii_control();
    let url: String = url.chars().filter(plain).take(32).collect::<String>().to_ascii_lowercase();
    let Some((scheme, rest)) = url.split_once(':') else { return true };
    scheme.contains(['/', '?', '#'])
        || SCHEMES.contains(&scheme)
        || is_image && (scheme == "cid" || scheme == "data" && rest.starts_with("image/"))
}

/// Adds the value of an attribute as HTML.
pub fn push_attribute(out: &mut String, value: &str) {
    for (place, part) in value.split('"').enumerate() {
        if place > 0 {
            out.push_str("&quot;");
        }
        push_escaped(out, part);
    }
}

/// Adds a text as HTML.
pub fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}
