//! `html_body` of a comment in Markdown, as documented. Paragraphs, line ends and bare URLs are as
//! recorded in 2020 and 2023. HTML in it is text.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset, html};

use crate::core::tickets::text::bare_urls::{
    LESS_THAN, hide_signs, scheme_start, show_signs, urls,
};
use crate::core::tickets::text::elements::{is_safe_url, push_attribute, push_escaped};

pub fn render_markdown(text: &str) -> String {
    let mut source = without_html(text);
    hide_signs(&mut source);
    let parser = Parser::new_ext(&source, Options::empty()).into_offset_iter();
    let mut renderer = Renderer { source: &source, ..Renderer::default() };
    let events = TextMergeWithOffset::new(parser);
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, events.flat_map(|(event, range)| renderer.event(event, range)));
    out.truncate(out.trim_end().len());
    out
}

fn without_html(text: &str) -> String {
    let mut source = String::with_capacity(text.len());
    for (place, c) in text.char_indices() {
        let rest = &text[place + c.len_utf8()..];
        let is_link = || ["http://", "https://"].iter().any(|scheme| rest.starts_with(scheme));
        source.push(if c == '<' && !is_link() { LESS_THAN } else { c });
    }
    source
}

#[derive(Default)]
struct Renderer<'a> {
    source: &'a str,
    /// The end of a line end in a paragraph, until its next line begins.
    line_end: Option<usize>,
    /// How many lists and quotes are open.
    containers: usize,
    /// How many links, images and blocks of code are open, in which a URL is no link.
    literals: usize,
    /// Whether each open link or image is kept.
    kept: Vec<bool>,
}

impl Renderer<'_> {
    fn event<'e>(&mut self, event: Event<'e>, range: Range<usize>) -> Vec<Event<'e>> {
        // The parser strips white space at the beginning of a line, which is recorded as kept.
        let line_end = self.line_end.take().filter(|_| self.containers == 0);
        let indent = line_end.and_then(|end| self.source.get(end..range.start));
        let indent = indent.filter(|text| text.chars().all(|c| c == ' ' || c == '\t'));
        let mut events: Vec<_> =
            indent.map(|text| Event::Text(text.to_owned().into())).into_iter().collect();
        match event {
            Event::Start(Tag::Paragraph) => events.push(Event::Html("<p dir=\"auto\">".into())),
            Event::End(TagEnd::Paragraph) => events.push(Event::Html("</p>\n\n".into())),
            Event::SoftBreak | Event::HardBreak => {
                self.line_end = Some(range.end);
                events.push(Event::Html("\n<br>".into()));
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.literals += 1;
                let url = show_signs(&dest_url);
                self.kept.push(is_safe_url(&url, false));
                if is_safe_url(&url, false) {
                    events.push(Event::Html(link_start(&url).into()));
                }
            }
            Event::End(TagEnd::Link) => {
                self.literals -= 1;
                if self.kept.pop() == Some(true) {
                    events.push(Event::Html("</a>".into()));
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                self.literals += 1;
                let dest_url = CowStr::from(show_signs(&dest_url));
                self.kept.push(is_safe_url(&dest_url, true));
                if is_safe_url(&dest_url, true) {
                    events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Image) => {
                self.literals -= 1;
                if self.kept.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Image));
                }
            }
            Event::Text(text) if self.literals == 0 => push_linked(&mut events, &text),
            Event::Text(text) => events.push(Event::Text(show_signs(&text).into())),
            Event::Code(text) => events.push(Event::Code(show_signs(&text).into())),
            event => {
                match &event {
                    Event::Start(Tag::List(_) | Tag::BlockQuote(_)) => self.containers += 1,
                    Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_)) => self.containers -= 1,
                    Event::Start(Tag::CodeBlock(_)) => self.literals += 1,
                    Event::End(TagEnd::CodeBlock) => self.literals -= 1,
                    _ => {}
                }
                events.push(event);
            }
        }
        events
    }
}

/// A text whose URLs are links.
fn push_linked(events: &mut Vec<Event<'_>>, text: &str) {
    let text = show_signs(text);
    let push_text = |events: &mut Vec<_>, text: &str| {
        if !text.is_empty() {
            events.push(Event::Text(text.to_owned().into()));
        }
    };
    for part in parts_with_a_url(&text) {
        let mut done = 0;
        for url in urls(part) {
            push_text(events, &part[done..url.start]);
            done = url.end;
            let mut link = link_start(&part[url.clone()]);
            push_escaped(&mut link, &part[url]);
            events.push(Event::Html((link + "</a>").into()));
        }
        push_text(events, &part[done..]);
    }
}

/// A text in parts, so that URLs without white space between them, as in
/// `http://a.test,http://b.test`, are apart.
fn parts_with_a_url(text: &str) -> impl Iterator<Item = &str> {
    let schemes = text.match_indices("://").map(|(end, _)| end);
    let places = schemes.flat_map(|end| [url_start(text, end), host_end(text, end + 3)]);
    let mut start = 0;
    let parts = places.flatten().chain([text.len()]);
    parts.map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

/// Where a URL with this end of its scheme begins, if it follows a sign that can part URLs.
fn url_start(text: &str, scheme_end: usize) -> Option<usize> {
    let start = scheme_start(text, scheme_end);
    start.filter(|start| text[..*start].ends_with([',', ';', '|', '(', ')', ']']))
}

/// Where the host of a URL ends, if a sign follows that is in no URL there.
fn host_end(text: &str, start: usize) -> Option<usize> {
    let is_end = |c: char| c.is_whitespace() || "/?#,;|".contains(c);
    let end = start + text[start..].find(is_end)?;
    text[end..].starts_with([',', ';', '|']).then_some(end)
}

fn link_start(url: &str) -> String {
    let mut start = "<a href=\"".to_owned();
    push_attribute(&mut start, url);
    start + "\" rel=\"noreferrer\">"
}
