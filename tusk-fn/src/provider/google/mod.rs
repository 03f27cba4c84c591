//! Google Cloud Run functions: a container that keeps to the contract of the Functions Framework.

use bytes::Bytes;
use http::request::Parts;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::cloud_events;
use super::container::{Opened, Platform, Sent};
use super::field::Fault;
use super::variable;
use crate::event::Item;

/// The variable that names the one function of a process, in the place of `TUSK_FN`.
const TARGET_VARIABLE: &str = "FUNCTION_TARGET";

/// The function that the platform names, if it does.
pub(crate) fn target() -> Option<String> {
    variable(TARGET_VARIABLE)
}

/// Google, as the server of a container wants it.
pub(crate) struct Google;

impl Platform for Google {
    fn reserved(&self) -> &'static [&'static str] {
        &["/robots.txt", "/favicon.ico"]
    }

    fn read(&self, parts: &Parts, body: &Bytes) -> Result<Vec<Sent>, Fault> {
        let Some(mode) = cloud_events::mode(&parts.headers)? else {
            return Err(Fault("this is neither a CloudEvent nor a message of Pub/Sub".to_owned()));
        };
        Ok(cloud_events::read(mode, &parts.headers, body)?.into_iter().map(Sent::Event).collect())
    }

    fn open(&self, sent: &Sent, function: &FunctionRecord, _named: bool) -> Opened {
        let Sent::Event(event) = sent else { return Opened::Foreign };
        match &function.trigger {
            Trigger::Event(trigger) if trigger.wants(&event.event_type, &event.source, event.subject.as_deref()) => {
                let id = format!("{}#{}", event.source, event.id);
                Opened::Item { item: Item::Event(event.clone()), id, attempt: 1 }
            }
            Trigger::Event(_) => Opened::Unwanted,
            _ => Opened::Foreign,
        }
    }
}
