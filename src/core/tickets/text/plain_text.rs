//! `plain_body`, as recorded in 2019 and 2023: a tag of a block is a space, `<br>` a line end, an
//! image nothing, and a no-break space stays an entity.

use crate::core::tickets::text::elements::{HtmlPiece, is_inline, pieces};

/// The plain text of clean HTML.
pub fn plain_text(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            HtmlPiece::Text(text) => plain.push_str(&text.replace('\u{a0}', "&nbsp;")),
            HtmlPiece::Start(name, _) | HtmlPiece::End(name) => match &*name {
                "br" => plain.push('\n'),
                name if is_inline(name) => {}
                _ => plain.push(' '),
            },
        }
    }
    plain.trim().to_owned()
}
