//! Schedules in the dialect of Knative's `PingSource`, which is that of robfig/cron 3.0.1 with optional seconds:
//! `[second] minute hour day-of-month month day-of-week`.
//!
//! A day must match one of the day fields, or both if one of them has a `*` or `?` in its text without a step above 1.
//! So a restricted day field never has a `*` in it, and one that is not restricted is `*` alone. The webhook that
//! checks a `PingSource` has no limit on the length of the text (eventing, `ping_validation.go`).

use super::super::field::Field;
use super::super::{DayMatch, Schedule};
use super::UnsupportedKind;

pub(super) fn render(schedule: &Schedule) -> Result<String, UnsupportedKind> {
    schedule.without_day_match(&[DayMatch::All])?;
    // Five fields are what every version of Knative reads; it takes seconds since 1.13.
    let fields = if schedule.fires_at_second_0() { &Field::ALL[1..] } else { &Field::ALL[..] };
    Ok(schedule.joined(fields))
}
