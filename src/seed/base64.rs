//! The bytes of a file as base64. They are decoded while JSON is read and encoded while it is
//! written, so that no text of a whole file is in memory.

use std::fmt;
use std::io::Read as _;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::core::blobs::Blob;

/// Bytes that are encoded at once: a multiple of three, which needs no padding.
const STEP: usize = 3 * 1024;

/// The bytes of a file, as read from a document or as stored in an account.
#[derive(Debug)]
pub enum Contents {
    Read(Bytes),
    Stored(Blob),
}

impl Serialize for Contents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = match self {
            Self::Read(bytes) => return Base64Display::new(bytes, &STANDARD).fmt(f),
            Self::Stored(blob) => blob,
        };
        let mut bytes = blob.head(u64::MAX);
        let mut step = Vec::with_capacity(STEP);
        loop {
            step.clear();
            let mut next = bytes.by_ref().take(STEP as u64);
            // Reading from memory cannot fail.
            let read = next.read_to_end(&mut step).unwrap_or(0);
            if read == 0 {
                return Ok(());
            }
            Base64Display::new(&step, &STANDARD).fmt(f)?;
        }
    }
}

impl<'de> Deserialize<'de> for Contents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64Visitor;
        impl Visitor<'_> for Base64Visitor {
            type Value = Contents;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes as base64")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Contents, E> {
                let bytes = STANDARD.decode(text).map_err(|_| E::custom("it is not base64"))?;
                Ok(Contents::Read(bytes.into()))
            }
        }
        deserializer.deserialize_str(Base64Visitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};

    proptest! {
        #[test]
        fn bytes_survive_encoding_in_any_chunks(
            sizes in prop::collection::vec(0..100_000_usize, 0..4),
        ) {
            let budget = Budget::new(u64::MAX);
            let mut writer = BlobWriter::new(&budget, 0).expect("there is room");
            let mut all = Vec::new();
            for (fill, size) in sizes.iter().enumerate() {
                let chunk = vec![u8::try_from(fill).unwrap_or(0) + 7; *size];
                all.extend_from_slice(&chunk);
                writer.push(Bytes::from(chunk)).expect("there is room");
            }
            let json = serde_json::to_string(&Contents::Stored(writer.finish())).expect("JSON");
            let read: Contents = serde_json::from_str(&json).expect("base64");
            let Contents::Read(bytes) = read else { panic!("read") };
            prop_assert_eq!(&*bytes, &*all);
        }
    }
}
