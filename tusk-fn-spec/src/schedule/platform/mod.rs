//! Schedules in the dialects of the platforms.
//!
//! Every platform has its own cron, and the same text means different things to them. So nothing is copied from the
//! source's text: each dialect is rendered from the sets, in the words that its platform documents or that its source
//! shows to be read, and what it cannot say exactly is an error. That a rendered text means the schedule is not taken
//! on trust either: [`Schedule::prove`] reads it back.
//!
//! | | AWS | Azure | Google | Knative |
//! |---|---|---|---|---|
//! | what reads it | `EventBridge` Scheduler | `NCrontab` 3.3.3 | Cloud Scheduler | robfig/cron 3.0.1 |
//! | seconds | no | always | no | if there are any |
//! | Sunday | 1 | 0, and 7 is refused | 0 or 7 | 0, and 7 is refused |
//! | both day fields | refused | both must match | one must match | one must match |
//! | zone | any | UTC | any | any |
//!
//! Three rules hold for all. Days are values and ascending ranges, never steps: `*/2` is a `*` to some readers, and
//! lifts the restriction or changes the rule for two day fields. A day field that is not restricted is `*` (or `?`),
//! never `1-31`, which some readers take for a restriction. No range wraps: `NCrontab` swaps the ends of one that does.

mod aws;
mod azure;
mod error;
mod google;
mod knative;

use jiff::tz::TimeZone;

use super::field::Field;
use super::{DayMatch, Schedule, render};
use crate::provider::Target;

pub(super) use error::scheduler;
pub use error::{UnsupportedKind, UnsupportedSchedule};

impl Schedule {
    /// The schedule as the text that a platform's scheduler takes.
    ///
    /// `zone` is the one that the schedule's times are meant in. It is set beside the text, not in it, but not every
    /// platform has zones.
    ///
    /// # Errors
    ///
    /// Nothing is rounded: what one text cannot say exactly is an error.
    ///
    /// ```
    /// # use tusk_fn_spec::provider::Target;
    /// # use tusk_fn_spec::schedule::{Schedule, zone};
    /// let schedule = Schedule::parse("0 */15 9-17 * * FRI-MON", None)?;
    /// let utc = zone("UTC")?;
    /// assert_eq!(schedule.render_for(Target::Aws, &utc)?, "cron(0,15,30,45 9-17 ? * SUN,MON,FRI,SAT *)");
    /// assert_eq!(schedule.render_for(Target::Azure, &utc)?, "0 */15 9-17 * * 0,1,5,6");
    /// assert_eq!(schedule.render_for(Target::Google, &utc)?, "*/15 9-17 * * 0,1,5,6");
    /// assert_eq!(schedule.render_for(Target::Knative, &utc)?, "*/15 9-17 * * 0,1,5,6");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn render_for(&self, target: Target, zone: &TimeZone) -> Result<String, UnsupportedSchedule> {
        match target {
            Target::Aws => aws::render(self),
            Target::Azure => azure::render(self, zone),
            Target::Google => google::render(self),
            Target::Knative => knative::render(self),
        }
        .map_err(|kind| UnsupportedSchedule { target, kind })
    }

    /// The schedule as an expression of `EventBridge` Scheduler: `cron(0,30 9-17 ? * MON-FRI *)`.
    ///
    /// # Errors
    ///
    /// Those of [`Schedule::render_for`].
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::Schedule;
    /// let schedule = Schedule::parse("0 0 */6 * * 7", None)?;
    /// assert_eq!(schedule.to_aws()?, "cron(0 0,6,12,18 ? * SUN *)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_aws(&self) -> Result<String, UnsupportedSchedule> {
        self.render_for(Target::Aws, &TimeZone::UTC)
    }

    /// The schedule as a `PingSource` of Knative has it: `*/30 9-17 * * 1-5`. The zone stands beside it.
    ///
    /// # Errors
    ///
    /// Those of [`Schedule::render_for`].
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::Schedule;
    /// let schedule = Schedule::parse("0 0 */6 * * 7", None)?;
    /// assert_eq!(schedule.to_knative()?, "0 */6 * * 0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_knative(&self) -> Result<String, UnsupportedSchedule> {
        self.render_for(Target::Knative, &TimeZone::UTC)
    }

    /// A field as platforms read it that know numbers from 0 (Sunday): days as values and ranges, never as steps.
    fn numbers(&self, field: Field) -> String {
        if field.is_day() && self.restricts(field) {
            render::list(self.bits(field), |value| value.to_string())
        } else {
            self.field_text(field)
        }
    }

    /// Fields as numbers, with blanks between them.
    fn joined(&self, fields: &[Field]) -> String {
        let texts: Vec<String> = fields.iter().map(|field| self.numbers(*field)).collect();
        texts.join(" ")
    }

    /// Refuses other seconds than 0.
    fn without_seconds(&self) -> Result<(), UnsupportedKind> {
        if self.fires_at_second_0() {
            return Ok(());
        }
        Err(UnsupportedKind::Seconds { seconds: self.field_text(Field::Second) })
    }

    fn fires_at_second_0(&self) -> bool {
        self.seconds == 1
    }

    /// Refuses the ways in which day fields combine that a platform has not.
    fn without_day_match(&self, refused: &[DayMatch]) -> Result<(), UnsupportedKind> {
        match self.day_match.filter(|day_match| refused.contains(day_match)) {
            None => Ok(()),
            Some(DayMatch::All) => Err(UnsupportedKind::BothDays),
            Some(DayMatch::Any) => Err(self.either_day()),
        }
    }

    /// The error that holds the two schedules of which this one is made.
    fn either_day(&self) -> UnsupportedKind {
        let without = |field: Field| {
            let text = |other: Field| if other == field { "*".to_owned() } else { self.field_text(other) };
            Field::ALL.map(text).join(" ")
        };
        UnsupportedKind::EitherDay { by_date: without(Field::DayOfWeek), by_weekday: without(Field::DayOfMonth) }
    }
}
