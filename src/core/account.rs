//! One account: one lock around one state, and one short method per use case.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::Error;
use super::blobs::{BlobWriter, Budget, Charge, Exhausted};
use super::clock::{self, Clock, Timestamp};
use super::ids::{AccountId, Ids};
use super::rate_limit::{Allowance, RateLimit};
use super::uploads::{Found, NewFile, Upload, Uploads};
use super::user_images::{
    Object, PublishedImage, PublishingRules, Reservation, Reuse, TypeCheck, UserImages,
};

/// What accounts go by. `config` says what each means and where it comes from.
#[derive(Debug, Clone)]
pub struct Rules {
    /// How long an upload token and its files live.
    pub upload_ttl: Duration,
    /// How many files one upload may hold.
    pub max_files_per_upload: usize,
    /// How long an image token and its URL live.
    pub image_ttl: Duration,
    /// The largest image in bytes, as declared and as stored.
    pub max_image_size: u64,
    /// The image types that are taken, in lower case.
    pub image_types: Vec<String>,
    /// How publishing checks the type.
    pub image_type_check: TypeCheck,
    /// What a second publication does.
    pub image_reuse: Reuse,
    /// Requests allowed in a minute, or no limit.
    pub rate_limit: Option<u32>,
    /// The memory that all accounts share, in bytes.
    pub max_memory: u64,
    /// How many accounts there may be.
    pub max_accounts: usize,
    /// Makes names repeat.
    pub seed: Option<u64>,
    /// Where each account's clock starts.
    pub clock: Clock,
}

/// What every request is told on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// The id of this request.
    pub request_id: Uuid,
    /// The time by which it is answered.
    pub now: Timestamp,
    /// Whether that time is not the system's.
    pub emulated: bool,
    /// Where the account stands with its rate limit, for requests that count.
    pub allowance: Option<Allowance>,
}

/// What a reset, or a look, found in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Upload tokens.
    pub uploads: usize,
    /// Attachments, thumbnails not counted.
    pub attachments: usize,
    /// Image tokens: reserved, stored or published, and not yet expired.
    pub image_tokens: usize,
    /// Published images.
    pub published_images: usize,
}

/// One Zendesk account: the unit of isolation.
#[derive(Debug)]
pub struct Account {
    id: AccountId,
    name: String,
    rules: Arc<Rules>,
    budget: Arc<Budget>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    clock: Clock,
    ids: Ids,
    rate_limit: RateLimit,
    uploads: Uploads,
    user_images: UserImages,
}

impl State {
    fn new(id: AccountId, rules: &Rules) -> Self {
        Self {
            clock: rules.clock,
            ids: rules.seed.map_or_else(Ids::random, |seed| Ids::seeded(seed, id)),
            rate_limit: RateLimit::default(),
            uploads: Uploads::default(),
            user_images: UserImages::default(),
        }
    }

    fn sweep(&mut self) {
        let now = self.clock.now();
        self.uploads.sweep(now);
        self.user_images.sweep(now);
    }

    fn holdings(&self) -> Holdings {
        let (uploads, attachments) = self.uploads.count();
        let (image_tokens, published_images) = self.user_images.count();
        Holdings { uploads, attachments, image_tokens, published_images }
    }
}

impl Account {
    pub(super) fn new(id: AccountId, name: String, rules: Arc<Rules>, budget: Arc<Budget>) -> Self {
        let state = Mutex::new(State::new(id, &rules));
        Self { id, name, rules, budget, state }
    }

    /// The number of the account.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// The name (subdomain) of the account.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes note of a request. `counts` says whether the rate limit is about it.
    pub fn admit(&self, counts: bool) -> Admission {
        let mut state = self.state();
        let now = state.clock.now();
        Admission {
            request_id: state.ids.request_id(),
            now,
            emulated: state.clock.is_emulated(),
            allowance: counts.then(|| state.rate_limit.admit(self.rules.rate_limit, now)),
        }
    }

    /// Moves this account's clock forward. What expires by that is gone at once.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.clock.advance(by);
        state.sweep();
    }

    /// Starts to receive bytes. `expected` is the announced length, or 0.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn receive(&self, expected: u64) -> Result<BlobWriter, Error> {
        BlobWriter::new(&self.budget, expected).map_err(|Exhausted| self.out_of_memory())
    }

    /// The error for a budget that is exhausted.
    #[must_use]
    pub fn out_of_memory(&self) -> Error {
        Error::OutOfMemory { limit: self.rules.max_memory }
    }

    /// Keeps a file under a new token, or under the token of an open upload.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`], [`Error::TooManyFiles`].
    pub fn upload(&self, file: NewFile, append_to: Option<&str>) -> Result<Upload, Error> {
        let mut guard = self.state();
        let state = &mut *guard;
        let now = state.clock.now();
        state.uploads.sweep(now);
        match append_to {
            None => {
                let expires_at = clock::after(now, self.rules.upload_ttl);
                Ok(state.uploads.start(file, expires_at, &mut state.ids))
            }
            Some(token) => {
                let max = self.rules.max_files_per_upload;
                state.uploads.append(token, file, max, now, &mut state.ids)
            }
        }
    }

    /// The upload of a token.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn find_upload(&self, token: &str) -> Result<Upload, Error> {
        let state = self.state();
        state.uploads.alive(token, state.clock.now()).cloned()
    }

    /// Whether a file can be added to the upload of a token. It may expire before the file has arrived.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn expect_upload(&self, token: &str) -> Result<(), Error> {
        let state = self.state();
        state.uploads.alive(token, state.clock.now()).map(drop)
    }

    /// Deletes an upload and its files.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn delete_upload(&self, token: &str) -> Result<(), Error> {
        let mut state = self.state();
        let now = state.clock.now();
        state.uploads.delete(token, now)
    }

    /// The file with this id.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`].
    pub fn find_attachment(&self, id: u64) -> Result<Found, Error> {
        let state = self.state();
        state.uploads.by_id(id, state.clock.now())
    }

    /// The file with this URL token.
    ///
    /// # Errors
    /// [`Error::UnknownContent`].
    pub fn find_content(&self, token: &str) -> Result<Found, Error> {
        let state = self.state();
        state.uploads.by_token(token, state.clock.now())
    }

    /// Keeps a place in the bucket for an image.
    ///
    /// # Errors
    /// [`Error::ImageTypeNotAllowed`], [`Error::ImageEmpty`], [`Error::ImageTooLarge`],
    /// [`Error::OutOfMemory`].
    pub fn reserve_image(
        &self,
        content_type: &str,
        file_size: u64,
        host: &str,
    ) -> Result<Arc<Reservation>, Error> {
        let content_type = content_type.trim().to_ascii_lowercase();
        if !self.rules.image_types.contains(&content_type) {
            return Err(Error::ImageTypeNotAllowed { content_type });
        }
        if file_size == 0 {
            return Err(Error::ImageEmpty);
        }
        if file_size > self.rules.max_image_size {
            return Err(Error::ImageTooLarge { size: file_size, max: self.rules.max_image_size });
        }
        let charge = Charge::object(&self.budget).map_err(|Exhausted| self.out_of_memory())?;
        let mut guard = self.state();
        let state = &mut *guard;
        let now = state.clock.now();
        state.user_images.sweep(now);
        Ok(state.user_images.reserve(Reservation {
            token: state.ids.ulid(now),
            content_type,
            file_size,
            host: host.to_owned(),
            reserved_at: now,
            expires_at: clock::after(now, self.rules.image_ttl),
            charge,
        }))
    }

    /// The reservation of an image token.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn find_reservation(&self, token: &str) -> Result<Arc<Reservation>, Error> {
        let state = self.state();
        state.user_images.reservation(token, state.clock.now())
    }

    /// Stores what the bucket received for a reservation.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn store_image(&self, token: &str, object: Object) -> Result<(), Error> {
        let mut state = self.state();
        let now = state.clock.now();
        state.user_images.store(token, object, now)
    }

    /// Publishes a stored image.
    ///
    /// # Errors
    /// As [`UserImages::publish`].
    pub fn publish_image(&self, token: &str) -> Result<Arc<PublishedImage>, Error> {
        let rules = PublishingRules {
            max_size: self.rules.max_image_size,
            type_check: self.rules.image_type_check,
            reuse: self.rules.image_reuse,
        };
        let mut guard = self.state();
        let state = &mut *guard;
        let now = state.clock.now();
        let ids = &mut state.ids;
        state.user_images.publish(token, rules, now, || ids.image_name(now, self.id))
    }

    /// The published image with this file name.
    ///
    /// # Errors
    /// [`Error::UnknownImage`].
    pub fn find_image(&self, file_name: &str) -> Result<Arc<PublishedImage>, Error> {
        self.state().user_images.published(file_name)
    }

    /// Frees the memory of what has expired.
    pub fn sweep(&self) {
        self.state().sweep();
    }

    /// Empties the account: objects, clock, rate limit and, if seeded, names start anew.
    /// Answers what was in it.
    pub fn reset(&self) -> Holdings {
        let fresh = State::new(self.id, &self.rules);
        let old = std::mem::replace(&mut *self.state(), fresh);
        // Freeing many objects takes time, and nobody needs to wait for it under the lock.
        old.holdings()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No method leaves the state half changed, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
