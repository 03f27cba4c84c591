//! Events of the first generation of Cloud Functions, as `CloudEvents`.
//!
//! They come as JSON: `{"context": {"eventId", "timestamp", "eventType", "resource"}, "data"}`, or with what is in
//! `context` beside `data`. What becomes of each is written in the conformance suite of the Functions Framework
//! ("Mapping between Google Cloud Function events and `CloudEvents`", `docs/mapping.md`), whose examples this was
//! judged by.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::text::{self, LONGEST_ID};
use crate::event::EventItem;
use crate::provider::field::{self, Fault, Raw};

/// The longest name of a resource: an object of Cloud Storage with its bucket, or a document of Firestore, has no
/// longer one.
const LONGEST_RESOURCE: usize = 8 * 1024;

/// What an event may say in two places.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(borrow)]
    event_id: Raw<'a>,
    #[serde(borrow)]
    event_type: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    resource: Raw<'a>,
}

/// What an event says beside that.
#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow)]
    context: Raw<'a>,
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    domain: Raw<'a>,
}

/// A resource that is told with its service.
#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow)]
    service: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
}

/// The types of such events, and those of the `CloudEvents` that they become.
const TYPES: [(&str, &str); 18] = [
    ("google.pubsub.topic.publish", "google.cloud.pubsub.topic.v1.messagePublished"),
    ("providers/cloud.pubsub/eventTypes/topic.publish", "google.cloud.pubsub.topic.v1.messagePublished"),
    ("google.storage.object.finalize", "google.cloud.storage.object.v1.finalized"),
    ("google.storage.object.delete", "google.cloud.storage.object.v1.deleted"),
    ("google.storage.object.archive", "google.cloud.storage.object.v1.archived"),
    ("google.storage.object.metadataUpdate", "google.cloud.storage.object.v1.metadataUpdated"),
    ("providers/cloud.firestore/eventTypes/document.write", "google.cloud.firestore.document.v1.written"),
    ("providers/cloud.firestore/eventTypes/document.create", "google.cloud.firestore.document.v1.created"),
    ("providers/cloud.firestore/eventTypes/document.update", "google.cloud.firestore.document.v1.updated"),
    ("providers/cloud.firestore/eventTypes/document.delete", "google.cloud.firestore.document.v1.deleted"),
    ("providers/firebase.auth/eventTypes/user.create", "google.firebase.auth.user.v1.created"),
    ("providers/firebase.auth/eventTypes/user.delete", "google.firebase.auth.user.v1.deleted"),
    ("providers/firebase.remoteConfig/remoteconfig.update", "google.firebase.remoteconfig.remoteConfig.v1.updated"),
    ("providers/google.firebase.analytics/eventTypes/event.log", "google.firebase.analytics.log.v1.written"),
    ("providers/google.firebase.database/eventTypes/ref.create", "google.firebase.database.ref.v1.created"),
    ("providers/google.firebase.database/eventTypes/ref.write", "google.firebase.database.ref.v1.written"),
    ("providers/google.firebase.database/eventTypes/ref.update", "google.firebase.database.ref.v1.updated"),
    ("providers/google.firebase.database/eventTypes/ref.delete", "google.firebase.database.ref.v1.deleted"),
];

/// The services of the events that do not name theirs, by what the types begin with.
const SERVICES: [(&str, &str); 6] = [
    ("providers/cloud.firestore/", FIRESTORE),
    ("providers/google.firebase.analytics/", ANALYTICS),
    ("providers/firebase.auth/", AUTH),
    ("providers/google.firebase.database/", DATABASE),
    ("providers/cloud.pubsub/", PUBSUB),
    ("providers/cloud.storage/", STORAGE),
];
const FIRESTORE: &str = "firestore.googleapis.com";
const ANALYTICS: &str = "firebaseanalytics.googleapis.com";
const AUTH: &str = "firebaseauth.googleapis.com";
const DATABASE: &str = "firebasedatabase.googleapis.com";
const PUBSUB: &str = "pubsub.googleapis.com";
const STORAGE: &str = "storage.googleapis.com";

/// The event that a request's body holds.
pub(super) fn read(body: &Bytes, text: &str) -> Result<EventItem, Fault> {
    let what = "the event";
    let (whole, outside): (Whole<'_>, Context<'_>) = (field::object(text, what)?, field::object(text, what)?);
    let within = match whole.context {
        Some(context) => field::inner(Some(context), "context")?,
        None => Context::default(),
    };
    let kind = text::required(within.event_type.or(outside.event_type), "eventType", LONGEST_ID)?;
    let Some((_, event_type)) = TYPES.iter().find(|(legacy, _)| *legacy == kind) else {
        return Err(Fault(format!("`eventType` is {}, which is no type of such an event", text::shown(&kind))));
    };
    let (service, resource) = resource(within.resource, outside.resource, &kind)?;
    let timestamp = text::required(within.timestamp.or(outside.timestamp), "timestamp", LONGEST_ID)?;
    let event = Event {
        id: text::required(within.event_id.or(outside.event_id), "eventId", LONGEST_ID)?,
        time: text::instant(&timestamp, "timestamp")?,
        timestamp,
        service,
        resource,
        data: whole.data.ok_or_else(|| Fault("`data` is missing".to_owned()))?.get(),
        domain: whole.domain,
    };
    let (source, subject) = event.origin()?;
    Ok(EventItem {
        event_type: (*event_type).to_owned(),
        source: format!("//{}/{source}", event.service),
        subject,
        time: Some(event.time),
        data_content_type: Some("application/json".to_owned()),
        data: event.data(body)?,
        id: event.id.into_owned(),
        ..EventItem::default()
    })
}

/// The service and the name of a resource: an object with both, or the name alone.
fn resource<'a>(within: Raw<'a>, outside: Raw<'a>, kind: &str) -> Result<(Cow<'a, str>, Cow<'a, str>), Fault> {
    let of_kind =
        SERVICES.iter().find(|(prefix, _)| kind.starts_with(prefix)).map(|(_, service)| Cow::Borrowed(*service));
    let missing = || Fault("`context.resource.service` is missing".to_owned());
    let (service, name) = if within.is_some_and(|field| field.get().starts_with('{')) {
        let Resource { service, name } = field::inner(within, "context.resource")?;
        let service = text::optional(service, "context.resource.service", LONGEST_ID)?;
        (service, text::required(name.or(outside), "context.resource.name", LONGEST_RESOURCE)?)
    } else {
        (None, text::required(within.or(outside), "resource", LONGEST_RESOURCE)?)
    };
    Ok((service.or(of_kind).ok_or_else(missing)?, name))
}

/// An event of which each field was read.
struct Event<'a> {
    id: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    time: Timestamp,
    service: Cow<'a, str>,
    resource: Cow<'a, str>,
    data: &'a str,
    domain: Raw<'a>,
}

impl Event<'_> {
    /// The source without its service, and the subject.
    fn origin(&self) -> Result<(String, Option<String>), Fault> {
        let resource = &*self.resource;
        let split = |at: &str| {
            let (before, after) = resource.split_once(at).ok_or_else(|| self.strange(at))?;
            let subject = format!("{}{after}", at.trim_start_matches('/'));
            Ok((before.to_owned(), Some(subject)))
        };
        match &*self.service {
            STORAGE => {
                let (bucket, object) = split("/objects/")?;
                // The name may have a `#` of its own; a generation is a number.
                let named = object.map(|object| match object.rsplit_once('#') {
                    Some((name, generation)) if is_number(generation) => name.to_owned(),
                    _ => object,
                });
                Ok((bucket, named))
            }
            FIRESTORE => split("/documents/"),
            DATABASE => {
                let (instance, reference) = split("/refs/")?;
                let located = instance.split_once("/instances/");
                let (project, instance) = located.ok_or_else(|| self.strange("/instances/"))?;
                Ok((format!("{project}/locations/{}/instances/{instance}", self.location()?), reference))
            }
            ANALYTICS => {
                let (project, event) = split("/events/")?;
                Ok((format!("{project}/apps/{}", self.at(&["userDim", "appInfo", "appId"])?), event))
            }
            AUTH => Ok((resource.to_owned(), Some(format!("users/{}", self.at(&["uid"])?)))),
            _ => Ok((resource.to_owned(), None)),
        }
    }

    fn strange(&self, lacks: &str) -> Fault {
        Fault(format!("`resource` is {}, which has no {lacks:?}", text::shown(&self.resource)))
    }

    /// The region of a Realtime Database: the first had names of their own.
    fn location(&self) -> Result<String, Fault> {
        let domain = text::required(self.domain, "domain", LONGEST_ID)?;
        let region = domain.split('.').next().unwrap_or_default();
        Ok(if domain == "firebaseio.com" { "us-central1".to_owned() } else { region.to_owned() })
    }

    /// The text at a path of the data.
    fn at(&self, path: &[&str]) -> Result<String, Fault> {
        let data = self.parsed()?;
        let found = path
            .iter()
            .try_fold(&Value::Object(data), |value, name| value.get(*name))
            .and_then(Value::as_str)
            .map(str::to_owned);
        found
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Fault(format!("`data.{}` is missing, or no text", path.join("."))))
    }

    fn parsed(&self) -> Result<Map<String, Value>, Fault> {
        field::object(self.data, "`data`")
    }

    /// The data as the `CloudEvent` has it.
    fn data(&self, body: &Bytes) -> Result<Bytes, Fault> {
        match &*self.service {
            PUBSUB => {
                let mut message = self.parsed()?;
                message.insert("messageId".to_owned(), self.id.clone().into());
                message.insert("publishTime".to_owned(), self.timestamp.clone().into());
                Ok(Value::from(Map::from_iter([("message".to_owned(), Value::Object(message))])).to_string().into())
            }
            AUTH => {
                let mut user = self.parsed()?;
                if let Some(Value::Object(metadata)) = user.get_mut("metadata") {
                    for (from, to) in [("createdAt", "createTime"), ("lastSignedInAt", "lastSignInTime")] {
                        if let Some(value) = metadata.remove(from) {
                            metadata.insert(to.to_owned(), value);
                        }
                    }
                }
                Ok(Value::Object(user).to_string().into())
            }
            _ => Ok(field::shared(body, self.data)),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
