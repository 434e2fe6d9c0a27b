//! The C library's allocator: how it grows, and when it gives memory back to the system.

use std::time::Duration;

use zendesk_mock::ZendeskMock;

/// How often the memory is looked at.
const PERIOD: Duration = Duration::from_secs(2);
/// Less is not worth the time: the allocator uses it again.
const WORTHWHILE: u64 = 32 * 1024 * 1024;
/// At so many looks in a row there must be as much: what is freed under load is soon used again,
/// and giving it back stops all threads that allocate for a tenth of a second for each gigabyte.
const LOOKS: u32 = 3;
/// After so many looks, what could not be given back is tried again.
const LOOKS_AT_KEPT: u32 = 15;

/// Sets the allocator up. Call it before other threads start.
pub fn configure() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// How much the arena grows by, in bytes of address space, of which only what is written
        /// becomes memory. The default makes a system call for nearly each body that is kept.
        const GROWTH: i32 = 60 * 1024 * 1024;
        /// How many arenas there are, instead of up to eight for each processor. What one thread
        /// frees, another can use, and `malloc_trim` gives all of it back: of each further arena
        /// it keeps as much as that grows by.
        const ARENAS: i32 = 1;
        // SAFETY: `mallopt` takes two integers, and no other thread allocates yet.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, ARENAS);
            libc::mallopt(libc::M_TOP_PAD, GROWTH);
        }
    }
}

/// Gives memory back to the system when the process holds much more than what is stored. The
/// allocator keeps it otherwise: a small object behind a freed file is enough. Never ends.
pub async fn give_back_freed(server: &ZendeskMock) {
    let mut watch = Watch::default();
    loop {
        tokio::time::sleep(PERIOD).await;
        let used = server.memory_used();
        let beside = || Some(resident()?.saturating_sub(used));
        let Some(excess) = beside() else { continue };
        if watch.look(excess) {
            give_back();
            watch.note_rest(beside().unwrap_or(excess));
        }
    }
}

/// When to give memory back.
#[derive(Default)]
struct Watch {
    /// What the process holds beside what is stored, and could not give back.
    kept: u64,
    /// At how many looks in a row there was more.
    lasting: u32,
    /// How many looks ago some was given back.
    ago: u32,
}

impl Watch {
    /// Whether to give memory back, if the process holds `excess` bytes beside what is stored.
    fn look(&mut self, excess: u64) -> bool {
        self.lasting = if excess > self.kept + WORTHWHILE { self.lasting + 1 } else { 0 };
        self.ago = self.ago.saturating_add(1);
        self.kept = self.kept.min(excess);
        // What is kept may be in use at first and free later: requests, buffers, accounts.
        self.lasting >= LOOKS || (excess > WORTHWHILE && self.ago >= LOOKS_AT_KEPT)
    }

    /// Notes how much is left after some was given back.
    fn note_rest(&mut self, excess: u64) {
        *self = Self { kept: excess, lasting: 0, ago: 0 };
    }
}

/// The memory of the process, in bytes. Only Linux has this file.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `malloc_trim` takes an integer and locks what it changes.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUCH: u64 = 10 * WORTHWHILE;

    #[test]
    fn memory_that_is_soon_used_again_is_kept() {
        let mut watch = Watch::default();
        let looks = [MUCH, MUCH, 0, MUCH, MUCH, 0, WORTHWHILE, WORTHWHILE, WORTHWHILE];
        assert!(looks.iter().all(|&excess| !watch.look(excess)));
    }

    #[test]
    fn memory_that_is_not_used_for_three_looks_is_given_back() {
        let mut watch = Watch::default();
        assert_eq!([MUCH; 3].map(|excess| watch.look(excess)), [false, false, true]);
        watch.note_rest(0);
        assert_eq!([MUCH; 3].map(|excess| watch.look(excess)), [false, false, true]);
    }

    #[test]
    fn what_could_not_be_given_back_is_tried_again_after_half_a_minute() {
        let mut watch = Watch::default();
        watch.note_rest(MUCH);
        let tried: Vec<_> = (1..=20).filter(|_| watch.look(MUCH)).collect();
        assert_eq!(tried.first(), Some(&15));
        watch.note_rest(MUCH);
        assert_eq!([2 * MUCH; 3].map(|excess| watch.look(excess)), [false, false, true]);
    }
}
