//! What became of each token: issued, filled, used or lost, step by step, on the account's clock.
//!
//! This is history, as the journal is: bounded, saying what it dropped, and gone with a reset. Whether a token is
//! still alive is not history, so whoever reads a chain brings that along ([`Standing`]), and the two cannot disagree.

mod chain;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ulid::Ulid;

use self::chain::Kept;
pub use self::chain::{Chain, ChainToken, Missing, Standing, Step, StepKind};
use crate::core::blobs::{Budget, Charge, Exhausted};
use crate::core::bucket::Reservation;
use crate::core::clock::Timestamp;
use crate::core::ids::{ImageName, Token};
use crate::core::journal::ObjectRef;
use crate::core::uploads::Upload;
use crate::core::user_images::PublishedImage;

/// How many chains one account keeps. Older ones make room.
pub const MOST: usize = 1_000;
/// What all chains together may take, in bytes, apart from the memory for files.
pub const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How many files that were appended to one upload are followed.
const MOST_FILES: usize = 100;
/// What a chain takes with its first few steps, in bytes, about.
const CHAIN: u64 = 1_280;
/// What one more file takes, in bytes, about.
const FILE: u64 = 128;

/// The chains of one account.
#[derive(Debug, Default)]
pub struct Chains {
    /// In the order of their issue, numbered on from `first`.
    kept: VecDeque<Kept>,
    first: u64,
    by_token: HashMap<ChainToken, u64>,
    by_file: HashMap<u64, u64>,
    by_image: HashMap<ImageName, u64>,
    /// Chains that are not there any more, or never were for want of room.
    dropped: u64,
}

impl Chains {
    /// An upload token was given out with its first file.
    pub fn upload_issued(&mut self, upload: &Upload, at: Timestamp, budget: &Arc<Budget>) {
        let file = newest(upload);
        let token = ChainToken::Upload(upload.token);
        let issued = Step::new(StepKind::Issued, at, file.map(ObjectRef::Attachment));
        self.begin(token, issued, upload.expires_at, budget);
    }

    /// An image token was given out.
    pub fn image_issued(&mut self, reservation: &Reservation, budget: &Arc<Budget>) {
        let Reservation { key: token, reserved_at, expires_at, .. } = *reservation;
        let issued = Step::new(StepKind::Issued, reserved_at, None);
        self.begin(ChainToken::Image(token), issued, expires_at, budget);
    }

    /// An upload got another file.
    pub fn appended(&mut self, upload: &Upload, at: Timestamp) {
        let number = self.by_token.get(&ChainToken::Upload(upload.token)).copied();
        let Some((number, file)) = number.zip(newest(upload)) else { return };
        let Some(kept) = self.numbered(number) else { return };
        kept.add(StepKind::Appended, at, Some(ObjectRef::Attachment(file)));
        if kept.files.len() < MOST_FILES && kept.charge.grow(FILE).is_ok() {
            kept.files.push(file);
            self.by_file.insert(file, number);
        }
    }

    /// A ticket took the files of some uploads.
    pub fn attached(&mut self, tokens: &[Token], ticket: u64, at: Timestamp) {
        for &token in tokens {
            if let Some(kept) = self.of(ChainToken::Upload(token)) {
                kept.is_done = true;
                kept.add(StepKind::Attached, at, Some(ObjectRef::Ticket(ticket)));
            }
        }
    }

    /// An upload was deleted.
    pub fn upload_deleted(&mut self, token: Token, at: Timestamp) {
        if let Some(kept) = self.of(ChainToken::Upload(token)) {
            kept.is_done = true;
            kept.add(StepKind::Deleted, at, None);
        }
    }

    /// A file of an upload, attached or not, was deleted.
    pub fn file_deleted(&mut self, file: u64, at: Timestamp) {
        self.of_file(file, StepKind::Deleted, at);
    }

    /// A file of an upload, attached or not, was downloaded.
    pub fn file_downloaded(&mut self, file: u64, at: Timestamp) {
        self.of_file(file, StepKind::Downloaded, at);
    }

    /// The bytes of an image arrived.
    pub fn stored(&mut self, token: Ulid, at: Timestamp) {
        if let Some(kept) = self.of(ChainToken::Image(token)) {
            kept.is_stored = true;
            kept.add(StepKind::Stored, at, None);
        }
    }

    /// An image got its path.
    pub fn published(&mut self, token: Ulid, image: &PublishedImage, at: Timestamp) {
        let Some(&number) = self.by_token.get(&ChainToken::Image(token)) else { return };
        // One that was published already only answered again.
        if let Some(kept) = self.numbered(number).filter(|kept| kept.image.is_none()) {
            kept.is_done = true;
            kept.image = Some(image.name);
            kept.add(StepKind::Published, at, Some(ObjectRef::Image(image.name, image.extension)));
            self.by_image.insert(image.name, number);
        }
    }

    /// A published image was downloaded.
    pub fn image_downloaded(&mut self, image: &PublishedImage, at: Timestamp) {
        let number = self.by_image.get(&image.name).copied();
        if let Some(kept) = number.and_then(|number| self.numbered(number)) {
            kept.add(StepKind::Downloaded, at, Some(ObjectRef::Image(image.name, image.extension)));
        }
    }

    /// All chains that are kept, in the order of their issue. `standing` is asked of each token.
    pub fn all(&self, standing: impl Fn(&ChainToken) -> Standing) -> Vec<Chain> {
        let numbered = (self.first..).zip(&self.kept);
        let tell = |(number, kept): (u64, &Kept)| {
            // Names that repeat can give out a token anew once it is gone.
            let is_latest = self.by_token.get(&kept.token) == Some(&number);
            kept.tell(if is_latest { standing(&kept.token) } else { Standing::Gone })
        };
        numbered.map(tell).collect()
    }

    /// The latest chain of a token, if it is kept.
    pub fn find(
        &self,
        token: ChainToken,
        standing: impl Fn(&ChainToken) -> Standing,
    ) -> Option<Chain> {
        let number = *self.by_token.get(&token)?;
        let kept = self.kept.get(self.place(number)?)?;
        Some(kept.tell(standing(&token)))
    }

    /// How many chains are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Drops the oldest until there are only so many.
    pub fn trim(&mut self, most: usize) {
        while self.kept.len() > most {
            self.drop_oldest();
        }
    }

    /// How many chains were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Begins a chain. The oldest ones of this account make room for it; when others have
    /// taken all there is, it is dropped itself.
    fn begin(
        &mut self,
        token: ChainToken,
        issued: Step,
        expires_at: Timestamp,
        budget: &Arc<Budget>,
    ) {
        while self.kept.len() >= MOST {
            self.drop_oldest();
        }
        let charge = loop {
            match Charge::of(budget, CHAIN) {
                Ok(charge) => break charge,
                Err(Exhausted) if self.kept.is_empty() => {
                    self.dropped += 1;
                    return;
                }
                Err(Exhausted) => self.drop_oldest(),
            }
        };
        let number = self.first + self.kept.len() as u64;
        let kept = Kept::new(token, issued, expires_at, charge);
        self.index(&kept, number);
        self.kept.push_back(kept);
    }

    /// Makes a chain be found.
    fn index(&mut self, kept: &Kept, number: u64) {
        self.by_token.insert(kept.token, number);
        if let Some(ObjectRef::Attachment(file)) = kept.issued.about {
            self.by_file.insert(file, number);
        }
        self.by_file.extend(kept.files.iter().map(|file| (*file, number)));
        self.by_image.extend(kept.image.map(|image| (image, number)));
    }

    fn of_file(&mut self, file: u64, kind: StepKind, at: Timestamp) {
        let number = self.by_file.get(&file).copied();
        if let Some(kept) = number.and_then(|number| self.numbered(number)) {
            kept.add(kind, at, Some(ObjectRef::Attachment(file)));
        }
    }

    fn of(&mut self, token: ChainToken) -> Option<&mut Kept> {
        let number = *self.by_token.get(&token)?;
        self.numbered(number)
    }

    fn numbered(&mut self, number: u64) -> Option<&mut Kept> {
        let place = self.place(number)?;
        self.kept.get_mut(place)
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.kept.pop_front() else { return };
        let number = self.first;
        (self.first, self.dropped) = (self.first + 1, self.dropped + 1);
        if self.by_token.get(&oldest.token) == Some(&number) {
            self.by_token.remove(&oldest.token);
        }
        if let Some(ObjectRef::Attachment(file)) = oldest.issued.about {
            self.by_file.remove(&file);
        }
        for file in oldest.files {
            self.by_file.remove(&file);
        }
        if let Some(image) = oldest.image {
            self.by_image.remove(&image);
        }
    }
}

/// A copy of as many of the last chains as there is room for.
impl Clone for Chains {
    fn clone(&self) -> Self {
        let newest_first = self.kept.iter().rev().map_while(|kept| kept.again().ok());
        let mut kept: VecDeque<_> = newest_first.collect();
        kept.make_contiguous().reverse();
        let left_out = (self.kept.len() - kept.len()) as u64;
        let (first, dropped) = (self.first + left_out, self.dropped + left_out);
        let mut copy = Self { first, dropped, ..Self::default() };
        for (number, kept) in (first..).zip(&kept) {
            copy.index(kept, number);
        }
        Self { kept, ..copy }
    }
}

/// The id of the file that came in last.
fn newest(upload: &Upload) -> Option<u64> {
    upload.attachments.last().map(|file| file.original.id)
}

#[cfg(test)]
mod tests;
