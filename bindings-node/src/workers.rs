//! Threads for work off the main thread: as many at work as the machine has processors to spare, and
//! beside them those that wait for an answer of JavaScript's. libuv's own few threads would not do: a look-up that
//! waits for one of them would wait forever.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, available_parallelism};
use std::time::Duration;

/// How long a thread waits for more to do.
const PATIENCE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

struct Workers {
    jobs: VecDeque<Job>,
    /// The threads that wait for a job.
    idle: usize,
    /// The threads that have one, without those that wait for an answer.
    at_work: usize,
}

static WORKERS: Mutex<Workers> = Mutex::new(Workers { jobs: VecDeque::new(), idle: 0, at_work: 0 });
static THERE_IS_WORK: Condvar = Condvar::new();

fn workers() -> MutexGuard<'static, Workers> {
    WORKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many work at once: one processor is left to the thread of JavaScript.
fn at_once() -> usize {
    // Asked once: on Linux the answer is in files.
    static AT_ONCE: OnceLock<usize> = OnceLock::new();
    *AT_ONCE.get_or_init(|| {
        let processors = available_parallelism().map_or(1, NonZeroUsize::get);
        processors.saturating_sub(1).max(1)
    })
}

impl Workers {
    /// Sees to it that somebody takes the next job.
    fn call_one(&mut self) -> io::Result<()> {
        if self.jobs.is_empty() {
            return Ok(());
        }
        if self.idle > 0 {
            THERE_IS_WORK.notify_one();
        } else if self.at_work < at_once() {
            Builder::new().name("anysspi".into()).spawn(work)?;
            self.at_work = self.at_work.saturating_add(1);
        }
        Ok(())
    }
}

/// Has a job done on another thread, or says why there is none for it.
pub(crate) fn run(job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut workers = workers();
    workers.jobs.push_back(Box::new(job));
    let called = workers.call_one();
    if called.is_err() && workers.at_work == 0 {
        workers.jobs.pop_back();
        return called;
    }
    // Where there is no thread more, one of those at work takes it later.
    Ok(())
}

/// Waits for an answer in a job, while another thread has its place.
pub(crate) fn while_waiting<T>(wait: impl FnOnce() -> T) -> T {
    let mut all = workers();
    all.at_work = all.at_work.saturating_sub(1);
    let _ = all.call_one();
    drop(all);
    let answer = wait();
    let mut all = workers();
    all.at_work = all.at_work.saturating_add(1);
    answer
}

/// What a thread does.
fn work() {
    let mut all = workers();
    loop {
        if let Some(job) = all.jobs.pop_front() {
            let _ = all.call_one();
            drop(all);
            job();
            all = workers();
            continue;
        }
        all.at_work = all.at_work.saturating_sub(1);
        all.idle = all.idle.saturating_add(1);
        let (woken, waited) = THERE_IS_WORK
            .wait_timeout_while(all, PATIENCE, |all| all.jobs.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        all = woken;
        all.idle = all.idle.saturating_sub(1);
        if waited.timed_out() {
            return;
        }
        all.at_work = all.at_work.saturating_add(1);
    }
}
