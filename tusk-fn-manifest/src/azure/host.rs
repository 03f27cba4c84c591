//! `host.json`: how the host starts the program, and what is the same for all functions of an app.
//!
//! Requests are proxied to the program as they are. A host that does not know that yet forwards them.

use std::time::Duration;

use tusk_fn_spec::azure::DEFAULT_PREFIX;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::queue::{DEFAULT_BATCH, Delivery};
use tusk_fn_spec::trigger::stream::{From, Stream};

use super::PACKAGE;
use crate::yaml::{Tree, entries, map};
use crate::{json, uses};

/// How much longer than the function the host waits, so that the program says itself what became of it.
const GRACE: Duration = Duration::from_secs(1);
/// The longest time that a batch is given: a day has no such text in hours.
const LONGEST_BATCH: Duration = Duration::from_secs(24 * 3600 - 2);
/// How long a session is kept that has no more messages. Without it others wait for a minute, the client's own measure
/// ("ServiceBusSessionProcessorOptions.SessionIdleTimeout").
const SESSION_IDLE: Duration = Duration::from_secs(1);

/// The text of `host.json`.
pub(super) fn render(functions: &[&FunctionRecord]) -> String {
    let mut root = entries([
        ("version", "2.0".into()),
        ("functionTimeout", time_span(longest(functions) + GRACE).into()),
        ("logging", logging()),
    ]);
    if functions.iter().any(|record| needs_extension(record)) {
        let bundle =
            map([("id", "Microsoft.Azure.Functions.ExtensionBundle".into()), ("version", "[4.*, 5.0.0)".into())]);
        root.push(("extensionBundle".to_owned(), bundle));
    }
    root.push(("extensions".to_owned(), extensions(functions)));
    let handler = map([
        ("description", map([("defaultExecutablePath", PACKAGE.program.into())])),
        ("enableProxyingHttpRequest", true.into()),
        ("enableForwardingHttpRequest", true.into()),
    ]);
    root.push(("customHandler".to_owned(), handler));
    json::write(&Tree::Map(root))
}

/// The host itself has requests and timers.
fn needs_extension(record: &FunctionRecord) -> bool {
    match &record.trigger {
        Trigger::Http(_) | Trigger::Timer(_) => false,
        Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => true,
    }
}

/// The program's lines come as traces, whatever their level: none is left out where there are many, so that no error is.
fn logging() -> Tree {
    map([
        (
            "applicationInsights",
            map([(
                "samplingSettings",
                map([("isEnabled", true.into()), ("excludedTypes", "Exception;Request;Trace".into())]),
            )]),
        ),
        (
            "logLevel",
            map([
                ("default", "Warning".into()),
                ("Function", "Information".into()),
                ("Host.Function.Console", "Information".into()),
                ("Host.Results", "Information".into()),
                ("Host.Aggregator", "Information".into()),
            ]),
        ),
    ])
}

fn extensions(functions: &[&FunctionRecord]) -> Tree {
    let mut extensions = entries([("http", map([("routePrefix", DEFAULT_PREFIX.into())]))]);
    if functions.iter().any(|record| takes_messages(record)) {
        extensions.push(("serviceBus".to_owned(), service_bus(functions)));
    }
    let streams: Vec<&Stream> = functions.iter().filter_map(|record| stream_of(record)).collect();
    if let Some(first) = streams.first() {
        let from = match first.from {
            From::Oldest => "fromStart",
            From::Latest => "fromEnd",
        };
        let batch = records_at_once(functions).unwrap_or(first.batch_size);
        let hubs = map([
            ("maxEventBatchSize", u64::from(batch).into()),
            ("initialOffsetOptions", map([("type", from.into())])),
        ]);
        extensions.push(("eventHubs".to_owned(), hubs));
    }
    Tree::Map(extensions)
}

/// A message's lock lasts for as long as a function may run. There is one number of messages at the same time: the least that
/// a function asks for, so that none is given more.
fn service_bus(functions: &[&FunctionRecord]) -> Tree {
    let concurrency = functions.iter().filter_map(|record| delivery_of(record)).map(|it| it.concurrency).min();
    let concurrency = u64::from(concurrency.unwrap_or(DEFAULT_BATCH));
    let mut bus = entries([
        ("autoCompleteMessages", true.into()),
        ("maxAutoLockRenewalDuration", time_span(timeout(functions) + 2 * GRACE).into()),
        ("maxConcurrentCalls", concurrency.into()),
        ("maxConcurrentSessions", concurrency.into()),
    ]);
    if functions.iter().any(|record| uses::is_ordered(record)) {
        bus.push(("sessionIdleTimeout".to_owned(), time_span(SESSION_IDLE).into()));
    }
    Tree::Map(bus)
}

fn takes_messages(record: &FunctionRecord) -> bool {
    match &record.trigger {
        Trigger::Blob(_) | Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Event(_) => true,
        Trigger::Http(_) | Trigger::Timer(_) | Trigger::Database(_) | Trigger::Stream(_) => false,
    }
}

/// How messages are handed over to a function, if it says so.
pub(super) fn delivery_of(record: &FunctionRecord) -> Option<Delivery> {
    match &record.trigger {
        Trigger::Queue(queue) => Some(queue.delivery),
        Trigger::Topic(topic) => Some(topic.delivery),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    }
}

/// The stream that triggers a function, if one does.
pub(super) fn stream_of(record: &FunctionRecord) -> Option<&Stream> {
    match &record.trigger {
        Trigger::Stream(stream) => Some(stream),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Event(_) => None,
    }
}

/// How long the longest invocation may take. One of a feed has a batch, of which each item has the function's time: an
/// invocation that the host gives up ends the process, and the batch begins again.
fn longest(functions: &[&FunctionRecord]) -> Duration {
    let records = records_at_once(functions);
    let of_batch = |record: &&FunctionRecord| {
        let items = match &record.trigger {
            Trigger::Stream(_) => records?,
            Trigger::Database(database) => database.batch_size,
            Trigger::Http(_)
            | Trigger::Timer(_)
            | Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Event(_) => return None,
        };
        Some(record.timeout().saturating_mul(items).min(LONGEST_BATCH))
    };
    functions.iter().filter_map(of_batch).max().unwrap_or_default().max(timeout(functions))
}

/// How many records of a stream come at once: the least that a function asks for, since there is one number for all.
fn records_at_once(functions: &[&FunctionRecord]) -> Option<u32> {
    functions.iter().filter_map(|record| stream_of(record)).map(|stream| stream.batch_size).min()
}

/// How long the most patient function may run.
fn timeout(functions: &[&FunctionRecord]) -> Duration {
    functions.iter().map(|record| record.timeout()).max().unwrap_or_default()
}

/// A duration as .NET reads it, in whole seconds: with days before the hours, where there are any.
fn time_span(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1000);
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let rest = format!("{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60);
    if days == 0 { rest } else { format!("{days}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_by_dotnet() {
        for (millis, expected) in [
            (1, "00:00:01"),
            (31_000, "00:00:31"),
            (3_600_500, "01:00:01"),
            (86_399_000, "23:59:59"),
            (90_000_000, "1.01:00:00"),
        ] {
            assert_eq!(time_span(Duration::from_millis(millis)), expected);
        }
    }
}
