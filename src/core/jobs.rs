//! Jobs: what became of the items of a bulk call. A job does its work when it is requested; its
//! status follows the clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::{Timestamp, after};
use crate::core::job_id::JobId;

/// How long a job can be read, as documented.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How many jobs an account keeps. The oldest makes room.
const MOST: usize = 1_000;
/// What an item is charged beyond its text.
const ITEM: u64 = 64;
/// The longest text about an item that failed, in bytes.
const LONGEST_DETAIL: usize = 255;

/// What a job does to tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    Create,
    Import,
    Update,
    Delete,
    /// Deletes deleted tickets permanently.
    Destroy,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// The object with this id was created or updated.
    Done(u64),
    Failed {
        /// The object that was to be updated.
        id: Option<u64>,
        detail: String,
    },
}

impl JobOutcome {
    /// An item that failed, with the beginning of a long text.
    pub fn failed(id: Option<u64>, mut detail: String) -> Self {
        detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
        Self::Failed { id, detail }
    }

    fn cost(&self) -> u64 {
        match self {
            Self::Done(_) => ITEM,
            Self::Failed { detail, .. } => ITEM + detail.len() as u64,
        }
    }
}

/// The status of a job at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    Queued,
    /// So many items are reported as done.
    Working(usize),
    Completed,
    /// No item succeeded.
    Failed,
}

#[derive(Debug, Clone)]
pub struct Job {
    /// Its place among all jobs of the account.
    pub number: u64,
    pub id: JobId,
    pub kind: JobKind,
    pub total: usize,
    pub created_at: Timestamp,
    /// How long it is queued and working.
    duration: Duration,
    /// In the order of the items. Empty until the last item is done.
    pub outcomes: Vec<JobOutcome>,
}

impl Job {
    pub fn ends_at(&self) -> Timestamp {
        after(self.created_at, self.duration)
    }

    /// The first half of its time it is queued, and the second half working.
    pub fn status(&self, now: Timestamp) -> JobStatus {
        let is_done = |outcome: &JobOutcome| matches!(outcome, JobOutcome::Done(_));
        if now >= self.ends_at() && self.outcomes.len() == self.total {
            let any = self.outcomes.iter().any(is_done);
            return if any { JobStatus::Completed } else { JobStatus::Failed };
        }
        let passed = now.duration_since(self.created_at).as_secs_f64();
        let half = self.duration.as_secs_f64() / 2.0;
        if passed < half {
            return JobStatus::Queued;
        }
        let share = ((passed - half) / half).clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of at most a few hundred items"
        )]
        JobStatus::Working((share * self.total as f64) as usize)
    }

    fn is_kept(&self, now: Timestamp) -> bool {
        now < after(self.created_at, LIFETIME)
    }

    fn cost(&self) -> u64 {
        let outcomes: u64 = self.outcomes.iter().map(JobOutcome::cost).sum();
        RECORD_OVERHEAD + outcomes
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no job has this id: never requested, older than a day, or removed by a reset")]
pub struct UnknownJob;

#[derive(Debug, Clone, Default)]
pub struct Jobs {
    /// In the order of their numbers.
    all: VecDeque<Arc<Job>>,
    last_number: u64,
    cost: u64,
}

impl Jobs {
    /// At least the bytes that a job with so many items adds.
    pub fn cost_of(total: usize) -> u64 {
        RECORD_OVERHEAD + total as u64 * (ITEM + LONGEST_DETAIL as u64)
    }

    pub fn has(&self, id: JobId) -> bool {
        self.all.iter().any(|job| job.id == id)
    }

    /// Keeps a job without outcomes, which is charged as if each item had failed.
    pub fn add(
        &mut self,
        id: JobId,
        kind: JobKind,
        total: usize,
        created_at: Timestamp,
        duration: Duration,
    ) -> Arc<Job> {
        if self.all.len() >= MOST {
            self.remove_oldest();
        }
        self.last_number += 1;
        let (number, outcomes) = (self.last_number, Vec::new());
        let job = Arc::new(Job { number, id, kind, total, created_at, duration, outcomes });
        self.cost += Self::charge(&job);
        self.all.push_back(Arc::clone(&job));
        job
    }

    /// Keeps what became of the items of a job. A reset may have removed the job.
    pub fn finish(&mut self, id: JobId, outcomes: Vec<JobOutcome>) {
        if let Some(job) = self.all.iter_mut().rev().find(|job| job.id == id) {
            let before = Self::charge(job);
            Arc::make_mut(job).outcomes = outcomes;
            self.cost += Self::charge(job);
            self.cost -= before;
        }
    }

    pub fn find(&self, id: JobId, now: Timestamp) -> Result<Arc<Job>, UnknownJob> {
        let found = self.all.iter().find(|job| job.id == id && job.is_kept(now));
        found.cloned().ok_or(UnknownJob)
    }

    /// All jobs in the order of their numbers.
    pub fn all(&self, now: Timestamp) -> Vec<Arc<Job>> {
        self.all.iter().filter(|job| job.is_kept(now)).cloned().collect()
    }

    /// Whether the oldest job has expired and is not swept.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.all.front().is_some_and(|job| !job.is_kept(now))
    }

    pub fn sweep(&mut self, now: Timestamp) {
        while self.has_expired(now) {
            self.remove_oldest();
        }
    }

    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.all.iter().map(|job| Self::charge(job)).sum()
    }

    fn charge(job: &Job) -> u64 {
        if job.outcomes.is_empty() { Self::cost_of(job.total) } else { job.cost() }
    }

    fn remove_oldest(&mut self) {
        if let Some(job) = self.all.pop_front() {
            self.cost -= Self::charge(&job);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::{AccountId, Ids};

    fn ids(count: usize) -> Vec<JobId> {
        let mut ids = Ids::seeded(1, AccountId(1));
        (0..count).map(|_| ids.job_id(|_| false)).collect()
    }

    #[test]
    fn an_account_keeps_a_bounded_number_of_jobs_for_a_day() {
        let (mut jobs, start) = (Jobs::default(), Timestamp::UNIX_EPOCH);
        let ids = ids(MOST + 1);
        for &id in &ids {
            jobs.add(id, JobKind::Create, 1, start, Duration::ZERO);
        }
        assert_eq!(jobs.find(ids[0], start).err(), Some(UnknownJob));
        assert!(jobs.find(ids[MOST], start).is_ok());
        assert_eq!((jobs.all(start).len(), jobs.cost()), (MOST, jobs.counted_cost()));
        let later = after(start, LIFETIME);
        assert!(jobs.find(ids[MOST], later).is_err() && jobs.all(later).is_empty());
        jobs.sweep(later);
        assert_eq!((jobs.cost(), jobs.counted_cost()), (0, 0));
    }

    #[test]
    fn a_job_is_queued_then_working_then_completed_or_failed() {
        let (mut jobs, start) = (Jobs::default(), Timestamp::UNIX_EPOCH);
        let id = ids(1)[0];
        jobs.add(id, JobKind::Create, 10, start, Duration::from_secs(20));
        jobs.finish(id, vec![JobOutcome::Done(1); 10]);
        let status = |jobs: &Jobs, seconds| {
            let now = after(start, Duration::from_secs(seconds));
            jobs.find(id, now).expect("it is kept").status(now)
        };
        let all: Vec<_> = [0, 9, 10, 15, 19, 20].map(|at| status(&jobs, at)).into();
        let working = JobStatus::Working;
        let (queued, completed) = (JobStatus::Queued, JobStatus::Completed);
        assert_eq!(all, [queued, queued, working(0), working(5), working(9), completed]);
        jobs.finish(id, vec![JobOutcome::failed(None, "é".repeat(300)); 10]);
        assert_eq!(status(&jobs, 20), JobStatus::Failed);
        assert!(jobs.cost() <= Jobs::cost_of(10) && jobs.cost() == jobs.counted_cost());
    }
}
