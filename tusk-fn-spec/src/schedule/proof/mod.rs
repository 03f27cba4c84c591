//! Whether a text means to a platform what the schedule means: both are run, and compared.
//!
//! For each platform there is a model: a reader of that platform's text and a rule for its clock, written from the
//! platform's source or documentation. It shares nothing with the parser of schedules or with the renderers, so that
//! one misunderstanding cannot hide in both. [`Schedule::prove`] compares its occurrences with the schedule's over five
//! years.
//!
//! # Why this covers every instant
//!
//! A schedule for every second has 158 million instants in five years, so they are not compared one by one.
//!
//! 1. *The calendar.* Where a clock runs evenly, schedule and model both fire at the times of the wall that are a
//!    matching day at a matching time of day: a product of two sets. The times of day are a product themselves, of
//!    hours, minutes and seconds, none of which can be empty. So the times of the wall are equal exactly if the hours,
//!    minutes and seconds are and if the same days match, and every day of the five years is looked at. The schedule's
//!    days are those on which [`Schedule::after`] finds an occurrence in UTC. A difference here is a mistake of this
//!    crate, and an error: [`ProofError::Disagrees`].
//! 2. *The changes of the clock.* With the calendars equal, the two can differ only where the rule of a clock comes in.
//!    Around each change in the five years the instants themselves are compared.
//!    - Of a scheduler that looks at the clock (AWS, Google), whether it fires at an instant depends on what the clock
//!      shows then, and on whether it has shown it before. For a change by `d` that differs from an even clock only
//!      from `d` before the change to `d` after it, and the schedule moves times by `d` at most.
//!    - robfig/cron (Knative) steps from one occurrence to the next, and goes wrong if it steps across a change. Its
//!      next occurrence depends on nothing but the last one, so it is stepped from the last occurrence before a change
//!      to the first that is far enough behind it (`robfig` has the argument for how far that is), and the schedule's
//!      occurrences between these two are compared.
//!    - Azure has UTC only, without changes.
//!
//!    A difference here is the platform's, and no error but a result: [`Proof::Differs`].

mod aws;
mod azure;
mod calendar;
mod changes;
mod difference;
mod google;
mod knative;
mod model;
mod robfig;
#[cfg(test)]
mod tests;

use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::Schedule;
use super::platform::scheduler;
use crate::provider::Target;
use model::{ClockRule, Model};

pub use difference::{ClockChange, Difference, Side};

/// For how many years occurrences are compared.
pub const YEARS: i64 = 5;

/// What the comparison of a schedule with a platform's text has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The platform fires at the same instants.
    Exact,
    /// The platform fires at the same instants, except where a clock is changed.
    Differs {
        /// The first instant at which it does not.
        first: Difference,
    },
}

/// Why there is no proof: a mistake of this crate, or a text that it did not write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The platform would refuse the text, or its documentation does not say what the text means.
    #[error("`{text}` is nothing that {scheduler} reads: {reason}")]
    Unreadable {
        /// What should read it.
        scheduler: &'static str,
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The text means something else, and not only where a clock is changed.
    #[error("{0}")]
    Disagrees(Difference),
}

impl Schedule {
    /// Compares the schedule's occurrences with those of a platform's text, over five years after `from`, by the clock
    /// of `zone`. The platform's scheduler is taken to run since before that.
    ///
    /// # Errors
    ///
    /// The first difference, if the text means something else; none arises with a text of [`Schedule::render_for`].
    ///
    /// ```
    /// # use tusk_fn_spec::provider::Target;
    /// # use tusk_fn_spec::schedule::{Proof, Schedule, zone};
    /// let nightly = Schedule::parse("0 30 2 * * *", None)?;
    /// let berlin = zone("Europe/Berlin")?;
    /// let text = nightly.render_for(Target::Aws, &berlin)?;
    /// let proof = nightly.prove(Target::Aws, &text, &berlin, "2026-01-01T00:00:00Z".parse()?)?;
    /// let Proof::Differs { first } = proof else { panic!("{proof:?}") };
    /// assert_eq!(
    ///     first.to_string(),
    ///     "EventBridge Scheduler does not fire at 2026-03-29 03:00+02:00 in Europe/Berlin, where the schedule does: \
    ///      the clock goes from 2026-03-29 02:00 to 03:00"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prove(&self, target: Target, text: &str, zone: &TimeZone, from: Timestamp) -> Result<Proof, ProofError> {
        let model = read(target, text)?;
        if model.clock == ClockRule::Utc && !shows_utc(zone, from, years_after(from)) {
            return Err(unreadable(target, text, "its times would be in UTC".to_owned()));
        }
        let comparison = Comparison { schedule: self, model: &model, target, zone, from, to: years_after(from) };
        if let Some(first) = calendar::difference(&comparison) {
            return Err(ProofError::Disagrees(first));
        }
        Ok(changes::difference(&comparison).map_or(Proof::Exact, |first| Proof::Differs { first }))
    }
}

/// What is compared.
struct Comparison<'a> {
    schedule: &'a Schedule,
    model: &'a Model,
    target: Target,
    zone: &'a TimeZone,
    /// The comparison begins after this moment.
    from: Timestamp,
    to: Timestamp,
}

fn read(target: Target, text: &str) -> Result<Model, ProofError> {
    match target {
        Target::Aws => aws::read(text),
        Target::Azure => azure::read(text),
        Target::Google => google::read(text),
        Target::Knative => knative::read(text),
    }
    .map_err(|reason| unreadable(target, text, reason))
}

fn unreadable(target: Target, text: &str, reason: String) -> ProofError {
    ProofError::Unreadable { scheduler: scheduler(target), text: text.to_owned(), reason }
}

/// Whether the clock of a zone shows UTC all the time.
fn shows_utc(zone: &TimeZone, from: Timestamp, to: Timestamp) -> bool {
    let mut changes = zone.following(from).take_while(|change| change.timestamp() <= to);
    zone.to_offset(from) == Offset::UTC && changes.all(|change| change.offset() == Offset::UTC)
}

/// The same time some years later, or the end of the calendar.
fn years_after(from: Timestamp) -> Timestamp {
    let later = from.to_zoned(TimeZone::UTC).checked_add(Span::new().years(YEARS));
    later.map_or(Timestamp::MAX, |later| later.timestamp())
}
