//! Objects of Cloud Storage, as Eventarc tells of them and as a bucket's own notifications do.
//!
//! | type of the event | `eventType` of the notification | means |
//! |---|---|---|
//! | `google.cloud.storage.object.v1.finalized` | `OBJECT_FINALIZE` | created |
//! | `….deleted` | `OBJECT_DELETE` | deleted |
//! | `….archived` | `OBJECT_ARCHIVE` | deleted: in a bucket with versions, what was under the name is no longer |
//! | `….metadataUpdated` | `OBJECT_METADATA_UPDATE` | nothing: the content is the same |
//!
//! Writing over an object deletes or archives what was there. A notification says so in `overwrittenByGeneration`, and
//! is not taken for a deletion; an event does not, so that a function for deletions may be called for an object that is
//! there anew.
//!
//! A bucket's name on the platform is not the one in the function's `path`: whether the event is of the right bucket is
//! decided by the trigger that sends it. (`googleapis/google-cloudevents`, "storage/v1/data.proto"; Cloud Storage's
//! "Pub/Sub notifications".)

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use tusk_fn_spec::trigger::blob::{Blob as Trigger, BlobEvent};

use super::data::json;
use super::message::Pushed;
use super::text::{self, LONGEST_ID};
use crate::event::{Blob, BlobItem, EventItem, Item};
use crate::provider::container::Opened;
use crate::provider::field::{self, Fault, Raw};

/// What the types of its events begin with.
const PREFIX: &str = "google.cloud.storage.object.v1.";

/// The longest name of a bucket, and of an object ("Quotas and limits").
const LONGEST_BUCKET: usize = 222;
const LONGEST_NAME: usize = 1024;

/// A resource of Cloud Storage's JSON API, of which some fields matter. Its numbers are texts.
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    bucket: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    generation: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    etag: Raw<'a>,
}

/// What happened, and what that means.
#[derive(Clone, Copy)]
struct Happening {
    /// The end of the event's type.
    name: &'static str,
    notification: &'static str,
    means: Option<BlobEvent>,
}

const HAPPENINGS: [Happening; 4] = [
    Happening { name: "finalized", notification: "OBJECT_FINALIZE", means: Some(BlobEvent::Created) },
    Happening { name: "deleted", notification: "OBJECT_DELETE", means: Some(BlobEvent::Deleted) },
    Happening { name: "archived", notification: "OBJECT_ARCHIVE", means: Some(BlobEvent::Deleted) },
    Happening { name: "metadataUpdated", notification: "OBJECT_METADATA_UPDATE", means: None },
];

/// An event for a function.
pub(super) fn open(event: &EventItem, attempt: u32, trigger: &Trigger) -> Opened {
    let kind = event.event_type.strip_prefix(PREFIX);
    let Some(happening) = HAPPENINGS.iter().find(|happening| kind == Some(happening.name)) else {
        return Opened::Foreign;
    };
    let Some(means) = happening.means.filter(|means| trigger.events.contains(means)) else { return Opened::Unwanted };
    let read = || {
        let object: Object<'_> = field::object(json(event)?, "`data`")?;
        let generation = text::optional(object.generation, "data.generation", LONGEST_ID)?;
        let mut blob = Blob::of(
            means,
            text::required(object.bucket, "data.bucket", LONGEST_BUCKET)?,
            text::required(object.name, "data.name", LONGEST_NAME)?,
        );
        (blob.size, blob.etag) = described(&object, "data")?;
        blob.time = event.time;
        Ok((blob, generation.unwrap_or(Cow::Borrowed(&event.id)).into_owned()))
    };
    deliver(read(), happening, attempt, trigger)
}

/// A notification for a function; none if the message is none.
pub(super) fn notification(pushed: &Pushed, trigger: &Trigger) -> Option<Opened> {
    let attributes = &pushed.message.attributes;
    let kind = attribute(attributes, "eventType")?;
    let Some(happening) = HAPPENINGS.iter().find(|happening| happening.notification == kind) else {
        return Some(Opened::Broken(Fault(format!("`message.attributes.eventType` is {}", text::shown(kind)))));
    };
    let overwritten = attribute(attributes, "overwrittenByGeneration").is_some();
    let Some(means) = happening.means.filter(|means| trigger.events.contains(means) && !overwritten) else {
        return Some(Opened::Unwanted);
    };
    Some(deliver(read(pushed, attributes, means), happening, pushed.attempt, trigger))
}

/// An attribute. Those of unwrapped messages have their names in lower case.
fn attribute<'a>(attributes: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    attributes.get(name).or_else(|| attributes.get(&name.to_ascii_lowercase()))
}

/// What a notification tells of.
fn read(pushed: &Pushed, attributes: &BTreeMap<String, String>, means: BlobEvent) -> Result<(Blob, String), Fault> {
    let required = |name: &str, longest: usize| {
        let place = format!("message.attributes.{name}");
        let value = attribute(attributes, name).filter(|value| !value.is_empty());
        text::short(value.ok_or_else(|| Fault(format!("`{place}` is missing")))?, &place, longest)
    };
    let mut blob = Blob::of(means, required("bucketId", LONGEST_BUCKET)?, required("objectId", LONGEST_NAME)?);
    let time = attribute(attributes, "eventTime")
        .map(|time| text::instant(time, "message.attributes.eventTime"))
        .transpose()?;
    blob.time = time.or(pushed.message.enqueued_at);
    if attribute(attributes, "payloadFormat").is_some_and(|format| format == "JSON_API_V1") {
        let body = field::utf8(&pushed.message.body);
        let body = body.map_err(|Fault(why)| Fault(format!("`message.data` cannot be read: {why}")))?;
        (blob.size, blob.etag) = described(&field::object(body, "`message.data`")?, "message.data")?;
    }
    let generation = required("objectGeneration", LONGEST_ID)?.clone();
    Ok((blob, generation))
}

/// An object's size and tag, if they are told.
fn described(object: &Object<'_>, place: &str) -> Result<(Option<u64>, Option<String>), Fault> {
    let name = format!("{place}.size");
    let size = match text::optional(object.size, &name, LONGEST_ID)? {
        None => None,
        Some(size) => Some(
            size.parse()
                .map_err(|_| Fault(format!("`{name}` is {}, which is no number of bytes", text::shown(&size))))?,
        ),
    };
    let etag = text::optional(object.etag, &format!("{place}.etag"), LONGEST_ID)?;
    Ok((size, etag.map(|etag| etag.trim_matches('"').to_owned())))
}

/// What an object's generation and what happened to it name is the same for each attempt, and on both ways.
fn deliver(read: Result<(Blob, String), Fault>, happening: &Happening, attempt: u32, trigger: &Trigger) -> Opened {
    let (blob, generation) = match read {
        Ok(read) => read,
        Err(fault) => return Opened::Broken(fault),
    };
    let Some(captures) = trigger.path.captures(&blob.key) else { return Opened::Unwanted };
    let id = format!("{}/{}#{generation}@{}", blob.bucket, blob.key, happening.name);
    Opened::Item { item: Item::Blob(BlobItem { blob, captures }), id, attempt }
}
