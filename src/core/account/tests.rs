//! Accounts as a whole: what they charge, and what a restore brings back.

use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use proptest::prelude::*;

use super::*;
use crate::core::accounts::{AccountName, Accounts};
use crate::core::attachments::NewFile;
use crate::core::blobs::{OBJECT_OVERHEAD, RECORD_OVERHEAD};
use crate::core::bucket::PutBody;
use crate::core::id::Id;
use crate::core::ids::UploadToken;
use crate::core::jobs::{JobKind, JobOutcome};
use crate::core::journal::JournalBody;
use crate::core::journal::tests::entry;
use crate::core::malware::{Scan, ScanResult};
use crate::core::tickets::idempotency::IdempotencyKey;
use crate::core::tickets::properties::Property;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::values::{CustomField, FieldValue, Priority};
use crate::core::tickets::{NewComment, Ticket};
use crate::core::uploads::{IssuedToken, SentToken, UploadError, UploadState};
use crate::core::users::{Login, Requester};

const LIMIT: u64 = 200_000;

#[derive(Debug, Clone)]
pub enum Step {
    Upload(usize),
    Append,
    DeleteUpload,
    Create { texts: Vec<String>, properties: Vec<Property>, key: Option<String> },
    Update { ticket: u64, text: Option<String>, properties: Vec<Property> },
    Delete(u64),
    RestoreTicket(u64),
    Destroy(u64),
    Redact(u64),
    Reserve,
    Job(usize, String),
    Pass(u64),
    Save(usize),
    Restore(usize),
    Forget(usize),
    Reset,
}

fn text() -> impl Strategy<Value = String> {
    (1..5_000_usize, "[a-zäß]{1,3}").prop_map(|(times, text)| text.repeat(times))
}

fn value() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        Just(FieldValue::Null),
        any::<bool>().prop_map(FieldValue::Flag),
        any::<i64>().prop_map(FieldValue::Integer),
        any::<f64>().prop_map(FieldValue::Decimal),
        text().prop_map(FieldValue::Text),
        prop::collection::vec("[a-z]{0,40}", 0..20).prop_map(FieldValue::List),
    ]
}

fn property() -> impl Strategy<Value = Property> {
    prop_oneof![
        prop::option::of(text()).prop_map(Property::Subject),
        prop::option::of(text()).prop_map(Property::ExternalId),
        prop::collection::vec("[a-z]{0,40}", 0..20).prop_map(Property::Tags),
        any::<u64>().prop_map(|id| Property::Assignee(Some(id))),
        Just(Property::Priority(Some(Priority::Urgent))),
        Just(Property::Priority(None)),
        Just(Property::DueAt(Some(Timestamp::MAX))),
        (1..4_u64, value()).prop_map(|(id, value)| {
            Property::Custom(CustomField { id: Id::nearest(id), value })
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let properties = || prop::collection::vec(property(), 0..6);
    prop_oneof![
        3 => (0..20_000_usize).prop_map(Step::Upload),
        2 => Just(Step::Append),
        1 => Just(Step::DeleteUpload),
        6 => (prop::collection::vec(text(), 1..3), properties(), prop::option::of("[a-z]{1,2}"))
            .prop_map(|(texts, properties, key)| Step::Create { texts, properties, key }),
        6 => (1..9_u64, prop::option::of(text()), properties())
            .prop_map(|(ticket, text, properties)| Step::Update { ticket, text, properties }),
        3 => (1..9_u64).prop_map(Step::Delete),
        3 => (1..9_u64).prop_map(Step::RestoreTicket),
        1 => (1..9_u64).prop_map(Step::Destroy),
        2 => (1..9_u64).prop_map(Step::Redact),
        2 => Just(Step::Reserve),
        2 => (1..9_usize, text()).prop_map(|(total, text)| Step::Job(total, text)),
        2 => (0..9_000_u64).prop_map(Step::Pass),
        2 => (0..2_usize).prop_map(Step::Save),
        2 => (0..2_usize).prop_map(Step::Restore),
        2 => (0..2_usize).prop_map(Step::Forget),
        1 => Just(Step::Reset),
    ]
}

pub fn comment(text: String, token: Option<UploadToken>) -> NewComment {
    let uploads = token.map(SentToken::Token).into_iter().collect();
    let text = Arc::new(CommentText::from_markdown(text).expect("a short text"));
    NewComment { text, public: true, author_id: None, created_at: None, uploads }
}

impl Account {
    pub fn file(&self, size: usize) -> Result<NewFile, OutOfMemory> {
        let mut writer = self.receive(0)?;
        writer.push(bytes::Bytes::from(vec![0; size]))?;
        Ok(NewFile::new("a.txt".to_owned(), "text/plain".to_owned(), writer.finish()))
    }

    /// Does one step with the latest upload token. `number` makes its texts distinct.
    pub fn step(
        &self,
        step: Step,
        number: usize,
        token: &mut Option<UploadToken>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let login = Login::email(&format!("agent{number}@example.org"));
        let sender = Sender { login: Some(&login), client: Some("a client") };
        let email = Some(format!("Requester{number}@example.org"));
        let requester = Some(Requester { name: Some("Requester".to_owned()), email });
        let names = ["a", "b"].map(|name| SnapshotName::parse(name).expect("a name"));
        match step {
            Step::Upload(size) => {
                *token = Some(self.upload(self.file(size)?, None, &self.settings())?.token)
            }
            Step::Append => drop(self.upload(self.file(1)?, *token, &self.settings())?),
            Step::DeleteUpload => {
                token.map(|token| self.delete_upload(token)).transpose()?;
            }
            Step::Create { texts, properties, key } => {
                let comments = texts.into_iter().map(|text| comment(text, *token));
                let comments = comments.collect();
                let key = key.map(|key| IdempotencyKey { key, fingerprint: [0; 16] });
                let new = NewTicket { comments, properties, requester, ..NewTicket::default() };
                self.create_ticket(new, sender, key, &self.settings())?;
            }
            Step::Update { ticket, text, properties } => {
                let comment = text.map(|text| comment(text, *token));
                let change =
                    TicketChange { comment, properties, requester, ..TicketChange::default() };
                self.update_ticket(ticket, change, sender, &self.settings())?;
            }
            Step::Delete(ticket) => self.delete_ticket(ticket, sender, &self.settings())?,
            Step::RestoreTicket(ticket) => self.restore_ticket(ticket)?,
            Step::Destroy(ticket) => self.destroy_ticket(ticket)?,
            Step::Redact(id) => {
                let ticket = self.find_ticket(id)?;
                let Some(comment) = ticket.comments.last() else { return Ok(()) };
                if number.is_multiple_of(4) {
                    self.make_comment_private(id, comment.id, sender)?;
                    return Ok(());
                }
                let secret: String = comment.text.body().chars().take(1).collect();
                let file = comment.attachments.first().map(|file| FileName::Id(*file));
                let redaction = Redaction {
                    text: Some(TextRedaction::String(&secret)),
                    files: file.into_iter().collect(),
                    ..Redaction::default()
                };
                self.redact_comment(id, comment.id, &redaction, sender)?;
            }
            Step::Reserve => {
                drop(self.reserve_object(&USER_IMAGES, "image/png", 1, "host", &self.settings())?)
            }
            Step::Job(total, text) => {
                let job = self.start_job(JobKind::Create, total, &self.settings())?;
                let outcomes = vec![JobOutcome::failed(None, text); total];
                self.finish_job(job.id, outcomes);
            }
            Step::Pass(seconds) => {
                self.set_clock(|clock| clock.advance(Duration::from_secs(seconds)));
            }
            Step::Save(which) => drop(self.take_snapshot(names[which].clone())?),
            Step::Restore(which) => drop(self.restore(&names[which])?),
            Step::Forget(which) => self.delete_snapshot(&names[which])?,
            Step::Reset => {
                self.reset();
            }
        }
        Ok(())
    }
}

pub fn accounts() -> (Accounts, Arc<Account>) {
    let initial = InitialState {
        settings: Arc::new(AccountSettings::for_tests()),
        clock: Clock::Frozen { at: Timestamp::UNIX_EPOCH },
        random_seed: Some(1),
    };
    let accounts = Accounts::new(2, LIMIT, initial);
    let account = accounts.open(&AccountName::default_account()).expect("there is room");
    (accounts, account)
}

#[test]
fn a_full_store_has_room_to_return_to_a_snapshot() {
    let (accounts, account) = accounts();
    let name = SnapshotName::parse("a").expect("a name");
    let create =
        || Step::Create { texts: vec!["x".repeat(40_000)], properties: Vec::new(), key: None };
    account.step(create(), 1, &mut None).expect("there is room");
    account.take_snapshot(name.clone()).expect("there is room");
    account.step(Step::Delete(1), 1, &mut None).expect("it was created");
    account.step(create(), 2, &mut None).expect("what was deleted makes room");
    let other = AccountName::parse("other").expect("a name");
    let other = accounts.open(&other).expect("there is room");
    let rest = LIMIT - accounts.budget().used() - OBJECT_OVERHEAD - RECORD_OVERHEAD;
    let rest = Step::Upload(usize::try_from(rest).expect("small"));
    other.step(rest, 3, &mut None).expect("there is room");
    assert_eq!(accounts.budget().used(), LIMIT);
    for _ in 0..3 {
        account.restore(&name).expect("there is always room");
        assert_eq!(account.find_ticket(1).map(|ticket| ticket.id), Ok(1));
        assert!(accounts.budget().used() <= LIMIT);
    }
    account.delete_snapshot(&name).expect("it was taken");
    account.reset();
    other.reset();
    assert_eq!(accounts.budget().used(), 0);
}

#[test]
fn an_open_token_is_charged_until_it_expires_even_without_files() {
    let (accounts, account) = accounts();
    let upload = || account.upload(account.file(0)?, None, &account.settings());
    let refused = (0..LIMIT / RECORD_OVERHEAD).find_map(|_| match upload() {
        Ok(upload) => {
            let file = upload.attachments[0].original.id;
            account.delete_attachment(file).expect("it was uploaded");
            None
        }
        Err(error) => Some(error),
    });
    assert!(matches!(refused, Some(UploadError::OutOfMemory(_))), "{refused:?}");
    account.set_clock(|clock| clock.advance(Duration::from_secs(2 * 60 * 60)));
    assert_eq!(accounts.budget().used(), 0);
}

/// An account with ticket 1, which has a file, and the token of that.
fn account_with_ticket() -> (Accounts, Arc<Account>, Option<UploadToken>) {
    let (accounts, account) = accounts();
    let mut token = None;
    let create = Step::Create { texts: vec!["a".to_owned()], properties: vec![], key: None };
    for step in [Step::Upload(9_000), create] {
        account.step(step, 1, &mut token).expect("there is room");
    }
    (accounts, account, token)
}

#[test]
fn a_restored_ticket_is_what_it_was_and_charged_as_before() {
    let (accounts, account, mut token) = account_with_ticket();
    let mut step = |step: Step| account.step(step, 1, &mut token);
    let (before, used) = (contents(&account.state().store), accounts.budget().used());
    step(Step::Delete(1)).expect("it was created");
    assert_eq!(accounts.budget().used(), used, "it stays charged");
    assert_ne!(contents(&account.state().store), before);
    step(Step::RestoreTicket(1)).expect("it is deleted");
    assert_eq!((contents(&account.state().store), accounts.budget().used()), (before, used));
    assert!(step(Step::RestoreTicket(1)).is_err(), "it is not deleted");
    step(Step::Delete(1)).expect("it is back");
    step(Step::Destroy(1)).expect("it is deleted");
    assert!(accounts.budget().used() < used - 9_000);
    assert!(step(Step::RestoreTicket(1)).is_err() && step(Step::Destroy(1)).is_err());
}

#[test]
fn a_ticket_that_a_snapshot_has_deleted_can_be_restored_in_both() {
    let (accounts, account, mut token) = account_with_ticket();
    let mut step = |step: Step| account.step(step, 1, &mut token);
    step(Step::Delete(1)).expect("it was created");
    step(Step::Save(0)).expect("there is room");
    for _ in 0..2 {
        step(Step::RestoreTicket(1)).expect("it is deleted");
        assert!(account.find_ticket(1).is_ok());
        step(Step::Restore(0)).expect("it was taken");
        assert!(account.find_ticket(1).is_err());
    }
    step(Step::Forget(0)).expect("it was taken");
    step(Step::Reset).expect("always");
    assert_eq!(accounts.budget().used(), 0);
}

#[test]
fn deleted_tickets_expire_and_are_evicted_before_anything_is_refused() {
    let (accounts, account, mut token) = account_with_ticket();
    let mut step = |step: Step| account.step(step, 1, &mut token);
    let files = account.state().store.attachments.all_of(&[2, 3, 4]).len();
    step(Step::Delete(1)).expect("it was created");
    let lifetime = account.settings().deleted_ticket_ttl.as_secs();
    step(Step::Pass(lifetime - 1)).expect("always");
    step(Step::RestoreTicket(1)).expect("it is deleted");
    assert_eq!(account.state().store.attachments.all_of(&[2, 3, 4]).len(), files);
    step(Step::Delete(1)).expect("it is back");
    step(Step::Pass(lifetime)).expect("always");
    assert!(step(Step::RestoreTicket(1)).is_err());

    let create = Step::Create { texts: vec!["a".to_owned()], properties: vec![], key: None };
    step(create).expect("there is room");
    step(Step::Delete(2)).expect("it was created");
    let rest = LIMIT - accounts.budget().used() - OBJECT_OVERHEAD - RECORD_OVERHEAD + 1;
    step(Step::Upload(usize::try_from(rest).expect("small"))).expect("an eviction makes room");
    assert!(step(Step::RestoreTicket(2)).is_err());
    assert!(accounts.budget().used() <= LIMIT);
    step(Step::Reset).expect("always");
    assert_eq!(accounts.budget().used(), 0);
}

#[test]
fn the_url_token_of_a_deleted_file_is_not_given_again() {
    let (_, account, _) = account_with_ticket();
    let token = |account: &Account| {
        let state = account.state();
        let ticket = Arc::clone(state.store.tickets.find(1).expect("it is there"));
        let files = state.store.attachments.all_of(&ticket.comments[0].attachments);
        files[0].original.token
    };
    let before = token(&account);
    account.step(Step::Delete(1), 1, &mut None).expect("it was created");
    account.reseed(1);
    for _ in 0..20 {
        account.step(Step::Upload(1), 1, &mut None).expect("there is room");
    }
    account.step(Step::RestoreTicket(1), 1, &mut None).expect("it is deleted");
    assert_eq!(token(&account), before);
    let found = account.find_content(before).expect("it is back");
    assert_eq!(found.file().blob.len(), 9_000);
}

/// A value that takes all memory, and notices a lock that is held while it is dropped.
struct Deferred {
    account: Arc<Account>,
    was_locked: Arc<Mutex<Option<bool>>>,
    _charge: Charge,
}

impl Drop for Deferred {
    fn drop(&mut self) {
        *self.was_locked.lock() = Some(self.account.state.is_locked());
    }
}

#[test]
fn room_is_freed_without_the_lock() {
    let (_, account) = accounts();
    let create = Step::Create { texts: vec!["a".to_owned()], properties: vec![], key: None };
    let change = || Some("a".to_owned());
    for step in [
        Step::Upload(1),
        create,
        Step::Update { ticket: 1, text: change(), properties: Vec::new() },
        Step::Redact(1),
        Step::Reserve,
        Step::Save(0),
    ] {
        let mut token = None;
        account.step(Step::Upload(1), 1, &mut token).expect("there is room");
        let was_locked = Arc::default();
        let rest = LIMIT - account.budget.used();
        account.budget.defer_drop(Deferred {
            account: Arc::clone(&account),
            was_locked: Arc::clone(&was_locked),
            _charge: account.charge(rest).expect("there is room"),
        });
        account.step(step.clone(), 2, &mut token).expect("a deferred drop makes room");
        assert_eq!(*was_locked.lock(), Some(false), "{step:?}");
    }
}

#[test]
fn cleared_journals_make_room_for_entries_and_bodies() {
    let (_, account) = accounts();
    let rest = account.journal_budget.limit() - account.journal_budget.used();
    let cleared = Charge::new(&account.journal_budget, rest).expect("there is room");
    account.journal_budget.defer_drop(cleared);
    account.record(entry("/"), Some(Bytes::from_static(b"body")));
    let journal = account.journal(0);
    assert!(journal.entries.len() == 1 && journal.dropped.is_empty());
    assert!(matches!(journal.entries[0].body, JournalBody::Small(_)));
}

/// The collections of a store that another does not share.
fn unshared(one: &Store, other: &Store) -> Vec<&'static str> {
    let shared = [
        ("attachments", one.attachments.is_shared_with(&other.attachments)),
        ("uploads", one.uploads.is_shared_with(&other.uploads)),
        ("tickets", one.tickets.is_shared_with(&other.tickets)),
        ("deleted tickets", one.deleted_tickets.is_shared_with(&other.deleted_tickets)),
        ("side conversations", one.side_conversations.is_shared_with(&other.side_conversations)),
        ("idempotency", one.idempotency.is_shared_with(&other.idempotency)),
        ("jobs", one.jobs.is_shared_with(&other.jobs)),
        ("users", one.users.is_shared_with(&other.users)),
        ("brands", one.brands.is_shared_with(&other.brands)),
        ("bucket", one.bucket.is_shared_with(&other.bucket)),
    ];
    shared.iter().filter(|(_, is_shared)| !is_shared).map(|(name, _)| *name).collect()
}

#[test]
fn a_call_that_changes_nothing_copies_nothing_that_a_snapshot_shares() {
    let (_, account) = accounts();
    let settings = AccountSettings { max_files_per_upload: 1, ..AccountSettings::for_tests() };
    let start = || account.upload(account.file(1)?, None, &settings);
    let (open, attached) = (start().expect("room"), start().expect("room").token);
    let unknown = start().expect("room").token;
    account.delete_upload(unknown).expect("it is open");
    let login = Login::email("agent@example.org");
    let sender = Sender { login: Some(&login), client: None };
    let requester =
        Requester { name: Some("R".to_owned()), email: Some("r@example.org".to_owned()) };
    let create = |token| NewTicket {
        comments: vec![comment("b".to_owned(), token)],
        properties: Vec::new(),
        requester: Some(requester.clone()),
        ..NewTicket::default()
    };
    account.create_ticket(create(Some(attached)), sender, None, &settings).expect("a ticket");
    let body = || PutBody { content_type: None, blob: account.file(1).expect("room").blob };
    let reserve =
        || account.reserve_object(&USER_IMAGES, "image/png", 1, "host", &settings).expect("room");
    let (reserved, published) = (reserve(), reserve());
    account.store_object(&published, body(), Replaceable::Anything).expect("it is reserved");
    account.publish_object(&USER_IMAGES, published.key, &settings).expect("it is stored");
    let gone = reserve();
    account.state().store.bucket.objects.remove(&gone.key);
    let scan = Scan { result: ScanResult::MalwareFound, after: Duration::ZERO };
    let first = open.attachments[0].original.id;

    let name = SnapshotName::parse("a").expect("a name");
    account.take_snapshot(name.clone()).expect("there is room");
    let assert_unshared = |call: &str, names: &[&str]| {
        let mut state = account.state();
        let saved = &state.snapshots[&name].store;
        assert_eq!(unshared(&state.store, saved), names, "{call}");
        let saved = saved.clone();
        state.store = saved;
    };
    let append = |token| account.upload(account.file(1)?, Some(token), &settings).map(drop);
    let edit = |id, inline| {
        let edit = AttachmentEdit { inline: Some(inline), ..AttachmentEdit::default() };
        account.edit_attachment(id, edit).map(drop)
    };
    let redact = |file| {
        let redaction = Redaction { files: vec![FileName::Id(file)], ..Redaction::default() };
        account.redact_comment(1, 0, &redaction, sender).map(drop)
    };
    let delete = |id| account.delete_ticket(id, sender, &settings);
    let calls: [(&str, &dyn Fn() -> bool); 19] = [
        ("append to an unknown upload", &|| append(unknown).is_err()),
        ("append to an attached upload", &|| append(attached).is_err()),
        ("append to a full upload", &|| append(open.token).is_err()),
        ("delete an unknown upload", &|| account.delete_upload(unknown).is_err()),
        ("delete an attached upload", &|| account.delete_upload(attached) == Ok(false)),
        ("edit an unknown attachment", &|| edit(0, true).is_err()),
        ("edit nothing", &|| edit(first, false).is_ok()),
        ("delete an unknown attachment", &|| account.delete_attachment(0).is_err()),
        ("scan an unknown attachment", &|| {
            account.schedule_scan(ScanOf::Attachment(0), scan).is_err()
        }),
        ("schedule too many scans", &|| {
            account.schedule_scan(ScanOf::Next(1_000_000), scan).is_err()
        }),
        ("delete an unknown ticket", &|| delete(0).is_err()),
        ("restore a ticket that is not deleted", &|| account.restore_ticket(1).is_err()),
        ("destroy a ticket that is not deleted", &|| account.destroy_ticket(1).is_err()),
        ("redact an unknown file", &|| redact(0).is_err()),
        ("publish an image before its PUT", &|| {
            account.publish_object(&USER_IMAGES, reserved.key, &settings).is_err()
        }),
        ("publish an image twice", &|| {
            account.publish_object(&USER_IMAGES, published.key, &settings).is_err()
        }),
        ("store an object that is used", &|| {
            account.store_object(&published, body(), Replaceable::Anything).is_err()
        }),
        ("store an object that is not reserved", &|| {
            account.store_object(&gone, body(), Replaceable::Anything).is_err()
        }),
        ("call", &|| account.caller(&login).is_ok()),
    ];
    for (call, run) in calls {
        assert!(run(), "{call}");
        assert_unshared(call, &[]);
    }
    // The check sees a change, and a ticket without files copies no files.
    account.create_ticket(create(None), sender, None, &settings).expect("a ticket");
    assert_unshared("create a ticket", &["tickets"]);
    edit(first, true).expect("it is there");
    assert_unshared("edit an attachment", &["attachments"]);
    delete(1).expect("it is there");
    assert_unshared("delete a ticket", &["attachments", "tickets", "deleted tickets"]);
}

/// What requests would find in a store, and when things expire.
fn contents(store: &Store) -> String {
    let attachments = &store.attachments;
    let upload = |upload: IssuedToken<'_>| match upload.state {
        UploadState::Open(files) => format!("{upload:?} {:?}", attachments.all_of(files).len()),
        UploadState::Attached { .. } => format!("{upload:?}"),
    };
    let ticket = |ticket: &Arc<Ticket>| {
        let files = ticket.comments.iter().flat_map(|comment| &comment.attachments);
        let files =
            files.map(|id| Some(attachments.by_id(*id, store.clock.now()).ok()?.file().token));
        (ticket.id, ticket.audits.len(), files.collect::<Vec<_>>())
    };
    let uploads: Vec<_> = store.uploads.all().map(upload).collect();
    let tickets: Vec<_> = store.tickets.all().iter().map(ticket).collect();
    let images = store.bucket.all_of(&USER_IMAGES);
    let images: Vec<_> = images.iter().map(|image| image.reservation).collect();
    let users: Vec<_> = store.users.all().iter().map(|user| &user.name).collect();
    let jobs: Vec<_> = store.jobs.all(store.clock.now()).iter().map(|job| job.id).collect();
    format!("{:?} {uploads:?} {tickets:?} {images:?} {users:?} {jobs:?}", store.clock)
}

proptest! {
    #[test]
    fn objects_are_charged_a_refusal_changes_nothing_and_a_restore_shows_what_was_saved(
        steps in prop::collection::vec(step(), 1..50),
    ) {
        let (accounts, account) = accounts();
        let (mut token, mut saved) = (None, [None, None]);
        for (number, step) in steps.into_iter().enumerate() {
            let before = (account.object_counts(), accounts.budget().used());
            let result = account.step(step.clone(), number, &mut token);
            prop_assert!(accounts.budget().used() <= LIMIT);
            let state = account.state.lock();
            match (&step, &result) {
                (Step::Save(which), Ok(())) => saved[*which] = Some(contents(&state.store)),
                (Step::Forget(which), _) => saved[*which] = None,
                (Step::Restore(which), _) => match &saved[*which] {
                    Some(saved) => prop_assert_eq!(&contents(&state.store), saved),
                    None => prop_assert!(result.is_err()),
                },
                (Step::Reset, _) => {
                    prop_assert_eq!(state.store.object_counts(), ObjectCounts::default());
                }
                _ => {}
            }
            if result.is_err_and(|error| error.to_string().contains("max_memory")) {
                let is_return = matches!(step, Step::Restore(_) | Step::Reset);
                prop_assert!(!is_return, "there is always room to return");
                // A step may first have freed what had expired.
                prop_assert!(accounts.budget().used() <= before.1);
                prop_assert!(state.store.object_counts().users <= before.0.users);
            }
            prop_assert_eq!(state.store.cost(), state.store.counted_cost());
            let least = state.least_charge();
            prop_assert_eq!(state.charge.bytes(), state.store.cost().max(least));
        }
        for name in ["a", "b"] {
            let _ = account.delete_snapshot(&SnapshotName::parse(name).expect("a name"));
        }
        account.reset();
        prop_assert_eq!(accounts.budget().used(), 0);
    }
}
