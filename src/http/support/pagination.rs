//! What a query asks of a list: a page by offset, or by cursor if it has `page[size]`,
//! `page[after]` or `page[before]`.

use crate::core::paging::{Order, Window};
use crate::fidelity::KnownDifference;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::support::cursor::id_in;

/// The most items on a page, which is also the default, as documented.
const LARGEST: usize = 100;

/// The last record that Zendesk lists by offset.
const DEEPEST: usize = 10_000;

#[derive(Debug)]
pub struct Paging {
    order: Order,
    pub style: Style,
    /// The rest of the query, which links repeat.
    pub others: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy)]
pub enum Style {
    Offset { page: usize, per_page: Option<usize> },
    Cursor { window: Window, size: usize },
}

impl Paging {
    pub fn read(query: Option<&str>) -> Result<Self, Problem> {
        let (mut page, mut per_page) = (None, None);
        let (mut size, mut after, mut before) = (None, None, None);
        let mut order = Order::Ascending;
        let mut others = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            // A text that is no number is ignored.
            let number = value.parse::<usize>().ok().filter(|&number| number > 0);
            match &*name {
                "page" => page = number,
                "per_page" => per_page = number.map(|number| number.min(LARGEST)),
                "page[size]" => size = Some(number.unwrap_or(LARGEST).min(LARGEST)),
                // An empty cursor is the beginning.
                "page[after]" | "page[before]" if value.is_empty() => size = size.or(Some(LARGEST)),
                // Links repeat no secret.
                "access_token" => {}
                "page[after]" => after = Some(id_in("page[after]", &value)?),
                "page[before]" => before = Some(id_in("page[before]", &value)?),
                other => {
                    let descends = other == "sort_order" && value.eq_ignore_ascii_case("desc")
                        || other == "sort" && value.starts_with('-');
                    if descends {
                        order = Order::Descending;
                    }
                    others.push((name.into_owned(), value.into_owned()));
                }
            }
        }
        let take = size.unwrap_or(LARGEST);
        let style = match (size, after, before) {
            (None, None, None) => Style::Offset { page: page.unwrap_or(1), per_page },
            (_, None, Some(id)) => {
                Style::Cursor { window: Window::Before { id, take }, size: take }
            }
            (_, id, _) => Style::Cursor { window: Window::After { id, take }, size: take },
        };
        Ok(Self { order, style, others })
    }

    /// Records in what a list is known to differ from Zendesk's.
    pub fn record(&self, recorder: &Recorder) {
        if self.other("sort_by").or(self.other("include")).is_some() {
            recorder.record_difference(KnownDifference::SortAndInclude);
        }
        if let Style::Offset { page, per_page } = self.style
            && page.saturating_mul(per_page.unwrap_or(LARGEST)) > DEEPEST
        {
            recorder.record_difference(KnownDifference::EndlessOffset);
        }
    }

    pub fn order(&self) -> Order {
        self.order
    }

    pub fn window(&self) -> Window {
        match self.style {
            Style::Cursor { window, .. } => window,
            Style::Offset { page, per_page } => {
                let take = per_page.unwrap_or(LARGEST);
                Window::Offset { skip: (page - 1).saturating_mul(take), take }
            }
        }
    }

    /// The value of one of the other parameters.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.others.iter().rev().find(|(other, _)| other == name).map(|(_, value)| &**value)
    }
}
