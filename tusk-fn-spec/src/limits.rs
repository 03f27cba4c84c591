//! What providers allow, each with its source.

use crate::provider::Target;
use crate::record::FunctionRecord;
use crate::trigger::Trigger;
use crate::trigger::http::Auth;

/// A megabyte as the providers count memory: 1,048,576 bytes.
pub const MEGABYTE: u64 = 1024 * 1024;

/// AWS Lambda: 128 MB to 10,240 MB in steps of 1 MB ("Configure Lambda function memory").
const AWS_MEMORY_MB: (u64, u64) = (128, 10_240);
/// AWS Lambda: 900 s ("Configure Lambda function timeout").
const AWS_TIMEOUT_MS: u64 = 900_000;
/// API Gateway HTTP APIs: 30 s for an integration ("Quotas for configuring and running an HTTP API").
const AWS_HTTP_TIMEOUT_MS: u64 = 30_000;

/// Messages of an ordered queue that come at once, on AWS: 10 ("Configuring a queue to use with Lambda").
const AWS_ORDERED_BATCH: u32 = 10;

/// A value that a provider does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Less memory than the least.
    MemoryTooSmall {
        /// The provider.
        target: Target,
        /// The least, in MB.
        least: u64,
        /// What was asked for, in MB.
        found: u64,
    },
    /// More memory than the most.
    MemoryTooLarge {
        /// The provider.
        target: Target,
        /// The most, in MB.
        most: u64,
        /// What was asked for, in MB.
        found: u64,
    },
    /// A timeout longer than the longest.
    TimeoutTooLong {
        /// The provider's service that sets it.
        service: &'static str,
        /// The longest, in milliseconds.
        most: u64,
        /// What was asked for, in milliseconds.
        found: u64,
    },
    /// More messages at once than an ordered queue gives.
    OrderedBatch {
        /// The provider.
        target: Target,
        /// The most.
        most: u32,
        /// What was asked for.
        found: u32,
    },
    /// A level of `auth` that the provider does not know.
    Auth {
        /// The provider.
        target: Target,
    },
}

impl Limit {
    /// The attribute's key that gives the value.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::MemoryTooSmall { .. } | Self::MemoryTooLarge { .. } => "memory",
            Self::TimeoutTooLong { .. } => "timeout",
            Self::OrderedBatch { .. } => "batch_size",
            Self::Auth { .. } => "auth",
        }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::MemoryTooSmall { target, least, found } => {
                format!(
                    "`{}` gives a function at least {least}MB of memory, and this asks for {found}MB",
                    target.name()
                )
            }
            Self::MemoryTooLarge { target, most, found } => {
                format!("`{}` gives a function at most {most}MB of memory, and this asks for {found}MB", target.name())
            }
            Self::TimeoutTooLong { service, most, found } => format!(
                "{service} waits at most {}, and this asks for {}",
                crate::units::render_duration(std::time::Duration::from_millis(*most)),
                crate::units::render_duration(std::time::Duration::from_millis(*found)),
            ),
            Self::OrderedBatch { target, most, found } => {
                format!(
                    "an ordered queue of `{}` gives at most {most} messages at once, and this asks for {found}",
                    target.name()
                )
            }
            Self::Auth { target } => format!("`{}` has no `auth = \"admin\"`", target.name()),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> String {
        match self {
            Self::MemoryTooSmall { least, .. } => format!("write `memory = \"{least}MB\"` or more"),
            Self::MemoryTooLarge { most, .. } => format!("write `memory = \"{most}MB\"` or less"),
            Self::TimeoutTooLong { most, .. } => format!(
                "write `timeout = \"{}\"` or less",
                crate::units::render_duration(std::time::Duration::from_millis(*most))
            ),
            Self::OrderedBatch { most, .. } => format!("write `batch_size = {most}` or less"),
            Self::Auth { .. } => {
                "write `auth = \"platform\"`, or add `targets = [\"azure\"]`, the only platform that has it".to_owned()
            }
        }
    }
}

/// The limits of `target` that a function exceeds. A value that the function leaves open exceeds none.
pub fn exceeded(record: &FunctionRecord, target: Target) -> Vec<Limit> {
    let mut limits = Vec::new();
    if target == Target::Aws {
        limits.extend(record.memory.and_then(|bytes| aws_memory(bytes / MEGABYTE)));
        limits.extend(record.timeout_ms.and_then(|timeout| aws_timeout(&record.trigger, timeout)));
        if let Trigger::Queue(queue) = &record.trigger
            && queue.ordered
            && queue.delivery.batch_size > AWS_ORDERED_BATCH
        {
            let (most, found) = (AWS_ORDERED_BATCH, queue.delivery.batch_size);
            limits.push(Limit::OrderedBatch { target, most, found });
        }
    }
    if target != Target::Azure
        && let Trigger::Http(http) = &record.trigger
        && http.auth == Auth::Admin
    {
        limits.push(Limit::Auth { target });
    }
    limits
}

fn aws_memory(found: u64) -> Option<Limit> {
    let (least, most) = AWS_MEMORY_MB;
    let target = Target::Aws;
    if found < least {
        Some(Limit::MemoryTooSmall { target, least, found })
    } else if found > most {
        Some(Limit::MemoryTooLarge { target, most, found })
    } else {
        None
    }
}

fn aws_timeout(trigger: &Trigger, found: u64) -> Option<Limit> {
    let (service, most) = match trigger {
        Trigger::Http(_) => ("an API Gateway HTTP API", AWS_HTTP_TIMEOUT_MS),
        Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => ("AWS Lambda", AWS_TIMEOUT_MS),
    };
    (found > most).then_some(Limit::TimeoutTooLong { service, most, found })
}
