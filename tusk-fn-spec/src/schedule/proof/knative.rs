//! The model of what Knative's `PingSource` reads, from the source of robfig/cron 3.0.1 (`parser.go`), with the options
//! that `ping_validation.go` of Knative Eventing gives it: five fields, or six with the seconds first.
//!
//! An empty element of a list is ignored. `?` is `*` in every field. `a/n` goes to the largest value. Names have three
//! letters in any case. Ranges do not wrap, and 7 is no day. A field has a star if an element is `*` or `?`, be it
//! with a step of 1, but not with a larger one; the day fields combine by "both" if one of them has a star, else by
//! "either".

use super::model::{Bounds, ClockRule, DayRule, Model, Values};

const MONTHS: Bounds = Bounds {
    first: 1,
    last: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};

const WEEKDAYS: Bounds = Bounds { first: 0, last: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

pub(super) fn read(text: &str) -> Result<Model, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [seconds, minutes, hours, days, months, weekdays] = match fields[..] {
        [minutes, hours, days, months, weekdays] => ["0", minutes, hours, days, months, weekdays],
        [seconds, minutes, hours, days, months, weekdays] => [seconds, minutes, hours, days, months, weekdays],
        _ => return Err("it has neither five nor six fields".to_owned()),
    };
    let days = read_field(days, Bounds::numbers(1, 31))?;
    let weekdays = read_field(weekdays, WEEKDAYS)?;
    Ok(Model {
        seconds: read_field(seconds, Bounds::numbers(0, 59))?.values,
        minutes: read_field(minutes, Bounds::numbers(0, 59))?.values,
        hours: read_field(hours, Bounds::numbers(0, 23))?.values,
        months: read_field(months, MONTHS)?.values,
        day_rule: if days.has_star || weekdays.has_star { DayRule::Both } else { DayRule::Either },
        days: days.values,
        weekdays: weekdays.values,
        clock: ClockRule::Robfig,
    })
}

#[derive(Default)]
struct Field {
    values: Values,
    has_star: bool,
}

fn read_field(text: &str, bounds: Bounds) -> Result<Field, String> {
    let mut field = Field::default();
    for element in text.split(',').filter(|element| !element.is_empty()) {
        let read = read_element(element, bounds)?;
        field = Field { values: field.values.and(read.values), has_star: field.has_star || read.has_star };
    }
    Ok(field)
}

fn read_element(element: &str, bounds: Bounds) -> Result<Field, String> {
    let parts: Vec<&str> = element.split('/').collect();
    let (base, step) = match parts[..] {
        [base] => (base, None),
        [base, step] => (base, Some(number(step)?)),
        _ => return Err(format!("`{element}` has too many slashes")),
    };
    let ends: Vec<&str> = base.split('-').collect();
    let is_star = matches!(ends[..], ["*" | "?", ..]);
    let (first, last) = match ends[..] {
        _ if is_star => (bounds.first, bounds.last),
        [one] if step.is_some() => (value(one, bounds)?, bounds.last),
        [one] => (value(one, bounds)?, value(one, bounds)?),
        [first, last] => (value(first, bounds)?, value(last, bounds)?),
        _ => return Err(format!("`{element}` has too many hyphens")),
    };
    let step = step.unwrap_or(1);
    if first > last || step == 0 {
        return Err(format!("`{element}` goes backwards, or nowhere"));
    }
    let values = Values::stepped(bounds.check(first)?, bounds.check(last)?, step.into());
    Ok(Field { values, has_star: is_star && step == 1 })
}

fn value(text: &str, bounds: Bounds) -> Result<u8, String> {
    let lower = text.to_lowercase();
    match (bounds.first..=bounds.last).zip(bounds.names).find(|(_, name)| **name == lower) {
        Some((value, _)) => Ok(value),
        None => number(text),
    }
}

/// What Go's `Atoi` reads and robfig/cron accepts; larger numbers are beyond every bound anyway.
fn number(text: &str) -> Result<u8, String> {
    text.parse::<u8>().map_err(|_| format!("`{text}` is no number"))
}
