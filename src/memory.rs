//! The C library's allocator: how it grows, and when it gives memory back to the system.

use std::time::Duration;

use zendesk_mock::ZendeskMock;

/// How often the use is looked at.
const PERIOD: Duration = Duration::from_secs(2);
/// Less is not worth the time: the allocator uses it again.
const WORTHWHILE: u64 = 16 * 1024 * 1024;

/// Sets the allocator up. Call it before other threads start.
pub fn configure() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// How much an arena grows by, in bytes of address space, of which only what is written
        /// becomes memory. The default makes a system call for nearly each body that is kept.
        const GROWTH: i32 = 60 * 1024 * 1024;
        // SAFETY: `mallopt` takes two integers, and no other thread allocates yet.
        unsafe {
            libc::mallopt(libc::M_TOP_PAD, GROWTH);
        }
    }
}

/// Gives memory back to the system after much of what was stored is gone. The allocator keeps it
/// otherwise: a small object behind a freed file is enough. Never ends.
pub async fn give_back_freed(server: &ZendeskMock) {
    let mut most = 0;
    loop {
        tokio::time::sleep(PERIOD).await;
        // This drops what a reset or the sweep has left to be dropped.
        let used = server.memory_used();
        if used + WORTHWHILE <= most {
            give_back();
            most = used;
        }
        most = most.max(used);
    }
}

fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `malloc_trim` takes an integer and locks what it changes.
    unsafe {
        libc::malloc_trim(0);
    }
}
