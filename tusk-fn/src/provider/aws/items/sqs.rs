//! Messages of SQS.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tusk_fn_spec::trigger::Trigger;

use super::nested::{Attribute, Carrier};
use super::{Letter, Opener, Unit, salvaged, whole};
use crate::context::{Delivery, Trace};
use crate::event::{MessageItem, moment_of_millis};
use crate::provider::field::{self, Fault, Raw};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    message_id: Raw<'a>,
    #[serde(borrow)]
    body: Raw<'a>,
    #[serde(borrow)]
    attributes: Raw<'a>,
    #[serde(borrow)]
    message_attributes: Raw<'a>,
    #[serde(rename = "eventSourceARN", borrow)]
    queue: Raw<'a>,
}

/// What SQS says of a message itself.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Own<'a> {
    #[serde(borrow)]
    approximate_receive_count: Raw<'a>,
    #[serde(borrow)]
    sent_timestamp: Raw<'a>,
    #[serde(borrow)]
    message_group_id: Raw<'a>,
    #[serde(rename = "AWSTraceHeader", borrow)]
    trace: Raw<'a>,
}

/// What a sender says of a message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    #[serde(borrow)]
    string_value: Raw<'a>,
    #[serde(borrow)]
    binary_value: Raw<'a>,
    #[serde(borrow)]
    data_type: Raw<'a>,
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    match carrier(opener, record) {
        Ok((carrier, ordered)) => {
            let identifier = carrier.delivery.id.clone();
            Unit { ordered, ..Unit::of(identifier, opener.unwrap(carrier)) }
        }
        Err(fault) => {
            let identifier = salvaged(record, &["messageId"]);
            let letter = Letter { id: identifier.clone(), ..whole(record) };
            Unit::of(identifier, vec![opener.broken("a message of SQS", &fault, letter)])
        }
    }
}

/// The message, and whether its queue keeps the order of groups.
fn carrier(opener: &Opener<'_>, bytes: &Bytes) -> Result<(Carrier, bool), Fault> {
    let record: Record<'_> = field::object(field::utf8(bytes)?, "the record")?;
    let id = field::text(record.message_id, "messageId")?.into_owned();
    if id.is_empty() {
        return Err(Fault("`messageId` is empty".to_owned()));
    }
    let own: Own<'_> = match record.attributes {
        Some(attributes) => field::inner(Some(attributes), "attributes")?,
        None => Own::default(),
    };
    let number = |field: Raw<'_>| field::hint(field).and_then(|text| text.parse::<i64>().ok());
    let group = field::hint(own.message_group_id).map(Cow::into_owned);
    let attempt = number(own.approximate_receive_count).and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1);
    let trace = field::hint(own.trace).map_or(opener.delivery.trace.clone(), |trace| Trace::Given(Some(trace.into())));
    let (attributes, lists) = attributes(record.message_attributes)?;
    let message = MessageItem {
        body: field::bytes_of(bytes, field::text(record.body, "body")?),
        attributes,
        id: id.clone(),
        group,
        enqueued_at: number(own.sent_timestamp).and_then(moment_of_millis),
    };
    let fifo = field::hint(record.queue).is_some_and(|arn| arn.strip_suffix(".fifo").is_some());
    // A queue that keeps no order may name groups too, for fairness among them.
    let wanted = matches!(&opener.function.trigger, Trigger::Queue(queue) if queue.ordered);
    let ordered = fifo || (wanted && message.group.is_some());
    let delivery = Delivery { attempt, trace, ..opener.delivery(Some(id)) };
    Ok((Carrier { message, lists, delivery, of_sns: false }, ordered))
}

/// A message's attributes as text, and which of them are lists.
fn attributes(field: Raw<'_>) -> Result<(BTreeMap<String, String>, Vec<Attribute>), Fault> {
    let (mut texts, mut lists) = (BTreeMap::new(), Vec::new());
    let Some(_) = field else { return Ok((texts, lists)) };
    let sent: BTreeMap<String, &RawValue> = field::inner(field, "messageAttributes")?;
    for (name, sent) in sent {
        let place = format!("messageAttributes.{name}");
        let sent: Sent<'_> = field::inner(Some(sent), &place)?;
        let value = match (sent.string_value, sent.binary_value) {
            (Some(text), _) => field::text(Some(text), &format!("{place}.stringValue"))?,
            (None, binary) => field::text(binary, &format!("{place}.stringValue` or `binaryValue"))?,
        };
        if field::hint(sent.data_type).is_some_and(|kind| kind == "String.Array") {
            lists.push(Attribute::new(&name, &value));
        }
        texts.insert(name, value.into_owned());
    }
    Ok((texts, lists))
}
