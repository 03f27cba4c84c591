//! Knative Serving and Eventing: a container that is sent requests, or `CloudEvents` by the triggers of a broker and by sources.
//!
//! | trigger | what is sent |
//! |---|---|
//! | `timer` | an event of a `PingSource` |
//! | `queue`, `topic`, `stream` | an event of this program's own, through the broker; or a record of Kafka |
//! | `blob`, `database` | an event in the form of [`own`], from whoever knows of such things: Knative itself has neither |
//! | `event` | any event |
//!
//! A trigger whose subscriber names the function in its path may send any event to a queue's, a topic's or a stream's function:
//! the event's data is then the message. What functions send goes to the broker as such events (`cloud`).

#[cfg(feature = "knative-clients")]
mod cloud;
mod kafka;
mod own;
mod ping;

#[cfg(not(all(deployed_without_clients, not(feature = "knative-clients"))))]
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::cloud_events;
use super::container::{Opened, Platform, Sent, Terms};
use super::field::Fault;
use crate::event::{EventItem, Item};
#[cfg(not(all(deployed_without_clients, not(feature = "knative-clients"))))]
use crate::output::Cloud;

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(feature = "knative-clients")]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Ok(Arc::new(cloud::KnativeCloud::open()?))
}

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(not(any(feature = "knative-clients", deployed_without_clients)))]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Err(super::without_clients(super::Provider::Knative))
}

/// What Knative does with every container.
pub(crate) const TERMS: Terms = Terms {
    reserved: &[],
    // The grace of a pod is as long as a request may take (`serving`, `resources/deploy.go`), by default 300 s.
    patience: Duration::from_mins(5),
};

/// Knative, as the server of a container wants it.
pub(crate) struct Knative;

impl Platform for Knative {
    fn read(&self, parts: &Parts, body: &Bytes) -> Result<Vec<Sent>, Fault> {
        let Some(mode) = cloud_events::mode(&parts.headers)? else {
            return Err(Fault(
                "this is no CloudEvent: it has neither `ce-` headers nor the media type `application/cloudevents+json`"
                    .to_owned(),
            ));
        };
        Ok(cloud_events::read(mode, &parts.headers, body)?.into_iter().map(Sent::Event).collect())
    }

    fn open(&self, sent: &Sent, function: &FunctionRecord, named: bool) -> Opened {
        let Sent::Event(event) = sent else { return Opened::Foreign };
        match &function.trigger {
            Trigger::Event(trigger) => {
                if trigger.wants(&event.event_type, &event.source, event.subject.as_deref()) {
                    item(Item::Event(event.clone()), event)
                } else {
                    Opened::Unwanted
                }
            }
            Trigger::Timer(timer) if event.event_type == ping::TYPE => ping::open(event, timer),
            Trigger::Http(_) | Trigger::Timer(_) => Opened::Foreign,
            Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) if event.event_type == kafka::TYPE => {
                kafka::open(event, &function.trigger)
            }
            trigger => own::open(event, trigger, named),
        }
    }
}

/// An item that the whole event is about.
fn item(item: Item, event: &EventItem) -> Opened {
    Opened::Item { item, id: event.delivery_id(), attempt: 1 }
}
