//! Tests of the schedule language, by theme.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod aws;
mod language;
mod moments;
mod platforms;
mod zones;

use super::{DayMatch, Schedule, ScheduleError};

/// A deterministic source of numbers (xorshift), so that a failure can be repeated.
pub(in crate::schedule) struct Random(pub(in crate::schedule) u64);

impl Random {
    pub(in crate::schedule) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(in crate::schedule) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    /// A text of random fields, most of them valid.
    pub(in crate::schedule) fn schedule(&mut self, second: &str) -> String {
        let hour = self.field(0, 23);
        let (minute, day, month, weekday) = (self.field(0, 59), self.field(1, 31), self.field(1, 12), self.field(0, 7));
        match self.below(3) {
            0 => format!("{second} {minute} {hour} {day} * *"),
            1 => format!("{second} {minute} {hour} * {month} {weekday}"),
            _ => format!("{second} {minute} {hour} {day} {month} {weekday}"),
        }
    }

    fn field(&mut self, min: u64, max: u64) -> String {
        let count = 1 + self.below(3);
        let elements: Vec<String> = (0..count).map(|_| self.element(min, max)).collect();
        elements.join(",")
    }

    fn element(&mut self, min: u64, max: u64) -> String {
        let value = |random: &mut Self| min + random.below(max - min + 1);
        match self.below(6) {
            0 => "*".to_owned(),
            1 => format!("*/{}", 1 + self.below((max - min) / 2)),
            2 => format!("{}-{}", value(self), value(self)),
            3 => format!("{}-{}/2", min, max - self.below(2)),
            _ => value(self).to_string(),
        }
    }
}

/// Parses with whatever `day_match` the text needs.
fn parse(text: &str) -> Result<Schedule, ScheduleError> {
    Schedule::parse(text, None).or_else(|_| Schedule::parse(text, Some(DayMatch::All)))
}

fn schedule(text: &str) -> Schedule {
    Schedule::parse(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}
