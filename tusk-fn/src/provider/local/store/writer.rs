//! The one thread that writes: it gathers what waits into one transaction, so that many callers share one fsync.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use tokio::sync::oneshot;

use super::batch::{Batch, Names};
use super::disk::{Disk, Tables};
use super::error::{Fault, StoreError, guarded};
use super::index::Index;

/// The most jobs of a transaction, and about how many bytes they may write.
const MOST_JOBS: usize = 4096;
const MOST_BYTES: usize = 8 << 20;

/// Something to be done within a transaction.
trait Work: Send {
    /// Does it. A fault ends the whole transaction; a refusal concerns only this.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Fault>;
    /// Answers once the transaction is durable or has failed.
    fn answer(self: Box<Self>, outcome: &Result<(), StoreError>);
}

/// Work on its way to the writer.
pub(super) struct Job {
    work: Box<dyn Work>,
    /// About how many bytes it writes.
    weight: usize,
}

struct Asked<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Work for Asked<T, F>
where
    T: Send,
    F: FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let Some(work) = self.work.take() else { return Ok(()) };
        self.result = match work(batch) {
            Ok(value) => Some(Ok(value)),
            Err(Fault::Refused(error)) => Some(Err(error)),
            Err(fault) => return Err(fault),
        };
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: &Result<(), StoreError>) {
        let result = match outcome {
            Ok(()) => self.result.unwrap_or(Err(StoreError::Closed)),
            Err(error) => Err(error.clone()),
        };
        // Who does not wait any more has what was asked for done all the same.
        let _ = self.reply.send(result);
    }
}

/// Hands work to the writer. The work is done even if the answer is not awaited.
pub(super) async fn submit<T: Send + 'static>(
    jobs: Option<&Sender<Job>>,
    weight: usize,
    work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send + 'static,
) -> Result<T, StoreError> {
    let (reply, answer) = oneshot::channel();
    let asked = Box::new(Asked { work: Some(work), result: None, reply });
    let jobs = jobs.ok_or(StoreError::Closed)?;
    jobs.send(Job { work: asked, weight }).map_err(|_| StoreError::Closed)?;
    answer.await.unwrap_or(Err(StoreError::Closed))
}

pub(super) struct Writer {
    pub(super) disk: Arc<Disk>,
    pub(super) index: Arc<Index>,
    pub(super) names: Names,
    pub(super) next: u64,
}

impl Writer {
    /// Writes until all senders are gone and everything that they sent is done.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut failed = None;
        while let Ok(first) = jobs.recv() {
            let gathered = gather(first, jobs);
            let outcome = match &failed {
                // After a failed write the database refuses all others, and names and numbers are ahead of the file.
                Some(error) => answer_all(gathered, &Err(StoreError::clone(error))),
                None => self.write(gathered),
            };
            failed = outcome.err();
        }
    }

    fn write(&mut self, mut works: Vec<Box<dyn Work>>) -> Result<(), StoreError> {
        let outcome = guarded(|| self.transact(&mut works)).map_err(|fault| self.disk.describe(fault));
        answer_all(works, &outcome)
    }

    /// Does all of it in one transaction. The index follows when it is durable.
    fn transact(&mut self, works: &mut [Box<dyn Work>]) -> Result<(), Fault> {
        let transaction = self.disk.database()?.begin_write()?;
        let before = self.next;
        let changes = {
            let tables = Tables::open(&transaction)?;
            let (names, next, index) = (&mut self.names, &mut self.next, &*self.index);
            let mut batch = Batch { tables, names, next, index, changes: Vec::new() };
            for work in works {
                work.run(&mut batch)?;
            }
            let Batch { mut tables, next, changes, .. } = batch;
            if *next != before {
                tables.keep_next(*next)?;
            }
            changes
        };
        transaction.commit()?;
        let mut lines = self.index.lock();
        for change in changes {
            lines.apply(change);
        }
        Ok(())
    }
}

fn answer_all(works: Vec<Box<dyn Work>>, outcome: &Result<(), StoreError>) -> Result<(), StoreError> {
    for work in works {
        work.answer(outcome);
    }
    outcome.clone()
}

/// The first job, and those that wait behind it as far as they fit.
fn gather(first: Job, jobs: &Receiver<Job>) -> Vec<Box<dyn Work>> {
    let mut weight = first.weight;
    let mut works = vec![first.work];
    while works.len() < MOST_JOBS && weight < MOST_BYTES {
        let Ok(job) = jobs.try_recv() else { break };
        weight += job.weight;
        works.push(job.work);
    }
    works
}
