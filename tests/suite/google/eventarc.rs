//! Eventarc: events of Google's services and of channels, and the triggers that choose among them. Each trigger has a topic and a
//! subscription of its own, whose messages are events ("Retry events"; "Google Cloud Pub/Sub Protocol Binding for `CloudEvents`").

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::pubsub::{Message, Pushed};

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(super) id: String,
    /// What it is told as: to each trigger by the type that it asks for.
    pub(super) kinds: Vec<String>,
    pub(super) source: String,
    pub(super) subject: Option<String>,
    pub(super) time: String,
    pub(super) extensions: BTreeMap<String, String>,
    pub(super) content_type: String,
    pub(super) data: String,
    /// The channel that it was published to, if it is none of Google's own.
    pub(super) channel: Option<String>,
}

/// A trigger, as it was made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trigger {
    pub(crate) channel: Option<String>,
    /// Attributes, and the values that they must have.
    pub(crate) filters: Vec<(String, String)>,
    /// Attributes, and what the values must look like: `{name}` stands for a segment.
    pub(crate) patterns: Vec<(String, String)>,
    /// What the data are to be.
    pub(crate) content_type: Option<String>,
    /// The topic of its own.
    pub(crate) topic: String,
}

/// The events of a request to publish them.
pub(super) fn published(channel: &str, body: &Value) -> Vec<Event> {
    body["events"].as_array().unwrap().iter().map(|event| read(channel, event)).collect()
}

fn read(channel: &str, event: &Value) -> Event {
    assert_eq!(event["@type"], "type.googleapis.com/io.cloudevents.v1.CloudEvent", "{event}");
    assert_eq!(event["specVersion"], "1.0", "{event}");
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {event}")).to_owned();
    let value = |value: &Value| text(value.get("ceString").or(value.get("ceTimestamp")).unwrap_or(&Value::Null));
    let attributes = event["attributes"].as_object().into_iter().flatten();
    let mut attributes: BTreeMap<_, _> = attributes.map(|(name, of)| (name.clone(), value(of))).collect();
    Event {
        id: text(&event["id"]),
        kinds: vec![text(&event["type"])],
        source: text(&event["source"]),
        subject: attributes.remove("subject"),
        time: attributes.remove("time").unwrap(),
        content_type: attributes.remove("datacontenttype").unwrap(),
        extensions: attributes,
        data: text(&event["textData"]),
        channel: Some(channel.to_owned()),
    }
}

impl Trigger {
    /// The type by which the event is told to it, if it wants it.
    fn wants<'a>(&self, event: &'a Event) -> Option<&'a String> {
        let attribute = |name: &str| match name {
            "source" => Some(&event.source),
            "subject" => event.subject.as_ref(),
            name => event.extensions.get(name),
        };
        let mut kind = None;
        for (name, wanted) in &self.filters {
            if name == "type" {
                kind = Some(event.kinds.iter().find(|kind| *kind == wanted)?);
            } else if attribute(name) != Some(wanted) {
                return None;
            }
        }
        let fits = |(name, pattern): &(String, String)| attribute(name).is_some_and(|value| matches(pattern, value));
        let wants = self.channel == event.channel && self.patterns.iter().all(fits);
        wants.then(|| kind.unwrap_or_else(|| panic!("a trigger names a type: {self:?}")))
    }

    /// The message that an event is for this trigger.
    pub(super) fn message(&self, event: &Event) -> Option<Message> {
        let kind = self.wants(event)?;
        if kind.starts_with("google.cloud.firestore.") {
            let asked = self.content_type.as_deref();
            assert_eq!(asked, Some("application/json"), "by itself Firestore sends protobuf, which this double cannot");
        }
        let own = [
            ("specversion", Some("1.0")),
            ("id", Some(&event.id)),
            ("type", Some(kind)),
            ("source", Some(&event.source)),
            ("subject", event.subject.as_deref()),
            ("time", Some(&event.time)),
            ("datacontenttype", Some(&event.content_type)),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
        let extensions = event.extensions.iter().map(|(name, value)| (name.as_str(), value.clone()));
        Some(Message {
            id: String::new(),
            data: BASE64_STANDARD.encode(&event.data),
            attributes: own.chain(extensions).map(|(name, value)| (format!("ce-{name}"), value)).collect(),
            ordering_key: String::new(),
            published: event.time.clone(),
        })
    }
}

/// Whether a value has the segments of a pattern.
fn matches(pattern: &str, value: &str) -> bool {
    let mut wanted = pattern.split('/');
    let fits = |segment: &str| match wanted.next() {
        Some(name) if name.starts_with('{') => {
            assert!(name.ends_with('}') && !name.contains('='), "this double reads no such pattern: {pattern}");
            true
        }
        wanted => wanted == Some(segment),
    };
    assert!(!pattern.contains('*'), "this double reads no such pattern: {pattern}");
    value.split('/').all(fits) && value.split('/').count() == pattern.split('/').count()
}

/// A message that is an event, as it is sent: its headers and its body.
pub(crate) fn binary(pushed: &Pushed) -> (Vec<(String, String)>, Vec<u8>) {
    let header = |(name, value): (&String, &String)| {
        assert!(
            value.bytes().all(|byte| byte.is_ascii_graphic()),
            "a header cannot be {value:?}: it comes in a message"
        );
        let name = if name == "ce-datacontenttype" { "content-type" } else { name };
        (name.to_owned(), value.clone())
    };
    let headers = pushed.message.attributes.iter().map(header).collect();
    (headers, BASE64_STANDARD.decode(&pushed.message.data).unwrap())
}
