//! Stored bytes: kept as the chunks in which they came, shared and never copied on
//! the way out, and charged to one budget while they arrive.

use std::any::Any;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};

/// What keeping any object is charged beyond its bytes: enough for the longest name and type, twice
/// because of its thumbnail, and for the indexes. It bounds the number of objects as well as their size.
pub const OBJECT_OVERHEAD: u64 = 4 * 1024;

/// A chunk smaller than this is copied, since it is a slice of a read buffer of
/// up to 64 KiB and would keep all of that alive.
const KEEP_FROM: usize = 48 * 1024;
/// Copied chunks are gathered into segments of this size.
const SEGMENT: usize = 64 * 1024;

/// The memory that all blobs of one server share, in bytes.
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    used: AtomicU64,
    /// What nobody needs any more, with the charges in it.
    given_up: Mutex<Vec<Box<dyn Any + Send>>>,
    /// Held by whoever frees that, so that others can wait for it.
    freeing: Mutex<()>,
}

/// The budget has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl Budget {
    /// A budget of `limit` bytes.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicU64::new(0),
            given_up: Mutex::default(),
            freeing: Mutex::default(),
        })
    }

    /// The most that can be charged, in bytes.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes charged now.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.free();
        self.used.load(Ordering::Relaxed)
    }

    /// Takes what holds many charges and is not needed any more. To free it takes time, which is taken
    /// when somebody has it, or needs the room, or asks how much is used.
    pub fn give_up(&self, what: impl Any + Send) {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(what));
    }

    /// Frees what was given up.
    pub fn free(&self) {
        let freeing = self.freeing.lock().unwrap_or_else(PoisonError::into_inner);
        let given_up =
            std::mem::take(&mut *self.given_up.lock().unwrap_or_else(PoisonError::into_inner));
        drop(given_up);
        drop(freeing);
    }

    fn take(&self, bytes: u64, most: u64) -> Result<(), Exhausted> {
        self.try_take(bytes, most).or_else(|Exhausted| {
            self.free();
            self.try_take(bytes, most)
        })
    }

    fn try_take(&self, bytes: u64, most: u64) -> Result<(), Exhausted> {
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|&total| total <= most)
            })
            .map(drop)
            .map_err(|_| Exhausted)
    }
}

/// A part of the budget. Dropping it gives it back, so nothing that fails can leak.
#[derive(Debug)]
pub struct Charge {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Charge {
    /// Charges the fixed cost of one object.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn object(budget: &Arc<Budget>) -> Result<Self, Exhausted> {
        Self::of(budget, OBJECT_OVERHEAD)
    }

    /// Charges a number of bytes, for what is no object of its own.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn of(budget: &Arc<Budget>, bytes: u64) -> Result<Self, Exhausted> {
        Self::within(budget, bytes, budget.limit)
    }

    /// Charges a number of bytes to the part of the budget below `most`, so that what is worth less
    /// leaves room for what is worth more.
    ///
    /// # Errors
    /// [`Exhausted`] when that part has no room.
    pub fn within(budget: &Arc<Budget>, bytes: u64, most: u64) -> Result<Self, Exhausted> {
        budget.take(bytes, most.min(budget.limit))?;
        Ok(Self { budget: Arc::clone(budget), bytes })
    }

    /// Charges as much once more, for a copy.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn again(&self) -> Result<Self, Exhausted> {
        Self::of(&self.budget, self.bytes)
    }

    /// Charges more.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.budget.take(bytes, self.budget.limit)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Bytes that are arriving.
#[derive(Debug)]
pub struct BlobWriter {
    chunks: Vec<Bytes>,
    tail: BytesMut,
    len: u64,
    expected: u64,
    charge: Charge,
}

impl BlobWriter {
    /// Starts a blob. `expected` is the announced length, or 0: a hint for
    /// sizing buffers, never trusted beyond one segment.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget cannot hold one more object, however small.
    pub fn new(budget: &Arc<Budget>, expected: u64) -> Result<Self, Exhausted> {
        Ok(Self {
            chunks: Vec::new(),
            tail: BytesMut::new(),
            len: 0,
            expected,
            charge: Charge::object(budget)?,
        })
    }

    /// Bytes received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.len
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room for them; the blob is then incomplete.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Exhausted> {
        if chunk.len() < KEEP_FROM {
            return self.copy(&chunk);
        }
        self.grow(chunk.len())?;
        self.seal_tail();
        self.chunks.push(chunk);
        Ok(())
    }

    /// Takes a copy of the next bytes, however many.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn copy(&mut self, bytes: &[u8]) -> Result<(), Exhausted> {
        self.grow(bytes.len())?;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.tail.capacity() == 0 {
                self.tail.reserve(self.segment_for(rest.len()));
            }
            let room = SEGMENT - self.tail.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.tail.extend_from_slice(now);
            rest = later;
            if self.tail.len() == SEGMENT {
                self.seal_tail();
            }
        }
        Ok(())
    }

    fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.charge.grow(bytes as u64)?;
        self.len += bytes as u64;
        Ok(())
    }

    /// How large a segment to start for `at_hand` bytes, given what is still announced.
    fn segment_for(&self, at_hand: usize) -> usize {
        let received_before = self.len - at_hand as u64;
        let announced = self.expected.saturating_sub(received_before);
        usize::try_from(announced).unwrap_or(SEGMENT).clamp(at_hand.min(SEGMENT), SEGMENT)
    }

    fn seal_tail(&mut self) {
        if self.tail.is_empty() {
            return;
        }
        let tail = std::mem::take(&mut self.tail);
        let wasted = tail.capacity() - tail.len();
        self.chunks.push(if wasted > tail.len() / 8 {
            Bytes::copy_from_slice(&tail)
        } else {
            tail.freeze()
        });
    }

    /// Ends the blob.
    #[must_use]
    pub fn finish(mut self) -> Blob {
        self.seal_tail();
        Blob(Arc::new(Inner { chunks: self.chunks, len: self.len, _charge: self.charge }))
    }
}

/// Stored bytes. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Blob(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    chunks: Vec<Bytes>,
    len: u64,
    _charge: Charge,
}

/// A [`Blob`] that others keep: it is there as long as they do, and is charged for no longer.
#[derive(Debug, Clone)]
pub struct WeakBlob {
    inner: Weak<Inner>,
    len: u64,
}

impl WeakBlob {
    /// The blob, if it is still kept.
    #[must_use]
    pub fn upgrade(&self) -> Option<Blob> {
        self.inner.upgrade().map(Blob)
    }

    /// Whether it is still kept.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.inner.strong_count() > 0
    }

    /// Its length in bytes, whether it is still kept or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }
}

/// Two are equal that are of one blob.
impl PartialEq for WeakBlob {
    fn eq(&self, other: &Self) -> bool {
        self.inner.ptr_eq(&other.inner)
    }
}

impl Eq for WeakBlob {}

impl Blob {
    /// Bytes that are at hand, and what was charged for them.
    #[must_use]
    pub fn new(bytes: Bytes, charge: Charge) -> Self {
        let len = bytes.len() as u64;
        Self(Arc::new(Inner { chunks: vec![bytes], len, _charge: charge }))
    }

    /// A way back to it for who does not keep it.
    #[must_use]
    pub fn downgrade(&self) -> WeakBlob {
        WeakBlob { inner: Arc::downgrade(&self.0), len: self.len() }
    }

    /// Its SHA-256. That takes a while for a large one.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        let mut sha256 = Sha256::new();
        for chunk in self.chunks() {
            sha256.update(chunk);
        }
        sha256.finalize().into()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Whether it holds no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// The bytes, in the pieces in which they are kept.
    #[must_use]
    pub fn chunks(&self) -> &[Bytes] {
        &self.0.chunks
    }

    /// Reads the first `limit` bytes as a file would be read.
    #[must_use]
    pub fn head(&self, limit: u64) -> BlobReader<'_> {
        BlobReader { blob: self, position: 0, end: limit.min(self.len()) }
    }
}

/// A read position in the beginning of a [`Blob`].
#[derive(Debug)]
pub struct BlobReader<'a> {
    blob: &'a Blob,
    position: u64,
    end: u64,
}

impl BufRead for BlobReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.end {
            return Ok(&[]);
        }
        let mut start = 0;
        for chunk in self.blob.chunks() {
            let length = chunk.len() as u64;
            if self.position < start + length {
                let visible = length.min(self.end - start);
                // Both lie within one chunk, so they fit a usize.
                return Ok(&chunk[(self.position - start) as usize..visible as usize]);
            }
            start += length;
        }
        Ok(&[])
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount as u64;
    }
}

impl Read for BlobReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(into)?;
        self.consume(amount);
        Ok(amount)
    }
}

impl Seek for BlobReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contents(blob: &Blob) -> Vec<u8> {
        blob.chunks().concat()
    }

    proptest! {
        #[test]
        fn a_blob_holds_what_was_pushed_and_charges_it(
            sizes in prop::collection::vec(0_usize..150_000, 0..12),
            expected in 0_u64..400_000,
        ) {
            let budget = Budget::new(u64::MAX);
            let mut writer = BlobWriter::new(&budget, expected).expect("there is room");
            let mut all = Vec::new();
            for (fill, size) in sizes.iter().enumerate() {
                let chunk = vec![u8::try_from(fill).unwrap_or(0); *size];
                all.extend_from_slice(&chunk);
                writer.push(Bytes::from(chunk)).expect("there is room");
            }
            let blob = writer.finish();
            prop_assert_eq!(blob.len(), all.len() as u64);
            prop_assert_eq!(contents(&blob), all);
            prop_assert_eq!(budget.used(), blob.len() + OBJECT_OVERHEAD);
            drop(blob);
            prop_assert_eq!(budget.used(), 0);
        }

        #[test]
        fn the_head_of_a_blob_reads_like_a_file(
            sizes in prop::collection::vec(1_usize..100_000, 1..6),
            limit in 0_u64..300_000,
            seek in 0_u64..300_000,
        ) {
            let budget = Budget::new(u64::MAX);
            let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
            for size in sizes {
                writer.push(Bytes::from(vec![b'x'; size])).expect("there is room");
            }
            let blob = writer.finish();
            let visible = usize::try_from(limit.min(blob.len())).expect("small");
            let mut file = io::Cursor::new(contents(&blob)[..visible].to_vec());
            let mut head = blob.head(limit);
            let (mut from_file, mut from_head) = (Vec::new(), Vec::new());
            file.seek(SeekFrom::Start(seek)).expect("seeks");
            head.seek(SeekFrom::Start(seek)).expect("seeks");
            file.read_to_end(&mut from_file).expect("reads");
            head.read_to_end(&mut from_head).expect("reads");
            prop_assert_eq!(from_file, from_head);
        }

        #[test]
        fn the_budget_is_never_exceeded_and_always_comes_back(
            limit in 0_u64..100_000,
            pushes in prop::collection::vec((0_usize..4, 0_usize..40_000), 0..40),
        ) {
            let budget = Budget::new(limit);
            let mut open: Vec<Option<BlobWriter>> = (0..4).map(|_| None).collect();
            let mut kept = Vec::new();
            for (which, size) in pushes {
                let writer = match open[which].take() {
                    Some(writer) => Some(writer),
                    None => BlobWriter::new(&budget, 0).ok(),
                };
                if let Some(mut writer) = writer
                    && writer.push(Bytes::from(vec![0; size])).is_ok()
                {
                    if size % 2 == 0 {
                        open[which] = Some(writer);
                    } else {
                        kept.push(writer.finish());
                    }
                }
                prop_assert!(budget.used() <= limit);
            }
            drop((open, kept));
            prop_assert_eq!(budget.used(), 0);
        }
    }

    #[test]
    fn small_chunks_do_not_keep_their_read_buffer_alive() {
        let budget = Budget::new(u64::MAX);
        let read_buffer = Bytes::from(vec![7; 64 * 1024]);
        let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
        writer.push(read_buffer.slice(..1_000)).expect("there is room");
        let blob = writer.finish();
        assert!(read_buffer.is_unique());
        assert_eq!(blob.len(), 1_000);
    }

    #[test]
    fn who_only_knows_a_blob_keeps_none_of_its_bytes() {
        let budget = Budget::new(10_000);
        let charge = Charge::of(&budget, 5).expect("there is room");
        let blob = Blob::new(Bytes::from_static(b"hello"), charge);
        let known = blob.downgrade();
        assert_eq!(known.upgrade().map(|blob| contents(&blob)), Some(b"hello".to_vec()));
        assert_eq!(blob.sha256()[..4], [0x2c, 0xf2, 0x4d, 0xba]);
        drop(blob);
        assert!(!known.is_there() && known.upgrade().is_none());
        assert_eq!((known.len(), budget.used()), (5, 0));
    }

    #[test]
    fn a_part_of_the_budget_can_be_left_to_others() {
        let budget = Budget::new(100);
        let charge = Charge::within(&budget, 50, 50).expect("there is room");
        assert!(Charge::within(&budget, 1, 50).is_err());
        assert!(Charge::of(&budget, 50).is_ok());
        drop(charge);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn large_chunks_are_kept_without_a_copy() {
        let budget = Budget::new(u64::MAX);
        let read_buffer = Bytes::from(vec![7; 64 * 1024]);
        let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
        writer.push(read_buffer.clone()).expect("there is room");
        assert_eq!(writer.finish().chunks()[0].as_ptr(), read_buffer.as_ptr());
    }
}
