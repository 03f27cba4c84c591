//! Events of `EventBridge`: an application's, a service's, and those that tell of objects of S3.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::s3::{self, Happening};
use super::{Content, Letter, Opener, Unit, whole};
use crate::context::Delivery;
use crate::error::Failure;
use crate::event::{Blob, EventItem, Item};
use crate::provider::aws::event::Service;
use crate::provider::field::{self, Fault, Raw};

const EXPECTED: &str = "an event of EventBridge";

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    detail_type: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    account: Raw<'a>,
    #[serde(borrow)]
    region: Raw<'a>,
    #[serde(borrow)]
    time: Raw<'a>,
    #[serde(borrow)]
    resources: Raw<'a>,
    #[serde(borrow)]
    detail: Raw<'a>,
}

/// What S3 says of an object.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail<'a> {
    #[serde(borrow)]
    bucket: Raw<'a>,
    #[serde(borrow)]
    object: Raw<'a>,
    #[serde(borrow)]
    deletion_type: Raw<'a>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Object<'a> {
    #[serde(borrow)]
    key: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    etag: Raw<'a>,
    #[serde(borrow)]
    version_id: Raw<'a>,
    #[serde(borrow)]
    sequencer: Raw<'a>,
}

/// What tells who wants an event.
#[derive(Debug)]
pub(in crate::provider::aws) struct Heading {
    event_type: String,
    source: String,
    subject: Option<String>,
}

impl Heading {
    /// Of an event.
    pub(in crate::provider::aws) fn of(event: &Bytes) -> Result<Self, Failure> {
        let read = || Self::read(&field::object(field::utf8(event)?, "the event")?);
        read().map_err(|fault: Fault| Failure::new("MalformedEvent", format!("an EventBridge event: {fault}")))
    }

    fn read(envelope: &Envelope<'_>) -> Result<Self, Fault> {
        let resources: Vec<&RawValue> =
            envelope.resources.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or_default();
        Ok(Self {
            event_type: field::text(envelope.detail_type, "detail-type")?.into_owned(),
            source: field::text(envelope.source, "source")?.into_owned(),
            subject: field::hint(resources.first().copied()).map(Cow::into_owned),
        })
    }

    /// What it is, for a message.
    pub(in crate::provider::aws) fn described(&self) -> String {
        format!("an EventBridge event of type {:?} from {:?}", self.event_type, self.source)
    }

    /// Whether a function of that trigger could want it.
    pub(in crate::provider::aws) fn is_for(&self, trigger: &Trigger) -> bool {
        match trigger {
            Trigger::Event(event) => event.wants(&self.event_type, &self.source, self.subject.as_deref()),
            Trigger::Blob(_) => self.is_of_s3(),
            _ => false,
        }
    }

    fn is_of_s3(&self) -> bool {
        self.source == "aws.s3"
    }
}

pub(super) fn open(opener: &Opener<'_>, record: &Bytes) -> Unit {
    Unit::of(None, vec![within(opener, record, &opener.delivery(None), whole(record))])
}

/// The event that these bytes are.
pub(super) fn within(opener: &Opener<'_>, event: &Bytes, delivery: &Delivery, letter: Letter) -> Content {
    let read = || {
        let envelope: Envelope<'_> = field::object(field::utf8(event)?, "the event")?;
        let heading = Heading::read(&envelope)?;
        let id = field::text(envelope.id, "id")?.into_owned();
        Ok((envelope, heading, Delivery { id: Some(id), ..delivery.clone() }))
    };
    let (envelope, heading, delivery) = match read() {
        Ok(read) => read,
        Err(fault) => return opener.broken(EXPECTED, &fault, letter),
    };
    match &opener.function.trigger {
        Trigger::Event(trigger) => {
            if !trigger.wants(&heading.event_type, &heading.source, heading.subject.as_deref()) {
                return opener.unwanted(&heading.described(), delivery.id.as_deref());
            }
            Content::item(Item::Event(item(event, &envelope, heading, &delivery)), delivery, letter)
        }
        Trigger::Blob(_) if heading.is_of_s3() => match object(&envelope, &heading) {
            Ok(Some(happening)) => happening.deliver(opener, delivery, letter),
            Ok(None) => opener.unwanted(&heading.described(), delivery.id.as_deref()),
            Err(fault) => opener.broken("an object of a bucket, as EventBridge tells of it", &fault, letter),
        },
        Trigger::Blob(_) => {
            let fault = Fault(format!("{} came", heading.described()));
            opener.broken("an object of a bucket", &fault, letter)
        }
        _ => opener.misdirected(Service::EventBridge, letter),
    }
}

fn item(event: &Bytes, envelope: &Envelope<'_>, heading: Heading, delivery: &Delivery) -> EventItem {
    let named = [("account", envelope.account), ("region", envelope.region)];
    let extensions: BTreeMap<String, String> =
        named.into_iter().filter_map(|(name, field)| Some((name.to_owned(), field::hint(field)?.into()))).collect();
    EventItem {
        id: delivery.id.clone().unwrap_or_default(),
        source: heading.source,
        event_type: heading.event_type,
        subject: heading.subject,
        time: field::moment(envelope.time),
        data_content_type: envelope.detail.map(|_| "application/json".to_owned()),
        data_schema: None,
        extensions,
        // As it stands there: the scheduler's own events have a text of JSON instead of an object.
        data: envelope.detail.map(|detail| field::bytes_of(event, detail.get().into())).unwrap_or_default(),
    }
}

/// The object that an event of S3 tells of, if it was written or deleted, and not one of its versions only. Its key is
/// not encoded here, other than in a notification.
fn object(envelope: &Envelope<'_>, heading: &Heading) -> Result<Option<Happening>, Fault> {
    let event = match &*heading.event_type {
        "Object Created" => BlobEvent::Created,
        "Object Deleted" => BlobEvent::Deleted,
        _ => return Ok(None),
    };
    let detail: Detail<'_> = field::inner(envelope.detail, "detail")?;
    let bucket: Bucket<'_> = field::inner(detail.bucket, "detail.bucket")?;
    let object: Object<'_> = field::inner(detail.object, "detail.object")?;
    // "An unversioned object is deleted, or a versioned object is permanently deleted" ("Using EventBridge", S3): the
    // latter is the end of one version.
    let is_for_good = field::hint(detail.deletion_type).is_some_and(|kind| kind == "Permanently Deleted");
    if event == BlobEvent::Deleted && is_for_good && s3::is_version(object.version_id) {
        return Ok(None);
    }
    let blob = Blob {
        bucket: field::text(bucket.name, "detail.bucket.name")?.into_owned(),
        key: field::text(object.key, "detail.object.key")?.into_owned(),
        size: s3::size(object.size),
        etag: s3::etag(object.etag),
        event,
        time: field::moment(envelope.time),
        cloud: None,
    };
    Ok(Some(Happening { blob, sequencer: field::hint(object.sequencer).map(Cow::into_owned) }))
}
