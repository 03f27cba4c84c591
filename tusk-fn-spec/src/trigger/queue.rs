//! `trigger = "queue"`: a message of a queue.

use serde::{Deserialize, Serialize};

use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::fault::{Fault, FaultKind};
use crate::name;
use crate::reader::Reader;

/// A function that handles the messages of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// The queue's logical name.
    pub queue: String,
    /// How messages are handed over and tried again.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The queue that messages go to which are given up. Without it, the queue has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter: Option<String>,
    /// Whether the messages of a group are handled one after the other, in their order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
}

/// How messages are handed over and tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// How many messages come at once, at most.
    #[serde(default = "default_batch", skip_serializing_if = "is_default_batch")]
    pub batch_size: u32,
    /// How many of them one process handles at the same time, at most.
    #[serde(default = "default_batch", skip_serializing_if = "is_default_batch")]
    pub concurrency: u32,
    /// How often a message is tried before it is given up.
    #[serde(default = "default_attempts", skip_serializing_if = "is_default_attempts")]
    pub max_attempts: u32,
}

/// How many messages come at once, and how many are handled at the same time, if the attribute does not say.
pub const DEFAULT_BATCH: u32 = 10;
/// How often a message is tried if the attribute does not say.
pub const DEFAULT_ATTEMPTS: u32 = 5;
/// Lambda takes at most 10,000 messages at once ("Configuring a queue to use with Lambda").
pub const MOST_BATCH: u32 = 10_000;
/// SQS counts to 1,000 receives ("maxReceiveCount").
pub const MOST_ATTEMPTS: u32 = 1000;
/// More than this in one process is likelier a slip than a wish.
pub const MOST_CONCURRENCY: u32 = 1000;

fn default_batch() -> u32 {
    DEFAULT_BATCH
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default_batch(size: &u32) -> bool {
    *size == DEFAULT_BATCH
}

fn default_attempts() -> u32 {
    DEFAULT_ATTEMPTS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default_attempts(attempts: &u32) -> bool {
    *attempts == DEFAULT_ATTEMPTS
}

impl Delivery {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let batch_size = reader.number("batch_size", 1, MOST_BATCH);
        let concurrency = reader.number("concurrency", 1, MOST_CONCURRENCY);
        let max_attempts = reader.number("max_attempts", 1, MOST_ATTEMPTS);
        Some(Self {
            batch_size: batch_size.ok()?.unwrap_or(DEFAULT_BATCH),
            concurrency: concurrency.ok()?.unwrap_or(DEFAULT_BATCH),
            max_attempts: max_attempts.ok()?.unwrap_or(DEFAULT_ATTEMPTS),
        })
    }
}

impl Queue {
    pub(super) const KEYS: &[Key] = &[
        Key::required("queue", "\"orders\""),
        Key::optional("batch_size", "10"),
        Key::optional("concurrency", "4"),
        Key::optional("max_attempts", "5"),
        Key::optional("dead_letter", "\"failed-orders\""),
        Key::optional("ordered", "true"),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let queue = reader.required_resource("queue");
        let delivery = Delivery::read(reader);
        let dead_letter = reader.resource("dead_letter");
        let ordered = reader.flag("ordered");
        let (queue, dead_letter) = (queue?, dead_letter.ok()?);
        if dead_letter.as_ref() == Some(&queue) {
            reader.push(Fault::value("dead_letter", FaultKind::DeadLetterItself));
            return None;
        }
        Some(Self { queue, delivery: delivery?, dead_letter, ordered: ordered.ok()?.unwrap_or(false) })
    }

    pub(super) fn what(&self) -> String {
        self.queue.clone()
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    /// Each message goes to one of those who receive: two functions would each see some of them.
    pub(super) fn uniques(&self) -> Vec<Unique> {
        vec![Unique {
            key: "queue",
            label: self.queue.clone(),
            identifier: format!("duplicate_queue_{}", name::encode(&self.queue)),
        }]
    }
}
