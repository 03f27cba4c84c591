//! Schedules in the dialect of Google Cloud Scheduler, unix-cron: `minute hour day-of-month month day-of-week`.
//!
//! Its documentation has a step only behind `*` or a range, a range only of numbers, and an inclusive or of the two day
//! fields "unless one of them is marked as unrestricted by an asterisk". So days are values and ranges of numbers.

use super::super::field::Field;
use super::super::{DayMatch, Schedule};
use super::UnsupportedKind;

pub(super) fn render(schedule: &Schedule) -> Result<String, UnsupportedKind> {
    schedule.without_seconds()?;
    schedule.without_day_match(&[DayMatch::All])?;
    Ok(schedule.joined(&Field::ALL[1..]))
}
