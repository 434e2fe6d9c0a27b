//! What was asked of an account and what became of it: numbered, and bounded in count and in bytes.

mod body;
mod filter;
mod near;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use ulid::Ulid;

pub use self::body::{Body, LARGEST, NotKept, sha256};
pub use self::filter::{Filter, Status};
pub use self::near::{NearMiss, nearest, newest};
use crate::core::blobs::{Blob, Budget, Charge, Exhausted};
use crate::core::clock::Timestamp;
use crate::core::ids::{ImageName, Token};

/// How many entries one account keeps. Older ones make room.
pub const MOST: usize = 1_000;
/// What all journals together may take, in bytes, apart from the memory for files.
pub const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// What the bodies of one account may take of that, in bytes.
pub const MOST_BODIES: u64 = 4 * 1024 * 1024;
/// What an entry takes besides its texts, in bytes, about.
const FIXED: usize = 768;
/// What a body takes besides its bytes, in bytes, about.
const BODY: u64 = 256;

/// One request, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 1 on, in the order in which requests ended.
    pub number: u64,
    /// When it came in, on the account's clock.
    pub at: Timestamp,
    /// Its method.
    pub method: Cow<'static, str>,
    /// Its path and query as they were sent, without secrets.
    pub target: String,
    /// The route that answered, if one did.
    pub route: Option<Cow<'static, str>>,
    /// Who called: a Basic user without its password, or `bearer`.
    pub caller: Option<String>,
    /// The program that called, as it calls itself.
    pub client: Option<String>,
    /// The status of the answer. A request that was cut has none.
    pub status: Option<u16>,
    /// Why it was refused, if it was.
    pub why: Option<String>,
    /// Whether a fault triggered it.
    pub triggered: bool,
    /// Bytes of its body.
    pub received: u64,
    /// Bytes of the answer's body.
    pub sent: u64,
    /// How long it took until the answer was ready, in microseconds of real time.
    pub micros: u64,
    /// What it made, changed or read.
    pub objects: Vec<ObjectRef>,
    /// What it brought.
    pub body: Body,
    /// The file in it, which is all of it or the part of a form.
    pub file: Body,
}

/// What a request was about. It is written as `ticket/1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectRef {
    /// An upload, by its token.
    Upload(Token),
    /// An attachment, by its id.
    Attachment(u64),
    /// A ticket or request, by its id.
    Ticket(u64),
    /// A place for an image, by its token.
    ImageToken(Ulid),
    /// A published image, by the name of its file.
    Image(ImageName, &'static str),
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(token) => write!(f, "upload/{token}"),
            Self::Attachment(id) => write!(f, "attachment/{id}"),
            Self::Ticket(id) => write!(f, "ticket/{id}"),
            Self::ImageToken(token) => write!(f, "image-token/{token}"),
            Self::Image(name, extension) => write!(f, "image/{name}.{extension}"),
        }
    }
}

impl Entry {
    fn weight(&self) -> u64 {
        let option = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let objects = self.objects.capacity() * size_of::<ObjectRef>();
        let texts = self.method.len()
            + self.target.len()
            + self.route.as_ref().map_or(0, |route| route.len())
            + option(&self.caller)
            + option(&self.client)
            + option(&self.why)
            + objects;
        (FIXED + texts) as u64
    }
}

#[derive(Debug)]
struct Kept {
    entry: Arc<Entry>,
    _charge: Charge,
}

/// An entry that made room, and its body. To free it takes longer than to take it out.
#[derive(Debug)]
pub struct Dropped {
    _entry: Kept,
    _body: Option<Blob>,
}

/// The journal of one account.
#[derive(Debug, Default)]
pub struct Journal {
    kept: VecDeque<Kept>,
    /// Small bodies, by the numbers of their entries.
    bodies: VecDeque<(u64, Blob)>,
    /// What those are charged.
    in_bodies: u64,
    last: u64,
    /// The number of the last request when the journal was cleared on purpose.
    cleared: u64,
}

impl Journal {
    /// Keeps an entry under the next number, and a small body with it. The oldest bodies of this account, and
    /// then its oldest entries, make room for it; when others have taken all there is, it is dropped itself.
    /// Answers what made room by number, for the caller to free.
    pub fn record(
        &mut self,
        mut entry: Entry,
        body: Option<Bytes>,
        budget: &Arc<Budget>,
    ) -> Option<Dropped> {
        self.last += 1;
        entry.number = self.last;
        let made_room = if self.kept.len() >= MOST { self.take_oldest() } else { None };
        let weight = entry.weight();
        let charge = loop {
            match Charge::of(budget, weight) {
                Ok(charge) => break charge,
                Err(Exhausted) if self.drop_oldest_body() => {}
                // It is dropped itself.
                Err(Exhausted) if self.kept.is_empty() => return made_room,
                Err(Exhausted) => drop(self.take_oldest()),
            }
        };
        if let Some(body) = body {
            entry.body = self.keep(body, budget);
        }
        self.kept.push_back(Kept { entry: Arc::new(entry), _charge: charge });
        made_room
    }

    /// Keeps a small body for the entry that is being written. Older bodies make room for it, entries do not; and
    /// half of what there is for all journals is left to entries.
    fn keep(&mut self, bytes: Bytes, budget: &Arc<Budget>) -> Body {
        let weight = BODY + bytes.len() as u64;
        while self.in_bodies + weight > MOST_BODIES && self.drop_oldest_body() {}
        loop {
            match Charge::within(budget, weight, budget.limit() / 2) {
                Ok(charge) => {
                    let blob = Blob::new(bytes, charge);
                    let body = Body::Small(blob.downgrade());
                    self.bodies.push_back((self.last, blob));
                    self.in_bodies += weight;
                    return body;
                }
                Err(Exhausted) if self.drop_oldest_body() => {}
                Err(Exhausted) => return Body::NoRoom,
            }
        }
    }

    /// The entry with this number, if it is kept.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<&Arc<Entry>> {
        self.behind(number.checked_sub(1)?).next().filter(|entry| entry.number == number)
    }

    /// The entries with numbers behind `after`, oldest first.
    pub fn behind(&self, after: u64) -> impl Iterator<Item = &Arc<Entry>> {
        // Numbers grow, so that nobody need look at what came before.
        let first = self.kept.partition_point(|kept| kept.entry.number <= after);
        self.kept.range(first..).map(|kept| &kept.entry)
    }

    /// The number of the last request.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The numbers of the entries that are not there any more, or never were, for want of room. Those that were
    /// cleared on purpose are not among them.
    #[must_use]
    pub fn dropped(&self) -> Range<u64> {
        // The oldest go first, so that what is dropped ends where what is kept begins.
        let oldest = self.kept.front().map_or(self.last + 1, |kept| kept.entry.number);
        self.cleared + 1..oldest
    }

    /// Drops the oldest entries until there are only so many.
    pub fn trim(&mut self, most: usize) {
        while self.kept.len() > most {
            drop(self.take_oldest());
        }
    }

    /// Forgets all entries on purpose. Numbers go on.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.bodies.clear();
        self.in_bodies = 0;
        self.cleared = self.last;
    }

    fn take_oldest(&mut self) -> Option<Dropped> {
        let oldest = self.kept.pop_front()?;
        let body = match self.bodies.front() {
            Some((number, _)) if *number == oldest.entry.number => self.take_oldest_body(),
            _ => None,
        };
        Some(Dropped { _entry: oldest, _body: body })
    }

    fn drop_oldest_body(&mut self) -> bool {
        self.take_oldest_body().is_some()
    }

    /// Lets go of the oldest body, if there is one.
    fn take_oldest_body(&mut self) -> Option<Blob> {
        let (_, body) = self.bodies.pop_front()?;
        self.in_bodies -= BODY + body.len();
        Some(body)
    }
}

#[cfg(test)]
pub mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn entry(target: &str) -> Entry {
        Entry {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            method: "GET".into(),
            target: target.to_owned(),
            route: None,
            caller: None,
            client: None,
            status: Some(200),
            why: None,
            triggered: false,
            received: 0,
            sent: 0,
            micros: 0,
            objects: Vec::new(),
            body: Body::None,
            file: Body::None,
        }
    }

    proptest! {
        #[test]
        fn bodies_are_counted_and_read_back_as_they_came_and_no_entry_goes_for_one(
            sizes in prop::collection::vec(prop::option::of(1..4_000_usize), 1..100),
            limit in 1_000..100_000_u64,
        ) {
            let budget = Budget::new(limit);
            let (mut journal, mut bare) = (Journal::default(), Journal::default());
            let bare_budget = Budget::new(limit);
            for (fill, size) in sizes.iter().enumerate() {
                let body = size.map(|size| Bytes::from(vec![u8::try_from(fill).expect("few"); size]));
                journal.record(entry("/"), body, &budget);
                bare.record(entry("/"), None, &bare_budget);
                prop_assert!(budget.used() <= limit);
                let kept: Vec<_> = journal.behind(0).cloned().collect();
                let numbers = |journal: &Journal| journal.behind(0).map(|entry| entry.number).collect::<Vec<_>>();
                prop_assert_eq!(numbers(&journal), numbers(&bare));
                let mut in_bodies = 0;
                for entry in &kept {
                    let fill = usize::try_from(entry.number - 1).expect("few");
                    let sent = sizes[fill].map(|size| vec![u8::try_from(fill).expect("few"); size]);
                    match (sent, entry.body.bytes()) {
                        (None, read) => prop_assert_eq!(read, Err(NotKept::None)),
                        (Some(sent), Ok(read)) => {
                            in_bodies += BODY + read.len() as u64;
                            prop_assert_eq!(sent, read);
                        }
                        (Some(_), Err(why)) => {
                            prop_assert!([NotKept::Dropped, NotKept::NoRoom].contains(&why));
                        }
                    }
                }
                let in_entries: u64 = kept.iter().map(|entry| entry.weight()).sum();
                prop_assert_eq!(budget.used(), in_entries + in_bodies);
                prop_assert_eq!(journal.in_bodies, in_bodies);
            }
            journal.clear();
            prop_assert_eq!(budget.used(), 0);
        }

        #[test]
        fn the_newest_are_kept_in_order_within_both_bounds_and_the_rest_is_counted(
            sizes in prop::collection::vec(0..2_000_usize, 1..200),
            limit in 1_000..50_000_u64,
        ) {
            let budget = Budget::new(limit);
            let mut journal = Journal::default();
            for (number, size) in sizes.iter().enumerate() {
                journal.record(entry(&"x".repeat(*size)), None, &budget);
                prop_assert!(budget.used() <= limit);
                let numbers: Vec<_> = journal.behind(0).map(|entry| entry.number).collect();
                prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert_eq!(journal.last(), number as u64 + 1);
                prop_assert_eq!(journal.dropped().chain(numbers).collect::<Vec<_>>(), (1..=journal.last()).collect::<Vec<_>>());
            }
            journal.clear();
            prop_assert_eq!((budget.used(), journal.dropped().count()), (0, 0));
        }
    }

    #[test]
    fn a_hundred_thousand_requests_stay_within_the_bounds_of_all_journals() {
        let budget = Budget::new(MOST_BYTES);
        let mut journals: Vec<_> = (0..100).map(|_| Journal::default()).collect();
        for number in 0..100_000 {
            let target = format!("/api/v2/uploads?filename={}", "x".repeat(number % 1_000));
            journals[number % 100].record(entry(&target), None, &budget);
            assert!(budget.used() <= MOST_BYTES);
        }
        let told: u64 = journals.iter().map(Journal::last).sum();
        let kept: usize = journals.iter().map(|journal| journal.behind(0).count()).sum();
        let dropped: u64 = journals.iter().map(|journal| journal.dropped().count() as u64).sum();
        assert_eq!((told, kept as u64 + dropped), (100_000, 100_000));
        assert!(kept > 10_000, "{kept}");
    }

    #[test]
    fn the_bodies_of_one_account_leave_room_for_those_of_others() {
        let budget = Budget::new(MOST_BYTES);
        let mut journal = Journal::default();
        let body = Bytes::from(vec![0; LARGEST]);
        for _ in 0..100 {
            journal.record(entry("/"), Some(body.clone()), &budget);
        }
        assert!(journal.in_bodies <= MOST_BODIES);
        let kept: Vec<_> = journal.behind(0).map(|entry| entry.body.missing().is_none()).collect();
        assert_eq!((kept[0], kept[99], kept.len()), (false, true, 100));
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 63);
        assert_eq!(journal.entry(100).map(|entry| entry.number), Some(100));
        assert!(journal.entry(0).is_none() && journal.entry(101).is_none());
    }

    #[test]
    fn an_account_keeps_only_so_many() {
        let budget = Budget::new(u64::MAX);
        let mut journal = Journal::default();
        for _ in 0..MOST + 5 {
            journal.record(entry("/"), None, &budget);
        }
        assert_eq!((journal.behind(0).count(), journal.dropped()), (MOST, 1..6));
    }
}
