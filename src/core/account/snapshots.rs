//! Snapshots: an account as it was, under a name. To take one and to go back to it costs the same
//! however much the account holds.

use std::collections::BTreeMap;

use crate::core::account::Account;
use crate::core::account::object_counts::ObjectCounts;
use crate::core::account::store::Store;
use crate::core::blobs::{Charge, OBJECT_OVERHEAD, OutOfMemory};
use crate::core::clock::Timestamp;
use crate::core::limits::account::RateLimit;
use crate::core::limits::endpoint::Windows;

/// How many snapshots an account may have.
pub const MOST_SNAPSHOTS: usize = 100;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;
/// What an object in a snapshot is charged beyond its own charge, in bytes: the entries of indexes, which
/// the snapshot and the account no longer share once the account has changed.
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

/// Why a snapshot cannot be taken, restored or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    #[error("an account has at most {max} snapshots; delete those that are not needed")]
    TooMany { max: usize },
    #[error("no snapshot has this name: never taken, or deleted")]
    Unknown,
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
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

/// A store that is kept beside the one in use.
#[derive(Debug)]
struct SavedStore {
    store: Store,
    taken_at: Timestamp,
    charge: Charge,
}

/// The snapshots of one account.
#[derive(Debug, Default)]
pub(super) struct Snapshots(BTreeMap<SnapshotName, SavedStore>);

impl Snapshots {
    /// What the dearest of the stores costs.
    pub fn highest_cost(&self) -> u64 {
        self.0.values().map(|saved| saved.store.cost()).max().unwrap_or(0)
    }
}

impl Account {
    /// Keeps the account as it is: objects, clock and names. An earlier snapshot of the name makes
    /// room for it.
    ///
    /// # Errors
    /// [`SnapshotError::TooMany`], [`SnapshotError::OutOfMemory`].
    pub fn take_snapshot(&self, name: SnapshotName) -> Result<Snapshot, SnapshotError> {
        // Deferred drops make room without the lock.
        let cost = self.state().store.cost_to_keep();
        let mut charge = self.charge(cost)?;
        let mut guard = self.state();
        let state = &mut *guard;
        let is_new = !state.snapshots.0.contains_key(&name);
        if is_new && state.snapshots.0.len() >= MOST_SNAPSHOTS {
            return Err(SnapshotError::TooMany { max: MOST_SNAPSHOTS });
        }
        let cost = state.store.cost_to_keep();
        charge.try_grow_to(cost)?;
        charge.shrink_to(cost);
        let saved = SavedStore::new(state.store.clone(), charge);
        let snapshot = saved.describe(&name);
        let earlier = state.snapshots.0.insert(name, saved);
        if let Some(earlier) = earlier {
            self.budget.defer_drop((earlier.store, earlier.charge));
        }
        Ok(snapshot)
    }

    /// Makes the account what it was. A clock that stood still stands there again; one that ran runs on, as far ahead of the
    /// system's as it was. Names repeat if they come from a seed. Journal, faults and settings stay.
    ///
    /// # Errors
    /// [`SnapshotError::Unknown`].
    pub fn restore(&self, name: &SnapshotName) -> Result<Snapshot, SnapshotError> {
        let mut guard = self.state();
        let state = &mut *guard;
        let saved = state.snapshots.0.get(name).ok_or(SnapshotError::Unknown)?;
        let (snapshot, store) = (saved.describe(name), saved.store.fork());
        let old = state.replace_store(store, &self.budget);
        drop(guard);
        self.drop_replaced(old);
        Ok(snapshot)
    }

    /// The snapshots, by name.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.state().snapshots.0.iter().map(|(name, saved)| saved.describe(name)).collect()
    }

    /// Forgets a snapshot.
    ///
    /// # Errors
    /// [`SnapshotError::Unknown`].
    pub fn delete_snapshot(&self, name: &SnapshotName) -> Result<(), SnapshotError> {
        let removed = self.state().snapshots.0.remove(name);
        let SavedStore { store, charge, .. } = removed.ok_or(SnapshotError::Unknown)?;
        self.budget.defer_drop((store, charge));
        Ok(())
    }
}

impl Store {
    /// Bytes that it is charged while it is kept beside the one in use.
    pub(super) fn cost_to_keep(&self) -> u64 {
        OBJECT_OVERHEAD + PER_OBJECT * self.object_counts().objects() as u64 + self.cost()
    }
}

impl SavedStore {
    fn new(store: Store, charge: Charge) -> Self {
        // Limits count requests, which no restore undoes. Their windows are not charged, so a
        // snapshot must not multiply them.
        let (rate_limit, endpoint_limits) = (RateLimit::default(), Windows::default());
        let store = Store { rate_limit, endpoint_limits, ..store };
        Self { taken_at: store.clock.now(), store, charge }
    }

    fn describe(&self, name: &SnapshotName) -> Snapshot {
        let Self { store, taken_at, .. } = self;
        Snapshot { name: name.clone(), taken_at: *taken_at, holds: store.object_counts() }
    }
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
    use crate::core::ids::{ImageToken, UploadToken};
    use crate::core::tickets::audit::CommentText;
    use crate::core::tickets::{NewComment, TicketError};
    use crate::core::uploads::{SentToken, UploadError};
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

    fn attach(account: &Account, token: UploadToken) {
        let comment = NewComment {
            text: CommentText::Plain("hello".to_owned()).into(),
            public: true,
            author_id: None,
            created_at: None,
            uploads: vec![SentToken::Token(token)],
        };
        let new = NewTicket { comments: vec![comment], properties: Vec::new(), requester: None };
        let login = Login::email("agent@example.com");
        let sender = Sender { login: Some(&login), client: None };
        account
            .create_ticket(new, sender, None, &account.settings())
            .map(drop)
            .expect("tokens are ignored if bad");
    }

    /// All that can be seen of an account by whoever knows these tokens.
    fn seen(account: &Account, uploads: &[UploadToken], images: &[ImageToken]) -> String {
        let uploads = uploads.iter().map(|&token| {
            let upload = account.find_upload(token)?;
            let ids: Vec<_> = upload.attachments.iter().map(|held| held.original.id).collect();
            Ok::<_, UploadError>((upload.expires_at, ids))
        });
        let images = images
            .iter()
            .map(|&token| account.find_reservation(Some(token), &account.settings()).0.is_some());
        let tickets = (1..10).map(|id| {
            let ticket = account.find_ticket(id)?;
            let files: Vec<_> =
                ticket.comments.iter().flat_map(|comment| comment.attachments.clone()).collect();
            let files: Vec<_> =
                files.into_iter().map(|id| account.find_attachment(id).map(drop)).collect();
            Ok::<_, TicketError>((ticket.audits.len(), files))
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
            let (mut uploads, mut images) = (Vec::new(), Vec::new());
            let mut taken: [Option<(usize, usize, String)>; 3] = [None, None, None];
            let names = ["a", "b", "c"].map(|name| SnapshotName::parse(name).expect("a name"));
            for step in steps {
                let pick = |which: prop::sample::Index| {
                    (!uploads.is_empty()).then(|| uploads[which.index(uploads.len())])
                };
                match step {
                    Step::Upload => {
                        let upload = account.upload(file(&account), None, &account.settings()).expect("there is room");
                        uploads.push(upload.token);
                    }
                    Step::Append(which) => {
                        if let Some(token) = pick(which) {
                            let _ = account.upload(file(&account), Some(token), &account.settings());
                        }
                    }
                    Step::Attach(which) => {
                        if let Some(token) = pick(which) {
                            attach(&account, token);
                        }
                    }
                    Step::DeleteUpload(which) => {
                        if let Some(token) = pick(which) {
                            let _ = account.delete_upload(token);
                        }
                    }
                    Step::DeleteTicket(id) => {
                        let _ = account.delete_ticket(id);
                    }
                    Step::Reserve => {
                        let reserved = account.reserve_image("image/png", 1, "host", &account.settings());
                        images.push(reserved.expect("there is room").key);
                    }
                    Step::Pass(seconds) => {
                        account.set_clock(|clock| clock.advance(Duration::from_secs(seconds)));
                    }
                    Step::Take(which) => {
                        account.take_snapshot(names[which].clone()).expect("there is room");
                        taken[which] = Some((uploads.len(), images.len(), seen(&account, &uploads, &images)));
                    }
                    Step::Restore(which) => {
                        let restored = account.restore(&names[which]);
                        prop_assert_eq!(restored.is_ok(), taken[which].is_some());
                        if let Some((known, reserved, was)) = &taken[which] {
                            prop_assert_eq!(&seen(&account, &uploads[..*known], &images[..*reserved]), was);
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
