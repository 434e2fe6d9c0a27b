//! Filters of entries, and why a filter does not match an entry.

use std::fmt::{self, Write as _};

use crate::core::clock::Timestamp;
use crate::core::journal::entry::JournalEntry;
use crate::core::journal::event::{JournalEvent, ObjectRef};

/// The conditions that a request must meet. A missing condition is always met.
///
/// ```
/// use zendesk_mock::Filter;
///
/// let refused = Filter::new().method("POST").path("uploads").status_class(4);
/// # assert_ne!(refused, Filter::new());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The method, in any case.
    pub(crate) method: Option<String>,
    /// A part of path and query, as they were sent.
    pub(crate) path: Option<String>,
    /// The matched route, as in entries, such as `/api/v2/tickets/{id}`.
    pub(crate) route: Option<String>,
    /// The status of the response.
    pub(crate) status: Option<JournalStatus>,
    /// An object that was created, changed or read, as in entries, such as `ticket/1`.
    pub(crate) object: Option<String>,
    /// The first instant, on the account's clock.
    pub(crate) since: Option<Timestamp>,
    /// The instant after the last, on the account's clock.
    pub(crate) until: Option<Timestamp>,
    /// The number that the entry's number must exceed.
    pub(crate) after: u64,
}

/// A status, or a class of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalStatus {
    /// This status.
    Exactly(u16),
    /// All statuses that begin with this digit.
    Class(u16),
}

/// The conditions, each of which replaces an earlier one of its kind.
impl Filter {
    /// A filter that matches every request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The method is this one, in any case.
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: Some(method.into()), ..self }
    }

    /// Path and query contain this, as they were sent.
    #[must_use]
    pub fn path(self, part: impl Into<String>) -> Self {
        Self { path: Some(part.into()), ..self }
    }

    /// The matched route is this one, such as `/api/v2/tickets/{id}`.
    #[must_use]
    pub fn route(self, route: impl Into<String>) -> Self {
        Self { route: Some(route.into()), ..self }
    }

    /// The response has this status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(JournalStatus::Exactly(status)), ..self }
    }

    /// The status of the response begins with this digit.
    #[must_use]
    pub fn status_class(self, digit: u16) -> Self {
        Self { status: Some(JournalStatus::Class(digit)), ..self }
    }

    /// This object was created, changed or read, such as `ticket/1`.
    #[must_use]
    pub fn object(self, object: impl Into<String>) -> Self {
        Self { object: Some(object.into()), ..self }
    }

    /// The request came at this instant or later, on the account's clock.
    #[must_use]
    pub fn since(self, first: Timestamp) -> Self {
        Self { since: Some(first), ..self }
    }

    /// The request came before this instant, on the account's clock.
    #[must_use]
    pub fn until(self, end: Timestamp) -> Self {
        Self { until: Some(end), ..self }
    }

    /// The number of the request is larger than this one.
    #[must_use]
    pub fn after(self, number: u64) -> Self {
        Self { after: number, ..self }
    }

    /// Whether an entry meets all conditions.
    pub fn matches(&self, entry: &JournalEntry) -> bool {
        self.count_misses(entry) == 0
    }

    /// How many conditions an entry does not meet.
    pub fn count_misses(&self, entry: &JournalEntry) -> usize {
        let mut count = 0;
        self.visit_misses(entry, |_| count += 1);
        count
    }

    /// Why an entry does not match: one text for each condition that it does not meet.
    pub fn misses(&self, entry: &JournalEntry) -> Vec<String> {
        let mut misses = Vec::new();
        self.visit_misses(entry, |miss| misses.push(miss.to_string()));
        misses
    }

    /// Calls `miss` for each condition that an entry does not meet. No text is written before
    /// `miss` does so.
    fn visit_misses(&self, entry: &JournalEntry, mut miss: impl FnMut(fmt::Arguments<'_>)) {
        if entry.number <= self.after {
            miss(format_args!("number is {}, not above {}", entry.number, self.after));
        }
        if let Some(wanted) = &self.method
            && !entry.method.eq_ignore_ascii_case(wanted)
        {
            miss(format_args!("method is {}, not {wanted}", entry.method));
        }
        if let Some(wanted) = &self.path
            && !entry.target.contains(wanted.as_str())
        {
            miss(format_args!("path is {}, without {wanted}", entry.target));
        }
        if let Some(wanted) = self.route.as_deref()
            && entry.route.as_deref() != Some(wanted)
        {
            let route = entry.route.as_deref().unwrap_or("missing: no route answered");
            miss(format_args!("route is {route}, not {wanted}"));
        }
        if let Some(wanted) = self.status
            && !wanted.is(entry.status)
        {
            match entry.status {
                Some(status) => miss(format_args!("status is {status}, not {wanted}")),
                None => miss(format_args!("status is missing: it had no answer, not {wanted}")),
            }
        }
        let mut objects = entry.events.iter().flat_map(JournalEvent::objects);
        if let Some(wanted) = &self.object
            && !objects.any(|object| is_written(object, wanted))
        {
            let objects = fmt::from_fn(|f| {
                let objects: Vec<_> = entry.objects().iter().map(ToString::to_string).collect();
                f.write_str(&objects.join(", "))
            });
            miss(format_args!("objects are [{objects}], without {wanted}"));
        }
        if let Some(since) = self.since.filter(|since| entry.at < *since) {
            miss(format_args!("at is {}, before {since}", entry.at));
        }
        if let Some(until) = self.until.filter(|until| entry.at >= *until) {
            miss(format_args!("at is {}, not before {until}", entry.at));
        }
    }
}

/// Whether an object is written as this text. It is compared while it is written.
fn is_written(object: ObjectRef, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{object}").is_ok() && rest.0.is_empty()
}

/// The part of a text that is not written yet.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

impl JournalStatus {
    fn is(self, status: Option<u16>) -> bool {
        match (self, status) {
            (Self::Exactly(wanted), Some(status)) => wanted == status,
            (Self::Class(wanted), Some(status)) => wanted == status / 100,
            (_, None) => false,
        }
    }
}

impl fmt::Display for JournalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::journal::event::EventKind;
    use crate::core::journal::tests::entry;

    fn instant(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    proptest! {
        #[test]
        fn an_entry_that_does_not_match_misses_a_condition(
            at in 0..4_i64,
            since in prop::option::of(0..4_i64),
            until in prop::option::of(0..4_i64),
            route in prop::option::of("[ab]"),
            wanted in prop::option::of("[ab]"),
            status in prop::option::of(Just(404_u16)),
            class in prop::option::of(2..6_u16),
            after in 0..2_u64,
        ) {
            let mut entry = entry("/a");
            (entry.number, entry.at, entry.status) = (1, instant(at), status);
            entry.route = route.map(Into::into);
            let filter = Filter {
                route: wanted,
                status: class.map(JournalStatus::Class),
                since: since.map(instant),
                until: until.map(instant),
                after,
                ..Filter::default()
            };
            prop_assert_eq!(filter.matches(&entry), filter.misses(&entry).is_empty());
            prop_assert_eq!(filter.count_misses(&entry), filter.misses(&entry).len());
        }

        #[test]
        fn an_object_is_the_one_that_is_written_like_that(
            id in 0..30_u64,
            wanted in "ticket/[0-9]{0,2}|attachment/1|",
        ) {
            let mut entry = entry("/");
            let read = |object| JournalEvent::new(EventKind::Read, object);
            let events = [ObjectRef::Attachment(1), ObjectRef::Ticket(id)].map(read);
            (entry.number, entry.events) = (1, events.into());
            let filter = Filter { object: Some(wanted.clone()), ..Filter::default() };
            let objects = entry.objects();
            let written: Vec<_> = objects.iter().map(ToString::to_string).collect();
            prop_assert_eq!(filter.matches(&entry), written.contains(&wanted));
        }
    }
}
