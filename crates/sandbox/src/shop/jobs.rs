//! A seller's batch jobs: the submitted items and their results.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::clock::later;

/// How many bytes of results are kept; the oldest jobs are dropped first.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// One job. It is processed when it is due, unless it was cancelled before.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: i64,
    /// The account that submitted it.
    pub(crate) owner: String,
    /// What is done with each item, such as `PRODUCT_PRICES_UPDATE`.
    pub(crate) operation: String,
    pub(crate) submitted: SystemTime,
    /// When it is processed.
    pub(crate) finished: SystemTime,
    pub(crate) stage: JobStage,
    pub(crate) items: Vec<JobItem>,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobStage {
    Waiting,
    Done,
    /// Its seller cancelled it before it was processed.
    Invalidated,
}

/// One item and its result.
#[derive(Clone, Debug)]
pub(crate) struct JobItem {
    /// The caller's name for it.
    pub(crate) content_id: String,
    /// What is to be done, JSON in a text; blank once it is done.
    pub(crate) content: String,
    pub(crate) success: bool,
    /// JSON in a text; blank until it is done.
    pub(crate) result: String,
}

impl Job {
    /// Its state at `now`, as the platform names it.
    pub(crate) fn status(&self, now: SystemTime) -> &'static str {
        match self.stage {
            // The platform documents no status of its own for a job that was cancelled.
            JobStage::Done | JobStage::Invalidated => "FINISH",
            JobStage::Waiting if self.submitted < now => "PROCESSING",
            JobStage::Waiting => "QUEUEING",
        }
    }

    /// Its size in memory in bytes, without the fixed part.
    fn bytes(&self) -> usize {
        let items = self.items.iter();
        let items =
            items.map(|item| item.content_id.len() + item.content.len() + item.result.len() + 64);
        items.sum::<usize>() + self.owner.len() + self.operation.len() + 128
    }
}

/// The jobs, oldest first.
#[derive(Default)]
pub(crate) struct Jobs {
    jobs: VecDeque<Job>,
    bytes: usize,
    submitted: i64,
}

impl Jobs {
    /// The id of the next job: ten digits or more, like the platform's.
    pub(crate) fn next_id(&mut self) -> i64 {
        self.submitted += 1;
        2_000_000_000 + self.submitted
    }

    pub(crate) fn keep(&mut self, job: Job) {
        self.bytes += job.bytes();
        self.jobs.push_back(job);
        self.drop_oldest();
    }

    fn drop_oldest(&mut self) {
        while self.bytes > MOST_BYTES && self.jobs.len() > 1 {
            let oldest = self.jobs.pop_front();
            self.bytes -= oldest.map_or(0, |job| job.bytes());
        }
    }

    /// Processes the jobs that are due. `process` gets the operation and an item's content, and returns whether it
    /// succeeded, and the result.
    pub(crate) fn run(
        &mut self,
        now: SystemTime,
        mut carry_out: impl FnMut(&str, &JobItem) -> (bool, String),
    ) {
        let due = |job: &&mut Job| job.stage == JobStage::Waiting && job.finished <= now;
        for job in self.jobs.iter_mut().filter(due) {
            let before = job.bytes();
            job.stage = JobStage::Done;
            for item in &mut job.items {
                (item.success, item.result) = carry_out(&job.operation, item);
                item.content = String::new();
            }
            self.bytes = self.bytes - before + job.bytes();
        }
        self.drop_oldest();
    }

    /// Cancels a job; `None` if `owner` has no such job, `false` if it was processed already.
    pub(crate) fn invalidate(&mut self, id: i64, owner: &str) -> Option<bool> {
        let mut jobs = self.jobs.iter_mut();
        let job = jobs.find(|job| job.id == id && job.owner == owner)?;
        let waits = job.stage == JobStage::Waiting;
        if waits {
            job.stage = JobStage::Invalidated;
        }
        Some(waits)
    }

    /// The job with this number, if `owner` submitted it.
    pub(crate) fn get(&self, id: i64, owner: &str) -> Option<&Job> {
        let mut jobs = self.jobs.iter();
        jobs.find(|job| job.id == id && job.owner == owner)
    }

    /// The jobs that `owner` submitted, newest first.
    pub(crate) fn of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a Job> {
        self.jobs.iter().rev().filter(move |job| job.owner == owner)
    }
}

/// How long a job takes if the sandbox behaves as live.
pub(crate) const LIVE_DURATION: Duration = Duration::from_secs(5);

/// When a job that is submitted at `now` finishes.
pub(crate) fn finish(now: SystemTime, as_live: bool) -> SystemTime {
    match as_live {
        true => later(now, LIVE_DURATION),
        false => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_jobs_make_room() {
        let (mut jobs, now) = (Jobs::default(), SystemTime::UNIX_EPOCH);
        for _ in 0..20 {
            let id = jobs.next_id();
            let item = JobItem {
                content_id: "a".repeat(1024 * 1024),
                content: String::new(),
                success: true,
                result: String::new(),
            };
            jobs.keep(Job {
                id,
                owner: "a".to_owned(),
                operation: String::new(),
                submitted: now,
                finished: now,
                stage: JobStage::Done,
                items: vec![item],
            });
        }
        assert_eq!(jobs.of("a").count(), 7);
        assert_eq!(jobs.of("b").count(), 0);
        assert!(jobs.get(2_000_000_020, "a").is_some() && jobs.get(2_000_000_001, "a").is_none());
    }
}
