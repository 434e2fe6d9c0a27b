//! An entry of the journal.

use std::borrow::Cow;

use crate::core::clock::Timestamp;
use crate::core::journal::body::JournalBody;
use crate::core::journal::event::{JournalEvent, ObjectRef};

/// Memory of an entry apart from its texts and events, in bytes, about.
const FIXED: usize = 768;

/// One request and its outcome.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number, from 1 on, in the order in which requests end.
    pub number: u64,
    /// When it was received, on the account's clock.
    pub at: Timestamp,
    /// Its method.
    pub method: Cow<'static, str>,
    /// Its path and query as they were sent, without secrets.
    pub target: String,
    /// The matched route, if there is one.
    pub route: Option<Cow<'static, str>>,
    /// The caller: a Basic user without its password, or `bearer`.
    pub caller: Option<String>,
    /// The `User-Agent` of the client.
    pub client: Option<String>,
    /// Its headers without secrets, one `name: value` a line.
    pub headers: Box<str>,
    /// The status of the response. A request that was cut has none.
    pub status: Option<u16>,
    /// Why it was refused, if it was.
    pub reason: Option<String>,
    /// What the client probably did not mean, although the request was served.
    pub hint: Option<String>,
    /// Whether it triggered a fault.
    pub triggered: bool,
    /// Bytes of its body.
    pub received: u64,
    /// Bytes of the response's body.
    pub sent: u64,
    /// Microseconds of real time until the response was ready.
    pub micros: u64,
    /// What it did.
    pub events: Vec<JournalEvent>,
    /// Its body.
    pub body: JournalBody,
    /// The file in its body: the whole body, or a part of a form.
    pub file: JournalBody,
}

impl JournalEntry {
    /// The objects that the request created, changed or read, each once.
    pub fn objects(&self) -> Vec<ObjectRef> {
        let mut objects = Vec::new();
        for object in self.events.iter().flat_map(JournalEvent::objects) {
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
        objects
    }

    /// The memory that it takes, in bytes, about.
    pub(super) fn weight(&self) -> u64 {
        let option = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let texts = self.method.len()
            + self.target.len()
            + self.route.as_ref().map_or(0, |route| route.len())
            + option(&self.caller)
            + option(&self.client)
            + self.headers.len()
            + option(&self.reason)
            + option(&self.hint);
        let events = self.events.capacity() * size_of::<JournalEvent>();
        (FIXED + texts + events) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_charged_for_what_it_takes() {
        assert!(2 * size_of::<JournalEntry>() <= FIXED, "{}", size_of::<JournalEntry>());
    }
}
