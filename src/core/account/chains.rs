//! What became of each token. Each step is noted where it is taken, under the same lock.

use crate::core::account::Account;
use crate::core::account::store::Store;
use crate::core::bucket::Stage;
use crate::core::chains::{Chain, ChainToken, Missing, Standing};
use crate::core::clock::Timestamp;
use crate::core::uploads::{Upload, UploadState};

/// The lives of the account's tokens, at one moment.
#[derive(Debug)]
pub struct Lives {
    /// The chains that are kept, in the order in which their tokens were issued.
    pub chains: Vec<Chain>,
    /// How many were dropped.
    pub dropped: u64,
}

impl Account {
    /// What became of each token.
    #[must_use]
    pub fn chains(&self) -> Lives {
        let state = self.state();
        let store = &state.store;
        let now = store.clock.now();
        Lives {
            chains: store.chains.all(|token| standing(store, token, now)),
            dropped: store.chains.dropped(),
        }
    }

    /// Starts the chains of tokens that a store has from its first moment, in this order.
    pub fn start_chains(&self, store: &mut Store, tokens: &[ChainToken]) {
        let now = store.clock.now();
        let Store { uploads, attachments, user_images, chains, .. } = store;
        for &token in tokens {
            match token {
                ChainToken::Upload(token) => {
                    let Some((expires_at, state)) = uploads.state(&token) else { continue };
                    let files = match state {
                        UploadState::Open(held) => attachments.all_of(held),
                        UploadState::Attached { .. } => Vec::new(),
                    };
                    let mut files = files.into_iter();
                    let first = files.next().into_iter().collect();
                    let mut upload = Upload { token, expires_at, attachments: first };
                    chains.upload_issued(&upload, now, &self.chains_budget);
                    for file in files {
                        upload.attachments.push(file);
                        chains.appended(&upload, now);
                    }
                    if let UploadState::Attached { ticket } = state {
                        chains.attached(&[token], ticket, now);
                    }
                }
                ChainToken::Image(token) => {
                    let Some(object) = user_images.bucket.get(&token) else { continue };
                    chains.image_issued(&object.reservation, &self.chains_budget);
                    if !matches!(object.stage, Stage::Reserved) {
                        chains.stored(token, now);
                    }
                    if let Stage::Used(image) = &object.stage {
                        chains.published(token, image, now);
                    }
                }
            }
        }
    }

    /// Drops the oldest chains until there are only so many.
    pub fn trim_chains(&self, most: usize) {
        let mut state = self.state();
        if state.store.chains.len() > most {
            state.store.chains.trim(most);
        }
    }

    /// What became of a token. When it was given out more than once, it is its latest life.
    #[must_use]
    pub fn chain(&self, token: ChainToken) -> Option<Chain> {
        let state = self.state();
        let store = &state.store;
        let now = store.clock.now();
        store.chains.find(token, |token| standing(store, token, now))
    }
}

/// How a token stands. Those who keep it decide, as they do for every request.
fn standing(store: &Store, token: &ChainToken, now: Timestamp) -> Standing {
    match token {
        ChainToken::Upload(token) => match store.uploads.expect(token.as_str(), now) {
            Ok(()) => Standing::Waits(Missing::Attach),
            Err(_) => Standing::Gone,
        },
        ChainToken::Image(token) => match store.user_images.bucket.find(token, now) {
            Some(object) => match object.stage {
                Stage::Reserved => Standing::Waits(Missing::Store),
                Stage::Stored(_) => Standing::Waits(Missing::Publish),
                Stage::Used(_) => Standing::Complete,
            },
            None => Standing::Gone,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::core::account::settings::AccountSettings;
    use crate::core::account::{NewTicket, Sender, SnapshotName};
    use crate::core::accounts::{AccountName, Accounts};
    use crate::core::attachments::NewFile;
    use crate::core::bucket::PutBody;
    use crate::core::chains::StepKind;
    use crate::core::tickets::NewComment;
    use crate::core::tickets::audit::Text;
    use crate::core::uploads::BadToken;
    use crate::core::user_images::Reuse;
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

    impl Account {
        fn file(&self) -> NewFile {
            let mut writer = self.receive(0).expect("there is room");
            writer.push(Bytes::from_static(b"x")).expect("there is room");
            NewFile::new("a.txt".to_owned(), "text/plain".to_owned(), writer.finish())
        }

        fn attach(&self, token: &str) -> bool {
            let text = Arc::new(Text::Plain("b".to_owned()));
            let uploads = vec![token.to_owned()];
            let comment =
                NewComment { text, public: true, author_id: None, created_at: None, uploads };
            let new =
                NewTicket { comments: vec![comment], properties: Vec::new(), requester: None };
            let login = Login::email("a@example.com");
            self.create_ticket(new, Sender { login: Some(&login), client: None }, None).is_ok()
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Upload,
        Append,
        Attach,
        Delete,
        DeleteFile,
        Download,
        Reserve,
        Store,
        Publish,
        Advance(u64),
        SetBack,
        Take,
        Restore,
    }

    fn any_act() -> impl Strategy<Value = (Act, usize)> {
        let act = prop_oneof![
            Just(Act::Upload),
            Just(Act::Append),
            Just(Act::Attach),
            Just(Act::Delete),
            Just(Act::DeleteFile),
            Just(Act::Download),
            Just(Act::Reserve),
            Just(Act::Store),
            Just(Act::Publish),
            (0..2_000_u64).prop_map(Act::Advance),
            Just(Act::SetBack),
            Just(Act::Take),
            Just(Act::Restore),
        ];
        (act, 0..8_usize)
    }

    proptest! {
        #[test]
        fn a_chain_never_disagrees_with_what_the_account_does(acts in prop::collection::vec(any_act(), 1..60)) {
            let account = account();
            let (mut uploads, mut images) = (Vec::new(), Vec::new());
            // Tokens that were used or deleted, which are not missing anything for ever.
            let mut done = Vec::new();
            let (mut taken, snapshot) = (None, SnapshotName::parse("a").expect("a name"));
            for (act, which) in acts {
                let upload: Option<&(String, u64, String)> = uploads.get(which);
                let image: Option<&String> = images.get(which);
                match (act, upload, image) {
                    (Act::Upload, ..) => {
                        let upload = account.upload(account.file(), None).expect("it is kept");
                        let file = &upload.attachments[0].original;
                        uploads.push((upload.token.to_string(), file.id, file.token.to_string()));
                    }
                    (Act::Append, Some((token, ..)), _) => {
                        let _ = account.upload(account.file(), Some(token));
                    }
                    (Act::Attach, Some((token, ..)), _) => {
                        done.extend(account.attach(token).then(|| token.clone()));
                    }
                    (Act::Delete, Some((token, ..)), _) => {
                        if account.ensure_upload_open(token).is_ok() {
                            account.delete_upload(token).expect("it is open");
                            done.push(token.clone());
                        } else {
                            let _ = account.delete_upload(token);
                        }
                    }
                    (Act::DeleteFile, Some((_, id, _)), _) => {
                        let _ = account.delete_attachment(*id);
                    }
                    (Act::Download, Some((.., content)), _) => {
                        let _ = account.download_content(content);
                    }
                    (Act::Reserve, ..) => {
                        let reserved = account.reserve_image("image/png", 1, "x").expect("it is kept");
                        images.push(reserved.key.to_string());
                    }
                    (Act::Store, _, Some(token)) => {
                        let blob = account.file().blob;
                        let key = token.parse().expect("a ULID");
                        let _ = account.store_object(key, PutBody { content_type: None, blob });
                    }
                    (Act::Publish, _, Some(token)) => {
                        done.extend(account.publish_image(token).map(|_| token.clone()));
                    }
                    (Act::Advance(seconds), ..) => {
                        account.set_clock(|clock| clock.advance(Duration::from_secs(seconds)));
                    }
                    (Act::SetBack, ..) => {
                        account.set_clock(|clock| clock.set(Timestamp::UNIX_EPOCH));
                    }
                    (Act::Take, ..) => {
                        account.take_snapshot(snapshot.clone()).expect("there is room");
                        taken = Some((uploads.clone(), images.clone(), done.clone()));
                    }
                    (Act::Restore, ..) => {
                        if let Some(was) = taken.clone() {
                            account.restore(&snapshot).expect("it was taken");
                            (uploads, images, done) = was;
                        }
                    }
                    _ => {}
                }
                let chains = account.chains().chains;
                prop_assert_eq!(chains.len(), uploads.len() + images.len());
                let leaks = account.leaks();
                for chain in &chains {
                    let token = chain.token.to_string();
                    prop_assert_eq!(account.chain(chain.token), Some(chain.clone()));
                    let image = leaks.images.iter().find(|image| image.token == token);
                    let is_alive = image.is_some() || leaks.uploads.iter().any(|upload| upload.token == token);
                    let has_expired = chain.steps.last().is_some_and(|step| step.kind == StepKind::Expired);
                    prop_assert_eq!(chain.missing.is_some(), !done.contains(&token));
                    prop_assert_eq!(has_expired, !is_alive && !done.contains(&token));
                    if let Some(image) = image {
                        prop_assert_eq!(chain.missing, Some(image.missing));
                    }
                }
            }
        }
    }
}
