//! Malware scans: what they come to, and when they end.

use std::collections::VecDeque;
use std::time::Duration;

use super::clock::{self, Timestamp};
use super::persistent::{Map, OrderedMap};
use super::words;

/// What a malware scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScanResult {
    /// It has not taken place. Every upload starts with this, as recorded.
    #[default]
    NotScanned,
    /// Nothing was found.
    NotFound,
    /// Malware was found.
    Found,
    /// It could not be done.
    Failed,
}

impl ScanResult {
    /// Its documented words.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("not_scanned", Self::NotScanned),
        ("malware_not_found", Self::NotFound),
        ("malware_found", Self::Found),
        ("failed_to_scan", Self::Failed),
    ];

    /// Reads a word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        words::meaning(&Self::WORDS, text)
    }

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        words::word(&Self::WORDS, self).unwrap_or_default()
    }
}

/// A scan result that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// What the scan will come to.
    pub result: ScanResult,
    /// How long after the file is there, or after this is said.
    pub after: Duration,
}

/// How many scan results can wait for files that are still to come.
pub const MOST: usize = 1_000;

/// The scans of one account's files that have not ended.
#[derive(Debug, Clone, Default)]
pub struct Scans {
    /// What those of the next files will come to.
    next: VecDeque<Scan>,
    /// What those of files that are there will come to, by their ends.
    by_end: OrderedMap<(Timestamp, u64), ScanResult>,
    /// The ends, by file. A file has one scan at most.
    ends: Map<u64, Timestamp>,
}

impl Scans {
    /// Says what the scans of the next so many files will come to. Answers whether there is room to
    /// remember it.
    pub fn expect(&mut self, scan: Scan, files: usize) -> bool {
        let fits = files <= MOST.saturating_sub(self.next.len());
        if fits {
            self.next.extend(std::iter::repeat_n(scan, files));
        }
        fits
    }

    /// Begins the scan of a new file, if one is expected, and answers whether it was.
    pub fn begin_expected(&mut self, file: u64, now: Timestamp) -> bool {
        let scan = self.next.pop_front();
        if let Some(scan) = scan {
            self.begin(file, scan, now);
        }
        scan.is_some()
    }

    /// Begins the scan of a file, in the place of one that has not ended.
    pub fn begin(&mut self, file: u64, scan: Scan, now: Timestamp) {
        self.forget(file);
        let end = clock::after(now, scan.after);
        self.by_end.insert_mut((end, file), scan.result);
        self.ends.insert_mut(file, end);
    }

    /// Gives up the scan of a file.
    pub fn forget(&mut self, file: u64) {
        if let Some(&end) = self.ends.get(&file) {
            self.ends.remove_mut(&file);
            self.by_end.remove_mut(&(end, file));
        }
    }

    /// Whether any file is being scanned.
    #[must_use]
    pub fn are_running(&self) -> bool {
        !self.by_end.is_empty()
    }

    /// Ends a scan whose time has come: the file, and what was found.
    pub fn end_one(&mut self, now: Timestamp) -> Option<(u64, ScanResult)> {
        let (&(end, file), &result) = self.by_end.first().filter(|((end, _), _)| *end <= now)?;
        self.by_end.remove_mut(&(end, file));
        self.ends.remove_mut(&file);
        Some((file, result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(result: ScanResult, seconds: u64) -> Scan {
        Scan { result, after: Duration::from_secs(seconds) }
    }

    #[test]
    fn scans_end_in_their_order_and_a_file_has_one() {
        let now = Timestamp::UNIX_EPOCH;
        let mut scans = Scans::default();
        scans.begin(1, scan(ScanResult::Found, 2), now);
        scans.begin(2, scan(ScanResult::NotFound, 1), now);
        scans.begin(1, scan(ScanResult::Failed, 3), now);
        assert_eq!(scans.end_one(now), None);
        let later = clock::after(now, Duration::from_secs(3));
        assert_eq!(scans.end_one(later), Some((2, ScanResult::NotFound)));
        assert_eq!(scans.end_one(later), Some((1, ScanResult::Failed)));
        assert!(!scans.are_running() && scans.ends.is_empty());
    }

    #[test]
    fn only_so_many_results_wait_for_files() {
        let mut scans = Scans::default();
        assert!(scans.expect(scan(ScanResult::Found, 0), MOST));
        assert!(!scans.expect(scan(ScanResult::Found, 0), 1));
        scans.begin_expected(1, Timestamp::UNIX_EPOCH);
        assert!(scans.expect(scan(ScanResult::Found, 0), 1));
    }
}
