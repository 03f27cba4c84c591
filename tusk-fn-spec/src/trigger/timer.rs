//! `trigger = "timer"`: an instant of a schedule.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::fault::FaultKind;
use crate::reader::Reader;
use crate::schedule::{self, DayMatch, Schedule};

/// A function that is run on a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct Timer {
    /// When it runs.
    pub schedule: Schedule,
    /// The schedule as the source has it.
    pub text: String,
    /// The IANA name of the zone whose clock the schedule means.
    pub zone: String,
}

/// The zone of a schedule that names none.
pub const DEFAULT_ZONE: &str = "UTC";

/// A timer as its record writes it.
#[derive(Serialize, Deserialize)]
struct Text {
    schedule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tz: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day_match: Option<String>,
}

impl TryFrom<Text> for Timer {
    type Error = String;

    fn try_from(text: Text) -> Result<Self, String> {
        let day_match = match text.day_match.as_deref() {
            None => None,
            Some(word) => Some(DayMatch::from_name(word).ok_or_else(|| format!("unknown day_match {word:?}"))?),
        };
        let schedule = Schedule::parse(&text.schedule, day_match).map_err(|error| error.kind.message())?;
        let zone = text.tz.unwrap_or_else(|| DEFAULT_ZONE.to_owned());
        Ok(Self { schedule, text: text.schedule, zone })
    }
}

impl From<Timer> for Text {
    fn from(timer: Timer) -> Self {
        Self {
            tz: (timer.zone != DEFAULT_ZONE).then_some(timer.zone),
            day_match: timer.schedule.day_match().map(|it| it.name().to_owned()),
            schedule: timer.text,
        }
    }
}

/// The words that `day_match = "…"` takes.
pub const DAY_MATCH_NAMES: [&str; 2] = ["any", "all"];

impl Timer {
    /// What the schedule means, a line each: its fields as they were read, and the next three runs after `from`.
    pub fn explain(&self, from: SystemTime) -> Vec<String> {
        match (Timestamp::try_from(from), schedule::zone(&self.zone)) {
            (Ok(from), Ok(zone)) => self.schedule.explain(from, &zone),
            _ => Vec::new(),
        }
    }

    pub(super) const KEYS: &[Key] = &[
        Key::required("schedule", "\"0 */5 * * * *\""),
        Key::optional("tz", "\"Europe/Berlin\""),
        Key::optional("day_match", "\"any\""),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.required_text("schedule");
        let zone = read_zone(reader);
        let day_match = read_day_match(reader);
        let (text, day_match) = (text?, day_match?);
        match Schedule::parse(&text.value, day_match) {
            Ok(schedule) => Some(Self { schedule, text: text.value, zone: zone? }),
            Err(error) => {
                reader.push(text.fault_within(error.range.clone(), FaultKind::Schedule(error)));
                None
            }
        }
    }

    pub(super) fn what(&self) -> String {
        format!("{} {}", self.text, self.zone)
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

fn read_zone(reader: &mut Reader<'_>) -> Option<String> {
    let Ok(text) = reader.text("tz") else { return None };
    let Some(text) = text else { return Some(DEFAULT_ZONE.to_owned()) };
    match schedule::zone(&text.value) {
        Ok(_) => Some(text.value),
        Err(error) => {
            reader.push(text.fault(FaultKind::UnknownZone(error)));
            None
        }
    }
}

/// `None` where a fault was reported, else the key's value, if it has one.
#[expect(clippy::option_option, reason = "a fault and an absent key differ")]
fn read_day_match(reader: &mut Reader<'_>) -> Option<Option<DayMatch>> {
    let Ok(text) = reader.text("day_match") else { return None };
    let Some(text) = text else { return Some(None) };
    if let Some(day_match) = DayMatch::from_name(&text.value) {
        return Some(Some(day_match));
    }
    reader.push(text.fault(FaultKind::UnknownDayMatch { found: text.value.clone() }));
    None
}
