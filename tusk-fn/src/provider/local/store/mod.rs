//! What the local cloud keeps: queues, tables, and small states, in one file that survives restarts and kills.
//!
//! Everything of the local cloud maps onto it: a topic is an atomic [`enqueue`](Store::enqueue) to each subscriber's queue, a
//! stream is an ordered queue for each function, and a table emits its changes as messages of the transaction that writes the
//! row.
//!
//! - [`disk`]: the file, in tables of redb
//! - [`writer`] and [`batch`]: one thread gathers what callers ask for into transactions, with one fsync each
//! - [`index`] and [`mod@line`]: what of each queue can be received, in memory
//! - [`delivery`]: receiving messages and settling them
//! - [`rows`]: tables and states
//! - [`message`], [`codec`], [`error`]: what goes in and out
//!
//! What is durable and what is not follows from one rule: a kill must neither lose a message nor bring an innocent one nearer to
//! the dead-letter queue. So messages, failed attempts and rows are durable when the call returns, and leases live in memory
//! only: after a restart everything that was in flight is visible, with as many attempts as before.
//!
//! Bodies stay in the file until they are received. In memory a waiting message takes about 150 bytes.

mod batch;
mod codec;
mod delivery;
mod disk;
mod error;
mod index;
mod line;
mod message;
mod rows;
mod writer;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_crash;
#[cfg(test)]
mod tests_delivery;
#[cfg(test)]
mod tests_model;
#[cfg(test)]
mod tests_open;
#[cfg(test)]
mod tests_rows;
#[cfg(test)]
mod tests_speed;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

#[cfg(test)]
use redb::{StorageBackend, backends::InMemoryBackend};

use self::batch::{Batch, Names};
use self::disk::Disk;
use self::error::Fault;
pub(crate) use self::error::StoreError;
use self::index::Index;
pub(crate) use self::message::{Fate, Message, MessageId, NAME_LIMIT, Peeked, Policy, Put, Receipt, Receive, Received};
pub(crate) use self::rows::{Condition, Write, WriteError};
use self::writer::{Job, Writer};

/// The store. Clones are handles to the same one; when the last is dropped, what was asked for is written and the file closed.
#[derive(Clone)]
pub(crate) struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    disk: Arc<Disk>,
    index: Arc<Index>,
    /// The store's random number, a part of its messages' ids.
    store: u64,
    /// There until the store is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens the store of a folder, and makes both where they are missing. It blocks: after a kill, and always in a debug
    /// build, the database reads the whole file once.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::start(Disk::open(folder)?)
    }

    /// A store that ends with the process.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Self::with_backend(InMemoryBackend::new())
    }

    #[cfg(test)]
    fn with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        Self::start(Disk::with_backend(backend)?)
    }

    fn start(disk: Disk) -> Result<Self, StoreError> {
        let disk = Arc::new(disk);
        let index = Arc::new(Index::new(random(&disk)?));
        let loaded = disk.load(&index, random(&disk)?)?;
        let writer = Writer {
            disk: Arc::clone(&disk),
            index: Arc::clone(&index),
            names: Names::new(loaded.names),
            next: loaded.next,
        };
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new().name("store".to_owned()).spawn(move || writer.run(&waiting));
        let writer = thread.map_err(|error| disk.describe(Fault::Io(error)))?;
        let shared = Shared { disk, index, store: loaded.store, jobs: Some(jobs), writer: Some(writer) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Puts messages into their queues: all of them or, if one breaks a limit, none. They are durable when this returns. A
    /// message that repeats another one has that one's id.
    pub(crate) async fn enqueue(&self, puts: Vec<Put>) -> Result<Vec<MessageId>, StoreError> {
        if puts.is_empty() {
            return Ok(Vec::new());
        }
        puts.iter().try_for_each(Put::check)?;
        let weight = puts.iter().map(Put::weight).sum();
        let enqueue = move |batch: &mut Batch<'_>| puts.iter().map(|put| batch.enqueue(put)).collect();
        let numbers: Vec<u64> = self.submit(weight, enqueue).await?;
        Ok(numbers.into_iter().map(|number| self.id(number)).collect())
    }

    fn id(&self, number: u64) -> MessageId {
        MessageId { store: self.shared.store, number }
    }

    async fn submit<T: Send + 'static>(
        &self,
        weight: usize,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        writer::submit(self.shared.jobs.as_ref(), weight, work).await
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("disk", &self.shared.disk).finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take()
            // What is written may hold the last handle: the writer drops it then, and cannot wait for itself.
            && writer.thread().id() != thread::current().id()
        {
            let _ = writer.join();
        }
    }
}

fn random(disk: &Disk) -> Result<u64, StoreError> {
    getrandom::u64().map_err(|error| disk.describe(Fault::Io(std::io::Error::other(error))))
}
