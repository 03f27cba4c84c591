//! The model of Amazon `EventBridge` Scheduler, from its documentation.
//!
//! "Cron-based schedules": six fields, of which the year comes last; days of the week from 1 (`SUN`) to 7 (`SAT`);
//! exactly one of the two day fields is `?`; no step among days of the week. What it does not mention, such as a range
//! that wraps, is not read here. `L`, `W`, `#` and years exist and are not needed.
//!
//! "Daylight savings time": a time that does not exist is skipped, and when the clock is set back a schedule "runs
//! only once and does not repeat its invocation". Which pass is meant is not said in so many words; what repeats is
//! the second.

use super::model::{Bounds, ClockRule, DayRule, Model, Values, digits};

const MONTHS: Bounds = Bounds {
    first: 1,
    last: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};

const WEEKDAYS: Bounds = Bounds { first: 1, last: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

/// The longest expression that the API takes.
const LONGEST: usize = 256;

pub(super) fn read(text: &str) -> Result<Model, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} characters"));
    }
    let fields = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')).ok_or("it is not `cron(...)`")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let [minutes, hours, days, months, weekdays, year] = fields[..] else {
        return Err("it does not have six fields".to_owned());
    };
    if (days == "?") == (weekdays == "?") {
        return Err("exactly one of the day fields must be `?`".to_owned());
    }
    if year != "*" {
        return Err("it does not hold for every year".to_owned());
    }
    if weekdays.contains('/') {
        return Err("a day of the week has no steps".to_owned());
    }
    let from_sunday = |days: Values| (1..=7_u8).filter(|day| days.has(day.cast_signed())).map(|day| day - 1).collect();
    Ok(Model {
        seconds: Values::all(0, 0),
        minutes: values(minutes, Bounds::numbers(0, 59))?,
        hours: values(hours, Bounds::numbers(0, 23))?,
        days: if days == "?" { Values::all(1, 31) } else { values(days, Bounds::numbers(1, 31))? },
        months: values(months, MONTHS)?,
        weekdays: if weekdays == "?" { Values::all(0, 6) } else { from_sunday(values(weekdays, WEEKDAYS)?) },
        day_rule: DayRule::Both,
        clock: ClockRule::Once,
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
        Some((base, step)) => (base, Some(usize::from(digits(step)?))),
        None => (element, None),
    };
    if step == Some(0) {
        return Err(format!("`{element}` steps by 0"));
    }
    let (first, last) = match base.split_once('-') {
        _ if base == "*" => (bounds.first, bounds.last),
        Some((first, last)) => (value(first, bounds)?, value(last, bounds)?),
        None if step.is_some() => (value(base, bounds)?, bounds.last),
        None => (value(base, bounds)?, value(base, bounds)?),
    };
    if first > last {
        return Err(format!("the range `{base}` goes backwards"));
    }
    Ok(Values::stepped(first, last, step.unwrap_or(1)))
}

fn value(text: &str, bounds: Bounds) -> Result<u8, String> {
    match (bounds.first..=bounds.last).zip(bounds.names).find(|(_, name)| **name == text) {
        Some((value, _)) => Ok(value),
        None => bounds.check(digits(text)?),
    }
}
