//! Bare URLs in Markdown, whose signs are no markup. As in GitHub's Markdown, a URL runs to white
//! space or `<`, without punctuation and brackets of the sentence at its end. It also ends at `>`
//! and `"`, which are in no URL.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Signs that are markup, and what stands for each while Markdown is read. Unicode never assigns
/// these characters.
const STAND_INS: [(char, char); 7] = [
    // HTML is text.
    ('<', LESS_THAN),
    ('*', '\u{fdd1}'),
    ('_', '\u{fdd2}'),
    ('`', '\u{fdd3}'),
    ('[', '\u{fdd4}'),
    ('\\', '\u{fdd5}'),
    (']', '\u{fdd6}'),
];
/// Stands for `<` also outside of URLs.
pub const LESS_THAN: char = '\u{fdd0}';

/// Puts stand-ins for the signs of bare URLs.
pub fn hide_signs(source: &mut String) {
    let mut urls = urls(source);
    urls.retain(|url| source[url.clone()].contains(|sign| stand_in(sign).is_some()));
    if urls.is_empty() {
        return;
    }
    let mut literals = literals(source).into_iter().peekable();
    let mut hidden = String::with_capacity(source.len() * 2);
    let (mut literal_end, mut done) = (0, 0);
    for mut url in urls {
        while let Some(literal) = literals.next_if(|literal| literal.range.start <= url.start) {
            literal_end = literal_end.max(literal.range.end);
        }
        if url.start < literal_end {
            continue;
        }
        // A link may follow without white space.
        while let Some(literal) = literals.next_if(|literal| literal.range.start < url.end) {
            if literal.is_link {
                url.end = literal.range.start;
            }
        }
        hidden.push_str(&source[done..url.start]);
        hidden.extend(source[url.clone()].chars().map(|sign| stand_in(sign).unwrap_or(sign)));
        done = url.end;
    }
    hidden.push_str(&source[done..]);
    *source = hidden;
}

/// The text with the signs in place of their stand-ins.
pub fn show_signs(text: &str) -> String {
    let sign =
        |c| STAND_INS.iter().find(|(_, stand_in)| *stand_in == c).map_or(c, |(sign, _)| *sign);
    text.chars().map(sign).collect()
}

fn stand_in(sign: char) -> Option<char> {
    STAND_INS.iter().find(|(own, _)| *own == sign).map(|(_, stand_in)| *stand_in)
}

/// Where a scheme of bare URLs begins that ends here.
pub fn scheme_start(text: &str, end: usize) -> Option<usize> {
    ["https", "http", "ftp"].iter().find_map(|scheme| {
        let start = end.checked_sub(scheme.len())?;
        text.get(start..end)?.eq_ignore_ascii_case(scheme).then_some(start)
    })
}

/// The URLs of a text, in order.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let mut urls: Vec<Range<usize>> = Vec::new();
    for (scheme_end, separator) in text.match_indices("://") {
        if urls.last().is_some_and(|last| scheme_end < last.end) {
            continue;
        }
        let Some(start) = scheme_start(text, scheme_end) else { continue };
        let has_host =
            text[scheme_end + separator.len()..].starts_with(|c: char| c.is_alphanumeric());
        if !has_host || is_longer_scheme(&text[..start]) {
            continue;
        }
        let rest = &text[start..];
        let is_end = |c: char| c.is_whitespace() || "<>\"\u{fdd0}".contains(c);
        let url = rest.split(is_end).next().unwrap_or(rest);
        urls.push(start..start + without_sentence(url).len());
    }
    urls
}

/// Whether a scheme begins earlier, as that of `git+https://`.
fn is_longer_scheme(before: &str) -> bool {
    let is_of_scheme = |c: &u8| c.is_ascii_alphanumeric() || b"+-.".contains(c);
    before.bytes().rev().take_while(is_of_scheme).any(|c| c.is_ascii_alphabetic())
}

/// A URL without what belongs to the sentence around it. Brackets in pairs are its own.
fn without_sentence(mut url: &str) -> &str {
    let count = |sign: char| url.matches(sign).count();
    let mut pairs = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (open, close, count(open), count(close)));
    while let Some(last) = url.chars().next_back() {
        let pair = pairs.iter_mut().find(|(open, close, ..)| last == *open || last == *close);
        match pair {
            // It opens nothing in the URL.
            Some((open, _, opened, _)) if last == *open => *opened -= 1,
            Some((_, close, opened, closed)) if last == *close && *closed > *opened => *closed -= 1,
            None if "?!.,:;*_~'\"`\\".contains(last) => {}
            _ => break,
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    url
}

/// A link, an image or code: a URL in it is not bare.
struct Literal {
    range: Range<usize>,
    is_link: bool,
}

/// In the order in which they begin.
fn literals(source: &str) -> Vec<Literal> {
    let events = Parser::new_ext(source, Options::empty()).into_offset_iter();
    let literals = events.filter_map(|(event, range)| {
        let is_link = match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => true,
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => false,
            _ => return None,
        };
        Some(Literal { range, is_link })
    });
    literals.collect()
}
