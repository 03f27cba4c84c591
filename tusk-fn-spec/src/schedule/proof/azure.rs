//! The model of Azure Functions' timers, from the source of `NCrontab` 3.3.3, which `WebJobs.Extensions` reads with.
//!
//! Fields are parted by blanks only; six, or five without the seconds. A name is any beginning of an English name, and
//! the first that fits counts. A range whose start is larger than its end has them swapped. A step below 1 is 1. A day
//! must match both fields. There is no other notation.

use super::model::{Bounds, ClockRule, DayRule, Model, Values};

const MONTHS: Bounds = Bounds {
    first: 1,
    last: 12,
    names: &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
};

const WEEKDAYS: Bounds = Bounds {
    first: 0,
    last: 6,
    names: &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
};

pub(super) fn read(text: &str) -> Result<Model, String> {
    let fields: Vec<&str> = text.split(' ').filter(|field| !field.is_empty()).collect();
    let [seconds, minutes, hours, days, months, weekdays] = match fields[..] {
        [minutes, hours, days, months, weekdays] => ["0", minutes, hours, days, months, weekdays],
        [seconds, minutes, hours, days, months, weekdays] => [seconds, minutes, hours, days, months, weekdays],
        _ => return Err("it has neither five nor six fields".to_owned()),
    };
    Ok(Model {
        seconds: values(seconds, Bounds::numbers(0, 59))?,
        minutes: values(minutes, Bounds::numbers(0, 59))?,
        hours: values(hours, Bounds::numbers(0, 23))?,
        days: values(days, Bounds::numbers(1, 31))?,
        months: values(months, MONTHS)?,
        weekdays: values(weekdays, WEEKDAYS)?,
        day_rule: DayRule::Both,
        clock: ClockRule::Utc,
    })
}

fn values(field: &str, bounds: Bounds) -> Result<Values, String> {
    let mut all = Values::default();
    for element in field.split(',') {
        all = all.and(element_values(element, bounds)?);
    }
    Ok(all)
}

fn element_values(element: &str, bounds: Bounds) -> Result<Values, String> {
    let (base, step) = match element.split_once('/') {
        Some((base, step)) => (base, Some(step.parse::<i32>().map_err(|_| format!("`{step}` is no step"))?)),
        None => (element, None),
    };
    let (first, last) = match base.split_once('-') {
        _ if base == "*" => (bounds.first, bounds.last),
        Some((first, last)) => (value(first, bounds)?, value(last, bounds)?),
        None if step.is_some() => (value(base, bounds)?, bounds.last),
        None => (value(base, bounds)?, value(base, bounds)?),
    };
    let (first, last) = (bounds.check(first.min(last))?, bounds.check(first.max(last))?);
    Ok(Values::stepped(first, last, step.and_then(|step| usize::try_from(step).ok()).unwrap_or(1)))
}

fn value(text: &str, bounds: Bounds) -> Result<u8, String> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return text.parse().map_err(|_| format!("`{text}` is no number"));
    }
    let lower = text.to_ascii_lowercase();
    let found = (bounds.first..=bounds.last).zip(bounds.names).find(|(_, name)| name.starts_with(&lower));
    found.filter(|_| !text.is_empty()).map(|(value, _)| value).ok_or_else(|| format!("`{text}` is no value"))
}
