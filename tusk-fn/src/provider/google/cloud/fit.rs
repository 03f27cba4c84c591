//! What Pub/Sub takes, and what it does not ("Quotas and limits"). What is the same everywhere was looked at before.

use bytes::Bytes;

use super::super::client::Message;
use super::super::message::DEDUPLICATION;
use crate::output::{OutputErrorKind, Parcel};

/// The longest value of an attribute, in bytes.
const LONGEST_VALUE: usize = 1_024;
/// What the names of Pub/Sub's own attributes begin with.
const RESERVED: &str = "goog";

/// A parcel as a message of Pub/Sub.
pub(super) fn message(mut parcel: Parcel) -> Result<Message, OutputErrorKind> {
    let unfit = |why: String| Err(OutputErrorKind::Unfit(why));
    if parcel.delay.is_some_and(|delay| !delay.is_zero()) {
        return unfit("Pub/Sub delays no messages; send it without `delay`".to_owned());
    }
    for (name, value) in &parcel.attributes {
        if name.starts_with(RESERVED) {
            return unfit(format!("`{name}` cannot be an attribute's name: what begins with `{RESERVED}` is Google's"));
        }
        if value.len() > LONGEST_VALUE {
            let bytes = value.len();
            return unfit(format!(
                "the attribute `{name}` has {bytes} bytes, and Pub/Sub takes {LONGEST_VALUE}; put it into the body"
            ));
        }
    }
    // Pub/Sub makes no two messages one. Our receiver takes them for one delivery.
    parcel.attributes.extend(parcel.deduplication.map(|id| (DEDUPLICATION.to_owned(), id)));
    Ok(Message { data: parcel.body, attributes: parcel.attributes, ordering_key: parcel.group })
}

/// What Eventarc takes is text.
pub(super) fn text(body: &Bytes) -> Result<String, OutputErrorKind> {
    let text = String::from_utf8(body.to_vec());
    text.map_err(|_| OutputErrorKind::Unfit("an event's data are JSON, which is text".to_owned()))
}
