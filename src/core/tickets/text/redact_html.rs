//! Redaction of a string in HTML.

use std::ops::Range;

use html5gum::HtmlString;

use crate::core::tickets::text::clean_html::clean_pieces;
use crate::core::tickets::text::elements::{HtmlPiece, StartTag, is_inline, pieces, text_of};

/// Attributes that this server adds.
const OWN: [&[u8]; 2] = [b"rel", b"dir"];

/// The attributes of a tag that a client wrote. This server adds the others.
fn values(tag: &StartTag) -> impl Iterator<Item = String> {
    let sent = tag.attributes.iter().filter(|(name, _)| is_sent(name));
    sent.map(|(_, value)| text_of(value))
}

fn is_sent(attribute: &HtmlString) -> bool {
    !OWN.contains(&attribute.as_slice())
}

/// Whether a piece of text or an attribute has a string.
pub fn has_in_one_piece(html: &str, secret: &str) -> bool {
    pieces(html).any(|piece| match piece {
        HtmlPiece::Text(text) => text.contains(secret),
        HtmlPiece::Start(_, tag) => values(&tag).any(|value| value.contains(secret)),
        HtmlPiece::End(_) => false,
    })
}

/// HTML with blocks for a string: in its attributes and in its text, across tags too.
pub fn redact_html(html: &str, secret: &str, block: &str) -> String {
    let blocks = block.repeat(secret.chars().count());
    let found = FoundCharacters::new(html, secret);
    let mut places = found.places.iter();
    let redacted = pieces(html).map(|piece| match piece {
        HtmlPiece::Text(text) => {
            let hide = |c| match places.next() {
                Some(&place) if found.has(place) => block.to_owned(),
                _ => String::from(c),
            };
            HtmlPiece::Text(text.chars().map(hide).collect())
        }
        HtmlPiece::Start(name, mut tag) => {
            let sent = tag.attributes.iter_mut().filter(|(name, _)| is_sent(name));
            for (_, value) in sent {
                value.value = HtmlString(text_of(value).replace(secret, &blocks).into_bytes());
            }
            HtmlPiece::Start(name, tag)
        }
        end @ HtmlPiece::End(_) => end,
    });
    clean_pieces(redacted, html.len())
}

/// The characters of a text in HTML that belong to a string. Any white space equals any other.
struct FoundCharacters {
    /// Where each character is in the text without repeated white space.
    places: Vec<usize>,
    /// Where the string is in that text.
    ranges: Vec<Range<usize>>,
}

impl FoundCharacters {
    fn new(html: &str, secret: &str) -> Self {
        let (mut text, mut places) = (String::with_capacity(html.len()), Vec::new());
        for piece in pieces(html) {
            match piece {
                HtmlPiece::Text(piece) => {
                    places.extend(piece.chars().map(|c| push_collapsed(&mut text, c)));
                }
                HtmlPiece::Start(name, _) | HtmlPiece::End(name) if !is_inline(&name) => {
                    push_collapsed(&mut text, ' ');
                }
                _ => {}
            }
        }
        let mut collapsed = String::with_capacity(secret.len());
        for c in secret.chars() {
            push_collapsed(&mut collapsed, c);
        }
        let ranges = text.match_indices(&collapsed).map(|(at, found)| at..at + found.len());
        Self { ranges: ranges.collect(), places }
    }

    fn has(&self, place: usize) -> bool {
        let next = self.ranges.partition_point(|range| range.end <= place);
        self.ranges.get(next).is_some_and(|range| range.contains(&place))
    }
}

/// Adds a character, but white space only once. Returns where it is.
fn push_collapsed(text: &mut String, c: char) -> usize {
    if c.is_whitespace() && text.ends_with(' ') {
        return text.len() - 1;
    }
    text.push(if c.is_whitespace() { ' ' } else { c });
    text.len() - text.chars().next_back().map_or(0, char::len_utf8)
}
