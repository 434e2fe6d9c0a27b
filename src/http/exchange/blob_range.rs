//! Stored bytes on their way out.
//!
//! Stored bytes are many chunks. As frames of an ordinary body each would be a write of its own;
//! as one buffer of many pieces they go out together, and none is copied.

use std::io::IoSlice;
use std::ops::Range;

use bytes::Buf;

use crate::core::blobs::Blob;

/// A part of a blob on its way out. A handler puts it into the extensions of its response.
#[derive(Debug, Clone)]
pub struct BlobRange {
    blob: Blob,
    /// The place of the chunk with the next byte.
    chunk: usize,
    /// How much of that chunk has gone out.
    gone: usize,
    remaining: usize,
}

impl BlobRange {
    /// The bytes of `range`, which lies within the blob.
    pub fn new(blob: Blob, range: Range<u64>) -> Self {
        let length = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let mut stored = Self { blob, chunk: 0, gone: 0, remaining: length(range.end) };
        stored.advance(length(range.start));
        stored
    }

    /// The pieces that have not gone out, the first and the last cut to size.
    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut remaining = self.remaining;
        let mut gone = self.gone;
        self.blob.chunks()[self.chunk..].iter().map_while(move |chunk| {
            let piece = &chunk[gone..];
            let piece = &piece[..piece.len().min(remaining)];
            gone = 0;
            remaining -= piece.len();
            (!piece.is_empty()).then_some(piece)
        })
    }

    /// Splits off the first bytes. Both halves share their memory.
    pub fn split_to(&mut self, amount: usize) -> Self {
        let amount = amount.min(self.remaining);
        let first = Self { remaining: amount, ..self.clone() };
        self.advance(amount);
        first
    }
}

impl Buf for BlobRange {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.pieces().next().unwrap_or_default()
    }

    fn chunks_vectored<'a>(&'a self, into: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        for (slot, piece) in into.iter_mut().zip(self.pieces()) {
            *slot = IoSlice::new(piece);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, amount: usize) {
        let mut amount = amount.min(self.remaining);
        self.remaining -= amount;
        while let Some(chunk) = self.blob.chunks().get(self.chunk)
            && amount >= chunk.len() - self.gone
        {
            amount -= chunk.len() - self.gone;
            self.chunk += 1;
            self.gone = 0;
        }
        self.gone += amount;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};

    proptest! {
        #[test]
        fn a_part_of_a_blob_goes_out_as_that_part(
            sizes in prop::collection::vec(1_usize..100_000, 1..5),
            bounds in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            slots in 1_usize..5,
            taken in 1_usize..200_000,
        ) {
            let budget = Budget::new(u64::MAX);
            let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
            for size in &sizes {
                let chunk: Vec<_> = (0..*size).map(|n| (n % 251) as u8).collect();
                writer.push(Bytes::from(chunk)).expect("there is room");
            }
            let blob = writer.finish();
            let all = blob.chunks().concat();
            let (one, other) = (bounds.0.index(all.len()), bounds.1.index(all.len()));
            let (start, end) = (one.min(other), one.max(other) + 1);
            let mut stored = BlobRange::new(blob, start as u64..end as u64);
            prop_assert_eq!(stored.remaining(), end - start);
            let mut sent = Vec::new();
            while stored.has_remaining() {
                let mut into = vec![IoSlice::new(&[]); slots];
                let filled = stored.chunks_vectored(&mut into);
                let offered = into[..filled].iter().flat_map(|slice| slice.iter().copied());
                let written: Vec<_> = offered.take(taken).collect();
                prop_assert!(!written.is_empty());
                prop_assert_eq!(stored.chunk()[0], written[0]);
                stored.advance(written.len());
                sent.extend(written);
            }
            prop_assert_eq!(&sent[..], &all[start..end]);
        }
    }
}
