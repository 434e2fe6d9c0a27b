//! The query parameters of lists.

use serde_json::{Value, json};

use crate::http::exchange::endpoint::{query, query_as};
use crate::http::support::id_list::MOST_ITEMS;
use crate::http::support::pagination::{LARGEST, ListRules};

/// The ids of the calls about many objects.
pub fn ids() -> Value {
    let pattern = format!("^[0-9]+(,[0-9]+){{0,{}}}$", MOST_ITEMS - 1);
    let schema = json!({"type": "string", "pattern": pattern});
    let mut ids = query_as("ids", "Ids, with commas between, at most 100", &schema);
    ids["example"] = "1".into();
    ids
}

/// `page` and `per_page`.
pub fn by_offset() -> Vec<Value> {
    let page = json!({"type": "integer", "minimum": 1});
    let size = json!({"type": "integer", "minimum": 1, "maximum": LARGEST});
    vec![
        query_as("page", "The number of a page, by offset", &page),
        query_as("per_page", "How many items a page has, by offset", &size),
    ]
}

/// The order of results: `asc` or `desc`.
pub fn sort_order() -> Value {
    query_as("sort_order", "The order of a list by offset", &json!({"enum": ["asc", "desc"]}))
}

impl ListRules {
    /// The parameters of a list with these rules.
    pub fn parameters(&self) -> Vec<Value> {
        let size = json!({"type": "integer", "minimum": 1, "maximum": LARGEST});
        let mut all = by_offset();
        if self.order.is_some() {
            all.extend([
                query_as("page[size]", "How many items a page has, by cursor", &size),
                query("page[after]", "The cursor before the page"),
                query("page[before]", "The cursor behind the page"),
            ]);
        }
        if !self.sorts.is_empty() {
            let signs = self.sorts.iter().flat_map(|sort| [(*sort).to_owned(), format!("-{sort}")]);
            let words = json!({"enum": signs.collect::<Vec<_>>()});
            let about = "What a list by cursor is sorted by; - reverses it";
            all.push(query_as("sort", about, &words));
        }
        if !self.sort_bys.is_empty() {
            let words = json!({"enum": self.sort_bys});
            all.push(query_as("sort_by", "What a list by offset is sorted by", &words));
            all.push(sort_order());
        }
        if !self.includes.is_empty() {
            let about = format!("What to bring along, with commas: {}", self.includes.join(", "));
            all.push(query("include", &about));
        }
        all
    }
}
