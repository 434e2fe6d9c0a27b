//! All accounts of one server. They appear on first use.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use uuid::Uuid;

use crate::core::account::Account;
use crate::core::account::settings::{AccountSettings, InitialState, SettingError};
use crate::core::blobs::Budget;
use crate::core::clock::{self, Clock, Timestamp};
use crate::core::ids::AccountId;
use crate::core::journal;

/// The account of a request that names none.
pub const DEFAULT: &str = "default";

/// The longest account name: the longest DNS label.
const LONGEST_NAME: usize = 63;

const LOWEST_ID: u32 = 10_000_000;
const HIGHEST_ID: u32 = 99_999_999;

/// What a name of an account consists of.
pub const NAME_RULE: &str =
    "1 to 63 letters, digits, hyphens and underscores, without a hyphen at either end";

/// A text that can name an account: a DNS label in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name. Upper case is folded. `None` is a text that names no account.
    pub fn parse(text: &str) -> Option<Self> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let valid = !text.is_empty()
            && text.len() <= LONGEST_NAME
            && text.bytes().all(is_inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        valid.then(|| Self(text.to_ascii_lowercase()))
    }

    /// Which part of [`NAME_RULE`] a text breaks that [`parse`](Self::parse) does not read.
    pub fn explain(text: &str) -> String {
        let is_foreign = |c: &char| !c.is_ascii_alphanumeric() && !['-', '_'].contains(c);
        if let Some(c) = text.chars().find(is_foreign) {
            return format!("it has {c:?}");
        }
        match text.len() {
            0 => "it is empty".to_owned(),
            length if length > LONGEST_NAME => format!("it has {length} characters"),
            _ if text.starts_with('-') => "it begins with a hyphen".to_owned(),
            _ => "it ends with a hyphen".to_owned(),
        }
    }

    /// A name that no account has, unless it was made from the same id.
    pub fn from_request_id(id: Uuid) -> Self {
        Self(format!("account-{}", id.simple()))
    }

    pub fn default_account() -> Self {
        Self(DEFAULT.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why an account cannot be found, created or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The server has no room for another one.
    #[error("max_accounts is {max}, and as many have appeared")]
    TooMany {
        /// How many there can be.
        max: usize,
    },
    /// Another account has the name.
    #[error("there is an account of this name")]
    Exists,
    /// No account has the name.
    #[error("there is no account of this name")]
    Unknown,
    /// The default account cannot be deleted.
    #[error("the default account cannot be deleted; reset it instead")]
    Default,
    /// No account can have the name.
    #[error("invalid name: expected {NAME_RULE}")]
    InvalidName,
    /// An account would end at once.
    #[error("invalid life: expected a time longer than none")]
    NoLife,
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// All accounts of one server.
#[derive(Debug)]
pub struct Accounts {
    max_accounts: usize,
    /// How accounts begin unless they are created with settings.
    initial: InitialState,
    budget: Arc<Budget>,
    journal_budget: Arc<Budget>,
    index: RwLock<Index>,
}

#[derive(Debug, Default)]
struct Index {
    by_name: HashMap<String, Arc<Account>>,
    by_id: HashMap<AccountId, Arc<Account>>,
}

impl Accounts {
    pub fn new(max_accounts: usize, max_memory: u64, initial: InitialState) -> Self {
        let budget = Budget::new(max_memory);
        let journal_budget = Budget::new(journal::MOST_BYTES);
        let index = RwLock::default();
        Self { max_accounts, initial, budget, journal_budget, index }
    }

    pub fn open(&self, name: &AccountName) -> Result<Arc<Account>, AccountError> {
        let known = self.read().by_name.get(name.as_str()).cloned();
        if let Some(account) = known {
            return Ok(account);
        }
        let mut index = self.write();
        if let Some(account) = index.by_name.get(name.as_str()) {
            return Ok(Arc::clone(account));
        }
        self.ensure_room(&index)?;
        let id = index.free_id(name.as_str());
        let account = self.build(id, name, None, self.initial.clone());
        index.insert(&account);
        Ok(account)
    }

    /// The account of this name or, if there is none, an empty one that no other request finds
    /// until it is [adopted](Self::adopt).
    #[must_use]
    pub fn peek(&self, name: &AccountName) -> Arc<Account> {
        let known = self.read().by_name.get(name.as_str()).cloned();
        let initial = || self.initial.clone();
        known.unwrap_or_else(|| self.build(usual_id(name.as_str()), name, None, initial()))
    }

    pub fn all(&self) -> Vec<Arc<Account>> {
        let mut all: Vec<_> = self.read().by_name.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// The settings of accounts that are created without their own.
    pub fn default_settings(&self) -> &AccountSettings {
        &self.initial.settings
    }

    /// Lists an account that [`peek`](Self::peek) has made, or returns the one that has its name by
    /// now. Any other account is returned as it is: a deleted one has no successor.
    pub fn adopt(&self, account: &Arc<Account>) -> Result<Arc<Account>, AccountError> {
        if account.was_listed.load(Ordering::Acquire) {
            return Ok(Arc::clone(account));
        }
        let mut index = self.write();
        if let Some(known) = index.by_name.get(account.name()) {
            return Ok(Arc::clone(known));
        }
        self.ensure_room(&index)?;
        let id = index.free_id(account.name());
        let account = if id == account.id() {
            Arc::clone(account)
        } else {
            let name = AccountName(account.name().to_owned());
            self.build(id, &name, None, self.initial.clone())
        };
        index.insert(&account);
        Ok(account)
    }

    /// Creates an account with valid settings, for ever or for a while of real time. Others find it
    /// once `fill` has succeeded. `fill` is called again if another account takes the id meanwhile.
    pub fn make<E: From<AccountError>>(
        &self,
        name: &AccountName,
        lifetime: Option<Duration>,
        settings: Arc<AccountSettings>,
        fill: impl Fn(&Account) -> Result<(), E>,
    ) -> Result<Arc<Account>, E> {
        let initial = InitialState { settings, ..self.initial.clone() };
        let ends = lifetime.map(|lifetime| clock::after(Clock::SYSTEM.now(), lifetime));
        let free_id = |index: &Index| {
            if index.by_name.contains_key(name.as_str()) {
                return Err(AccountError::Exists);
            }
            self.ensure_room(index)?;
            Ok(index.free_id(name.as_str()))
        };
        loop {
            let id = free_id(&self.read())?;
            let account = self.build(id, name, ends, initial.clone());
            fill(&account)?;
            let mut index = self.write();
            if free_id(&index)? == id {
                index.insert(&account);
                return Ok(account);
            }
        }
    }

    /// Deletes an account with all that it holds. The next request that names it creates another
    /// one.
    pub fn delete(&self, name: &AccountName) -> Result<(), AccountError> {
        if name.as_str() == DEFAULT {
            return Err(AccountError::Default);
        }
        let mut index = self.write();
        let account = index.by_name.remove(name.as_str()).ok_or(AccountError::Unknown)?;
        index.by_id.remove(&account.id());
        // Freeing many objects takes time, so it happens outside the lock.
        drop(index);
        account.notify_listeners();
        Ok(())
    }

    /// Whether requests find this account.
    pub fn has(&self, account: &Arc<Account>) -> bool {
        self.read().has(account)
    }

    /// Deletes this account, but not another one that has its name by now.
    fn remove(&self, account: &Arc<Account>) {
        let mut index = self.write();
        if index.has(account) {
            index.by_name.remove(account.name());
            index.by_id.remove(&account.id());
        }
        drop(index);
        account.notify_listeners();
    }

    pub fn by_id(&self, id: AccountId) -> Option<Arc<Account>> {
        self.read().by_id.get(&id).cloned()
    }

    /// Frees the memory of expired objects in all accounts, and deletes accounts whose life is
    /// over.
    pub fn sweep(&self) {
        let now = Clock::SYSTEM.now();
        let all = self.all();
        for account in &all {
            if account.ends().is_some_and(|ends| ends <= now) {
                self.remove(account);
            } else {
                account.sweep();
            }
        }
        self.make_room(&all);
        self.budget.free();
    }

    /// Trims the largest journals once half of their memory is taken, so that a new account finds
    /// room.
    fn make_room(&self, all: &[Arc<Account>]) {
        const MOST_KEPT: [usize; 8] = [500, 250, 125, 64, 32, 16, 8, 4];
        for most in MOST_KEPT {
            if self.journal_budget.used() <= self.journal_budget.limit() / 2 {
                break;
            }
            all.iter().for_each(|account| account.trim_journal(most));
        }
    }

    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// Bytes that the journals of all accounts take.
    pub fn journals_used(&self) -> u64 {
        self.journal_budget.used()
    }

    pub fn count(&self) -> usize {
        self.read().by_name.len()
    }

    fn ensure_room(&self, index: &Index) -> Result<(), AccountError> {
        let max = self.max_accounts;
        if index.by_name.len() < max { Ok(()) } else { Err(AccountError::TooMany { max }) }
    }

    fn build(
        &self,
        id: AccountId,
        name: &AccountName,
        ends: Option<Timestamp>,
        initial: InitialState,
    ) -> Arc<Account> {
        let (budget, journal) = (Arc::clone(&self.budget), Arc::clone(&self.journal_budget));
        Arc::new(Account::new(id, name.as_str().to_owned(), ends, initial, budget, journal))
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn has(&self, account: &Arc<Account>) -> bool {
        self.by_id.get(&account.id()).is_some_and(|known| Arc::ptr_eq(known, account))
    }

    fn free_id(&self, name: &str) -> AccountId {
        let mut id = usual_id(name);
        while self.by_id.contains_key(&id) {
            id = AccountId(if id.0 == HIGHEST_ID { LOWEST_ID } else { id.0 + 1 });
        }
        id
    }

    fn insert(&mut self, account: &Arc<Account>) {
        account.was_listed.store(true, Ordering::Release);
        self.by_name.insert(account.name().to_owned(), Arc::clone(account));
        self.by_id.insert(account.id(), Arc::clone(account));
    }
}

/// The eight-digit number of an account unless another has it: FNV-1a of its name, so that an
/// account keeps its number, and with it its seeded names, from run to run.
fn usual_id(name: &str) -> AccountId {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let span = u64::from(HIGHEST_ID - LOWEST_ID + 1);
    AccountId(LOWEST_ID + u32::try_from(hash % span).unwrap_or(0))
}

#[cfg(test)]
impl Accounts {
    /// Accounts without a limit of memory, whose clocks stand still and whose names repeat.
    pub fn for_tests(max_accounts: usize, settings: AccountSettings) -> Self {
        let clock = Clock::Frozen { at: Timestamp::UNIX_EPOCH };
        let settings = Arc::new(settings);
        Self::new(max_accounts, u64::MAX, InitialState { settings, clock, random_seed: Some(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::journal::tests::entry;

    #[test]
    fn a_new_account_finds_room_in_the_journals_of_all() {
        let accounts = Accounts::for_tests(100, AccountSettings::for_tests());
        let open = |name: &str| {
            let name = AccountName::parse(name).expect("a name");
            accounts.open(&name).expect("there is room")
        };
        for number in 0..50 {
            let busy = open(&format!("busy-{number}"));
            for _ in 0..1_000 {
                busy.record(entry("/"), None);
            }
        }
        let kept = |account: &Account| account.journal(0).entries.len();
        let late = open("late");
        late.record(entry("/"), None);
        assert_eq!(kept(&late), 0, "the others have taken all there is");
        accounts.sweep();
        late.record(entry("/"), None);
        assert_eq!(kept(&late), 1);
        let busy = kept(&open("busy-0"));
        assert!(busy < 1_000 && busy > 100, "{busy}");
    }

    #[test]
    fn a_sweep_frees_deferred_drops() {
        let accounts = Accounts::for_tests(1, AccountSettings::for_tests());
        let held = Arc::new(());
        accounts.budget.defer_drop(Arc::clone(&held));
        accounts.sweep();
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
