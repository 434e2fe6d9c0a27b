use proptest::prelude::*;

use super::*;
use crate::core::account::USER_IMAGES;
use crate::core::clock::Timestamp;
use crate::core::ids::BucketKey;
use crate::core::tokens::{MissingStep, ObjectToken};

pub fn entry(target: &str) -> JournalEntry {
    JournalEntry {
        number: 0,
        at: Timestamp::UNIX_EPOCH,
        method: "GET".into(),
        target: target.to_owned(),
        route: None,
        caller: None,
        client: None,
        headers: Box::default(),
        status: Some(200),
        reason: None,
        hint: None,
        triggered: false,
        received: 0,
        sent: 0,
        micros: 0,
        events: Vec::new(),
        body: JournalBody::Missing(NotKept::None),
        file: JournalBody::Missing(NotKept::None),
    }
}

proptest! {
    #[test]
    fn bodies_are_counted_and_read_back_as_they_came_and_no_entry_goes_for_one(
        sizes in prop::collection::vec(prop::option::of(1..4_000_usize), 1..100),
        limit in 1_000..100_000_u64,
    ) {
        let budget = Budget::new(limit);
        let mut journal = Journal::new(Arc::clone(&budget));
        let mut bare = Journal::new(Budget::new(limit));
        for (fill, size) in sizes.iter().enumerate() {
            let body = size.map(|size| Bytes::from(vec![u8::try_from(fill).expect("few"); size]));
            journal.record(entry("/"), body);
            bare.record(entry("/"), None);
            prop_assert!(budget.used() <= limit);
            let kept: Vec<_> = journal.entries_after(0).cloned().collect();
            let numbers = |journal: &Journal| {
                journal.entries_after(0).map(|entry| entry.number).collect::<Vec<_>>()
            };
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
        drop(journal.clear());
        prop_assert_eq!(budget.used(), 0);
    }

    #[test]
    fn the_newest_are_kept_in_order_within_both_bounds_and_the_rest_is_counted(
        sizes in prop::collection::vec(0..2_000_usize, 1..200),
        limit in 1_000..50_000_u64,
    ) {
        let budget = Budget::new(limit);
        let mut journal = Journal::new(Arc::clone(&budget));
        for (number, size) in sizes.iter().enumerate() {
            journal.record(entry(&"x".repeat(*size)), None);
            prop_assert!(budget.used() <= limit);
            let numbers: Vec<_> = journal.entries_after(0).map(|entry| entry.number).collect();
            prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(journal.last(), number as u64 + 1);
            let all: Vec<_> = journal.dropped().chain(numbers).collect();
            prop_assert_eq!(all, (1..=journal.last()).collect::<Vec<_>>());
        }
        drop(journal.clear());
        prop_assert_eq!((budget.used(), journal.dropped().count()), (0, 0));
    }
}

#[test]
fn the_bodies_of_one_account_leave_room_for_those_of_others() {
    let budget = Budget::new(MOST_BYTES);
    let mut journal = Journal::new(Arc::clone(&budget));
    let body = Bytes::from(vec![0; LARGEST]);
    for _ in 0..100 {
        journal.record(entry("/"), Some(body.clone()));
    }
    assert!(journal.in_bodies <= MOST_BODIES);
    let kept: Vec<_> =
        journal.entries_after(0).map(|entry| entry.body.missing().is_none()).collect();
    assert_eq!((kept[0], kept[99], kept.len()), (false, true, 100));
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 63);
    assert_eq!(journal.entry(100).map(|entry| entry.number), Some(100));
    assert!(journal.entry(0).is_none() && journal.entry(101).is_none());
}

#[test]
fn tokens_that_expired_are_kept_within_both_bounds_and_the_rest_is_counted() {
    let expired = |seed: u128| ExpiredToken {
        token: TokenRef::Object(ObjectToken {
            family: &USER_IMAGES,
            key: BucketKey::parse(&format!("{seed:026}")).expect("a key"),
        }),
        issued_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
        missing: MissingStep::Store,
        file_names: Vec::new(),
        content_type: None,
    };
    for (limit, kept) in [(u64::MAX, MOST_ENTRIES), (10 * EXPIRED, 10), (EXPIRED - 1, 0)] {
        let budget = Budget::new(limit);
        let mut journal = Journal::new(Arc::clone(&budget));
        for seed in 0..MOST_ENTRIES as u128 + 5 {
            journal.record_expired(expired(seed));
        }
        let histories = journal.token_histories([], false, |_| None);
        assert_eq!(histories.tokens.len(), kept);
        assert_eq!(histories.expired_dropped, (MOST_ENTRIES + 5 - kept) as u64);
        if let Some(last) = histories.tokens.last() {
            assert_eq!(last.token, expired(MOST_ENTRIES as u128 + 4).token);
        }
        journal.trim(3);
        assert!(journal.token_histories([], false, |_| None).tokens.len() <= 3);
        drop(journal.clear());
        assert_eq!(budget.used(), 0);
        assert_eq!(journal.token_histories([], false, |_| None).expired_dropped, 0);
    }
}
