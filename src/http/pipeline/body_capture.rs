//! Captures a small body on its way to the handler, for the journal.
//!
//! Most small bodies come in one piece, which is shared with the handler, and copied only when the
//! journal keeps it. More pieces are copied as they come: many tiny ones would take more memory
//! than their bytes.

use bytes::{Bytes, BytesMut};
use http_body::Frame;

use crate::core::journal::LARGEST;

/// The body so far, as long as it is small.
#[derive(Default)]
pub struct BodyCapture {
    /// The first piece, as long as it is the only one.
    first: Bytes,
    /// All pieces, once there are more.
    whole: BytesMut,
    is_large: bool,
}

impl BodyCapture {
    /// For a body with this announced length.
    pub fn new(announced: Option<u64>) -> Self {
        let is_large = announced.is_some_and(|announced| announced > LARGEST as u64);
        Self { is_large, ..Self::default() }
    }

    pub fn capture(&mut self, frame: &Frame<Bytes>) {
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

    /// The whole body, in exactly as much memory as it needs. `None` is a large one.
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
        fn a_small_body_is_captured_whole_and_a_large_one_not_at_all(
            sizes in prop::collection::vec(0..30_000_usize, 0..8),
            is_announced in any::<bool>(),
        ) {
            let total: usize = sizes.iter().sum();
            let mut capture = BodyCapture::new(is_announced.then_some(total as u64));
            let mut whole = Vec::new();
            for (fill, size) in sizes.into_iter().enumerate() {
                let piece = vec![u8::try_from(fill).expect("few"); size];
                whole.extend_from_slice(&piece);
                capture.capture(&Frame::data(piece.into()));
            }
            if total > LARGEST {
                prop_assert!(capture.first.is_empty() && capture.whole.capacity() == 0);
            }
            let kept = capture.into_bytes().map(|bytes| bytes.to_vec());
            prop_assert_eq!(kept, (total <= LARGEST).then_some(whole));
        }
    }

    #[test]
    fn a_captured_body_does_not_keep_its_read_buffer_alive() {
        let read_buffer = Bytes::from(vec![7; 64 * 1024]);
        let mut capture = BodyCapture::default();
        capture.capture(&Frame::data(read_buffer.slice(..10)));
        let kept = capture.into_bytes();
        assert!(read_buffer.is_unique() && kept.is_some_and(|kept| kept.len() == 10));
    }
}
