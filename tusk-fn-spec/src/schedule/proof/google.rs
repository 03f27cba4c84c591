//! The model of Google Cloud Scheduler, from its documentation, "Cron job format and time zone".
//!
//! Five fields; `*`, numbers, ranges of two numbers, lists of both, and a step behind `*` or a range. Months and days
//! of the week may be their first three letters in upper case; both 0 and 7 are Sunday. The two day fields are "an
//! inclusive or, unless one of the fields is marked as unrestricted by an asterisk". Whether a `*/2` is such a mark is
//! not said, so it is not read here.
//!
//! It "runs on wall clock time", so a skipped time does not come. Where a time comes twice, a job "may observe
//! execution anomalies", which says neither once nor twice.

use super::model::{Bounds, ClockRule, DayRule, Model, Values, digits};

const MONTHS: Bounds = Bounds {
    first: 1,
    last: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};

const WEEKDAYS: Bounds = Bounds { first: 0, last: 7, names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

pub(super) fn read(text: &str) -> Result<Model, String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minutes, hours, days, months, weekdays] = fields[..] else {
        return Err("it does not have five fields".to_owned());
    };
    if days.contains("*/") || weekdays.contains("*/") {
        return Err("whether a step from `*` restricts a day field is not documented".to_owned());
    }
    let day_rule = if days == "*" || weekdays == "*" { DayRule::Both } else { DayRule::Either };
    let numbers = values(weekdays, WEEKDAYS)?;
    Ok(Model {
        seconds: Values::all(0, 0),
        minutes: values(minutes, Bounds::numbers(0, 59))?,
        hours: values(hours, Bounds::numbers(0, 23))?,
        days: values(days, Bounds::numbers(1, 31))?,
        months: values(months, MONTHS)?,
        weekdays: (0..=7).filter(|day| numbers.has(*day)).map(|day| day.cast_unsigned() % 7).collect(),
        day_rule,
        clock: ClockRule::Unclear,
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
        Some((base, step)) => (base, usize::from(digits(step)?)),
        None if element == "*" => (element, 1),
        None if !element.contains('-') => return value(element, bounds).map(|value| Values::all(value, value)),
        None => (element, 1),
    };
    let (first, last) = match base.split_once('-') {
        Some((first, last)) => (bounds.check(digits(first)?)?, bounds.check(digits(last)?)?),
        None if base == "*" => (bounds.first, bounds.last),
        None => return Err(format!("`{element}` has a step without a range")),
    };
    if first > last || step == 0 {
        return Err(format!("`{element}` goes backwards, or nowhere"));
    }
    Ok(Values::stepped(first, last, step))
}

fn value(text: &str, bounds: Bounds) -> Result<u8, String> {
    match (bounds.first..).zip(bounds.names).find(|(_, name)| **name == text) {
        Some((value, _)) => Ok(value),
        None => bounds.check(digits(text)?),
    }
}
