//! Records of Kinesis.

use bytes::Bytes;
use serde::Deserialize;
use tusk_fn_spec::trigger::Trigger;

use super::{Content, Letter, Opener, Unit, salvaged, whole};
use crate::event::{Item, RecordItem};
use crate::provider::aws::event::Service;
use crate::provider::field::{self, Fault, Raw};

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "eventID", borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    kinesis: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis<'a> {
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    partition_key: Raw<'a>,
    #[serde(borrow)]
    sequence_number: Raw<'a>,
    #[serde(borrow)]
    approximate_arrival_timestamp: Raw<'a>,
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    match read(record) {
        Ok((item, id)) => {
            let identifier = Some(item.sequence.clone());
            let letter = Letter { body: item.body.clone(), group: Some(item.partition.clone()), ..Letter::default() };
            let delivery = opener.delivery(Some(id.unwrap_or_else(|| item.sequence.clone())));
            let content = match &opener.function.trigger {
                Trigger::Stream(_) => Content::item(Item::Record(item), delivery, letter),
                _ => opener.misdirected(Service::Kinesis, letter),
            };
            Unit::of(identifier, vec![content])
        }
        Err(fault) => {
            let identifier = salvaged(record, &["kinesis", "sequenceNumber"]);
            let letter = Letter { id: identifier.clone(), ..whole(record) };
            Unit::of(identifier, vec![opener.broken("a record of Kinesis", &fault, letter)])
        }
    }
}

fn read(record: &Bytes) -> Result<(RecordItem, Option<String>), Fault> {
    let record: Record<'_> = field::object(field::utf8(record)?, "the record")?;
    let kinesis: Kinesis<'_> = field::inner(record.kinesis, "kinesis")?;
    let item = RecordItem {
        body: field::base64(kinesis.data, "kinesis.data")?,
        partition: field::text(kinesis.partition_key, "kinesis.partitionKey")?.into_owned(),
        sequence: field::text(kinesis.sequence_number, "kinesis.sequenceNumber")?.into_owned(),
        time: field::moment_of_seconds(kinesis.approximate_arrival_timestamp),
    };
    Ok((item, field::hint(record.id).map(Into::into)))
}
