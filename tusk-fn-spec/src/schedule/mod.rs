//! Schedules: `0 */5 * * * *`.
//!
//! ```text
//! schedule = [second] minute hour day-of-month month day-of-week | macro
//! field    = element *("," element)
//! element  = ("*" | "?" | value | value "-" value) ["/" step]
//! value    = a number, or a name of three letters in any case (JAN to DEC, SUN to SAT)
//! macro    = "@hourly" | "@daily" | "@midnight" | "@weekly" | "@monthly" | "@yearly" | "@annually"
//! ```
//!
//! Without the field of seconds they are 0. `?` is a `*` that only the two day fields may have. `a/n` goes from `a` to
//! the field's largest value; a range may wrap (`22-2`, `FRI-MON`); 7 is Sunday, as 0 is.
//!
//! A [`Schedule`] holds no text: every field is expanded to the set of its values. Platforms disagree about what a
//! piece of cron text means, never about what a set means, so each dialect is rendered from the sets and none from
//! another one's text. From that follows what "restricted" means: a field is restricted when its set lacks a value,
//! however it was written, so `*/2` restricts a field, and `*/1` and `1-31` do not.

mod dialect;
mod error;
mod explain;
mod field;
mod occurrences;
mod parse;
mod piece;
mod platform;
mod proof;
mod render;
#[cfg(test)]
mod tests;
mod wording;
mod zone;

use std::fmt;

pub use error::{ScheduleError, ScheduleErrorKind};
pub use field::Field;
pub use platform::{UnsupportedKind, UnsupportedSchedule};
pub use proof::{ClockChange, Difference, Proof, ProofError, Side, YEARS};
pub use zone::{UnknownZone, ZoneMistake, zone};

/// The longest text of a schedule, in bytes.
pub const LONGEST: usize = 256;

/// When a timer fires: the values of each field, and how its two day fields combine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    seconds: u64,
    minutes: u64,
    hours: u32,
    days_of_month: u32,
    months: u16,
    weekdays: u8,
    day_match: Option<DayMatch>,
}

/// Which days a schedule means that restricts both the day of the month and the day of the week.
///
/// Platforms disagree about this one (some take either day, some want both), so the source has to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayMatch {
    /// Days that match at least one of the two fields.
    Any,
    /// Days that match both fields.
    All,
}

impl DayMatch {
    /// The value that `name` stands for in an attribute: `any` or `all`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Any, Self::All].into_iter().find(|value| value.name() == name)
    }

    /// The name that an attribute writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
        }
    }
}

impl fmt::Display for DayMatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Schedule {
    /// Reads the text of a schedule.
    ///
    /// # Errors
    ///
    /// The first fault from the left, with the range of bytes that it stands at. A schedule that restricts both day
    /// fields needs `day_match`, and no other schedule may have it.
    pub fn parse(text: &str, day_match: Option<DayMatch>) -> Result<Self, ScheduleError> {
        parse::parse(text, day_match)
    }

    /// How the two day fields combine; set exactly when both are restricted.
    pub const fn day_match(&self) -> Option<DayMatch> {
        self.day_match
    }

    /// The values of one field, ascending; Sunday is 0.
    pub fn values(&self, field: Field) -> impl Iterator<Item = u8> + use<> {
        let bits = self.bits(field);
        (field.smallest()..=field.largest()).filter(move |value| bits >> value & 1 == 1)
    }

    /// Whether the field lacks some value, that is, whether it would not be rendered as `*`.
    pub fn restricts(&self, field: Field) -> bool {
        self.bits(field) != field.full()
    }

    /// One field in the canonical text: `*`, `*/5`, `1-5` or `0,30`.
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::{Field, Schedule};
    /// let schedule = Schedule::parse("0 0 9-17 * * MON-FRI", None)?;
    /// assert_eq!(schedule.field_text(Field::Hour), "9-17");
    /// assert_eq!(schedule.field_text(Field::DayOfWeek), "1-5");
    /// # Ok::<(), tusk_fn_spec::schedule::ScheduleError>(())
    /// ```
    pub fn field_text(&self, field: Field) -> String {
        render::field(self.bits(field), field)
    }

    fn bits(&self, field: Field) -> u64 {
        match field {
            Field::Second => self.seconds,
            Field::Minute => self.minutes,
            Field::Hour => self.hours.into(),
            Field::DayOfMonth => self.days_of_month.into(),
            Field::Month => self.months.into(),
            Field::DayOfWeek => self.weekdays.into(),
        }
    }
}

/// The canonical text: always six fields, numbers only. With the same `day_match` it parses to an equal schedule.
impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(formatter, "{separator}{}", self.field_text(field))?;
        }
        Ok(())
    }
}
