//! Google Cloud Run functions: a container that keeps to the contract of the Functions Framework.
//!
//! | trigger | what is sent |
//! |---|---|
//! | `timer` | a request of Cloud Scheduler ([`scheduler`]) |
//! | `queue`, `topic`, `stream` | a message of Pub/Sub, wrapped, unwrapped or through Eventarc ([`message`]) |
//! | `blob` | an event of Cloud Storage, or its notification through Pub/Sub ([`storage`]) |
//! | `database` | an event of Firestore ([`firestore`]) |
//! | `event` | any `CloudEvent`, as it comes or in a message of Pub/Sub |
//!
//! An event may also come in the form that the first generation of Cloud Functions had ([`background`]). What the
//! contract has in the environment stands in [`contract`].
//!
//! What functions send, store and read goes through `cloud`, if the feature `google-clients` is on.

mod background;
#[cfg(feature = "google-clients")]
mod client;
#[cfg(feature = "google-clients")]
mod cloud;
mod contract;
mod data;
mod firestore;
mod message;
#[cfg(feature = "google-clients")]
mod names;
#[cfg(feature = "google-clients")]
mod push_token;
mod scheduler;
mod storage;
mod support;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use serde::Deserialize;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

pub use self::contract::SignatureError;
pub(crate) use self::contract::{check_signature, sole, target};
use self::message::{PUBLISHED, Pushed};
#[cfg(not(deployed_without_clients))]
pub(crate) use self::support::open_cloud;
use super::cloud_events;
use super::container::{Opened, Platform, Sent, Terms};
use super::field::{self, Fault, Raw};
use super::variable;
use crate::event::{EventItem, Item};

/// What Cloud Run does with every container.
pub(crate) const TERMS: Terms = Terms {
    reserved: &["/robots.txt", "/favicon.ico"],
    // It kills 10 s after SIGTERM ("Container runtime contract"); three of them may have gone by.
    patience: Duration::from_secs(6),
};

/// The variables that ask for tokens to be verified.
const PUSH_VARIABLES: [&str; 2] = ["TUSK_FN_PUSH_AUDIENCE", "TUSK_FN_PUSH_ACCOUNT"];

/// Google, as this process is reached.
///
/// # Errors
/// Tokens are to be verified, and cannot be.
pub(crate) fn platform() -> Result<Arc<dyn Platform>, String> {
    let [audience, account] = PUSH_VARIABLES.map(|name| variable(name).filter(|value| !value.is_empty()));
    match (audience, account) {
        (None, None) => Ok(Arc::new(Google)),
        (Some(audience), Some(account)) => guarded(audience, account),
        (found, _) => {
            let [audience, account] = PUSH_VARIABLES;
            let (set, missing) = if found.is_some() { (audience, account) } else { (account, audience) };
            Err(format!(
                "`{set}` is set and `{missing}` is not: anybody can have Google sign a token for any audience, so that both are \
                 needed; set both, or none where Cloud Run verifies tokens itself"
            ))
        }
    }
}

#[cfg(feature = "google-clients")]
fn guarded(audience: String, account: String) -> Result<Arc<dyn Platform>, String> {
    push_token::guarded(audience, account).map(|platform| Arc::new(platform) as Arc<dyn Platform>)
}

#[cfg(not(feature = "google-clients"))]
fn guarded(_: String, _: String) -> Result<Arc<dyn Platform>, String> {
    let [audience, _] = PUSH_VARIABLES;
    Err(format!(
        "`{audience}` is set, and the program cannot verify tokens; turn on the feature `google-clients` of tusk-fn"
    ))
}

/// Google, as the server of a container wants it.
pub(crate) struct Google;

impl Platform for Google {
    fn read(&self, parts: &Parts, body: &Bytes) -> Result<Vec<Sent>, Fault> {
        // Before the scheduler's: an unwrapped message has its attributes as headers, and a sender may call them anything.
        if let Some(pushed) = message::unwrapped(&parts.headers, body) {
            return Ok(vec![sent(pushed?)]);
        }
        if let Some(at) = scheduler::read(&parts.headers) {
            return Ok(vec![Sent::Tick { at: at? }]);
        }
        if let Some(mode) = cloud_events::mode(&parts.headers)? {
            return Ok(cloud_events::read(mode, &parts.headers, body)?.into_iter().map(Sent::Event).collect());
        }
        plain(body).map(|sent| vec![sent])
    }

    fn open(&self, sent: &Sent, function: &FunctionRecord, named: bool) -> Opened {
        match sent {
            Sent::Tick { at } => scheduler::open(*at, &function.trigger),
            Sent::Event(event) => open_event(event, 1, &function.trigger),
            Sent::Message { message, attempt } => {
                let pushed = Pushed { message: message.clone(), attempt: *attempt };
                open_message(&pushed, &function.trigger, named)
            }
        }
    }
}

fn sent(Pushed { message, attempt }: Pushed) -> Sent {
    Sent::Message { message, attempt }
}

/// What tells apart the bodies that no header tells of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clues<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    subscription: Raw<'a>,
    #[serde(borrow)]
    context: Raw<'a>,
    #[serde(borrow)]
    event_id: Raw<'a>,
    #[serde(borrow)]
    event_type: Raw<'a>,
}

/// What a request brings that has no header to tell it by.
fn plain(body: &Bytes) -> Result<Sent, Fault> {
    let strange = |why: &str| {
        Fault(format!(
            "this is neither a CloudEvent, nor a message of Pub/Sub, nor a request of Cloud Scheduler: {why} (an \
             unwrapped message needs `--push-no-wrapper-write-metadata`)"
        ))
    };
    let text = field::utf8(body).map_err(|Fault(why)| strange(&why))?;
    let clues: Clues<'_> = field::object(text, "the body").map_err(|Fault(why)| strange(&why))?;
    if clues.message.is_some() || clues.subscription.is_some() {
        return message::wrapped(text).map(sent);
    }
    if clues.context.is_some() || clues.event_id.is_some() || clues.event_type.is_some() {
        return background::read(body, text).map(Sent::Event);
    }
    Err(strange("the body has neither `message` nor `context`"))
}

/// An event for a function. `attempt` is the one of what brought it.
fn open_event(event: &EventItem, attempt: u32, trigger: &Trigger) -> Opened {
    let published = event.event_type == PUBLISHED;
    match trigger {
        Trigger::Event(trigger) => {
            if !trigger.wants(&event.event_type, &event.source, event.subject.as_deref()) {
                return Opened::Unwanted;
            }
            let id = event.delivery_id();
            Opened::Item { item: Item::Event(event.clone()), id, attempt }
        }
        Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) if published => match message::of_event(event) {
            Ok(pushed) => message::open(&pushed, trigger),
            Err(fault) => Opened::Broken(fault),
        },
        Trigger::Blob(trigger) if published => match message::of_event(event) {
            Ok(pushed) => storage::notification(&pushed, trigger).unwrap_or(Opened::Foreign),
            Err(fault) => Opened::Broken(fault),
        },
        Trigger::Blob(trigger) => storage::open(event, attempt, trigger),
        Trigger::Database(trigger) => firestore::open(event, attempt, trigger),
        Trigger::Http(_) | Trigger::Timer(_) | Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) => {
            Opened::Foreign
        }
    }
}

/// A message for a function: for most it is what brings an event.
fn open_message(pushed: &Pushed, trigger: &Trigger, named: bool) -> Opened {
    let carried = message::carried_event(&pushed.message);
    match trigger {
        Trigger::Http(_) | Trigger::Timer(_) => Opened::Foreign,
        Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) => match carried {
            Some(Ok(event)) if event.event_type == PUBLISHED => open_event(&event, pushed.attempt, trigger),
            _ => message::open(pushed, trigger),
        },
        Trigger::Blob(blob) => match (carried, storage::notification(pushed, blob)) {
            (_, Some(opened)) => opened,
            (Some(event), None) => open_carried(event, pushed, trigger),
            (None, None) => {
                without(named, "`message.attributes.eventType` is missing: it is no notification of Cloud Storage")
            }
        },
        Trigger::Event(_) | Trigger::Database(_) => match carried {
            Some(event) => open_carried(event, pushed, trigger),
            None => without(named, "`message.attributes.ce-type` is missing: it carries no CloudEvent"),
        },
    }
}

fn open_carried(event: Result<EventItem, Fault>, pushed: &Pushed, trigger: &Trigger) -> Opened {
    match event {
        Ok(event) => open_event(&event, pushed.attempt, trigger),
        Err(fault) => Opened::Broken(fault),
    }
}

/// A message that is not what such a function takes: broken for one that the sender names.
fn without(named: bool, why: &str) -> Opened {
    if named { Opened::Broken(Fault(why.to_owned())) } else { Opened::Foreign }
}
