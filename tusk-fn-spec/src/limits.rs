//! What providers allow, as data: each limit with its source.
//!
//! The macro refuses what a listed target does not allow, and manifests are not rendered from it.
//!
#![doc = include_str!("limits.md")]

use std::fmt;
use std::time::Duration;

use crate::provider::Target;
use crate::record::FunctionRecord;
use crate::trigger::Trigger;
use crate::trigger::http::Auth;
use crate::units::{render_duration, render_size};

/// A megabyte as the providers count memory: 1,048,576 bytes.
pub const MEGABYTE: u64 = 1024 * 1024;

/// What a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// `memory`, in bytes.
    Memory,
    /// `timeout` of a function that answers requests, in milliseconds.
    RequestTimeout,
    /// `timeout` of a timer, in milliseconds.
    TimerTimeout,
    /// `timeout` of any other function, in milliseconds.
    EventTimeout,
    /// `body_limit`, in bytes.
    RequestBody,
    /// `batch_size` of a queue with `ordered`, in messages.
    OrderedBatch,
    /// `max_attempts`.
    Attempts,
}

impl Measure {
    /// The attribute's key that gives it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::RequestTimeout | Self::TimerTimeout | Self::EventTimeout => "timeout",
            Self::RequestBody => "body_limit",
            Self::OrderedBatch => "batch_size",
            Self::Attempts => "max_attempts",
        }
    }

    /// What a function asks for; none if it does not, or has no such thing.
    fn asked(self, record: &FunctionRecord) -> Option<u64> {
        match (self, &record.trigger) {
            (Self::Memory, _) => record.memory,
            (Self::EventTimeout, Trigger::Http(_) | Trigger::Timer(_)) => None,
            (Self::RequestTimeout, Trigger::Http(_))
            | (Self::TimerTimeout, Trigger::Timer(_))
            | (Self::EventTimeout, _) => record.timeout_ms,
            (Self::RequestBody, Trigger::Http(http)) => Some(http.body_limit),
            (Self::OrderedBatch, Trigger::Queue(queue)) if queue.ordered => Some(queue.delivery.batch_size.into()),
            (Self::Attempts, Trigger::Queue(queue)) => Some(queue.delivery.max_attempts.into()),
            (Self::Attempts, Trigger::Topic(topic)) => Some(topic.delivery.max_attempts.into()),
            _ => None,
        }
    }

    /// An amount, as the attribute writes it.
    fn written(self, amount: u64) -> String {
        match self {
            Self::Memory => format!("{}MB", amount / MEGABYTE),
            Self::RequestTimeout | Self::TimerTimeout | Self::EventTimeout => {
                render_duration(Duration::from_millis(amount))
            }
            Self::RequestBody => render_size(amount),
            Self::OrderedBatch | Self::Attempts => amount.to_string(),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::RequestTimeout => "timeout of a request",
            Self::TimerTimeout => "timeout of a timer",
            Self::EventTimeout => "timeout of an event",
            Self::RequestBody => "body of a request",
            Self::OrderedBatch => "batch of an ordered queue",
            Self::Attempts => "attempts for a message",
        })
    }
}

/// A limit of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The provider.
    pub target: Target,
    /// What it limits.
    pub measure: Measure,
    /// The least that it allows.
    pub least: u64,
    /// The most that it allows.
    pub most: u64,
    /// Its service that does so, as a sentence begins with it.
    pub service: &'static str,
    /// The document that says so.
    pub source: &'static str,
    /// When that was read: a year and a month.
    pub read: &'static str,
}

/// A limit without a least.
const fn at_most(
    target: Target,
    measure: Measure,
    most: u64,
    service: &'static str,
    source: &'static str,
    read: &'static str,
) -> Quota {
    Quota { target, measure, least: 0, most, service, source, read }
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;

/// Every limit that a function can be found to exceed before it is deployed.
pub const QUOTAS: &[Quota] = &[
    Quota {
        target: Target::Aws,
        measure: Measure::Memory,
        least: 128 * MEGABYTE,
        most: 10_240 * MEGABYTE,
        service: "AWS Lambda",
        source: "AWS Lambda: Configure Lambda function memory",
        read: "2026-11",
    },
    at_most(
        Target::Aws,
        Measure::RequestTimeout,
        30 * SECOND,
        "an API Gateway HTTP API",
        "API Gateway: Quotas for configuring and running an HTTP API",
        "2026-11",
    ),
    at_most(
        Target::Aws,
        Measure::TimerTimeout,
        15 * MINUTE,
        "AWS Lambda",
        "AWS Lambda: Configure Lambda function timeout",
        "2026-11",
    ),
    at_most(
        Target::Aws,
        Measure::EventTimeout,
        15 * MINUTE,
        "AWS Lambda",
        "AWS Lambda: Configure Lambda function timeout",
        "2026-11",
    ),
    at_most(
        Target::Aws,
        Measure::RequestBody,
        6 * MEGABYTE,
        "AWS Lambda",
        "AWS Lambda: Lambda quotas, invocation payload (synchronous)",
        "2026-11",
    ),
    at_most(
        Target::Aws,
        Measure::OrderedBatch,
        10,
        "SQS",
        "AWS Lambda: Configuring a queue to use with Lambda",
        "2026-11",
    ),
    Quota {
        target: Target::Aws,
        measure: Measure::Attempts,
        least: 1,
        most: 1000,
        service: "SQS",
        source: "SQS: SetQueueAttributes, maxReceiveCount",
        read: "2026-11",
    },
    at_most(
        Target::Azure,
        Measure::Memory,
        4096 * MEGABYTE,
        "the Flex Consumption plan",
        "Azure Functions: Flex Consumption plan hosting, instance sizes",
        "2026-11",
    ),
    at_most(
        Target::Azure,
        Measure::RequestTimeout,
        230 * SECOND,
        "Azure's load balancer",
        "Azure Functions: hosting options, function app timeout duration",
        "2026-11",
    ),
    at_most(
        Target::Azure,
        Measure::RequestBody,
        104_857_600,
        "the Azure Functions host",
        "Azure Functions host: FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
        "2026-11",
    ),
    Quota {
        target: Target::Azure,
        measure: Measure::Attempts,
        least: 1,
        most: 2000,
        service: "Service Bus",
        source: "Service Bus: ARM template reference, namespaces/queues, maxDeliveryCount",
        read: "2026-11",
    },
    at_most(
        Target::Google,
        Measure::Memory,
        32_768 * MEGABYTE,
        "Cloud Run",
        "Cloud Run: Configure memory limits for services",
        "2026-11",
    ),
    at_most(
        Target::Google,
        Measure::RequestTimeout,
        60 * MINUTE,
        "Cloud Run",
        "Cloud Run: Set request timeout for services",
        "2026-11",
    ),
    at_most(
        Target::Google,
        Measure::TimerTimeout,
        30 * MINUTE,
        "Cloud Scheduler",
        "Cloud Scheduler: REST reference, Job.attemptDeadline",
        "2026-11",
    ),
    at_most(
        Target::Google,
        Measure::EventTimeout,
        10 * MINUTE,
        "Pub/Sub",
        "Pub/Sub: REST reference, Subscription.ackDeadlineSeconds",
        "2026-11",
    ),
    at_most(
        Target::Google,
        Measure::RequestBody,
        32 * MEGABYTE,
        "Cloud Run",
        "Cloud Run: Quotas and limits, maximum HTTP/1 request size",
        "2026-11",
    ),
    Quota {
        target: Target::Google,
        measure: Measure::Attempts,
        least: 5,
        most: 100,
        service: "Pub/Sub",
        source: "Pub/Sub: REST reference, DeadLetterPolicy.maxDeliveryAttempts",
        read: "2026-11",
    },
    at_most(
        Target::Knative,
        Measure::RequestTimeout,
        10 * MINUTE,
        "Knative Serving",
        "Knative Serving: config-defaults, max-revision-timeout-seconds",
        "2026-11",
    ),
    at_most(
        Target::Knative,
        Measure::TimerTimeout,
        10 * MINUTE,
        "Knative Serving",
        "Knative Serving: config-defaults, max-revision-timeout-seconds",
        "2026-11",
    ),
    at_most(
        Target::Knative,
        Measure::EventTimeout,
        10 * MINUTE,
        "Knative Serving",
        "Knative Serving: config-defaults, max-revision-timeout-seconds",
        "2026-11",
    ),
];

/// A value that a provider does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Less than the least.
    TooSmall {
        /// The limit.
        quota: &'static Quota,
        /// What was asked for.
        found: u64,
    },
    /// More than the most.
    TooLarge {
        /// The limit.
        quota: &'static Quota,
        /// What was asked for.
        found: u64,
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
            Self::TooSmall { quota, .. } | Self::TooLarge { quota, .. } => quota.measure.key(),
            Self::Auth { .. } => "auth",
        }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        let (quota, bound, found, words) = match self {
            Self::TooSmall { quota, found } => (quota, quota.least, *found, "at least"),
            Self::TooLarge { quota, found } => (quota, quota.most, *found, "at most"),
            Self::Auth { target } => return format!("`{}` has no `auth = \"admin\"`", target.name()),
        };
        let (measure, service, target) = (quota.measure, quota.service, quota.target.name());
        let (bound, found) = (measure.written(bound), measure.written(found));
        match measure {
            Measure::Memory => {
                format!("`{target}` gives a function {words} {bound} of memory, and this asks for {found}")
            }
            Measure::RequestTimeout | Measure::TimerTimeout | Measure::EventTimeout => {
                format!("{service} waits {words} {bound}, and this asks for {found}")
            }
            Measure::RequestBody => {
                format!("{service} takes a request of {words} {bound}, and this allows {found}")
            }
            Measure::OrderedBatch => {
                format!(
                    "an ordered queue of `{target}` gives {words} {bound} messages at once, and this asks for {found}"
                )
            }
            Measure::Attempts => {
                format!("{service} tries a message {words} {bound} times, and this asks for {found}")
            }
        }
    }

    /// What to type instead.
    pub fn help(&self) -> String {
        let (quota, bound, words) = match self {
            Self::TooSmall { quota, .. } => (quota, quota.least, "or more"),
            Self::TooLarge { quota, .. } => (quota, quota.most, "or less"),
            Self::Auth { .. } => {
                return "write `auth = \"platform\"`, or add `targets = [\"azure\"]`, the only platform that has it"
                    .to_owned();
            }
        };
        let (key, bound) = (quota.measure.key(), quota.measure.written(bound));
        match quota.measure {
            Measure::OrderedBatch | Measure::Attempts => format!("write `{key} = {bound}` {words}"),
            _ => format!("write `{key} = \"{bound}\"` {words}"),
        }
    }
}

/// The limits of `target` that a function exceeds. A value that the function leaves open exceeds none.
pub fn exceeded(record: &FunctionRecord, target: Target) -> Vec<Limit> {
    let mut limits = Vec::new();
    for quota in QUOTAS.iter().filter(|quota| quota.target == target) {
        let Some(found) = quota.measure.asked(record) else { continue };
        if found < quota.least {
            limits.push(Limit::TooSmall { quota, found });
        } else if found > quota.most {
            limits.push(Limit::TooLarge { quota, found });
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

/// The limits as a table of Markdown.
#[cfg(test)]
fn markdown() -> String {
    let row = |quota: &Quota| {
        let least = if quota.least == 0 { String::new() } else { quota.measure.written(quota.least) };
        let most = quota.measure.written(quota.most);
        let cells =
            [quota.target.name(), &quota.measure.to_string(), &least, &most, quota.source, quota.read].join(" | ");
        format!("| {cells} |\n")
    };
    let heading = "| target | what | least | most | source | read |\n|---|---|---|---|---|---|\n".to_owned();
    std::iter::once(heading).chain(QUOTAS.iter().map(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_limit() {
        let written = include_str!("limits.md");
        assert_eq!(written, markdown(), "write this into src/limits.md:\n{}", markdown());
    }
}
