//! The memory that reading a document takes, measured before it is taken.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::seed::model::{SeedComment, SeedFile, SeedTicket};

/// The bytes that reading a document takes, at most about: for its objects, other values and texts.
pub struct ParsedSize(pub u64);

/// Bytes of an object, in a list with room to grow.
const PER_OBJECT: u64 = 2 * 1024;
/// Bytes of any other value, in a list as well.
const PER_VALUE: u64 = 128;

const _: () = {
    const fn fits<T>() -> bool {
        2 * size_of::<T>() as u64 <= PER_OBJECT
    }
    assert!(fits::<SeedTicket>() && fits::<SeedComment>() && fits::<SeedFile>());
};

impl<'de> Deserialize<'de> for ParsedSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

/// The visits of values that have one size.
macro_rules! visit_small_values {
    ($($visit:ident($($type:ty)?))+) => {
        $(
            fn $visit<E>(self $(, _: $type)?) -> Result<ParsedSize, E> {
                Ok(ParsedSize(PER_VALUE))
            }
        )+
    };
}

impl<'de> Visitor<'de> for SizeVisitor {
    type Value = ParsedSize;

    visit_small_values! { visit_unit() visit_bool(bool) visit_u64(u64) visit_i64(i64) visit_f64(f64) }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<ParsedSize, E> {
        Ok(ParsedSize(PER_VALUE + text.len() as u64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ParsedSize, A::Error> {
        let mut size = PER_VALUE;
        while let Some(ParsedSize(value)) = list.next_element()? {
            size += value;
        }
        Ok(ParsedSize(size))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<ParsedSize, A::Error> {
        let mut size = PER_OBJECT;
        while let Some((_, ParsedSize(value))) = object.next_entry::<IgnoredAny, _>()? {
            size += value;
        }
        Ok(ParsedSize(size))
    }
}
