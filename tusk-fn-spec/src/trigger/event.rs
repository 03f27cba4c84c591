//! `trigger = "event"`: a `CloudEvent` of a type.

use serde::{Deserialize, Serialize};

use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::fault::FaultKind;
use crate::filter::Wildcard;
use crate::reader::Reader;

/// A function that handles events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The type that an event must have; `EventBridge` calls it `detail-type`.
    #[serde(rename = "type")]
    pub event_type: Wildcard,
    /// The source that it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Wildcard>,
    /// The subject that it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Wildcard>,
}

impl Event {
    pub(super) const KEYS: &[Key] = &[
        Key::required("type", "\"com.example.order.paid\""),
        Key::optional("source", "\"/shop/orders\""),
        Key::optional("subject", "\"orders/*\""),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let event_type = read_wildcard(reader, "type");
        let source = read_wildcard(reader, "source");
        let subject = read_wildcard(reader, "subject");
        Some(Self { event_type: event_type??, source: source?, subject: subject? })
    }

    /// Whether an event with these attributes is one for the function.
    pub fn wants(&self, event_type: &str, source: &str, subject: Option<&str>) -> bool {
        self.event_type.matches(event_type)
            && self.source.as_ref().is_none_or(|wanted| wanted.matches(source))
            && self.subject.as_ref().is_none_or(|wanted| subject.is_some_and(|subject| wanted.matches(subject)))
    }

    pub(super) fn what(&self) -> String {
        let mut what = self.event_type.to_string();
        for (word, wanted) in [("from", &self.source), ("of", &self.subject)] {
            if let Some(wanted) = wanted {
                what = format!("{what} {word} {wanted}");
            }
        }
        what
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn uniques(&self) -> Vec<Unique> {
        Vec::new()
    }
}

/// `None` where a fault was reported, else the key's value, if it has one.
#[expect(clippy::option_option, reason = "a fault and an absent key differ")]
fn read_wildcard(reader: &mut Reader<'_>, key: &'static str) -> Option<Option<Wildcard>> {
    let Ok(text) = reader.text(key) else { return None };
    let Some(text) = text else { return Some(None) };
    match text.value.parse() {
        Ok(wildcard) => Some(Some(wildcard)),
        Err(error) => {
            let error: crate::filter::FilterError = error;
            reader.push(text.fault_within(error.range.clone(), FaultKind::Filter(error)));
            None
        }
    }
}
