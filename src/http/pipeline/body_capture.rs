//! A small body in passing, for the journal.
//!
//! Most small bodies come in one piece, which is shared with whoever reads it, and copied only when the journal
//! keeps it. More pieces are copied as they come: many tiny ones would take more memory than their bytes.

use bytes::{Bytes, BytesMut};
use http_body::Frame;

use crate::core::journal::LARGEST;

/// What came of a body so far, as long as that is little.
#[derive(Default)]
pub struct Seen {
    /// The first piece, as long as it is the only one.
    first: Bytes,
    /// All pieces, once there are more.
    whole: BytesMut,
    is_large: bool,
}

impl Seen {
    /// Nothing yet of a body with this announced length.
    pub fn of(announced: Option<u64>) -> Self {
        let is_large = announced.is_some_and(|announced| announced > LARGEST as u64);
        Self { is_large, ..Self::default() }
    }

    /// Looks at what comes next.
    pub fn pass(&mut self, frame: &Frame<Bytes>) {
        let Some(bytes) = frame.data_ref().filter(|bytes| !self.is_large && !bytes.is_empty())
        else {
            return;
        };
        let len = self.first.len() + self.whole.len() + bytes.len();
        if len > LARGEST {
            *self = Self { is_large: true, ..Self::default() };
        } else if len == bytes.len() {
            self.first = bytes.clone();
        } else {
            self.whole.extend_from_slice(&std::mem::take(&mut self.first));
            self.whole.extend_from_slice(bytes);
        }
    }

    /// The whole, in memory of its own and no more than it needs. `None` is a large one.
    pub fn into_bytes(self) -> Option<Bytes> {
        let whole = if self.whole.is_empty() { &self.first[..] } else { &self.whole[..] };
        (!self.is_large).then(|| Bytes::copy_from_slice(whole))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_small_body_is_seen_whole_and_of_a_large_one_nothing_is_kept(
            sizes in prop::collection::vec(0..30_000_usize, 0..8),
            is_announced in any::<bool>(),
        ) {
            let total: usize = sizes.iter().sum();
            let mut seen = Seen::of(is_announced.then_some(total as u64));
            let mut whole = Vec::new();
            for (fill, size) in sizes.into_iter().enumerate() {
                let piece = vec![u8::try_from(fill).expect("few"); size];
                whole.extend_from_slice(&piece);
                seen.pass(&Frame::data(piece.into()));
            }
            if total > LARGEST {
                prop_assert!(seen.first.is_empty() && seen.whole.capacity() == 0);
            }
            let kept = seen.into_bytes().map(|bytes| bytes.to_vec());
            prop_assert_eq!(kept, (total <= LARGEST).then_some(whole));
        }
    }

    #[test]
    fn what_is_kept_does_not_keep_its_read_buffer_alive() {
        let read_buffer = Bytes::from(vec![7; 64 * 1024]);
        let mut seen = Seen::default();
        seen.pass(&Frame::data(read_buffer.slice(..10)));
        let kept = seen.into_bytes();
        assert!(read_buffer.is_unique() && kept.is_some_and(|kept| kept.len() == 10));
    }
}
