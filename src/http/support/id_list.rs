//! The parameter `ids` of calls that are about many objects.

use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;

/// The most items of a bulk call, as recorded in 2023.
pub const MOST_ITEMS: usize = 100;

/// The ids in `ids`, separated by commas, as texts.
pub fn read_texts(query: Option<&str>) -> Result<Vec<String>, Problem> {
    let ids = query::value(query.unwrap_or_default(), "ids").unwrap_or_default();
    let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
    let ids: Vec<_> = ids.map(ToOwned::to_owned).collect();
    if ids.is_empty() {
        return Err(wrong("must be a list of ids, separated by commas"));
    }
    ensure_few(ids.len())?;
    Ok(ids)
}

/// The numbers in `ids`.
pub fn read(query: Option<&str>) -> Result<Vec<u64>, Problem> {
    let ids = read_texts(query)?;
    let number = |id: &String| id.parse().map_err(|_| wrong("must be a list of integers"));
    ids.iter().map(number).collect()
}

/// The ids in `external_ids`, if that is given.
pub fn read_external(query: Option<&str>) -> Result<Option<Vec<String>>, Problem> {
    let Some(ids) = query::value(query.unwrap_or_default(), "external_ids") else {
        return Ok(None);
    };
    let ids: Vec<_> = ids.split(',').filter(|id| !id.is_empty()).map(ToOwned::to_owned).collect();
    ensure_few(ids.len())?;
    Ok(Some(ids))
}

pub fn ensure_few(items: usize) -> Result<(), Problem> {
    if items > MOST_ITEMS { Err(Problem::TooManyValues { max: MOST_ITEMS }) } else { Ok(()) }
}

fn wrong(must: &'static str) -> Problem {
    Problem::WrongType { attribute: "ids".to_owned(), must }
}
