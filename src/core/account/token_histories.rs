//! What happened to the tokens of the account, and which step is missing.

use crate::core::account::store::Store;
use crate::core::account::{Account, State};
use crate::core::attachments::File;
use crate::core::ids::{BucketKey, UploadToken};
use crate::core::journal::{LiveToken, MOST_ENTRIES, TokenHistories, TokenHistory, TokenStatus};
use crate::core::tokens::{MissingStep, TokenRef};
use crate::core::uploads::{IssuedToken, UploadState};

impl Account {
    /// The histories of all tokens that the journal names, and of the open tokens that it does not
    /// name: of each kind the 1,000 that expire first.
    pub fn token_histories(&self) -> TokenHistories {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        store.sweep(journal);
        let uploads = store.uploads.open_tokens().take(MOST_ENTRIES).map(TokenRef::Upload);
        let objects = store.bucket.unpublished(store.clock.now()).take(MOST_ENTRIES);
        let objects = objects.map(|object| object.reservation.token());
        journal.token_histories(uploads.chain(objects), false, |token| store.live_token(token))
    }

    /// The history of a token. When it was issued more than once, it is its latest life.
    pub fn token_history(&self, token: TokenRef) -> Option<TokenHistory> {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        store.sweep(journal);
        journal.token_histories([token], true, |token| store.live_token(token)).tokens.pop()
    }

    /// The token with this text, if it can be an upload's, or if the bucket or the journal has it.
    pub fn find_token(&self, text: &str) -> Option<TokenRef> {
        if let Some(upload) = UploadToken::parse(text) {
            return Some(TokenRef::Upload(upload));
        }
        let key = BucketKey::parse(text)?;
        let state = self.state();
        match state.store.bucket.objects.peek(&key) {
            Some((_, object)) => Some(object.reservation.token()),
            None => state.journal.find_token(key),
        }
    }

    /// The histories of all tokens that miss a step, open or expired.
    pub fn leaks(&self) -> TokenHistories {
        let mut histories = self.token_histories();
        histories.tokens.retain(|token| token.missing.is_some());
        histories
    }
}

impl Store {
    /// What the objects of a swept store say of a token.
    pub(super) fn live_token(&self, token: TokenRef) -> Option<LiveToken> {
        match token {
            TokenRef::Upload(upload) => {
                let IssuedToken { issued_at, expires_at, state, .. } =
                    self.uploads.token(upload)?;
                let (status, missing, held) = match state {
                    UploadState::Open(held) => {
                        (TokenStatus::Open, Some(MissingStep::Attach), &held[..])
                    }
                    UploadState::Attached { .. } => (TokenStatus::Attached, None, &[][..]),
                };
                let files = self.attachments.all_of(held);
                let name = |file: &File| (file.id, file.file_name.clone());
                Some(LiveToken {
                    status,
                    missing,
                    issued_at,
                    expires_at,
                    files: files.iter().map(|file| name(&file.original)).collect(),
                    content_type: None,
                })
            }
            TokenRef::Object(token) => {
                let object = self.bucket.find(token.family, token.key, self.clock.now())?;
                let (reservation, missing) = (&object.reservation, object.missing_step());
                Some(LiveToken {
                    status: missing.map_or(TokenStatus::Published, |_| TokenStatus::Open),
                    missing,
                    issued_at: reservation.reserved_at,
                    expires_at: reservation.expires_at,
                    files: Vec::new(),
                    content_type: missing.map(|_| reservation.content_type.clone()),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::core::account::settings::{AccountSettings, Reuse};
    use crate::core::account::tests::comment;
    use crate::core::account::{NewTicket, Replaceable, Sender, SnapshotName, USER_IMAGES};
    use crate::core::accounts::{AccountName, Accounts};
    use crate::core::bucket::PutBody;
    use crate::core::clock::Timestamp;
    use crate::core::journal::tests::entry;
    use crate::core::journal::{EventKind, JournalEntry, JournalEvent, ObjectRef};
    use crate::core::tokens::ObjectToken;
    use crate::core::uploads::BadToken;
    use crate::core::users::Login;

    fn account() -> Arc<Account> {
        let settings = AccountSettings {
            max_files_per_upload: 3,
            bad_token_on_ticket: BadToken::Reject,
            max_image_size: 10,
            image_reuse: Reuse::Repeat,
            ..AccountSettings::for_tests()
        };
        let accounts = Accounts::for_tests(1, settings);
        accounts.open(&AccountName::default_account()).expect("there is room")
    }

    /// What requests do, each with the entry that it leaves in the journal.
    impl Account {
        fn leave(&self, event: JournalEvent) {
            let at = self.clock().now();
            self.record(JournalEntry { at, events: vec![event], ..entry("/") }, None);
        }

        fn leave_of(&self, kind: EventKind, token: TokenRef, object: Option<ObjectRef>) {
            let object = object.unwrap_or(token.into());
            self.leave(JournalEvent::with_token(kind, token, object));
        }

        fn issue_upload(&self) -> (TokenRef, u64) {
            let upload = self
                .upload(self.file(1).expect("there is room"), None, &self.settings())
                .expect("it is kept");
            let (token, id) = (TokenRef::Upload(upload.token), upload.attachments[0].original.id);
            let object = ObjectRef::Attachment(id);
            self.leave(JournalEvent::issued(token, object, upload.expires_at));
            (token, id)
        }

        fn issue_image(&self) -> TokenRef {
            let reservation = self
                .reserve_object(&USER_IMAGES, "image/png", 1, "x", &self.settings())
                .expect("it is kept");
            let token = reservation.token();
            self.leave(JournalEvent::issued(token, token.into(), reservation.expires_at));
            token
        }

        fn append(&self, token: TokenRef) {
            let TokenRef::Upload(upload) = token else { return };
            if let Ok(upload) =
                self.upload(self.file(1).expect("there is room"), Some(upload), &self.settings())
            {
                let newest = upload.attachments.last().map(|file| file.original.id);
                self.leave_of(EventKind::Appended, token, newest.map(ObjectRef::Attachment));
            }
        }

        fn attach(&self, token: TokenRef) -> bool {
            let TokenRef::Upload(upload) = token else { return false };
            let comments = vec![comment("b".to_owned(), Some(upload))];
            let new = NewTicket { comments, ..NewTicket::default() };
            let login = Login::email("a@example.com");
            let sender = Sender { login: Some(&login), client: None };
            let created = self.create_ticket(new, sender, None, &self.settings());
            let Ok((done, _)) = created else { return false };
            assert_eq!(done.attached.len(), 1);
            let ticket = ObjectRef::Ticket(done.ticket.id);
            self.leave_of(EventKind::Attached, token, Some(ticket));
            true
        }

        fn delete(&self, token: TokenRef) -> bool {
            let TokenRef::Upload(upload) = token else { return false };
            let was_open = self.delete_upload(upload) == Ok(true);
            if was_open {
                self.leave_of(EventKind::Deleted, token, None);
            }
            was_open
        }

        fn delete_file(&self, id: u64) {
            if self.delete_attachment(id).is_ok() {
                let file = ObjectRef::Attachment(id);
                self.leave(JournalEvent::new(EventKind::Deleted, file));
            }
        }

        fn put(&self, token: TokenRef) -> bool {
            let TokenRef::Object(ObjectToken { key, .. }) = token else { return false };
            let body =
                PutBody { content_type: None, blob: self.file(1).expect("there is room").blob };
            let (reserved, _) = self.find_reservation(Some(key), &self.settings());
            let is_kept = reserved.is_some_and(|reserved| {
                self.store_object(&reserved.reservation, body, Replaceable::Anything).is_ok()
            });
            if is_kept {
                self.leave_of(EventKind::Stored, token, None);
            }
            is_kept
        }

        fn publish(&self, token: TokenRef) -> bool {
            let TokenRef::Object(ObjectToken { key, .. }) = token else { return false };
            let Ok(image) = self.publish_object(&USER_IMAGES, key, &self.settings()) else {
                return false;
            };
            self.leave_of(EventKind::Published, token, Some((&*image).into()));
            true
        }

        /// Whether a token can still be used, as requests are answered.
        fn is_alive(&self, token: TokenRef) -> bool {
            match token {
                TokenRef::Upload(token) => self.ensure_upload_open(token).is_ok(),
                TokenRef::Object(token) => {
                    self.find_reservation(Some(token.key), &self.settings()).0.is_some()
                }
            }
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Upload,
        Append,
        Attach,
        Delete,
        DeleteFile,
        Reserve,
        Store,
        Publish,
        Advance,
        SetBack,
        Take,
        Restore,
        Clear,
    }

    fn any_act() -> impl Strategy<Value = (Act, usize)> {
        use Act::*;
        let acts = [
            Upload, Append, Attach, Delete, DeleteFile, Reserve, Store, Publish, Advance, SetBack,
            Take, Restore, Clear,
        ];
        (prop::sample::select(acts.to_vec()), 0..8_usize)
    }

    /// The tokens that there are, and what requests did to them.
    #[derive(Debug, Clone, Default)]
    struct Model {
        uploads: Vec<(TokenRef, u64)>,
        images: Vec<TokenRef>,
        stored: Vec<TokenRef>,
        /// Attached, deleted or published.
        used: Vec<TokenRef>,
    }

    impl Model {
        fn tokens(&self) -> impl Iterator<Item = TokenRef> {
            self.uploads.iter().map(|(token, _)| *token).chain(self.images.iter().copied())
        }

        fn missing(&self, token: TokenRef) -> Option<MissingStep> {
            match token {
                _ if self.used.contains(&token) => None,
                TokenRef::Upload(_) => Some(MissingStep::Attach),
                TokenRef::Object(_) if self.stored.contains(&token) => Some(MissingStep::Publish),
                TokenRef::Object(_) => Some(MissingStep::Store),
            }
        }
    }

    proptest! {
        #[test]
        fn a_history_never_disagrees_with_what_the_account_does(
            acts in prop::collection::vec(any_act(), 1..60),
        ) {
            let account = account();
            let mut model = Model::default();
            let (mut taken, snapshot) = (None, SnapshotName::parse("a").expect("a name"));
            for (act, which) in acts {
                let (upload, image) =
                    (model.uploads.get(which).copied(), model.images.get(which).copied());
                match (act, upload, image) {
                    (Act::Upload, ..) => model.uploads.push(account.issue_upload()),
                    (Act::Append, Some((token, _)), _) => account.append(token),
                    (Act::Attach, Some((token, _)), _) => {
                        model.used.extend(account.attach(token).then_some(token));
                    }
                    (Act::Delete, Some((token, _)), _) => {
                        model.used.extend(account.delete(token).then_some(token));
                    }
                    (Act::DeleteFile, Some((_, id)), _) => account.delete_file(id),
                    (Act::Reserve, ..) => model.images.push(account.issue_image()),
                    (Act::Store, _, Some(token)) => {
                        model.stored.extend(account.put(token).then_some(token));
                    }
                    (Act::Publish, _, Some(token)) => {
                        model.used.extend(account.publish(token).then_some(token));
                    }
                    (Act::Advance, ..) => {
                        let time = Duration::from_secs(300 * which as u64);
                        account.set_clock(|clock| clock.advance(time));
                    }
                    (Act::SetBack, ..) => {
                        account.set_clock(|clock| clock.set(Timestamp::UNIX_EPOCH));
                    }
                    (Act::Take, ..) => {
                        account.take_snapshot(snapshot.clone()).expect("there is room");
                        taken = Some(model.clone());
                    }
                    (Act::Restore, ..) => {
                        if let Some(was) = taken.clone() {
                            account.restore(&snapshot).expect("it was taken");
                            model = was;
                        }
                    }
                    (Act::Clear, ..) => {
                        account.clear_journal();
                        // Only open tokens are known without their entries.
                        let used = model.used.clone();
                        let is_open =
                            |token| account.is_alive(token) && !used.contains(&token);
                        model.uploads.retain(|(token, _)| is_open(*token));
                        model.images.retain(|token| is_open(*token));
                        taken = None;
                    }
                    _ => {}
                }
                let histories = account.token_histories().tokens;
                let find = |token| histories.iter().find(|history| history.token == token);
                for token in model.tokens() {
                    let history = find(token).expect("a history");
                    prop_assert_eq!(account.token_history(token), Some(history.clone()));
                    let missing = model.missing(token);
                    prop_assert_eq!(history.missing, missing);
                    let is_open = missing.is_some() && account.is_alive(token);
                    let has_expired = missing.is_some() && !is_open;
                    prop_assert_eq!(history.status == TokenStatus::Open, is_open);
                    prop_assert_eq!(history.status == TokenStatus::Expired, has_expired);
                    let last = history.steps.last().map(|step| step.kind);
                    prop_assert_eq!(last == Some(EventKind::Expired), has_expired);
                    if missing.is_some() {
                        prop_assert_eq!(history.steps[0].kind, EventKind::Issued);
                    }
                }
                // Tokens that a restore took leave at most what requests did to them.
                for history in &histories {
                    let is_known = model.tokens().any(|token| token == history.token);
                    prop_assert!(is_known || history.status != TokenStatus::Open);
                }
                let missing = histories.iter().filter(|history| history.missing.is_some());
                let leaks = account.leaks().tokens;
                prop_assert_eq!(leaks.iter().collect::<Vec<_>>(), missing.collect::<Vec<_>>());
            }
        }
    }
}
