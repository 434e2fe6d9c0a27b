//! Filters of entries, and why a filter does not match an entry.

use std::fmt::{self, Write as _};

use crate::core::clock::Timestamp;
use crate::core::journal::entry::JournalEntry;
use crate::core::journal::event::{JournalEvent, ObjectRef};

/// The conditions that an entry must meet. A missing condition is always met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalFilter {
    /// The method, in any case.
    pub method: Option<String>,
    /// A part of path and query, as they were sent.
    pub path: Option<String>,
    /// The matched route, as in entries, such as `/api/v2/tickets/{id}`.
    pub route: Option<String>,
    /// The status of the response.
    pub status: Option<JournalStatus>,
    /// An object that was created, changed or read, as in entries, such as `ticket/1`.
    pub object: Option<String>,
    /// The first instant, on the account's clock.
    pub since: Option<Timestamp>,
    /// The instant after the last, on the account's clock.
    pub until: Option<Timestamp>,
    /// The number that the entry's number must exceed.
    pub after: u64,
}

/// A status, or a class of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalStatus {
    /// This status.
    Exactly(u16),
    /// All statuses that begin with this digit.
    Class(u16),
}

impl JournalFilter {
    /// Whether an entry meets all conditions.
    pub fn matches(&self, entry: &JournalEntry) -> bool {
        self.has_number(entry)
            && self.has_method(entry)
            && self.has_path(entry)
            && self.has_route(entry)
            && self.has_status(entry)
            && self.has_object(entry)
            && self.is_late_enough(entry)
            && self.is_early_enough(entry)
    }

    /// How many conditions an entry does not meet. Nothing is copied for it.
    pub fn count_misses(&self, entry: &JournalEntry) -> usize {
        let holds = [
            self.has_number(entry),
            self.has_method(entry),
            self.has_path(entry),
            self.has_route(entry),
            self.has_status(entry),
            self.has_object(entry),
            self.is_late_enough(entry),
            self.is_early_enough(entry),
        ];
        holds.into_iter().filter(|holds| !holds).count()
    }

    /// Why an entry does not match: one text for each condition that it does not meet.
    pub fn misses(&self, entry: &JournalEntry) -> Vec<String> {
        let mut misses = Vec::new();
        if !self.has_number(entry) {
            misses.push(format!("number is {}, not above {}", entry.number, self.after));
        }
        if let Some(method) = self.method.as_ref().filter(|_| !self.has_method(entry)) {
            misses.push(format!("method is {}, not {method}", entry.method));
        }
        if let Some(path) = self.path.as_ref().filter(|_| !self.has_path(entry)) {
            misses.push(format!("path is {}, without {path}", entry.target));
        }
        if let Some(wanted) = self.route.as_ref().filter(|_| !self.has_route(entry)) {
            let was = entry.route.as_deref().unwrap_or("missing: no route answered");
            misses.push(format!("route is {was}, not {wanted}"));
        }
        if let Some(wanted) = self.status.filter(|_| !self.has_status(entry)) {
            let was =
                entry.status.map_or("missing: it had no answer".to_owned(), |was| was.to_string());
            misses.push(format!("status is {was}, not {wanted}"));
        }
        if let Some(object) = self.object.as_ref().filter(|_| !self.has_object(entry)) {
            let objects: Vec<_> = entry.objects().iter().map(ToString::to_string).collect();
            misses.push(format!("objects are [{}], without {object}", objects.join(", ")));
        }
        if let Some(since) = self.since.filter(|_| !self.is_late_enough(entry)) {
            misses.push(format!("at is {}, before {since}", entry.at));
        }
        if let Some(until) = self.until.filter(|_| !self.is_early_enough(entry)) {
            misses.push(format!("at is {}, not before {until}", entry.at));
        }
        misses
    }

    fn has_number(&self, entry: &JournalEntry) -> bool {
        entry.number > self.after
    }

    fn has_method(&self, entry: &JournalEntry) -> bool {
        self.method.as_ref().is_none_or(|method| entry.method.eq_ignore_ascii_case(method))
    }

    fn has_path(&self, entry: &JournalEntry) -> bool {
        self.path.as_ref().is_none_or(|path| entry.target.contains(path.as_str()))
    }

    fn has_route(&self, entry: &JournalEntry) -> bool {
        self.route.is_none() || self.route.as_deref() == entry.route.as_deref()
    }

    fn has_status(&self, entry: &JournalEntry) -> bool {
        self.status.is_none_or(|wanted| wanted.is(entry.status))
    }

    fn has_object(&self, entry: &JournalEntry) -> bool {
        let names = |text: &String| {
            entry.events.iter().flat_map(JournalEvent::objects).any(|it| is_written(it, text))
        };
        self.object.as_ref().is_none_or(names)
    }

    fn is_late_enough(&self, entry: &JournalEntry) -> bool {
        self.since.is_none_or(|since| since <= entry.at)
    }

    fn is_early_enough(&self, entry: &JournalEntry) -> bool {
        self.until.is_none_or(|until| entry.at < until)
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
            let filter = JournalFilter {
                route: wanted,
                status: class.map(JournalStatus::Class),
                since: since.map(instant),
                until: until.map(instant),
                after,
                ..JournalFilter::default()
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
            let filter = JournalFilter { object: Some(wanted.clone()), ..JournalFilter::default() };
            let objects = entry.objects();
            let written: Vec<_> = objects.iter().map(ToString::to_string).collect();
            prop_assert_eq!(filter.matches(&entry), written.contains(&wanted));
        }
    }

    #[test]
    fn the_first_instant_is_in_and_the_last_is_out() {
        let mut entry = entry("/");
        (entry.number, entry.at) = (1, instant(5));
        let between = |since, until| JournalFilter {
            since: Some(instant(since)),
            until: Some(instant(until)),
            ..JournalFilter::default()
        };
        assert!(between(5, 6).matches(&entry));
        assert_eq!(
            between(0, 5).misses(&entry),
            ["at is 1970-01-01T00:00:05Z, not before 1970-01-01T00:00:05Z"]
        );
        assert_eq!(
            between(6, 9).misses(&entry),
            ["at is 1970-01-01T00:00:05Z, before 1970-01-01T00:00:06Z"]
        );
    }
}
