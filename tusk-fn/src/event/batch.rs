//! Several items at once, for functions that handle them together.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::{BoxError, Failure};

/// Several items at once: what a function takes that handles them together, such as `Batch<Message<Order>>`.
///
/// A function that takes one item is called for each, concurrently, and nothing more needs to be said. This is for those who
/// want to write many rows at once, say. Such a function returns a [`Report`] of the items that failed; `()` says that none
/// did, and an `Err` that all did. An item that cannot be read is dead-lettered, and is not in the batch.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
/// # async fn store(_: &str) -> Result<(), std::io::Error> { Ok(()) }
///
/// #[tusk_fn(trigger = "queue", queue = "lines", batch_size = 100)]
/// async fn import(batch: Batch<String>) -> Report {
///     let mut report = batch.report();
///     for (at, line) in batch.iter().enumerate() {
///         if line.is_empty() {
///             report.reject(at, "the line is empty");
///         } else if let Err(error) = store(line).await {
///             report.retry(at, error);
///         }
///     }
///     report
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<T> {
    items: Vec<T>,
    /// Where each stands among what was delivered.
    positions: Arc<[usize]>,
}

impl<T> Batch<T> {
    pub(crate) fn new(items: Vec<T>, positions: Vec<usize>) -> Self {
        Self { items, positions: positions.into() }
    }

    /// A report that says that all went well, to be told otherwise.
    pub fn report(&self) -> Report {
        Report { positions: Arc::clone(&self.positions), failures: Vec::new() }
    }

    /// Calls `handle` with each item, one after the other, and reports what it returned. A [`Reject`](crate::Reject) among
    /// the causes of an error dead-letters the item.
    pub async fn each<F, E>(self, mut handle: impl FnMut(T) -> F) -> Report
    where
        F: Future<Output = Result<(), E>>,
        E: Into<BoxError>,
    {
        let mut report = self.report();
        for (at, item) in self.items.into_iter().enumerate() {
            if let Err(error) = handle(item).await {
                report.retry(at, error);
            }
        }
        report
    }
}

impl<T> Deref for Batch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Batch<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// Which items of a [`Batch`] failed. Those that it does not name went well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a report is returned by the function, else it says nothing"]
pub struct Report {
    positions: Arc<[usize]>,
    failures: Vec<(usize, Failure)>,
}

impl Report {
    /// The item at that position of the batch is to be delivered again, unless a [`Reject`](crate::Reject) is among the
    /// causes of the error.
    pub fn retry<E: Into<BoxError>>(&mut self, at: usize, error: E) {
        self.fail(at, Failure::of(error));
    }

    /// The item at that position of the batch is to be dead-lettered at once.
    pub fn reject(&mut self, at: usize, reason: impl Into<String>) {
        self.fail(at, Failure::new("Rejected", reason).rejecting());
    }

    fn fail(&mut self, at: usize, failure: Failure) {
        if let Some(position) = self.positions.get(at) {
            self.failures.push((*position, failure));
        } else {
            tracing::error!(at, %failure, "a report names an item that its batch has not");
        }
    }

    /// The failures, each with the position among what was delivered.
    pub(crate) fn into_failures(self) -> Vec<(usize, Failure)> {
        self.failures
    }

    /// How many items failed.
    pub fn failed(&self) -> usize {
        self.failures.len()
    }
}
