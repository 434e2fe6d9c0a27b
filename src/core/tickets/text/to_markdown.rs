//! `body` of a comment in HTML: Markdown, as recorded in 2019 (images) and 2023 (bold text).

use crate::core::tickets::text::elements::{HtmlPiece, StartTag, attribute, is_inline, pieces};

/// How many line ends are written together.
const MOST_LINE_ENDS: usize = 2;
/// How deep lists are indented.
const DEEPEST: usize = 16;

/// Markdown of clean HTML. Blocks are apart, and every image keeps its address.
pub fn html_to_markdown(html: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len()), ..Writer::default() };
    for piece in pieces(html) {
        match piece {
            HtmlPiece::Start(name, tag) => writer.start(&name, &tag),
            HtmlPiece::End(name) => writer.end(&name),
            HtmlPiece::Text(text) => writer.text(&text),
        }
    }
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// White space before the next word.
    has_space: bool,
    line_ends: usize,
    /// The mark of a list item before its first word.
    item_mark: String,
    /// The marks of emphasis before the next word.
    marks: String,
    /// Open lists, with the number of the last item of those that count.
    lists: Vec<Option<usize>>,
    /// How many elements of these kinds are open.
    bold: usize,
    italic: usize,
    preformatted: usize,
    link: Option<OpenLink>,
}

struct OpenLink {
    href: String,
    /// Where its text begins. `None` is before its first word.
    start: Option<usize>,
}

impl Writer {
    fn start(&mut self, name: &str, tag: &StartTag) {
        match name {
            "br" => self.line_ends += 1,
            "hr" => {
                self.break_lines(2);
                self.word("* * *");
                self.break_lines(2);
            }
            "img" => {
                let alt = attribute(tag, "alt").unwrap_or_default();
                let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
                let source = attribute(tag, "src").unwrap_or_default();
                self.word(&format!("![{}]({})", escape(&alt), target(&source)));
            }
            "b" | "strong" => {
                self.bold += 1;
                if self.bold == 1 {
                    self.marks.push_str("**");
                }
            }
            "i" | "em" => {
                self.italic += 1;
                if self.italic == 1 {
                    self.marks.push('_');
                }
            }
            "a" => {
                if let (None, Some(href)) = (&self.link, attribute(tag, "href")) {
                    self.link = Some(OpenLink { href, start: None });
                }
            }
            "ul" | "dir" | "menu" => self.start_list(None),
            "ol" => self.start_list(Some(0)),
            "li" => {
                self.break_lines(1);
                let depth = self.lists.len().clamp(1, DEEPEST) - 1;
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{number}. ")
                    }
                    _ => "* ".to_owned(),
                };
                self.item_mark = "  ".repeat(depth) + &mark;
            }
            "td" | "th" => self.has_space = true,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.break_lines(2);
                let level = name[1..].parse().unwrap_or(1);
                self.item_mark = "#".repeat(level) + " ";
            }
            _ => {
                self.preformatted += usize::from(name == "pre");
                self.break_block(name);
            }
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "b" | "strong" => {
                self.bold = self.bold.saturating_sub(1);
                if self.bold == 0 {
                    self.end_emphasis("**");
                }
            }
            "i" | "em" => {
                self.italic = self.italic.saturating_sub(1);
                if self.italic == 0 {
                    self.end_emphasis("_");
                }
            }
            "a" => self.end_link(),
            "ul" | "ol" | "dir" | "menu" => {
                self.lists.pop();
                self.break_lines(if self.lists.is_empty() { 2 } else { 1 });
            }
            "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                // What is empty leaves no mark.
                self.item_mark.clear();
                self.break_lines(if name == "li" { 1 } else { 2 });
            }
            "td" | "th" => self.has_space = true,
            _ => {
                self.preformatted -= usize::from(name == "pre" && self.preformatted > 0);
                self.break_block(name);
            }
        }
    }

    fn text(&mut self, text: &str) {
        for (place, line) in text.split('\n').enumerate() {
            if self.preformatted > 0 {
                self.line_ends += usize::from(place > 0);
                if !line.trim().is_empty() {
                    self.word(line.trim_end());
                }
                self.has_space |= line.ends_with(char::is_whitespace);
                continue;
            }
            self.has_space |= place > 0 || line.starts_with(char::is_whitespace);
            let mut words = line.split_whitespace().peekable();
            while let Some(word) = words.next() {
                self.word(word);
                self.has_space = words.peek().is_some() || line.ends_with(char::is_whitespace);
            }
        }
    }

    /// Writes a word behind the white space and the marks that are due.
    fn word(&mut self, word: &str) {
        if !self.out.is_empty() {
            match self.line_ends.min(MOST_LINE_ENDS) {
                0 if self.has_space => self.out.push(' '),
                line_ends => self.out.extend(std::iter::repeat_n('\n', line_ends)),
            }
        }
        (self.line_ends, self.has_space) = (0, false);
        self.out.push_str(&std::mem::take(&mut self.item_mark));
        self.out.push_str(&std::mem::take(&mut self.marks));
        if let Some(link) = &mut self.link
            && link.start.is_none()
        {
            link.start = Some(self.out.len());
            self.out.push('[');
        }
        self.out.push_str(word);
    }

    fn end_emphasis(&mut self, mark: &str) {
        match self.marks.rfind(mark) {
            // Nothing was emphasised.
            Some(place) => self.marks.replace_range(place..place + mark.len(), ""),
            None => self.out.push_str(mark),
        }
    }

    fn end_link(&mut self) {
        let Some(OpenLink { href, start: Some(start) }) = self.link.take() else { return };
        if self.out[start + 1..] == *href {
            self.out.replace_range(start..=start, "");
        } else {
            self.out.push_str(&format!("]({})", target(&href)));
        }
    }

    fn start_list(&mut self, number: Option<usize>) {
        self.break_lines(if self.lists.is_empty() { 2 } else { 1 });
        self.lists.push(number);
    }

    fn break_block(&mut self, name: &str) {
        match name {
            "p" | "blockquote" | "table" | "pre" | "dl" => self.break_lines(2),
            name if is_inline(name) => {}
            _ => self.break_lines(1),
        }
    }

    fn break_lines(&mut self, least: usize) {
        self.line_ends = self.line_ends.max(least);
    }
}

/// A text whose characters have no meaning in Markdown. An underscore in a word has none.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '[' | ']' | '*' | '`') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// An address that Markdown reads to its end.
fn target(address: &str) -> String {
    let (mut open, mut is_paired) = (0_usize, true);
    for character in address.chars() {
        match (character, open) {
            ('(', _) => open += 1,
            (')', 0) => is_paired = false,
            (')', _) => open -= 1,
            _ => {}
        }
    }
    is_paired &= open == 0;
    let mut target = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            '<' => target.push_str("%3C"),
            '>' => target.push_str("%3E"),
            '\\' => target.push_str("%5C"),
            '(' if !is_paired => target.push_str("%28"),
            ')' if !is_paired => target.push_str("%29"),
            _ if character.is_whitespace() => target.push_str("%20"),
            _ => target.push(character),
        }
    }
    target
}
