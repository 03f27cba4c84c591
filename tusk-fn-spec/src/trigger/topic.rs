//! `trigger = "topic"`: a message that was published to a topic. Each function has its own copy.

use serde::{Deserialize, Serialize};

use super::queue::Delivery;
use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::fault::FaultKind;
use crate::filter::{Condition, FilterError};
use crate::reader::Reader;

/// A function that handles the messages of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The topic's logical name.
    pub topic: String,
    /// What a message's attributes must meet, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Condition>,
    /// How messages are handed over and tried again.
    #[serde(flatten)]
    pub delivery: Delivery,
}

impl Topic {
    pub(super) const KEYS: &[Key] = &[
        Key::required("topic", "\"paid\""),
        Key::optional("filter", "[\"region = eu | us\"]"),
        Key::optional("batch_size", "10"),
        Key::optional("concurrency", "4"),
        Key::optional("max_attempts", "5"),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let topic = reader.required_resource("topic");
        let filter = read_filter(reader);
        let delivery = Delivery::read(reader);
        Some(Self { topic: topic?, filter: filter?, delivery: delivery? })
    }

    pub(super) fn what(&self) -> String {
        let conditions = self.filter.iter().map(|condition| format!(" [{condition}]"));
        conditions.fold(self.topic.clone(), |what, condition| what + &condition)
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

fn read_filter(reader: &mut Reader<'_>) -> Option<Vec<Condition>> {
    let Ok(texts) = reader.texts("filter") else { return None };
    let mut conditions: Vec<Condition> = Vec::new();
    let mut faultless = true;
    for text in texts.unwrap_or_default() {
        let kind = match text.value.parse::<Condition>() {
            Ok(condition) if conditions.iter().any(|it| it.attribute == condition.attribute) => {
                text.fault(FaultKind::ConditionTwice { attribute: condition.attribute })
            }
            Ok(condition) => {
                conditions.push(condition);
                continue;
            }
            Err(error) => {
                let FilterError { range, .. } = error.clone();
                text.fault_within(range, FaultKind::Filter(error))
            }
        };
        reader.push(kind);
        faultless = false;
    }
    faultless.then_some(conditions)
}
