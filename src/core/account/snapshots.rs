//! Snapshots: an account as it was, under a name. To take one and to go back to it costs the same
//! however much the account holds.

use std::collections::BTreeMap;

use crate::core::Error;
use crate::core::account::store::Store;
use crate::core::account::{Account, ObjectCounts};
use crate::core::blobs::{Charge, OBJECT_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::limits::account::RateLimit;
use crate::core::limits::endpoint::Windows;

/// How many snapshots an account may have.
pub const MOST_SNAPSHOTS: usize = 100;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;
/// What an object in a snapshot is charged beyond its own charge, which goes on while a snapshot has
/// it, in bytes: what the indexes do not share once the account has changed.
const PER_OBJECT: u64 = 1024;

/// A text that can name a snapshot: 1 to 64 letters, digits, dots, hyphens and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotName(String);

impl SnapshotName {
    /// Reads a name. `None` is a text that names no snapshot.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let valid = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_inner);
        valid.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is told of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name.
    pub name: SnapshotName,
    /// When it was taken, on the account's clock.
    pub taken_at: Timestamp,
    /// What is in it.
    pub holds: ObjectCounts,
}

/// A store that is kept beside the one that is used.
#[derive(Debug)]
pub(super) struct Kept {
    store: Store,
    taken_at: Timestamp,
    _charge: Charge,
}

/// The snapshots of one account.
#[derive(Debug, Default)]
pub(super) struct Snapshots(BTreeMap<SnapshotName, Kept>);

impl Account {
    /// Keeps the account as it is: objects, clock and names. An earlier snapshot of the name makes
    /// room for it.
    ///
    /// # Errors
    /// [`Error::TooManySnapshots`], [`Error::OutOfMemory`].
    pub fn take_snapshot(&self, name: SnapshotName) -> Result<Snapshot, Error> {
        let mut guard = self.state();
        let state = &mut *guard;
        let is_new = !state.snapshots.0.contains_key(&name);
        if is_new && state.snapshots.0.len() >= MOST_SNAPSHOTS {
            return Err(Error::TooManySnapshots { max: MOST_SNAPSHOTS });
        }
        let kept = self.kept(state.store.clone())?;
        let told = told(&name, &kept);
        let earlier = state.snapshots.0.insert(name, kept);
        if let Some(earlier) = earlier {
            self.defer_drop(earlier.store);
        }
        Ok(told)
    }

    /// Makes the account what it was. A clock that stood still stands there again; one that ran runs on, as far ahead of the
    /// system's as it was. Names repeat if they come from a seed. Journal, faults and settings stay.
    ///
    /// # Errors
    /// [`Error::UnknownSnapshot`].
    pub fn restore(&self, name: &SnapshotName) -> Result<Snapshot, Error> {
        let mut guard = self.state();
        let state = &mut *guard;
        let kept = state.snapshots.0.get(name).ok_or(Error::UnknownSnapshot)?;
        let told = told(name, kept);
        let old = std::mem::replace(&mut state.store, kept.store.again());
        drop(guard);
        self.defer_drop(old);
        Ok(told)
    }

    /// The snapshots, by name.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.state().snapshots.0.iter().map(|(name, kept)| told(name, kept)).collect()
    }

    /// Forgets a snapshot.
    ///
    /// # Errors
    /// [`Error::UnknownSnapshot`].
    pub fn delete_snapshot(&self, name: &SnapshotName) -> Result<(), Error> {
        let kept = self.state().snapshots.0.remove(name).ok_or(Error::UnknownSnapshot)?;
        self.defer_drop(kept.store);
        Ok(())
    }

    /// A store that is kept, and charged for being kept.
    fn kept(&self, store: Store) -> Result<Kept, Error> {
        let charge = self.charge_for_keeping(&store)?;
        // Limits are about requests, which no restore takes back; and their windows are not charged, so that no
        // snapshot may multiply them.
        let (rate_limit, endpoint_limits) = (RateLimit::default(), Windows::default());
        let store = Store { rate_limit, endpoint_limits, ..store };
        Ok(Kept { taken_at: store.clock.now(), store, _charge: charge })
    }

    /// What keeping a store beside the one that is used is charged.
    pub(super) fn charge_for_keeping(&self, store: &Store) -> Result<Charge, Error> {
        self.charge(OBJECT_OVERHEAD + PER_OBJECT * store.object_counts().objects() as u64)
    }
}

fn told(name: &SnapshotName, kept: &Kept) -> Snapshot {
    Snapshot { name: name.clone(), taken_at: kept.taken_at, holds: kept.store.object_counts() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::core::account::settings::AccountSettings;
    use crate::core::account::{NewTicket, Sender};
    use crate::core::accounts::{AccountName, Accounts};
    use crate::core::attachments::NewFile;
    use crate::core::tickets::NewComment;
    use crate::core::tickets::audit::Text;
    use crate::core::users::Login;

    fn file(account: &Account) -> NewFile {
        let blob = account.empty_blob().expect("there is room");
        NewFile::new("a.txt".to_owned(), "text/plain".to_owned(), blob)
    }

    #[derive(Debug, Clone)]
    enum Step {
        Upload,
        Append(prop::sample::Index),
        Attach(prop::sample::Index),
        DeleteUpload(prop::sample::Index),
        DeleteTicket(u64),
        Reserve,
        Pass(u64),
        Take(usize),
        Restore(usize),
        Reset,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Upload),
            2 => any::<prop::sample::Index>().prop_map(Step::Append),
            2 => any::<prop::sample::Index>().prop_map(Step::Attach),
            1 => any::<prop::sample::Index>().prop_map(Step::DeleteUpload),
            1 => (1..5_u64).prop_map(Step::DeleteTicket),
            1 => Just(Step::Reserve),
            1 => (0..2_000_u64).prop_map(Step::Pass),
            3 => (0..3_usize).prop_map(Step::Take),
            3 => (0..3_usize).prop_map(Step::Restore),
            1 => Just(Step::Reset),
        ]
    }

    fn attach(account: &Account, token: String) {
        let comment = NewComment {
            text: Text::Plain("hello".to_owned()).into(),
            public: true,
            author_id: None,
            created_at: None,
            uploads: vec![token],
        };
        let new = NewTicket { comments: vec![comment], properties: Vec::new(), requester: None };
        let login = Login::email("agent@example.com");
        let sender = Sender { login: Some(&login), client: None };
        account.create_ticket(new, sender, None).map(drop).expect("tokens are ignored if bad");
    }

    /// All that can be seen of an account by whoever knows these tokens.
    fn seen(account: &Account, tokens: &[String]) -> String {
        let uploads = tokens.iter().map(|token| {
            let upload = account.find_upload(token)?;
            let ids: Vec<_> = upload.attachments.iter().map(|held| held.original.id).collect();
            Ok::<_, Error>((upload.expires_at, ids))
        });
        let images = tokens.iter().map(|token| account.find_reservation(token).map(drop));
        let tickets = (1..10).map(|id| {
            let ticket = account.find_ticket(id)?;
            let files: Vec<_> =
                ticket.comments.iter().flat_map(|comment| comment.attachments.clone()).collect();
            let files: Vec<_> =
                files.into_iter().map(|id| account.find_attachment(id).map(drop)).collect();
            Ok::<_, Error>((ticket.audits.len(), files))
        });
        format!(
            "{:?} {:?} {:?} {:?}",
            account.clock(),
            uploads.collect::<Vec<_>>(),
            images.collect::<Vec<_>>(),
            tickets.collect::<Vec<_>>()
        )
    }

    proptest! {
        #[test]
        fn whatever_happens_a_restore_shows_what_was_seen_when_the_snapshot_was_taken(
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let accounts = Accounts::for_tests(1, AccountSettings::for_tests());
            let account = accounts.open(&AccountName::default_account()).expect("there is room");
            let mut tokens: Vec<String> = Vec::new();
            let mut taken: [Option<(usize, String)>; 3] = [None, None, None];
            let names = ["a", "b", "c"].map(|name| SnapshotName::parse(name).expect("a name"));
            for step in steps {
                let pick = |which: prop::sample::Index| {
                    (!tokens.is_empty()).then(|| tokens[which.index(tokens.len())].clone())
                };
                match step {
                    Step::Upload => {
                        let upload = account.upload(file(&account), None).expect("there is room");
                        tokens.push(upload.token.to_string());
                    }
                    Step::Append(which) => {
                        if let Some(token) = pick(which) {
                            let _ = account.upload(file(&account), Some(&token));
                        }
                    }
                    Step::Attach(which) => {
                        if let Some(token) = pick(which) {
                            attach(&account, token);
                        }
                    }
                    Step::DeleteUpload(which) => {
                        if let Some(token) = pick(which) {
                            let _ = account.delete_upload(&token);
                        }
                    }
                    Step::DeleteTicket(id) => {
                        let _ = account.delete_ticket(id);
                    }
                    Step::Reserve => {
                        let reserved = account.reserve_image("image/png", 1, "host");
                        tokens.push(reserved.expect("there is room").token.to_string());
                    }
                    Step::Pass(seconds) => {
                        account.set_clock(|clock| clock.advance(Duration::from_secs(seconds)));
                    }
                    Step::Take(which) => {
                        account.take_snapshot(names[which].clone()).expect("there is room");
                        taken[which] = Some((tokens.len(), seen(&account, &tokens)));
                    }
                    Step::Restore(which) => {
                        let restored = account.restore(&names[which]);
                        prop_assert_eq!(restored.is_ok(), taken[which].is_some());
                        if let Some((known, was)) = &taken[which] {
                            prop_assert_eq!(&seen(&account, &tokens[..*known]), was);
                        }
                    }
                    Step::Reset => {
                        account.reset();
                        prop_assert_eq!(account.object_counts(), ObjectCounts::default());
                    }
                }
            }
            account.reset();
            for name in &names {
                let _ = account.delete_snapshot(name);
            }
            prop_assert_eq!(accounts.budget().used(), 0);
        }
    }
}
