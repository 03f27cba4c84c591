//! Changes of tables of `DynamoDB`, as their streams tell of them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_dynamo::AttributeValue;
use serde_json::{Number, Value};
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::database::ChangeEvent;

use super::{Content, Letter, Opener, Unit, salvaged, whole};
use crate::context::Delivery;
use crate::event::{ChangeItem, ChangeKey, ChangeKind, Image, Item};
use crate::provider::aws::event::Service;
use crate::provider::field::{self, Fault, Raw};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(rename = "eventID", borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    event_name: Raw<'a>,
    #[serde(borrow)]
    dynamodb: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changed<'a> {
    #[serde(borrow)]
    approximate_creation_date_time: Raw<'a>,
    #[serde(borrow)]
    keys: Raw<'a>,
    #[serde(borrow)]
    new_image: Raw<'a>,
    #[serde(borrow)]
    old_image: Raw<'a>,
    #[serde(borrow)]
    sequence_number: Raw<'a>,
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    let letter = whole(record);
    match read(record) {
        Ok((item, event, id)) => {
            let identifier = Some(item.key.sequence.clone());
            let delivery = opener.delivery(Some(id.unwrap_or_else(|| item.key.sequence.clone())));
            Unit::of(identifier, vec![content(opener, item, event, delivery, letter)])
        }
        Err(fault) => {
            let identifier = salvaged(record, &["dynamodb", "SequenceNumber"]);
            let letter = Letter { id: identifier.clone(), ..letter };
            Unit::of(identifier, vec![opener.broken("a change of a table of DynamoDB", &fault, letter)])
        }
    }
}

fn content(opener: &Opener<'_>, item: ChangeItem, event: ChangeEvent, delivery: Delivery, letter: Letter) -> Content {
    match &opener.function.trigger {
        Trigger::Database(trigger) if trigger.events.contains(&event) => {
            Content::item(Item::Change(item), delivery, letter)
        }
        Trigger::Database(_) => opener.unwanted("such a change is not among its `events`", delivery.id.as_deref()),
        _ => opener.misdirected(Service::DynamoDb, letter),
    }
}

fn read(record: &Bytes) -> Result<(ChangeItem, ChangeEvent, Option<String>), Fault> {
    let record: Record<'_> = field::object(field::utf8(record)?, "the record")?;
    let (kind, event) = match &*field::text(record.event_name, "eventName")? {
        "INSERT" => (ChangeKind::Insert, ChangeEvent::Insert),
        "MODIFY" => (ChangeKind::Modify, ChangeEvent::Modify),
        "REMOVE" => (ChangeKind::Remove, ChangeEvent::Remove),
        other => return Err(Fault(format!("`eventName` is {other:?}"))),
    };
    let changed: Changed<'_> = field::inner(record.dynamodb, "dynamodb")?;
    let image = |field: Raw<'_>, name: &str| -> Result<Option<Image>, Fault> {
        field.map(|field| field::inner(Some(field), name).map(Image::DynamoDb)).transpose()
    };
    let item = ChangeItem {
        kind,
        key: ChangeKey {
            values: key(changed.keys)?,
            sequence: field::text(changed.sequence_number, "dynamodb.SequenceNumber")?.into_owned(),
            time: field::moment_of_seconds(changed.approximate_creation_date_time),
        },
        old: image(changed.old_image, "dynamodb.OldImage")?,
        new: image(changed.new_image, "dynamodb.NewImage")?,
    };
    Ok((item, event, field::hint(record.id).map(Into::into)))
}

/// The values of the key attributes as JSON.
fn key(field: Raw<'_>) -> Result<BTreeMap<String, Value>, Fault> {
    let values: BTreeMap<String, AttributeValue> = field::inner(field, "dynamodb.Keys")?;
    let as_json = |(name, value)| match value {
        AttributeValue::S(text) => Ok((name, Value::String(text))),
        AttributeValue::N(text) => Ok((name, number(text))),
        AttributeValue::B(bytes) => Ok((name, BASE64_STANDARD.encode(bytes).into())),
        _ => Err(Fault(format!("`dynamodb.Keys.{name}` is of a type that no key has"))),
    };
    values.into_iter().map(as_json).collect()
}

/// A number of up to 38 digits: as text where JSON's numbers would round it.
fn number(text: String) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    if let Ok(whole) = text.parse::<u64>() {
        return whole.into();
    }
    let exact = text.parse().ok().and_then(Number::from_f64).filter(|number| number.to_string() == text);
    exact.map_or(Value::String(text), Value::Number)
}
