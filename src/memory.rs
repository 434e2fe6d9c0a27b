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
    // What the process holds beside what is stored, and cannot give back.
    let mut kept = 0;
    let mut looks = 0;
    loop {
        tokio::time::sleep(PERIOD).await;
        let used = server.memory_used();
        let beside = || Some(resident()?.saturating_sub(used));
        let Some(mut excess) = beside() else { continue };
        looks = if excess > kept + WORTHWHILE { looks + 1 } else { 0 };
        if looks == LOOKS {
            give_back();
            looks = 0;
            excess = beside().unwrap_or(excess);
            kept = excess;
        }
        kept = kept.min(excess);
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
