//! Objects of S3, as its notifications tell of them: one by one, or several in a message.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::{Content, Letter, Opener, Unit, whole};
use crate::context::Delivery;
use crate::event::{Blob, BlobItem, Item};
use crate::provider::aws::event::Service;
use crate::provider::field::{self, Fault, Raw};

const EXPECTED: &str = "an object of a bucket, as S3 tells of it";

/// How many objects a message may tell of. S3 itself tells of one; more than these would not fit a message, so that they can be
/// no objects, and each would be dead-lettered.
const MOST: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    event_source: Raw<'a>,
    #[serde(borrow)]
    event_name: Raw<'a>,
    #[serde(borrow)]
    event_time: Raw<'a>,
    #[serde(borrow)]
    s3: Raw<'a>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    bucket: Raw<'a>,
    #[serde(borrow)]
    object: Raw<'a>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    #[serde(borrow)]
    key: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    e_tag: Raw<'a>,
    #[serde(borrow)]
    version_id: Raw<'a>,
    #[serde(borrow)]
    sequencer: Raw<'a>,
}

/// What happened to an object, whoever tells of it.
pub(super) struct Happening {
    pub(super) blob: Blob,
    /// Tells this change of the object from its others.
    pub(super) sequencer: Option<String>,
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    let text = match field::utf8(record) {
        Ok(text) => text,
        Err(fault) => return Unit::of(None, vec![opener.broken(EXPECTED, &fault, whole(record))]),
    };
    Unit::of(None, vec![one(opener, text, opener.delivery(None), Letter { attempt: 1, ..Letter::default() })])
}

/// The objects that a message tells of.
pub(super) fn within(opener: &Opener<'_>, records: Raw<'_>, delivery: &Delivery, letter: &Letter) -> Vec<Content> {
    let records: Vec<&RawValue> = match field::inner(records, "Records") {
        Ok(records) => records,
        Err(fault) => return vec![opener.broken(EXPECTED, &fault, letter.clone())],
    };
    if records.len() > MOST {
        let fault = Fault(format!("`Records` has {} records, and {MOST} is the most", records.len()));
        return vec![opener.broken(EXPECTED, &fault, letter.clone())];
    }
    let each = |(index, record): (usize, &&RawValue)| {
        let id = delivery.id.as_ref().map(|id| format!("{id}#{index}"));
        one(opener, record.get(), Delivery { id, ..delivery.clone() }, letter.clone())
    };
    records.iter().enumerate().map(each).collect()
}

/// One object. It is dead-lettered alone, in a form that can be delivered again.
fn one(opener: &Opener<'_>, record: &str, delivery: Delivery, mut letter: Letter) -> Content {
    letter.body = format!("{{\"Records\":[{record}]}}").into();
    match read(record) {
        Ok(Ok(happening)) => happening.deliver(opener, delivery, letter),
        Ok(Err(other)) => {
            opener.unwanted(&format!("`{other}` neither writes nor deletes the object"), delivery.id.as_deref())
        }
        Err(fault) => opener.broken(EXPECTED, &fault, letter),
    }
}

/// What happened to the object; or the name of what happened, if it was neither written nor deleted.
fn read(record: &str) -> Result<Result<Happening, String>, Fault> {
    let record: Record<'_> = field::object(record, "the record")?;
    let source = field::text(record.event_source, "eventSource")?;
    if !source.ends_with(":s3") {
        return Err(Fault(format!("`eventSource` is {source:?}")));
    }
    let name = field::text(record.event_name, "eventName")?;
    let Some(event) = event(&name) else { return Ok(Err(name.into_owned())) };
    let place: Place<'_> = field::inner(record.s3, "s3")?;
    let bucket: Bucket<'_> = field::inner(place.bucket, "s3.bucket")?;
    let object: Object<'_> = field::inner(place.object, "s3.object")?;
    if event == BlobEvent::Deleted && !name.ends_with(MARKED) && is_version(object.version_id) {
        return Ok(Err(format!("{name} of a version")));
    }
    let blob = Blob {
        bucket: field::text(bucket.name, "s3.bucket.name")?.into_owned(),
        key: decoded(&field::text(object.key, "s3.object.key")?)?,
        size: size(object.size),
        etag: etag(object.e_tag),
        event,
        time: field::moment(record.event_time),
        cloud: None,
    };
    Ok(Ok(Happening { blob, sequencer: field::hint(object.sequencer).map(Cow::into_owned) }))
}

/// What the name of a deletion ends in that keeps the object as an old version.
const MARKED: &str = ":DeleteMarkerCreated";

/// Whether an object is given by one of its versions. In a bucket that keeps them, an object is deleted by a marker;
/// what is deleted for good is one version, mostly an old one ("Deleting object versions from a versioning-enabled
/// bucket"). S3 calls the version of an object `null` that was written without any.
pub(super) fn is_version(field: Raw<'_>) -> bool {
    field::hint(field).is_some_and(|version| !version.is_empty() && version != "null")
}

/// What an event's name means ("Supported event types for SQS, SNS, and Lambda").
fn event(name: &str) -> Option<BlobEvent> {
    match name.strip_prefix("s3:").unwrap_or(name).split(':').next() {
        Some("ObjectCreated") => Some(BlobEvent::Created),
        // What a rule of the bucket's life cycle deletes is deleted too; EventBridge calls both the same.
        Some("ObjectRemoved" | "LifecycleExpiration") => Some(BlobEvent::Deleted),
        _ => None,
    }
}

/// A key as it is. Notifications have it as forms encode values: a blank as `+`.
fn decoded(key: &str) -> Result<String, Fault> {
    let key = key.replace('+', " ");
    let text = percent_decode_str(&key).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| Fault(format!("`s3.object.key` is no encoded UTF-8: {key:?}")))
}

/// An object's size, if the field is one.
pub(super) fn size(field: Raw<'_>) -> Option<u64> {
    serde_json::from_str(field?.get()).ok()
}

/// An object's tag, without quotes.
pub(super) fn etag(field: Raw<'_>) -> Option<String> {
    field::hint(field).map(|tag| tag.trim_matches('"').to_owned())
}

impl Happening {
    /// To the function, if it wants it.
    pub(super) fn deliver(self, opener: &Opener<'_>, mut delivery: Delivery, letter: Letter) -> Content {
        let Self { blob, sequencer } = self;
        if let Some(sequencer) = sequencer {
            delivery.id = Some(format!("{}/{}@{sequencer}", blob.bucket, blob.key));
        }
        let Trigger::Blob(trigger) = &opener.function.trigger else {
            return opener.misdirected(Service::S3, letter);
        };
        if !trigger.events.contains(&blob.event) {
            return opener.unwanted("such an event is not among its `events`", delivery.id.as_deref());
        }
        let Some(captures) = trigger.path.captures(&blob.key) else {
            return opener.unwanted("the object's name does not match its `path`", delivery.id.as_deref());
        };
        Content::item(Item::Blob(BlobItem { blob, captures }), delivery, letter)
    }
}
