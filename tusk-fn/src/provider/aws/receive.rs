//! What an event source sent, from the event to the reply.
//!
//! What is replied depends on who asks, and always errs towards delivering again:
//!
//! | source | what failed | what was rejected |
//! |---|---|---|
//! | SQS | its message is named, and comes again | goes to the dead-letter queue |
//! | Kinesis, `DynamoDB` | the first one is named; it and all after it come again | the same, if it is before that one |
//! | SNS, S3, `EventBridge` | the invocation fails, and Lambda repeats the whole event | the same, if nothing failed |
//!
//! A message of SQS may hold several items, such as objects of S3. It fails if one of them does, and then comes again with all of
//! them; so what was rejected is sent to the dead-letter queue only when none of them failed, each item by itself. What cannot be
//! sent there has failed: the platform delivers it again until it gives it up, to the dead-letter queue of its own. What was
//! rejected overtakes nothing by that: it is not to be handled at all.
//!
//! A message of SQS that fails on its last attempt is sent there too, so that what it holds up is not given up with it.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use tusk_fn_spec::trigger::Trigger;

use super::dead_letters::{DeadLetters, Letter, send_all};
use super::event::{Sent, Service};
use super::items::{Content, Opened, open};
use super::select::select;
use crate::context::Delivery;
use crate::delivery::{Fate, deliver};
use crate::dispatch::Program;
use crate::error::Failure;
use crate::invocation::{Delivered, Input};
use crate::private::{Intake, Outcome};

/// Hands an event to the function that it is for. The answer is what the source is to be told.
pub(super) async fn receive(
    program: &Arc<Program>,
    dead_letters: Option<&Arc<dyn DeadLetters>>,
    event: Bytes,
    sent: Sent,
    mut delivery: Delivery,
) -> Result<Value, Failure> {
    // SQS hides a message for as long as a claim lasts, and longer; the others repeat at once, or soon.
    delivery.awaits_claim &= sent.service != Service::Sqs;
    let Some(index) = select(program, &sent)? else {
        tracing::debug!(target: "tusk_fn", "no function wants this event: acknowledged without a call");
        return Ok(Value::Null);
    };
    let function = &program.functions()[index];
    if function.intake == Intake::Native {
        return native(program, index, event, delivery).await;
    }
    let deadline = delivery.platform_deadline;
    let Opened { units, order } = open(&sent, &function.record, &delivery);
    let mut identifiers = Vec::with_capacity(units.len());
    let mut arrivals = Vec::new();
    let mut parcels = Vec::new();
    for (unit, opened) in units.into_iter().enumerate() {
        identifiers.push(opened.identifier);
        for content in opened.contents {
            match content {
                Content::Item(mut arrival, letter) => {
                    arrival.delivery.last_attempt = dead_letters.is_some()
                        && sent.service == Service::Sqs
                        && attempts(&function.record.trigger).is_some_and(|most| arrival.delivery.attempt >= most);
                    arrivals.push(*arrival);
                    parcels.push(Parcel { unit, letter, fate: None });
                }
                Content::Broken(failure, letter) => {
                    tracing::error!(target: "tusk_fn", function = function.record.name, id = letter.id, error = %failure,
                        "something broken was delivered");
                    parcels.push(Parcel { unit, letter, fate: Some(Fate::Reject(failure)) });
                }
                Content::Unwanted => {}
            }
        }
    }
    let mut fates = deliver(program, index, arrivals, order, deadline).await.into_iter();
    let parcels = parcels.into_iter().map(|parcel| Settled {
        fate: parcel.fate.or_else(|| fates.next()).unwrap_or_else(|| Fate::Retry(unhandled())),
        unit: parcel.unit,
        letter: parcel.letter,
    });
    let mut settling = Settling { service: sent.service, identifiers, parcels: parcels.collect() };
    let rejected = settling.rejected();
    if !rejected.is_empty() {
        let letters = rejected.iter().filter_map(|at| settling.parcels[*at].as_rejected()).collect();
        let of = (&function.record, sent.service.name());
        let results = send_all(dead_letters, letters, of, deadline).await;
        settling.note(&function.record.name, rejected.into_iter().zip(results));
    }
    settling.reply()
}

/// How often a message of SQS is tried at most: its queue counts the same ("maxReceiveCount").
///
/// SQS counts a message as tried that was only held up by an earlier one, and would give it up together with that one. So the
/// earlier one is dead-lettered on its last attempt by the program, and what it held up is handled.
const fn attempts(trigger: &Trigger) -> Option<u32> {
    match trigger {
        Trigger::Queue(queue) => Some(queue.delivery.max_attempts),
        Trigger::Topic(topic) => Some(topic.delivery.max_attempts),
        _ => None,
    }
}

/// To a function that takes the event as it is, and says itself what failed.
async fn native(program: &Arc<Program>, index: usize, event: Bytes, delivery: Delivery) -> Result<Value, Failure> {
    match program.run(index, Box::new(Delivered { input: Input::Native(event), delivery })).await {
        Outcome::Completed(value) => Ok(value),
        Outcome::Failed(failure) => Err(failure),
        Outcome::Response(_) | Outcome::Reported(_) | Outcome::Replied(_) => {
            Err(Failure::new("WrongOutcome", "a function for a provider's own event ended as another kind of function"))
        }
    }
}

fn unhandled() -> Failure {
    Failure::new("NotRun", "the item was not handled")
}

/// An item on its way, or already known to be broken.
struct Parcel {
    unit: usize,
    letter: Letter,
    fate: Option<Fate>,
}

/// An item and what became of it.
struct Settled {
    /// The record that it was in.
    unit: usize,
    letter: Letter,
    fate: Fate,
}

/// What became of everything that an event held, in its order.
struct Settling {
    service: Service,
    /// What the platform calls each record.
    identifiers: Vec<Option<String>>,
    parcels: Vec<Settled>,
}

impl Settled {
    fn as_rejected(&self) -> Option<(&Letter, &Failure)> {
        if let Fate::Reject(reason) = &self.fate { Some((&self.letter, reason)) } else { None }
    }
}

impl Settling {
    /// The rejected items that will not come again by themselves.
    fn rejected(&self) -> Vec<usize> {
        let mut retried = vec![false; self.identifiers.len()];
        let mut first = None;
        for (at, parcel) in self.parcels.iter().enumerate() {
            if matches!(parcel.fate, Fate::Retry(_)) {
                retried[parcel.unit] = true;
                first.get_or_insert(at);
            }
        }
        let comes_again = |at: usize, unit: usize| match self.service {
            Service::Sqs => retried[unit],
            Service::Kinesis | Service::DynamoDb => first.is_some_and(|first| first < at),
            Service::Sns | Service::S3 | Service::EventBridge => first.is_some(),
        };
        let is_sent =
            |at: &usize| matches!(self.parcels[*at].fate, Fate::Reject(_)) && !comes_again(*at, self.parcels[*at].unit);
        (0..self.parcels.len()).filter(is_sent).collect()
    }

    /// Notes which of them were sent.
    fn note(&mut self, function: &str, results: impl Iterator<Item = (usize, Result<(), String>)>) {
        for (at, result) in results {
            let fate = &mut self.parcels[at].fate;
            let Fate::Reject(failure) = fate else { continue };
            *fate = match result {
                Ok(()) => Fate::Done,
                Err(why) => {
                    tracing::warn!(target: "tusk_fn", function, error = %failure,
                        "a rejected item comes again until the platform gives it up: {why}");
                    Fate::Retry(failure.clone())
                }
            };
        }
    }

    fn reply(&self) -> Result<Value, Failure> {
        let failed = || self.parcels.iter().filter(|parcel| parcel.fate != Fate::Done);
        let mut units: Vec<usize> = failed().map(|parcel| parcel.unit).collect();
        units.dedup();
        match self.service {
            Service::Sqs => {}
            Service::Kinesis | Service::DynamoDb => units.truncate(1),
            Service::Sns | Service::S3 | Service::EventBridge => {
                return match failed().next() {
                    Some(Settled { fate: Fate::Retry(failure) | Fate::Reject(failure), .. }) => Err(failure.clone()),
                    _ => Ok(Value::Null),
                };
            }
        }
        // One without an identifier would stand for all of them, and so would an empty text in its place.
        let named: Option<Vec<Value>> =
            units.into_iter().map(|unit| Some(json!({ "itemIdentifier": self.identifiers[unit].as_ref()? }))).collect();
        match named {
            Some(named) => Ok(json!({ "batchItemFailures": named })),
            None => Err(Failure::new(
                "UnnamedItem",
                "an item failed that the event does not name, so that everything is to be delivered again",
            )),
        }
    }
}
