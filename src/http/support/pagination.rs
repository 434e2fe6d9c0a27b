//! What a query asks of a list: a page by offset, or by cursor if it has `page[size]`,
//! `page[after]` or `page[before]`.

use crate::core::paging::{Order, Window};
use crate::fidelity::KnownDifference;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::support::cursor::CursorKey;

/// The most items on a page, which is also the default, as documented.
pub const LARGEST: usize = 100;

/// How many parameters of a list are kept beside those of its page. Its links repeat them.
const MOST_OTHERS: usize = 100;

/// The last record that Zendesk lists by offset.
const DEEPEST: usize = 10_000;

/// What a list can be sorted by and can be asked to bring along.
#[derive(Debug)]
pub struct ListRules {
    /// How the list is sorted without `sort`, as its cursors name it. Without it there are none.
    pub order: Option<&'static str>,
    /// The values of `sort`. The first one sorts as the list is sorted without it.
    pub sorts: &'static [&'static str],
    /// The values of `sort_by`, which is for offsets.
    pub sort_bys: &'static [&'static str],
    /// Whether `sort_order`, which is for offsets, counts without `sort_by`.
    pub is_reversed_alone: bool,
    pub includes: &'static [&'static str],
}

/// Most lists by cursor are sorted by id, as recorded in 2023 for users and organizations.
pub const BY_ID: ListRules = ListRules {
    order: Some("id"),
    sorts: &["id"],
    sort_bys: &[],
    is_reversed_alone: false,
    includes: &[],
};

/// The lists that have no cursors, as documented for searches.
pub const NO_CURSORS: ListRules = ListRules { order: None, sorts: &[], ..BY_ID };

#[derive(Debug)]
pub struct Paging {
    order: Order,
    /// The value of `sort` or `sort_by` that counts, if any.
    sort: Option<&'static str>,
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
        Self::read_by(query, &BY_ID)
    }

    pub fn read_by(query: Option<&str>, rules: &'static ListRules) -> Result<Self, Problem> {
        let (mut page, mut per_page) = (None, None);
        let (mut size, mut after, mut before) = (None, None, None);
        let mut others = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "page" => page = read_number("page", &value)?,
                "per_page" => per_page = read_number("per_page", &value)?,
                "page[size]" => size = Some(read_number("page.size", &value)?),
                "page[after]" => after = Some(value),
                "page[before]" => before = Some(value),
                // Links repeat no secret.
                "access_token" => {}
                _ if others.len() < MOST_OTHERS => {
                    others.push((name.into_owned(), value.into_owned()));
                }
                _ => {}
            }
        }
        let is_by_cursor = size.is_some() || after.is_some() || before.is_some();
        // The text is quoted by clients that asked a search, and a ticket's metrics, for cursors.
        if is_by_cursor && rules.order.is_none() {
            let must = "must be an integer, as this list has no cursors: use page and per_page";
            return Err(Problem::PageNumber { parameter: "page", must });
        }
        // Documented as exclusive; the refusals are inferred.
        if is_by_cursor && page.is_some() {
            let must = "must be an integer or have size, after or before, and not both";
            return Err(Problem::PageNumber { parameter: "page", must });
        }
        if after.is_some() && before.is_some() {
            let must = "must not come with page[after]".into();
            return Err(Problem::Pagination { parameter: "page[before]", must });
        }
        let limit = |size: usize| if size == 0 { LARGEST } else { size.min(LARGEST) };
        let style = Style::Offset { page: page.unwrap_or(1).max(1), per_page: per_page.map(limit) };
        let mut paging = Self { order: Order::Ascending, sort: None, style, others, rules };
        paging.read_order(is_by_cursor)?;
        if is_by_cursor {
            let take = size.flatten().map_or(LARGEST, limit);
            let order = paging.cursor_order();
            let window = match before {
                Some(cursor) => {
                    let key = CursorKey::read("page[before]", &cursor, &order)?;
                    Window::Before { key, take }
                }
                None => {
                    let key = after.map(|cursor| CursorKey::read("page[after]", &cursor, &order));
                    Window::After { key: key.transpose()?, take }
                }
            };
            paging.style = Style::Cursor { window, size: take };
        }
        Ok(paging)
    }

    /// Reads what the list is sorted by: `sort`, or by offset `sort_by` and `sort_order` as well.
    /// They have no effect with cursors, as a user saw in 2024.
    fn read_order(&mut self, is_by_cursor: bool) -> Result<(), Problem> {
        if is_by_cursor {
            self.others.retain(|(name, _)| name != "sort_by" && name != "sort_order");
        }
        let rules = self.rules;
        let sort = self.other("sort").unwrap_or_default();
        let (field, mut descends) = match sort.strip_prefix('-') {
            Some(field) => (field, true),
            None => (sort, false),
        };
        let mut by = find(rules.sorts, field);
        if is_by_cursor && by.is_none() && !sort.is_empty() {
            return Err(wrong_sort(rules.sorts));
        }
        descends &= by.is_some();
        if let Some(field) = self.other("sort_by").and_then(|field| find(rules.sort_bys, field)) {
            by = Some(field);
            descends = false;
        }
        // Without sort_by it has no effect on tickets, as a user saw in 2022.
        if by.is_some() || rules.is_reversed_alone {
            let order = self.other("sort_order");
            descends |= order.is_some_and(|order| order.eq_ignore_ascii_case("desc"));
        }
        self.sort = by;
        self.order = if descends { Order::Descending } else { Order::Ascending };
        Ok(())
    }

    /// How the list is sorted, as its cursors name it: a minus reverses, as recorded in 2023.
    pub fn cursor_order(&self) -> String {
        let usual = self.rules.order.unwrap_or_default();
        let minus = if self.order == Order::Descending { "-" } else { "" };
        match self.sort {
            Some(field) if self.rules.sorts.first() != Some(&field) => {
                let last = usual.rsplit(',').next().unwrap_or(usual);
                format!("{minus}{field},{last}")
            }
            _ => format!("{minus}{usual}"),
        }
    }

    /// Records in what a list is known to differ from Zendesk's.
    pub fn record(&self, recorder: &Recorder) {
        let ignores = |by: &str| !self.rules.sort_bys.contains(&by);
        // Zendesk may know it by offset.
        let ignores_sort = |by: &str| !by.is_empty() && self.sort.is_none();
        if self.other("sort_by").is_some_and(ignores)
            || self.other("sort").is_some_and(ignores_sort)
        {
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
    pub fn sort(&self) -> Option<&'static str> {
        self.sort
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

/// The number in a parameter. An empty one is none, a negative one is 0.
///
/// A text is refused as clients quote it: `page` in 2021, `page[size]` in 2023.
pub fn read_number(parameter: &'static str, text: &str) -> Result<Option<usize>, Problem> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::PageNumber { parameter, must: "must be an integer" });
    }
    let number = if digits == text { text.parse().unwrap_or(usize::MAX) } else { 0 };
    Ok(Some(number))
}

/// The refusal of a `sort` that a list by cursor does not have.
pub fn wrong_sort(sorts: &[&str]) -> Problem {
    let must = if sorts.is_empty() {
        "must be left out: this list has one order".into()
    } else {
        format!("must be one of {}, or one of them behind -", sorts.join(", ")).into()
    };
    Problem::Pagination { parameter: "sort", must }
}

fn find(known: &[&'static str], field: &str) -> Option<&'static str> {
    known.iter().find(|known| **known == field).copied()
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

/// What a query asks a response to bring along that has no pages, and can bring these.
pub fn read_includes(query: Option<&str>, known: &[&str], recorder: &Recorder) -> Vec<String> {
    let query = query.unwrap_or_default();
    let included = query::value(query, "include").unwrap_or_default();
    let listed = query::value(query, INCLUDE_LIST).map(|_| INCLUDE_LIST);
    record_includes(split_includes(&included).chain(listed), known, recorder);
    split_includes(&included).map(ToOwned::to_owned).collect()
}

/// Whether a query asks for the only thing that a response can bring along.
pub fn asks_for(name: &str, query: Option<&str>, recorder: &Recorder) -> bool {
    read_includes(query, &[name], recorder).iter().any(|one| one == name)
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
