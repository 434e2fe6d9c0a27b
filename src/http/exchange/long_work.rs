//! Work that takes long: large answers, long JSON, searches of long texts, seeds.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::block_in_place;

/// Work on more bytes than this takes milliseconds.
pub const LONG: u64 = 1024 * 1024;

/// Runs long work one piece at a time and apart from the threads that serve requests, so that
/// other requests find a thread and a processor. What waits holds no thread.
#[derive(Debug, Clone)]
pub struct LongWork(Arc<Semaphore>);

impl Default for LongWork {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl LongWork {
    /// Waits for its turn, and runs work. A request that is cancelled meanwhile runs none.
    pub async fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        // The semaphore is never closed.
        let _turn = self.0.acquire().await;
        block_in_place(work)
    }

    /// Runs work that may be short. Short work has no turn to wait for.
    pub async fn run_if<T>(&self, is_long: bool, work: impl FnOnce() -> T) -> T {
        if is_long { self.run(work).await } else { work() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::Builder;
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn work_that_waits_holds_no_thread() {
        let threads = Builder::new_multi_thread().worker_threads(1).max_blocking_threads(1).build();
        let long_work = LongWork::default();
        let (end, ended) = mpsc::channel();
        let (report_start, started) = oneshot::channel();
        threads.expect("a runtime").block_on(async {
            let first = long_work.clone();
            let first = tokio::spawn(async move {
                first
                    .run(move || {
                        report_start.send(()).expect("the test waits");
                        ended.recv()
                    })
                    .await
            });
            started.await.expect("the first work starts");
            let others = (0..100).map(|number| {
                let other = long_work.clone();
                tokio::spawn(async move { other.run(|| number).await })
            });
            let others: Vec<_> = others.collect();
            for _ in 0..others.len() {
                tokio::spawn(async {}).await.expect("a thread is left");
            }
            assert!(!others.iter().any(tokio::task::JoinHandle::is_finished));
            end.send(()).expect("the work waits");
            first.await.expect("no panic").expect("a message");
            for (number, other) in others.into_iter().enumerate() {
                assert_eq!(other.await.expect("no panic"), number);
            }
        });
    }
}
