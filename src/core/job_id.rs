//! The ids of jobs.

use std::fmt;

/// The id of a job: `V3-` and 32 hexadecimal digits, as recorded in 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId(pub u128);

impl JobId {
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("V3-").filter(|digits| digits.len() == 32)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        digits.bytes().all(is_digit).then(|| u128::from_str_radix(digits, 16).ok().map(Self))?
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V3-{:032x}", self.0)
    }
}
