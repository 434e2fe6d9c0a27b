//! The only source of randomness: every token, id and ULID is made here.
//!
//! With a seed, the same calls in the same order make the same names, on every machine and in every
//! release: the generator is ChaCha8, whose stream is fixed.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use ulid::Ulid;
use uuid::Uuid;

use crate::core::clock::Timestamp;
use crate::core::id::{Id, IdsExhausted};
use crate::core::job_id::JobId;

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Recorded attachment ids of 2023 and 2024 have 13 or 14 digits; ours start here.
const FIRST_ID: u64 = 33_000_000_000_000;
/// Ids of one account grow by at most this much, as those of a busy service do.
const LARGEST_STEP: u64 = 1_000;
/// So many numbers are kept for one request or seed. The largest needs some ten million ids.
const KEPT_NUMBERS: u64 = 1 << 40;

const TOKEN_LENGTH: usize = 25;

/// 25 characters of `[0-9A-Za-z]`: the recorded form (2015 to 2026) of upload tokens and of the
/// tokens in `content_url`. `K` keeps the two apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token<K>([u8; TOKEN_LENGTH], PhantomData<K>);

pub type UploadToken = Token<OfUpload>;
/// The token in the `content_url` of a file.
pub type FileToken = Token<OfFile>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OfUpload {}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OfFile {}

impl<K> Token<K> {
    /// Parses a token. `None` is a text that was never made, so it finds nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; TOKEN_LENGTH] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes, PhantomData))
    }

    pub fn as_str(&self) -> &str {
        // `parse` and `Ids::token` take only ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<K> fmt::Display for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number of an account, which is part of some names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub u32);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The key of an object in the bucket, and its token in the API: a ULID of the instant of its
/// reservation, as documented URLs show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketKey(Ulid);

impl BucketKey {
    pub fn parse(text: &str) -> Option<Self> {
        Ulid::from_string(text).ok().map(Self)
    }
}

impl fmt::Display for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name under which a published object, such as an image, is served, without its extension.
///
/// A ULID, as public image paths of 2024 show. Its last 32 bits are the account, because such a
/// path is requested without credentials and without an account prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublishedName(Ulid);

impl PublishedName {
    pub fn parse(text: &str) -> Option<Self> {
        Ulid::from_string(text).ok().map(Self)
    }

    pub fn in_account(self, account: AccountId) -> Self {
        let others = u128::from(self.0) & !u128::from(u32::MAX);
        Self(Ulid(others | u128::from(account.0)))
    }

    pub fn account(&self) -> AccountId {
        #[expect(clippy::cast_possible_truncation, reason = "the account is the low 32 bits")]
        AccountId(self.0.random() as u32)
    }
}

impl PublishedName {
    /// The instant in the name: that of the publication, unless a seed chose the name.
    pub fn instant(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.0.timestamp_ms().try_into().ok()?).ok()
    }
}

impl fmt::Display for PublishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A generator whose clone yields the same numbers.
#[derive(Debug)]
struct Generator(ChaCha8Rng);

impl Clone for Generator {
    fn clone(&self) -> Self {
        Self(ChaCha8Rng::deserialize_state(&self.0.serialize_state()))
    }
}

#[derive(Debug, Clone)]
pub struct Ids {
    names: Generator,
    /// Apart from the names, so that a request which creates nothing changes none.
    request_ids: Generator,
    /// Apart from both, so that a request without a fault changes nothing for one with a fault.
    fractions: Generator,
    is_seeded: bool,
    /// Whether a name may have been issued before: after a new seed, or beside names from a
    /// document. Otherwise the names are too many to repeat, and need no check.
    may_repeat: bool,
    last_id: u64,
    /// The largest id that was issued, or 0.
    highest: u64,
    authenticity_token: [u8; 64],
    download_key: [u8; 32],
}

impl Ids {
    /// Names that repeat: the same seed and account yield the same sequence.
    pub fn seeded(seed: u64, account: AccountId) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&account.0.to_le_bytes());
        Self { is_seeded: true, ..Self::from_key(key) }
    }

    /// Names that differ from run to run. The randomness of the standard library is enough for a
    /// test double, and needs no `/dev`.
    pub fn random() -> Self {
        let source = RandomState::new();
        let mut key = [0; 32];
        for (part, word) in key.chunks_exact_mut(8).enumerate() {
            word.copy_from_slice(&source.hash_one(part).to_le_bytes());
        }
        Self::from_key(key)
    }

    fn from_key(mut key: [u8; 32]) -> Self {
        let mut names = Generator(ChaCha8Rng::from_seed(key));
        let last_id = FIRST_ID + names.0.random_range(0..FIRST_ID / 100);
        key[31] ^= 1;
        let request_ids = Generator(ChaCha8Rng::from_seed(key));
        key[31] ^= 2;
        let mut authenticity_token = [0; 64];
        let mut secrets = ChaCha8Rng::from_seed(key);
        secrets.fill_bytes(&mut authenticity_token);
        let mut download_key = [0; 32];
        secrets.fill_bytes(&mut download_key);
        key[31] ^= 4;
        let fractions = Generator(ChaCha8Rng::from_seed(key));
        Self {
            names,
            request_ids,
            fractions,
            is_seeded: false,
            may_repeat: false,
            last_id,
            highest: 0,
            authenticity_token,
            download_key,
        }
    }

    /// Restarts with a seed. Ids stay larger than those that were issued, and sessions and signed
    /// URLs stay valid.
    pub fn reseed(&mut self, seed: u64, account: AccountId) {
        *self = self.succeeded_by(Self::seeded(seed, account));
        self.allow_repeats();
    }

    /// A source of the same names if they are seeded, or of new ones.
    pub fn fork(&self) -> Self {
        if self.is_seeded { self.clone() } else { self.succeeded_by(Self::random()) }
    }

    fn succeeded_by(&self, fresh: Self) -> Self {
        Self {
            last_id: fresh.last_id.max(self.highest),
            highest: self.highest,
            authenticity_token: self.authenticity_token,
            download_key: self.download_key,
            ..fresh
        }
    }

    /// A token for an upload or for the URL of a file. After a new seed it may be one that was
    /// issued before: `is_taken` reports that, and the next one is tried.
    pub fn token<K>(&mut self, is_taken: impl Fn(&Token<K>) -> bool) -> Token<K> {
        loop {
            let mut text = [0; TOKEN_LENGTH];
            for place in &mut text {
                *place = ALPHANUMERIC[self.names.0.random_range(0..ALPHANUMERIC.len())];
            }
            let token = Token(text, PhantomData);
            if !(self.may_repeat && is_taken(&token)) {
                return token;
            }
        }
    }

    /// Refuses if a request may not find the ids that it needs.
    ///
    /// # Errors
    /// The account has run out of ids.
    pub fn ensure_left(&self) -> Result<(), IdsExhausted> {
        let is_left = self.last_id <= Id::LARGEST.get() - KEPT_NUMBERS;
        if is_left { Ok(()) } else { Err(IdsExhausted) }
    }

    /// Whether all numbers that it has issued are ids.
    pub fn are_valid(&self) -> bool {
        self.highest <= Id::LARGEST.get()
    }

    /// An id, larger than all that this account has issued. [`ensure_left`](Self::ensure_left)
    /// comes first.
    pub fn id(&mut self) -> u64 {
        self.last_id += self.names.0.random_range(1..=LARGEST_STEP);
        self.highest = self.last_id;
        self.last_id
    }

    /// Makes all ids that follow larger than this one.
    pub fn continue_after(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
        self.highest = self.highest.max(id);
    }

    /// Has names checked from now on, since some did not come from here.
    pub fn allow_repeats(&mut self) {
        self.may_repeat = true;
    }

    /// A key of the given instant, to the millisecond. `is_taken` is as for tokens.
    pub fn bucket_key(
        &mut self,
        at: Timestamp,
        is_taken: impl Fn(&BucketKey) -> bool,
    ) -> BucketKey {
        loop {
            let high = u128::from(self.names.0.next_u64()) << 32;
            let random = high | u128::from(self.names.0.next_u32());
            let key = BucketKey(Ulid::from_parts(milliseconds(at), random));
            if !(self.may_repeat && is_taken(&key)) {
                return key;
            }
        }
    }

    /// A name for a published object. `is_taken` is as for tokens.
    pub fn published_name(
        &mut self,
        at: Timestamp,
        account: AccountId,
        is_taken: impl Fn(&PublishedName) -> bool,
    ) -> PublishedName {
        loop {
            let random = u128::from(self.names.0.next_u64()) << 32 | u128::from(account.0);
            let name = PublishedName(Ulid::from_parts(milliseconds(at), random));
            if !(self.may_repeat && is_taken(&name)) {
                return name;
            }
        }
    }

    /// The id of a job. `is_taken` is as for tokens.
    pub fn job_id(&mut self, is_taken: impl Fn(&JobId) -> bool) -> JobId {
        loop {
            let high = u128::from(self.names.0.next_u64()) << 64;
            let id = JobId(high | u128::from(self.names.0.next_u64()));
            if !(self.may_repeat && is_taken(&id)) {
                return id;
            }
        }
    }

    /// A number from 0 on and below 1, for faults with a probability. It changes no name.
    pub fn fraction(&mut self) -> f64 {
        self.fractions.0.random()
    }

    /// What a session of the help center sends back in `X-CSRF-Token`: 64 bytes, as recorded. The
    /// whole account has one.
    pub fn authenticity_token(&self) -> [u8; 64] {
        self.authenticity_token
    }

    /// The secret key that signs temporary URLs of downloads.
    pub fn download_key(&self) -> [u8; 32] {
        self.download_key
    }

    pub fn request_id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.request_ids.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

fn milliseconds(at: Timestamp) -> u64 {
    at.as_millisecond().try_into().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_every_name() {
        let names = |seed| {
            let mut ids = Ids::seeded(seed, AccountId(7));
            (
                ids.token::<OfUpload>(|_| false),
                ids.id(),
                ids.bucket_key(Timestamp::UNIX_EPOCH, |_| false),
                ids.request_id(),
            )
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn a_new_seed_repeats_tokens_except_taken_ones_and_ids_still_grow() {
        let mut ids = Ids::seeded(1, AccountId(7));
        let (first, second) = (ids.token::<OfUpload>(|_| false), ids.token(|_| false));
        let highest = ids.id();
        ids.reseed(1, AccountId(7));
        assert_eq!(ids.token(|token| *token == first), second);
        assert!(ids.id() > highest);
    }

    #[test]
    fn two_accounts_with_one_seed_share_no_name() {
        let first: UploadToken = Ids::seeded(1, AccountId(1)).token(|_| false);
        let second = Ids::seeded(1, AccountId(2)).token(|_| false);
        assert_ne!(first, second);
    }

    #[test]
    fn a_token_reads_back_and_nothing_else_does() {
        let token: UploadToken = Ids::random().token(|_| false);
        assert_eq!(Token::parse(token.as_str()), Some(token));
        for not_a_token in ["", "short", "0123456789012345678901234!", "ünicodeünicodeünicode1234"]
        {
            assert_eq!(UploadToken::parse(not_a_token), None, "{not_a_token}");
        }
    }

    #[test]
    fn a_ulid_has_its_instant_and_a_published_name_its_account() {
        let at: Timestamp = "2022-09-06T14:14:48.157Z".parse().expect("a timestamp");
        let mut ids = Ids::seeded(1, AccountId(1));
        assert_eq!(ids.bucket_key(at, |_| false).0.timestamp_ms(), 1_662_473_688_157);
        let name = ids.published_name(at, AccountId(13_633_840), |_| false);
        let read = PublishedName::parse(&name.to_string()).expect("our own name");
        assert_eq!(read.account(), AccountId(13_633_840));
    }
}
