//! Lists a page at a time: by offset unless `page[size]`, `page[after]` or `page[before]` asks for
//! cursors. Both shapes are recorded, the links of the last page included.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer as Query;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::core::clock::Timestamp;
use crate::core::paging::{Order, Page, Window};
use crate::fidelity::Differs;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::urls::Urls;

/// The most items on a page, and how many there are unless fewer are asked for, as documented.
const LARGEST: usize = 100;

/// The last record that Zendesk lists by offset.
const DEEPEST: usize = 10_000;

/// What a query asks of a list.
#[derive(Debug)]
pub struct Paging {
    order: Order,
    style: Style,
    /// The rest of the query, which links repeat.
    others: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Offset { page: usize, per_page: Option<usize> },
    Cursor { window: Window, size: usize },
}

impl Paging {
    /// Reads a query.
    pub fn read(query: Option<&str>) -> Result<Self, Problem> {
        let (mut page, mut per_page) = (None, None);
        let (mut size, mut after, mut before) = (None, None, None);
        let mut order = Order::Ascending;
        let mut others = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            // What is no number is as good as not asked for.
            let number = value.parse::<usize>().ok().filter(|&number| number > 0);
            match &*name {
                "page" => page = number,
                "per_page" => per_page = number.map(|number| number.min(LARGEST)),
                "page[size]" => size = Some(number.unwrap_or(LARGEST).min(LARGEST)),
                // Nothing in the place of a cursor is the beginning.
                "page[after]" | "page[before]" if value.is_empty() => size = size.or(Some(LARGEST)),
                // A secret is not repeated where it may be kept.
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
            recorder.differs(Differs::ListsUnsorted);
        }
        if let Style::Offset { page, per_page } = self.style
            && page.saturating_mul(per_page.unwrap_or(LARGEST)) > DEEPEST
        {
            recorder.differs(Differs::EndlessOffset);
        }
    }

    /// The order of the list.
    pub fn order(&self) -> Order {
        self.order
    }

    /// The part of the list.
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

    /// A page as it is sent: `items` under their `name`, then where they lie in the list at `path`.
    pub fn listing<'a, T, J>(
        &'a self,
        name: &'static str,
        page: &Page<T>,
        place: impl Fn(&T) -> Place,
        items: Vec<J>,
        path: &'a str,
        urls: &'a Urls,
    ) -> Listing<'a, J> {
        let cursor = |item: Option<&T>| item.map(|item| place(item).cursor());
        Listing {
            name,
            items,
            total: page.total,
            has_more: page.has_more,
            first: cursor(page.items.first()),
            last: cursor(page.items.last()),
            link: Link { paging: self, path, urls },
        }
    }
}

/// Where an item stands in its list.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// By its small number, as tickets do.
    Number(u64),
    /// By its id, as users do.
    Id(u64),
    /// By its time and its id, as comments do.
    Time(Timestamp, u64),
}

#[derive(Debug, Serialize, Deserialize)]
struct Cursor<'a> {
    o: &'a str,
    v: &'a str,
}

impl Place {
    /// The recorded form of a cursor: what the list is sorted by, and the packed values of the item.
    fn cursor(self) -> String {
        let mut packed = Vec::new();
        let (o, id) = match self {
            Self::Number(id) => ("nice_id", id),
            Self::Id(id) => ("id", id),
            Self::Time(at, id) => {
                packed.push(b'd');
                packed.extend(at.as_second().to_le_bytes());
                ("created_at,id", id)
            }
        };
        packed.push(b'i');
        packed.extend(id.to_le_bytes());
        let v = STANDARD.encode(packed);
        // Nothing in it can fail to be JSON.
        STANDARD.encode(serde_json::to_string(&Cursor { o, v: &v }).unwrap_or_default())
    }
}

/// The id at the end of a cursor, which is all that we need of it.
fn id_in(attribute: &'static str, cursor: &str) -> Result<u64, Problem> {
    let id = || {
        let json = STANDARD.decode(cursor).ok()?;
        let Cursor { v, .. } = serde_json::from_slice(&json).ok()?;
        let packed = STANDARD.decode(v).ok()?;
        let (_, id) = packed.split_last_chunk::<8>()?;
        Some(u64::from_le_bytes(*id))
    };
    let must = "must be a cursor that an earlier page gave";
    id().ok_or(Problem::WrongType { attribute: attribute.to_owned(), must })
}

/// A page as it is sent.
#[derive(Debug)]
pub struct Listing<'a, J> {
    name: &'static str,
    items: Vec<J>,
    total: usize,
    has_more: bool,
    first: Option<String>,
    last: Option<String>,
    link: Link<'a>,
}

#[derive(Debug)]
struct Link<'a> {
    paging: &'a Paging,
    path: &'a str,
    urls: &'a Urls,
}

impl Link<'_> {
    /// The list with these parameters and the client's others, sorted by name, as recorded.
    fn to(&self, mut parameters: Vec<(String, String)>) -> String {
        parameters.extend(self.paging.others.iter().cloned());
        parameters.sort();
        let query = Query::new(String::new()).extend_pairs(parameters).finish();
        self.urls.list(self.path, &query)
    }

    fn page(&self, number: usize, per_page: Option<usize>) -> String {
        let per_page = per_page.map(|per_page| ("per_page".to_owned(), per_page.to_string()));
        let page = ("page".to_owned(), number.to_string());
        self.to(std::iter::once(page).chain(per_page).collect())
    }

    fn cursor(&self, direction: &str, cursor: &str, size: usize) -> String {
        let cursor = (format!("page[{direction}]"), cursor.to_owned());
        self.to(vec![cursor, ("page[size]".to_owned(), size.to_string())])
    }
}

#[derive(Serialize)]
struct Meta<'a> {
    has_more: bool,
    after_cursor: Option<&'a str>,
    before_cursor: Option<&'a str>,
}

#[derive(Serialize)]
struct Links {
    prev: Option<String>,
    next: Option<String>,
}

impl<J: Serialize> Serialize for Listing<'_, J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        match self.link.paging.style {
            Style::Offset { page, per_page } => {
                let next = self.has_more.then(|| self.link.page(page + 1, per_page));
                let previous = (page > 1).then(|| self.link.page(page - 1, per_page));
                map.serialize_entry("next_page", &next)?;
                map.serialize_entry("previous_page", &previous)?;
                map.serialize_entry("count", &self.total)?;
            }
            // The last page has a next one too, which is empty and has none: recorded on 49 of 62.
            Style::Cursor { size, .. } => {
                let (first, last) = (self.first.as_deref(), self.last.as_deref());
                let meta =
                    Meta { has_more: self.has_more, after_cursor: last, before_cursor: first };
                let links = Links {
                    prev: first.map(|first| self.link.cursor("before", first, size)),
                    next: last.map(|last| self.link.cursor("after", last, size)),
                };
                map.serialize_entry("meta", &meta)?;
                map.serialize_entry("links", &links)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_the_recorded_ones() {
        let at: Timestamp = "2024-09-06T18:52:11Z".parse().expect("an instant");
        assert_eq!(
            Place::Time(at, 33_144_692_244_499).cursor(),
            "eyJvIjoiY3JlYXRlZF9hdCxpZCIsInYiOiJaRnRQMjJZQUFBQUFhUk9BbXhrbEhnQUEifQ=="
        );
        assert_eq!(Place::Number(1).cursor(), "eyJvIjoibmljZV9pZCIsInYiOiJhUUVBQUFBQUFBQUEifQ==");
    }

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        assert_eq!(id_in("page[after]", &Place::Number(7).cursor()).ok(), Some(7));
        for nonsense in ["", "x", "bm8=", "eyJvIjoiIiwidiI6IiJ9"] {
            assert!(id_in("page[after]", nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn pages_are_bounded_whatever_is_asked() {
        let window = |query| Paging::read(Some(query)).expect("a query").window();
        assert_eq!(window(""), Window::Offset { skip: 0, take: 100 });
        assert_eq!(window("page=3&per_page=2"), Window::Offset { skip: 4, take: 2 });
        assert_eq!(window("page=0&per_page=999"), Window::Offset { skip: 0, take: 100 });
        assert_eq!(window("page=-1&per_page=x"), Window::Offset { skip: 0, take: 100 });
        assert_eq!(window("page%5Bsize%5D=999"), Window::After { id: None, take: 100 });
        let last = format!("page={}", usize::MAX);
        assert!(matches!(window(&last), Window::Offset { skip: usize::MAX, .. }));
    }
}
