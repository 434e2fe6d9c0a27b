//! What a query asks of a list: a page by offset, or by cursor if it has `page[size]`,
//! `page[after]` or `page[before]`.

use crate::core::paging::{Order, Window};
use crate::fidelity::KnownDifference;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::support::cursor::{CursorKey, key_in};

/// The most items on a page, which is also the default, as documented.
pub const LARGEST: usize = 100;

/// The last record that Zendesk lists by offset.
const DEEPEST: usize = 10_000;

/// What a list can be sorted by and can be asked to bring along.
#[derive(Debug)]
pub struct ListRules {
    /// The values of `sort`, which is for cursors. Without them any is ignored.
    pub sorts: &'static [&'static str],
    /// Whether a list by cursor drops `sort_by` and `sort_order`, as seen on tickets in 2026.
    pub drops_sort_by: bool,
    /// The values of `sort_by`, which is for offsets.
    pub sort_bys: &'static [&'static str],
    pub includes: &'static [&'static str],
}

pub const NO_RULES: ListRules =
    ListRules { sorts: &[], drops_sort_by: false, sort_bys: &[], includes: &[] };

#[derive(Debug)]
pub struct Paging {
    order: Order,
    /// The value of `sort` or `sort_by` that counts, if any.
    sort: Option<String>,
    pub style: Style,
    /// The rest of the query, which links repeat.
    pub others: Vec<(String, String)>,
    rules: &'static ListRules,
}

#[derive(Debug, Clone, Copy)]
pub enum Style {
    Offset { page: usize, per_page: Option<usize> },
    Cursor { window: Window<CursorKey>, size: usize },
}

impl Paging {
    pub fn read(query: Option<&str>) -> Result<Self, Problem> {
        Self::read_by(query, &NO_RULES)
    }

    pub fn read_by(query: Option<&str>, rules: &'static ListRules) -> Result<Self, Problem> {
        let (mut page, mut per_page) = (None, None);
        let (mut size, mut after, mut before) = (None, None, None);
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
                "page[after]" => after = Some(key_in("page[after]", &value)?),
                "page[before]" => before = Some(key_in("page[before]", &value)?),
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        let take = size.unwrap_or(LARGEST);
        let style = match (size, after, before) {
            (None, None, None) => Style::Offset { page: page.unwrap_or(1), per_page },
            (_, None, Some(key)) => {
                Style::Cursor { window: Window::Before { key, take }, size: take }
            }
            (_, key, _) => Style::Cursor { window: Window::After { key, take }, size: take },
        };
        let mut paging = Self { order: Order::Ascending, sort: None, style, others, rules };
        paging.read_order()?;
        Ok(paging)
    }

    /// Reads what the list is sorted by: `sort`, or by offset `sort_by` and `sort_order` as well.
    fn read_order(&mut self) -> Result<(), Problem> {
        let is_cursor = matches!(self.style, Style::Cursor { .. });
        if is_cursor && self.rules.drops_sort_by {
            self.others.retain(|(name, _)| name != "sort_by" && name != "sort_order");
        }
        let sort = self.other("sort").unwrap_or_default();
        let (field, mut descends) = match sort.strip_prefix('-') {
            Some(field) => (field, true),
            None => (sort, false),
        };
        let sorts = self.rules.sorts;
        let is_known = sorts.contains(&field);
        if is_cursor && !is_known && !sorts.is_empty() && !sort.is_empty() {
            let must = "must be one of the fields that the list can be sorted by";
            return Err(Problem::Pagination { parameter: "sort", must });
        }
        let mut by = Some(field).filter(|_| is_known);
        if let Some(field) = self.other("sort_by").filter(|by| self.rules.sort_bys.contains(by)) {
            by = Some(field);
            descends = false;
        }
        descends |= self.other("sort_order").is_some_and(|word| word.eq_ignore_ascii_case("desc"));
        self.sort = by.map(ToOwned::to_owned);
        self.order = if descends { Order::Descending } else { Order::Ascending };
        Ok(())
    }

    /// Records in what a list is known to differ from Zendesk's.
    pub fn record(&self, recorder: &Recorder) {
        let ignores = |by: &str| !self.rules.sort_bys.contains(&by);
        if self.other("sort_by").is_some_and(ignores) {
            recorder.record_difference(KnownDifference::SortAndInclude);
        }
        let listed = self.other(INCLUDE_LIST).map(|_| INCLUDE_LIST);
        record_includes(self.includes().chain(listed), self.rules.includes, recorder);
        if let Style::Offset { page, per_page } = self.style
            && page.saturating_mul(per_page.unwrap_or(LARGEST)) > DEEPEST
        {
            recorder.record_difference(KnownDifference::EndlessOffset);
        }
    }

    pub fn order(&self) -> Order {
        self.order
    }

    /// The field that the list is sorted by, if the query names one that counts.
    pub fn sort(&self) -> Option<&str> {
        self.sort.as_deref()
    }

    /// Whether a list has what the parameter `include` names.
    pub fn includes_any(&self, name: &str) -> bool {
        self.includes().any(|included| included == name)
    }

    fn includes(&self) -> impl Iterator<Item = &str> {
        split_includes(self.other("include").unwrap_or_default())
    }

    pub fn is_by_offset(&self) -> bool {
        matches!(self.style, Style::Offset { .. })
    }

    pub fn window(&self) -> Window {
        self.window_by_key().map(|key| key.id)
    }

    /// The window of a list that is sorted by other things than ids.
    pub fn window_by_key(&self) -> Window<CursorKey> {
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

/// The parameter of clients that send a list, which brings nothing along.
const INCLUDE_LIST: &str = "include[]";

/// Whether a query asks for something to be brought along.
pub fn asks_for_includes(query: Option<&str>) -> bool {
    let query = query.filter(|query| query.contains("include")).unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    parameters.any(|(name, value)| {
        (name == "include" || name == INCLUDE_LIST) && split_includes(&value).next().is_some()
    })
}

/// Whether a query asks for the only thing that a response can bring along.
pub fn asks_for(name: &str, query: Option<&str>, recorder: &Recorder) -> bool {
    let query = query.unwrap_or_default();
    let included = query::value(query, "include").unwrap_or_default();
    let listed = query::value(query, INCLUDE_LIST).map(|_| INCLUDE_LIST);
    record_includes(split_includes(&included).chain(listed), &[name], recorder);
    split_includes(&included).any(|one| one == name)
}

/// The names in a parameter `include`.
pub fn split_includes(include: &str) -> impl Iterator<Item = &str> {
    include.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// Records that something is asked for that a response does not bring along.
pub fn record_includes<'a>(
    mut names: impl Iterator<Item = &'a str>,
    known: &[&str],
    recorder: &Recorder,
) {
    recorder.mark_includes_read();
    if names.any(|name| !known.contains(&name)) {
        recorder.record_difference(KnownDifference::SortAndInclude);
    }
}
