//! From what a function sends to the event that another program of this framework takes (see [`own`]).
//!
//! An event's id is random, and equal for each attempt to send it. A message with a deduplication id has one that is made of that
//! and the queue, so that two such messages are one event: a broker delivers both, and a function with `idempotent` runs
//! for the first only.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::IgnoredAny;
use tusk_fn_spec::output::{Output, OutputKind};

use crate::event::EventItem;
use crate::output::{OutputErrorKind, Parcel};
use crate::provider::client::random;
use crate::provider::knative::own;

/// How long an extension's name should be at most (`CloudEvents`, "Naming Conventions").
const LONGEST_NAME: usize = 20;

/// Whether what is sent may have an extension of that name.
pub(super) fn is_extension(name: &str) -> bool {
    name.len() <= LONGEST_NAME && EventItem::names_extension(name)
}

/// The event for a parcel. `overrides` are extensions that whoever deploys wants on every event.
pub(super) fn event(
    to: &Output,
    parcel: Parcel,
    overrides: &BTreeMap<String, String>,
) -> Result<EventItem, OutputErrorKind> {
    let unfit = |why: &str| Err(OutputErrorKind::Unfit(why.to_owned()));
    if parcel.delay.is_some() {
        return unfit("a Knative broker delays no messages; send it without `delay`");
    }
    let (event_type, subject) = match to.kind {
        OutputKind::Queue => (own::QUEUE.to_owned(), Some(to.name.clone())),
        OutputKind::Topic => (own::TOPIC.to_owned(), Some(to.name.clone())),
        OutputKind::Event => (to.name.clone(), parcel.subject),
        OutputKind::Bucket | OutputKind::Table | OutputKind::Secret => return unfit("nothing can be sent there"),
    };
    let mut extensions = parcel.attributes;
    if let Some(name) = extensions.keys().find(|name| !is_extension(name)) {
        return unfit(&format!(
            "`{name}` cannot be an attribute's name on Knative, where it is one of a CloudEvent: 1 to 20 small letters and digits, \
             and none that every event has, such as `type`"
        ));
    }
    if let Some(name) = extensions.keys().find(|name| own::RESERVED.contains(&name.as_str())) {
        return unfit(&format!(
            "`{name}` cannot be an attribute's name on Knative, where it is an extension of CloudEvents"
        ));
    }
    extensions.extend(parcel.group.map(|group| (own::GROUP.to_owned(), group)));
    extensions.extend(overrides.clone());
    Ok(EventItem {
        id: match parcel.deduplication {
            Some(id) => format!("{}/{id}", to.name),
            None => format!("{:016x}{:016x}", random()?, random()?),
        },
        source: parcel.source,
        event_type,
        subject,
        time: Some(Timestamp::now()),
        data_content_type: Some(media_type(&parcel.body).to_owned()),
        extensions,
        data: parcel.body,
        ..EventItem::default()
    })
}

/// What the data is: JSON, unless a function sent a text that is none.
fn media_type(body: &Bytes) -> &'static str {
    if serde_json::from_slice::<IgnoredAny>(body).is_ok() { "application/json" } else { "text/plain; charset=utf-8" }
}
