//! What can be done in one transaction. Whoever refuses does so before the first write; a fault after that ends the whole
//! transaction, and the file is as it was.

use std::collections::HashMap;
use std::sync::Arc;

use redb::ReadableTable;

use super::codec::{Entry, encode_preamble};
use super::disk::Tables;
use super::error::Fault;
use super::index::{Change, Index};
use super::line::{Claim, Slot};
use super::message::{DEDUPLICATION_WINDOW, Death, Put, shorten};

/// How many forgotten deduplication ids are removed with each new one: more than come, so that they never pile up.
const FORGET_AT_ONCE: usize = 16;

/// The queues' numbers in the file.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, u32>,
    names: HashMap<u32, Arc<str>>,
}

impl Names {
    pub(super) fn new(names: HashMap<u32, Arc<str>>) -> Self {
        let numbers = names.iter().map(|(number, name)| (Arc::clone(name), *number)).collect();
        Self { numbers, names }
    }
}

/// A transaction, and what it changes in the index once it is committed.
pub(super) struct Batch<'t> {
    pub(super) tables: Tables<'t>,
    pub(super) names: &'t mut Names,
    /// The next message's number.
    pub(super) next: &'t mut u64,
    pub(super) index: &'t Index,
    pub(super) changes: Vec<Change>,
}

impl Batch<'_> {
    /// The next number, for a message or a version.
    pub(super) fn number(&mut self) -> u64 {
        let number = *self.next;
        *self.next += 1;
        number
    }

    fn queue_number(&mut self, name: &Arc<str>) -> Result<u32, Fault> {
        if let Some(number) = self.names.numbers.get(name) {
            return Ok(*number);
        }
        let number = u32::try_from(self.names.numbers.len())
            .map_err(|_| Fault::Damaged("it has more queues than it can number".to_owned()))?;
        self.tables.queues.insert(number, &**name)?;
        self.names.numbers.insert(Arc::clone(name), number);
        self.names.names.insert(number, Arc::clone(name));
        Ok(number)
    }

    /// Adds a message, and gives its number, or that of the one that it repeats.
    pub(super) fn enqueue(&mut self, put: &Put) -> Result<u64, Fault> {
        let queue = self.queue_number(&put.queue)?;
        let deduplication = put.deduplication.as_deref();
        if let Some(id) = deduplication
            && let Some(first) = self.duplicated(queue, id, put)?
        {
            return Ok(first);
        }
        let number = self.number();
        if let Some(id) = deduplication {
            let at = put.enqueued_at.as_microsecond();
            self.tables.duplicates.insert((queue, id), (number, at))?;
            self.tables.duplicate_times.insert((at, number), (queue, id))?;
        }
        let visible_at = put.visible_at.as_microsecond();
        let entry = Entry { queue, visible_at, attempts: 0, group: put.group.clone(), death: None };
        self.tables.messages.insert(number, entry.encode().as_slice())?;
        let preamble = encode_preamble(put);
        let mut content = self.tables.contents.insert_reserve(number, preamble.len() + put.body.len())?;
        let (start, body) = content.as_mut().split_at_mut(preamble.len());
        start.copy_from_slice(&preamble);
        body.copy_from_slice(&put.body);
        drop(content);
        let slot = Slot { visible_at, attempts: 0, group: put.group.clone() };
        self.changes.push(Change::Added { queue: Arc::clone(&put.queue), number, slot });
        Ok(number)
    }

    /// The message that one with this deduplication id repeats.
    fn duplicated(&mut self, queue: u32, id: &str, put: &Put) -> Result<Option<u64>, Fault> {
        let now = put.enqueued_at.as_microsecond();
        let window = i64::try_from(DEDUPLICATION_WINDOW.as_micros()).unwrap_or(i64::MAX);
        let first = self.tables.duplicates.get((queue, id))?.map(|first| first.value());
        // The clock can be moved, so the first one may lie in the future: then it counts within the window too.
        if let Some((number, at)) = first
            && now.abs_diff(at) < window.unsigned_abs()
        {
            return Ok(Some(number));
        }
        if let Some((number, at)) = first {
            self.tables.duplicate_times.remove((at, number))?;
        }
        for _ in 0..FORGET_AT_ONCE {
            let oldest = self.tables.duplicate_times.first()?.map(|(key, value)| {
                let (queue, id) = value.value();
                (key.value(), queue, id.to_owned())
            });
            let Some(((at, number), queue, id)) = oldest.filter(|((at, _), _, _)| *at <= now.saturating_sub(window))
            else {
                break;
            };
            self.tables.duplicate_times.remove((at, number))?;
            self.tables.duplicates.remove((queue, id.as_str()))?;
        }
        Ok(None)
    }

    /// Removes a message that is still in that queue, and tells whether it was.
    pub(super) fn remove(&mut self, queue: &Arc<str>, number: u64) -> Result<bool, Fault> {
        if self.entry(queue, number)?.is_none() {
            return Ok(false);
        }
        self.tables.messages.remove(number)?;
        self.tables.contents.remove(number)?;
        self.changes.push(Change::Removed { queue: Arc::clone(queue), number });
        Ok(true)
    }

    /// Makes a message visible again at that time, and counts the attempt. Tells whether the message was still there.
    pub(super) fn retry(&mut self, queue: &Arc<str>, claim: &Claim, visible_at: i64) -> Result<bool, Fault> {
        let Some(mut entry) = self.entry(queue, claim.number)? else { return Ok(false) };
        entry.attempts = claim.attempts.saturating_add(1);
        entry.visible_at = visible_at;
        self.tables.messages.insert(claim.number, entry.encode().as_slice())?;
        let (number, attempts) = (claim.number, entry.attempts);
        self.changes.push(Change::Retried { queue: Arc::clone(queue), number, attempts, visible_at });
        Ok(true)
    }

    /// Moves a message to its dead-letter queue. Tells whether it was still there.
    pub(super) fn bury(&mut self, queue: &Arc<str>, claim: &Claim, reason: &str, now: i64) -> Result<bool, Fault> {
        let Some(mut entry) = self.entry(queue, claim.number)? else { return Ok(false) };
        let to = claim.policy.dead_letter_of(queue);
        entry.death = Some(Death {
            queue: Arc::clone(queue),
            reason: shorten(reason).to_owned(),
            attempts: claim.attempts.saturating_add(1),
            at: super::codec::timestamp(now),
        });
        self.move_to(queue, &to, claim.number, entry, now)?;
        Ok(true)
    }

    /// Moves a dead message back to the queue that it was in, if that is the one that is asked for. Tells whether it went.
    pub(super) fn revive(
        &mut self,
        queue: &Arc<str>,
        from: Option<&str>,
        number: u64,
        now: i64,
    ) -> Result<bool, Fault> {
        let Some(mut entry) = self.entry(queue, number)? else { return Ok(false) };
        let Some(death) = entry.death.take().filter(|death| from.is_none_or(|from| *death.queue == *from)) else {
            return Ok(false);
        };
        self.move_to(queue, &death.queue, number, entry, now)?;
        Ok(true)
    }

    /// Makes what is to become visible after `now` visible earlier by so much.
    pub(super) fn bring_forward(&mut self, by: i64, now: i64) -> Result<(), Fault> {
        let later = self.index.lock().later_than(now);
        for (queue, number) in later {
            let Some(mut entry) = self.entry(&queue, number)? else { continue };
            entry.visible_at = entry.visible_at.saturating_sub(by).max(now);
            self.tables.messages.insert(number, entry.encode().as_slice())?;
            self.changes.push(Change::Rescheduled { queue, number, visible_at: entry.visible_at });
        }
        Ok(())
    }

    fn move_to(&mut self, from: &Arc<str>, to: &Arc<str>, number: u64, entry: Entry, now: i64) -> Result<(), Fault> {
        let queue = self.queue_number(to)?;
        let entry = Entry { queue, visible_at: now, attempts: 0, ..entry };
        self.tables.messages.insert(number, entry.encode().as_slice())?;
        let (from, to) = (Arc::clone(from), Arc::clone(to));
        self.changes.push(Change::Moved { from, to, number, visible_at: now });
        Ok(())
    }

    /// The messages of a queue, but for those of this transaction.
    pub(super) fn numbers(&self, queue: &str) -> Vec<u64> {
        let lines = self.index.lock();
        lines.find(queue).into_iter().flat_map(|line| line.numbers(0)).map(|(number, _)| number).collect()
    }

    /// A message's state, if it is in that queue: an earlier part of the same transaction may have removed or moved it.
    fn entry(&self, queue: &Arc<str>, number: u64) -> Result<Option<Entry>, Fault> {
        let Some(bytes) = self.tables.messages.get(number)? else { return Ok(None) };
        let entry = Entry::decode(bytes.value())?;
        Ok(Some(entry).filter(|entry| self.names.names.get(&entry.queue) == Some(queue)))
    }
}
