//! Schedules in the dialect of Azure Functions, which is that of `NCrontab`, with seconds:
//! `second minute hour day-of-month month day-of-week`.
//!
//! Sunday is 0, and 7 is refused. Names are read by their first letters (`J` is January), so numbers are the safer
//! spelling. A day must match both day fields. `WEBSITE_TIME_ZONE` sets a zone for a whole app, and does not exist on
//! the plan Flex Consumption, so times are in UTC.

use jiff::tz::TimeZone;

use super::super::field::Field;
use super::super::{DayMatch, Schedule};
use super::UnsupportedKind;

/// The names of UTC itself. Other zones may show the same time today, and another one once a law is changed.
const UTC: [&str; 8] = ["UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"];

pub(super) fn render(schedule: &Schedule, zone: &TimeZone) -> Result<String, UnsupportedKind> {
    if !is_utc(zone) {
        return Err(UnsupportedKind::Zone { zone: zone.iana_name().map(str::to_owned) });
    }
    schedule.without_day_match(&[DayMatch::Any])?;
    Ok(schedule.joined(&Field::ALL))
}

fn is_utc(zone: &TimeZone) -> bool {
    *zone == TimeZone::UTC || zone.iana_name().is_some_and(|name| UTC.contains(&name))
}
