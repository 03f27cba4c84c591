//! Schedules in the dialect of Amazon `EventBridge` Scheduler: `cron(minute hour day-of-month month day-of-week year)`.
//!
//! It counts days of the week from 1 (Sunday), wants `?` in one of the two day fields, has no seconds, and documents
//! no ranges that wrap. So months and weekdays are written by their names, and steps as the values that they stand
//! for. The longest expression that can come out has 254 bytes, of 256 allowed.

use super::super::field::Field;
use super::super::{DayMatch, Schedule, render};
use super::UnsupportedKind;

pub(super) fn render(schedule: &Schedule) -> Result<String, UnsupportedKind> {
    schedule.without_seconds()?;
    schedule.without_day_match(&[DayMatch::Any, DayMatch::All])?;
    let (day, weekday) = if schedule.restricts(Field::DayOfWeek) {
        ("?".to_owned(), words(schedule, Field::DayOfWeek))
    } else {
        (words(schedule, Field::DayOfMonth), "?".to_owned())
    };
    let [minute, hour, month] = [Field::Minute, Field::Hour, Field::Month].map(|field| words(schedule, field));
    Ok(format!("cron({minute} {hour} {day} {month} {weekday} *)"))
}

fn words(schedule: &Schedule, field: Field) -> String {
    if schedule.restricts(field) {
        render::list(schedule.bits(field), |value| field.word(value))
    } else {
        "*".to_owned()
    }
}
