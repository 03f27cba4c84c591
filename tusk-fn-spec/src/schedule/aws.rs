//! Schedules in the dialect of Amazon `EventBridge` Scheduler.
//!
//! `cron(minute hour day-of-month month day-of-week year)`. It counts days of the week from 1 (Sunday), wants `?` in
//! one of the two day fields, has no seconds, and documents no ranges that wrap. So nothing is copied from the source's
//! text: every field is written from its set, with names for months and weekdays, and steps as the values that they
//! stand for. The longest expression that can come out has 254 bytes, of 256 allowed.
//!
//! The comparison with [`Schedule::after`] holds wherever the clock runs evenly. Where it is changed, AWS documents
//! that an occurrence at a skipped time is left out, and that one at a repeated time is not repeated.

use super::field::Field;
use super::{DayMatch, Schedule, render};

/// Why a schedule is not one expression of `EventBridge` Scheduler.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum AwsScheduleError {
    /// It fires at other seconds than 0 only.
    Seconds {
        /// The field of seconds, as canonical text.
        seconds: String,
    },
    /// Days that match either day field.
    EitherDay {
        /// A schedule for the days of the month alone, as canonical text.
        by_date: String,
        /// A schedule for the days of the week alone, as canonical text.
        by_weekday: String,
    },
    /// Days that match both day fields.
    BothDays,
}

impl AwsScheduleError {
    /// What is wrong, in lower case and without a full stop.
    pub fn message(&self) -> String {
        match self {
            Self::Seconds { seconds } => {
                format!("the seconds are `{seconds}`, and EventBridge Scheduler fires at second 0 only")
            }
            Self::EitherDay { .. } => {
                "both day fields are restricted (`day_match = \"any\"`), which EventBridge Scheduler does not allow"
                    .to_owned()
            }
            Self::BothDays => {
                "both day fields are restricted (`day_match = \"all\"`), which EventBridge Scheduler does not allow"
                    .to_owned()
            }
        }
    }

    /// What to do instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Seconds { .. } => "write `0` for the seconds, or leave `aws` out of `targets`".to_owned(),
            Self::EitherDay { by_date, by_weekday } => format!(
                "write two functions, one for each day field: `{by_date}` and `{by_weekday}`; \
                 a day that matches both fires both"
            ),
            Self::BothDays => "restrict one day field, and look at the other in the handler".to_owned(),
        })
    }
}

impl Schedule {
    /// The schedule as an expression of `EventBridge` Scheduler: `cron(0,30 9-17 ? * MON-FRI *)`.
    ///
    /// # Errors
    ///
    /// Nothing is rounded: what one expression cannot say exactly is an error.
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::Schedule;
    /// let schedule = Schedule::parse("0 0 */6 * * 7", None)?;
    /// assert_eq!(schedule.to_aws()?, "cron(0 0,6,12,18 ? * SUN *)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_aws(&self) -> Result<String, AwsScheduleError> {
        if self.seconds != 1 {
            return Err(AwsScheduleError::Seconds { seconds: self.field_text(Field::Second) });
        }
        match self.day_match {
            None => {}
            Some(DayMatch::All) => return Err(AwsScheduleError::BothDays),
            Some(DayMatch::Any) => return Err(self.either_day()),
        }
        let (day, weekday) = if self.restricts(Field::DayOfWeek) {
            ("?".to_owned(), self.aws_field(Field::DayOfWeek))
        } else {
            (self.aws_field(Field::DayOfMonth), "?".to_owned())
        };
        let [minute, hour, month] = [Field::Minute, Field::Hour, Field::Month].map(|field| self.aws_field(field));
        Ok(format!("cron({minute} {hour} {day} {month} {weekday} *)"))
    }

    /// The error that holds the two schedules of which this one is made.
    fn either_day(&self) -> AwsScheduleError {
        let without = |field: Field| {
            let text = |other: Field| if other == field { "*".to_owned() } else { self.field_text(other) };
            Field::ALL.map(text).join(" ")
        };
        AwsScheduleError::EitherDay { by_date: without(Field::DayOfWeek), by_weekday: without(Field::DayOfMonth) }
    }

    fn aws_field(&self, field: Field) -> String {
        if self.restricts(field) { render::list(self.bits(field), |value| field.word(value)) } else { "*".to_owned() }
    }
}
