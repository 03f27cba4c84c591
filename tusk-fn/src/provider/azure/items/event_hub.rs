//! Records: `eventHubTrigger`.
//!
//! All records of an invocation are of one partition and stay in order. Where a record has no key, its partition's
//! number stands for it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{One, Opened, attempt};
use crate::delivery::Order;
use crate::event::{Item, RecordItem};
use crate::provider::azure::metadata::{Metadata, moment};
use crate::provider::azure::wire::Sent;
use crate::provider::field::Fault;

pub(super) fn open(sent: &Sent<'_>) -> Result<Opened, Fault> {
    let payloads = sent.payloads()?;
    let (metadata, number) = (&payloads.metadata, payloads.bodies.len());
    let place = Place::read(metadata)?;
    let (keys, sequences, times) = if payloads.several {
        let list = |name: &str| Ok(metadata.each(name, number)?.unwrap_or_else(|| vec![None; number]));
        let missing = || Fault("`Metadata.SequenceNumberArray` is missing".to_owned());
        let sequences = metadata.each("SequenceNumber", number)?.ok_or_else(missing)?;
        let times = list("EnqueuedTimeUtc")?.iter().map(|time| moment(time.as_deref()?)).collect();
        (list("PartitionKey")?, sequences, times)
    } else {
        let sequence = own_or_system(metadata, "SequenceNumber")?;
        (vec![own_or_system(metadata, "PartitionKey")?], vec![sequence], vec![metadata.moment("EnqueuedTimeUtc")])
    };
    let mut items = Vec::with_capacity(number);
    let about = keys.into_iter().zip(sequences).zip(times);
    for (index, (body, ((key, sequence), time))) in payloads.bodies.into_iter().zip(about).enumerate() {
        let name = if payloads.several { format!("SequenceNumberArray[{index}]") } else { "SequenceNumber".to_owned() };
        let sequence = sequence.ok_or_else(|| Fault(format!("`Metadata.{name}` is missing")))?;
        if sequence.parse::<i64>().is_err() {
            return Err(Fault(format!("`Metadata.{name}` is {sequence:?}, and must be a whole number")));
        }
        let id = place.id(&sequence);
        let partition = key.unwrap_or_else(|| place.partition.clone().unwrap_or_default());
        items.push(One {
            item: Item::Record(RecordItem { body, partition, sequence, time }),
            id,
            attempt: attempt(metadata, None),
        });
    }
    Ok(Opened::Items { items, order: Order::All })
}

/// A value of the record's own, or what the host repeats among the system's.
fn own_or_system(metadata: &Metadata<'_>, name: &str) -> Result<Option<String>, Fault> {
    if let Some(own) = metadata.text(name)? {
        return Ok(Some(own));
    }
    let system: Option<BTreeMap<String, Value>> = metadata.object("SystemProperties")?;
    Ok(system.and_then(|mut system| match system.remove(name)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }))
}

/// Where records stand.
#[derive(Default)]
struct Place {
    hub: Option<String>,
    partition: Option<String>,
}

impl Place {
    fn read(metadata: &Metadata<'_>) -> Result<Self, Fault> {
        let context: BTreeMap<String, Value> = metadata.object("PartitionContext")?.unwrap_or_default();
        let text = |name: &str| context.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { hub: text("EventHubName"), partition: text("PartitionId") })
    }

    /// A record's number is its partition's own.
    fn id(&self, sequence: &str) -> Option<String> {
        Some(format!("{}/{}@{sequence}", self.hub.as_deref().unwrap_or_default(), self.partition.as_deref()?))
    }
}
