//! Stored bytes: kept as the chunks that arrived, shared and never copied when they are read, and
//! charged to one budget while they arrive.

pub mod budget;
mod eviction;

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::{Arc, Weak};

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};

pub use crate::core::blobs::budget::{
    Budget, Charge, OBJECT_OVERHEAD, OutOfMemory, RECORD_OVERHEAD,
};
pub use crate::core::blobs::eviction::Evict;

/// A chunk smaller than this is copied: it is a slice of a read buffer of up to 64 KiB, and would
/// keep all of that alive.
const KEEP_FROM: usize = 48 * 1024;
/// Copied chunks are gathered into segments of this size.
const SEGMENT: usize = 64 * 1024;

#[derive(Debug)]
pub struct BlobWriter {
    chunks: Vec<Bytes>,
    tail: BytesMut,
    len: u64,
    expected: u64,
    charge: Charge,
}

impl BlobWriter {
    /// Starts a blob. `expected` is the announced length, or 0: a hint for the size of buffers,
    /// never trusted beyond one segment.
    pub fn new(budget: &Arc<Budget>, expected: u64) -> Result<Self, OutOfMemory> {
        Ok(Self {
            chunks: Vec::new(),
            tail: BytesMut::new(),
            len: 0,
            expected,
            charge: Charge::object(budget)?,
        })
    }

    pub fn received(&self) -> u64 {
        self.len
    }

    pub fn push(&mut self, chunk: Bytes) -> Result<(), OutOfMemory> {
        if chunk.len() < KEEP_FROM {
            return self.copy(&chunk);
        }
        self.grow(chunk.len())?;
        self.seal_tail();
        self.chunks.push(chunk);
        Ok(())
    }

    /// Appends a copy of bytes, however many.
    pub fn copy(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
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

    fn grow(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        self.charge.grow(bytes as u64)?;
        self.len += bytes as u64;
        Ok(())
    }

    /// The size of a new segment for `at_hand` bytes, given what is still announced.
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

    pub fn finish(mut self) -> Blob {
        self.seal_tail();
        Blob(Arc::new(Inner { chunks: self.chunks, len: self.len, _charge: self.charge }))
    }
}

/// Stored bytes, which clones share.
#[derive(Debug, Clone)]
pub struct Blob(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    chunks: Vec<Bytes>,
    len: u64,
    _charge: Charge,
}

/// A reference that does not keep its [`Blob`] alive, nor the charge for it.
#[derive(Debug, Clone)]
pub struct WeakBlob {
    inner: Weak<Inner>,
    len: u64,
}

impl WeakBlob {
    pub fn upgrade(&self) -> Option<Blob> {
        self.inner.upgrade().map(Blob)
    }

    pub fn is_there(&self) -> bool {
        self.inner.strong_count() > 0
    }

    pub fn len(&self) -> u64 {
        self.len
    }
}

/// References to one blob are equal.
impl PartialEq for WeakBlob {
    fn eq(&self, other: &Self) -> bool {
        self.inner.ptr_eq(&other.inner)
    }
}

impl Eq for WeakBlob {}

impl Blob {
    /// A blob of bytes that are charged already.
    pub fn new(bytes: Bytes, charge: Charge) -> Self {
        let len = bytes.len() as u64;
        Self(Arc::new(Inner { chunks: vec![bytes], len, _charge: charge }))
    }

    pub fn downgrade(&self) -> WeakBlob {
        WeakBlob { inner: Arc::downgrade(&self.0), len: self.len() }
    }

    /// The SHA-256 of the bytes, in hexadecimal digits. For a large blob that takes a while.
    pub fn sha256(&self) -> String {
        let mut sha256 = Sha256::new();
        for chunk in self.chunks() {
            sha256.update(chunk);
        }
        hex(&sha256.finalize())
    }

    pub fn len(&self) -> u64 {
        self.0.len
    }

    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    pub fn chunks(&self) -> &[Bytes] {
        &self.0.chunks
    }

    /// Reads the first `limit` bytes like a file.
    pub fn head(&self, limit: u64) -> BlobReader<'_> {
        BlobReader { blob: self, position: 0, end: limit.min(self.len()), chunk: 0, start: 0 }
    }
}

/// Bytes as hexadecimal digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// A read position in the head of a [`Blob`].
#[derive(Debug)]
pub struct BlobReader<'a> {
    blob: &'a Blob,
    position: u64,
    end: u64,
    /// The chunk of the last byte, and where it starts. Without a seek the next byte is in it or
    /// behind it.
    chunk: usize,
    start: u64,
}

impl BufRead for BlobReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.end {
            return Ok(&[]);
        }
        if self.position < self.start {
            (self.chunk, self.start) = (0, 0);
        }
        while let Some(chunk) = self.blob.chunks().get(self.chunk) {
            let length = chunk.len() as u64;
            if self.position < self.start + length {
                let visible = length.min(self.end - self.start);
                // Both lie within one chunk, so they fit a usize.
                return Ok(&chunk[(self.position - self.start) as usize..visible as usize]);
            }
            self.start += length;
            self.chunk += 1;
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
        fn a_blob_has_the_bytes_that_were_pushed_and_charges_them(
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
        fn the_budget_is_never_exceeded_and_returns_to_zero(
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
    fn a_weak_blob_keeps_no_bytes() {
        let budget = Budget::new(10_000);
        let charge = Charge::new(&budget, 5).expect("there is room");
        let blob = Blob::new(Bytes::from_static(b"hello"), charge);
        let known = blob.downgrade();
        assert_eq!(known.upgrade().map(|blob| contents(&blob)), Some(b"hello".to_vec()));
        assert_eq!(blob.sha256()[..8], *"2cf24dba");
        drop(blob);
        assert!(known.upgrade().is_none());
        assert_eq!((known.len(), budget.used()), (5, 0));
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
