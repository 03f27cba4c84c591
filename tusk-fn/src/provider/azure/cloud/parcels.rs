//! What is sent, as each service takes it.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::output::{OutputErrorKind, Parcel};
use crate::provider::azure::client::{Event, Message, Text};
use crate::provider::client::random;

/// A message of Service Bus, sent at that moment.
pub(super) fn message(parcel: Parcel, now: Timestamp) -> Result<Message, OutputErrorKind> {
    let delay = |delay| {
        let moment = SignedDuration::try_from(delay).ok().and_then(|delay| now.checked_add(delay).ok());
        moment.ok_or_else(|| OutputErrorKind::Unfit("no message can be delayed for so long".to_owned()))
    };
    Ok(Message {
        body: text(&parcel.body)?,
        attributes: parcel.attributes,
        id: parcel.deduplication.map_or_else(new_id, Ok)?,
        group: parcel.group,
        not_before: parcel.delay.map(delay).transpose()?,
    })
}

/// A message of a Storage Queue, which has a body and nothing else.
pub(super) fn plain(parcel: &Parcel) -> Result<Text, OutputErrorKind> {
    let has = if !parcel.attributes.is_empty() {
        "attributes"
    } else if parcel.group.is_some() {
        "groups"
    } else if parcel.deduplication.is_some() {
        "deduplication ids"
    } else {
        return Ok(Text::new(&parcel.body, parcel.delay));
    };
    Err(OutputErrorKind::Unfit(format!("a Storage Queue keeps no {has}; send without, or to a queue of Service Bus")))
}

/// An event of that type.
pub(super) fn event(parcel: &Parcel, kind: &str) -> Result<Event, OutputErrorKind> {
    let event = Event::new(new_id()?, kind, &parcel.source, parcel.subject.as_deref(), &parcel.body);
    event.map_err(|why| OutputErrorKind::Unfit(why.to_owned()))
}

fn new_id() -> Result<String, OutputErrorKind> {
    random().map(|number| format!("{number:016x}"))
}

/// What the services take is text.
fn text(body: &Bytes) -> Result<String, OutputErrorKind> {
    let text = String::from_utf8(body.to_vec());
    text.map_err(|_| OutputErrorKind::Unfit("what is sent on Azure is text: encode bytes in base64".to_owned()))
}
