//! What a message is to a function: itself, or what another service sent with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tusk_fn_spec::filter::Condition;
use tusk_fn_spec::trigger::Trigger;

use super::{Content, Letter, Opener, event_bridge, s3, sns};
use crate::context::Delivery;
use crate::event::{Item, MessageItem};
use crate::provider::aws::event::Service;
use crate::provider::field::{self, Fault, Raw};

/// The attribute that tusk-fn gives to what it publishes without any, so that filters see it; no publisher wrote it.
const PLAIN: &str = "tusk_fn";

/// A message, of SQS or SNS.
#[derive(Clone, Debug)]
pub(super) struct Carrier {
    pub(super) message: MessageItem,
    /// Those of its attributes that are lists.
    pub(super) lists: Vec<Attribute>,
    pub(super) delivery: Delivery,
    /// Whether it is SNS's own, with no more words of SNS around it.
    pub(super) of_sns: bool,
}

/// An attribute that is a list of values.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    name: String,
    values: Vec<String>,
}

impl Attribute {
    /// From the list as JSON.
    pub(super) fn new(name: &str, list: &str) -> Self {
        let values: Vec<Value> = serde_json::from_str(list).unwrap_or_default();
        let text = |value| if let Value::String(text) = value { text } else { value.to_string() };
        Self { name: name.to_owned(), values: values.into_iter().map(text).collect() }
    }
}

/// The keys that tell what a message carries.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Clues<'a> {
    #[serde(borrow)]
    pub(super) r#type: Raw<'a>,
    #[serde(borrow)]
    pub(super) topic_arn: Raw<'a>,
    #[serde(borrow)]
    records: Raw<'a>,
    #[serde(borrow)]
    event: Raw<'a>,
    #[serde(rename = "detail-type", borrow)]
    detail_type: Raw<'a>,
}

impl Carrier {
    fn letter(&self) -> Letter {
        Letter {
            body: self.message.body.clone(),
            id: self.delivery.id.clone(),
            attempt: self.delivery.attempt,
            group: self.message.group.clone(),
            attributes: Arc::new(self.message.attributes.clone()),
        }
    }

    /// The keys of what it carries; none of them if that is no object.
    fn clues(&self) -> Clues<'_> {
        serde_json::from_slice(&self.message.body).unwrap_or_default()
    }

    /// Whether a condition on its attributes holds. Of a list, one value must meet it, as for a filter of SNS.
    fn meets(&self, condition: &Condition) -> bool {
        let Some(list) = self.lists.iter().find(|list| list.name == condition.attribute) else {
            return condition.holds(&self.message.attributes);
        };
        list.values.iter().any(|value| condition.holds(&BTreeMap::from([(list.name.clone(), value.clone())])))
    }
}

impl Opener<'_> {
    /// What a message is to the function.
    pub(super) fn unwrap(&self, carrier: Carrier) -> Vec<Content> {
        match &self.function.trigger {
            Trigger::Queue(_) => vec![Self::message(carrier)],
            Trigger::Topic(topic) => {
                let envelope = sns::envelope(&carrier, &carrier.clues());
                let mut carrier = match envelope {
                    Some(Err(fault)) => return vec![self.broken("a message of a topic", &fault, carrier.letter())],
                    Some(Ok(inner)) => inner,
                    // Delivered raw: SNS says nothing around it.
                    None => carrier,
                };
                carrier.message.attributes.remove(PLAIN);
                match topic.filter.iter().find(|condition| !carrier.meets(condition)) {
                    Some(condition) => {
                        let what = format!("the message does not meet `{condition}`");
                        vec![self.unwanted(&what, carrier.delivery.id.as_deref())]
                    }
                    None => vec![Self::message(carrier)],
                }
            }
            Trigger::Blob(_) | Trigger::Event(_) => self.carried(&carrier),
            Trigger::Http(_) | Trigger::Timer(_) | Trigger::Database(_) | Trigger::Stream(_) => {
                vec![self.misdirected(Service::Sqs, carrier.letter())]
            }
        }
    }

    fn message(carrier: Carrier) -> Content {
        let letter = carrier.letter();
        Content::item(Item::Message(carrier.message), carrier.delivery, letter)
    }

    /// The event that a message carries, or SNS within it.
    fn carried(&self, carrier: &Carrier) -> Vec<Content> {
        let clues = carrier.clues();
        let expected = match self.function.trigger {
            Trigger::Blob(_) => "an object of a bucket, as S3 or EventBridge tell of it",
            _ => "an event of EventBridge",
        };
        if let Some(envelope) = sns::envelope(carrier, &clues) {
            return match envelope {
                Ok(inner) => self.carried(&inner),
                Err(fault) => vec![self.broken(expected, &fault, carrier.letter())],
            };
        }
        let blobs = matches!(self.function.trigger, Trigger::Blob(_));
        if clues.detail_type.is_some() {
            return vec![event_bridge::within(self, &carrier.message.body, &carrier.delivery, carrier.letter())];
        }
        if blobs && clues.records.is_some() {
            return s3::within(self, clues.records, &carrier.delivery, &carrier.letter());
        }
        if blobs && field::hint(clues.event).is_some_and(|event| event == "s3:TestEvent") {
            return vec![self.unwanted("S3 tried whether it may send", carrier.delivery.id.as_deref())];
        }
        let keys = if blobs { "`Records` and `detail-type` are" } else { "`detail-type` is" };
        let fault = Fault(format!("in the message {keys} missing"));
        vec![self.broken(expected, &fault, carrier.letter())]
    }
}
