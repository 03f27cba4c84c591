//! Messages of SNS: as it invokes functions with them, and as it sends them to queues.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::nested::{Attribute, Carrier, Clues};
use super::{Opener, Unit, whole};
use crate::context::Delivery;
use crate::event::MessageItem;
use crate::provider::field::{self, Fault, Raw};

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "Sns", borrow)]
    sns: Raw<'a>,
}

/// What SNS says of a message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'a> {
    #[serde(borrow)]
    message_id: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    message_attributes: Raw<'a>,
}

/// What a publisher says of a message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Published<'a> {
    #[serde(borrow)]
    r#type: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    let read = || {
        let outer: Record<'_> = field::object(field::utf8(record)?, "the record")?;
        let notification: Notification<'_> = field::inner(outer.sns, "Sns")?;
        message(opener.delivery(None), record, &notification)
    };
    let contents = match read() {
        Ok(carrier) => opener.unwrap(carrier),
        Err(fault) => vec![opener.broken("a message of SNS", &fault, whole(record))],
    };
    Unit::of(None, contents)
}

/// What SNS sent to a queue with its own words around it; none if it is no such thing.
pub(super) fn envelope(carrier: &Carrier, clues: &Clues<'_>) -> Option<Result<Carrier, Fault>> {
    // What a publisher sends may look like it; SNS puts its words around it once.
    if carrier.of_sns {
        return None;
    }
    // Both, since a message of anybody's may have a `Type`.
    let kind = field::hint(clues.r#type)?;
    field::hint(clues.topic_arn).filter(|arn| arn.starts_with("arn:"))?;
    match &*kind {
        "Notification" => Some(unwrap(carrier)),
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
            Some(Err(Fault(format!("SNS sent a `{kind}`, which its topic's owner must answer"))))
        }
        _ => None,
    }
}

fn unwrap(carrier: &Carrier) -> Result<Carrier, Fault> {
    let body = &carrier.message.body;
    let notification: Notification<'_> = field::object(field::utf8(body)?, "what SNS put around the message")?;
    let mut inner = message(carrier.delivery.clone(), body, &notification)?;
    inner.message.group.clone_from(&carrier.message.group);
    Ok(inner)
}

fn message(delivery: Delivery, source: &Bytes, notification: &Notification<'_>) -> Result<Carrier, Fault> {
    let id = field::text(notification.message_id, "MessageId")?.into_owned();
    let (attributes, lists) = attributes(notification.message_attributes)?;
    let message = MessageItem {
        body: field::bytes_of(source, field::text(notification.message, "Message")?),
        attributes,
        id: id.clone(),
        group: None,
        enqueued_at: field::moment(notification.timestamp),
    };
    Ok(Carrier { message, lists, delivery: Delivery { id: Some(id), ..delivery }, of_sns: true })
}

/// A message's attributes as text, and which of them are lists.
fn attributes(field: Raw<'_>) -> Result<(BTreeMap<String, String>, Vec<Attribute>), Fault> {
    let (mut texts, mut lists) = (BTreeMap::new(), Vec::new());
    let Some(_) = field else { return Ok((texts, lists)) };
    let published: BTreeMap<String, &RawValue> = field::inner(field, "MessageAttributes")?;
    for (name, published) in published {
        let place = format!("MessageAttributes.{name}");
        let published: Published<'_> = field::inner(Some(published), &place)?;
        let value = value(published.value, &format!("{place}.Value"))?;
        if field::hint(published.r#type).is_some_and(|kind| kind == "String.Array") {
            lists.push(Attribute::new(&name, &value));
        }
        texts.insert(name, value.into_owned());
    }
    Ok((texts, lists))
}

/// An attribute's value. SNS writes numbers as text, though its documentation has one without quotes.
fn value<'a>(field: Raw<'a>, name: &str) -> Result<Cow<'a, str>, Fault> {
    match field.map(|field| serde_json::from_str::<Value>(field.get())) {
        Some(Ok(Value::Number(_) | Value::Bool(_))) => Ok(field.map_or("", RawValue::get).into()),
        _ => field::text(field, name),
    }
}
