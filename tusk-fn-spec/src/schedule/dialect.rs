//! What other systems write where a schedule is expected, and what it would be here.
//!
//! A text of another dialect is never accepted as if it were this one: it is recognised, so that the error can name the
//! dialect and the help can hold the translation. A translation is offered only if this crate's own parser accepts it.

use std::time::Duration;

use super::error::{ScheduleError, ScheduleErrorKind as Kind};
use super::field::{Field, WEEKDAYS};
use super::parse::{fault, read};
use super::piece::Piece;
use crate::suggest::nearest;
use crate::units::parse_duration;

/// The macros, and the fields that they stand for.
const MACROS: [(&str, &str); 7] = [
    ("@hourly", "0 0 * * * *"),
    ("@daily", "0 0 0 * * *"),
    ("@midnight", "0 0 0 * * *"),
    ("@weekly", "0 0 0 * * 0"),
    ("@monthly", "0 0 0 1 * *"),
    ("@yearly", "0 0 0 1 1 *"),
    ("@annually", "0 0 0 1 1 *"),
];

/// The fields that a macro stands for; `None` if the text is no macro.
pub(super) fn macro_fields(whole: Piece<'_>) -> Result<Option<&'static str>, ScheduleError> {
    if !whole.text.starts_with('@') {
        return Ok(None);
    }
    let words = whole.words();
    let first = words.first().copied().unwrap_or(whole);
    let Some((name, fields)) = MACROS.into_iter().find(|(name, _)| *name == first.text) else {
        let suggestion = nearest(first.text, MACROS.into_iter().map(|(name, _)| name));
        return Err(fault(Kind::UnknownMacro { name: first.text.to_owned(), suggestion }, first.range()));
    };
    match words.get(1) {
        None => Ok(Some(fields)),
        Some(second) => Err(fault(Kind::TextAfterMacro { name }, second.range().start..whole.range().end)),
    }
}

/// Recognises a text that is foreign as a whole.
pub(super) fn foreign(text: &str) -> Option<Kind> {
    let lower = text.to_ascii_lowercase();
    let calls = |function: &str| argument(&lower, function).is_some();
    if let Some((zone, rest)) = zone_before(text) {
        return Some(Kind::ZoneInText { zone: zone.to_owned(), rest: rest.to_owned() });
    }
    match lower.split_ascii_whitespace().next()? {
        _ if !lower.starts_with('@') && duration(&lower).is_some() => Some(Kind::Every { translation: None }),
        "every" | "@every" => Some(Kind::Every { translation: None }),
        "@reboot" => Some(Kind::Reboot),
        _ if calls("rate") => Some(Kind::AwsRate { translation: None }),
        _ if calls("cron") => Some(Kind::AwsCron { translation: None }),
        _ if calls("at") => Some(Kind::AwsAt),
        _ if is_time_span(text) => Some(Kind::TimeSpan { translation: None }),
        _ => MACROS
            .into_iter()
            .find(|(name, _)| name.strip_prefix('@') == Some(&lower))
            .map(|(name, _)| Kind::MacroWithoutAt { name }),
    }
}

/// The zone and the rest of `TZ=… …` and `CRON_TZ=… …`, as Go's and Kubernetes' readers have it.
fn zone_before(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once(|character: char| character.is_ascii_whitespace())?;
    let zone = first.strip_prefix("CRON_TZ=").or_else(|| first.strip_prefix("TZ="))?;
    Some((zone, rest.trim_ascii_start()))
}

/// What stands in the parentheses of `function(...)`, to the end if they are not closed.
fn argument<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(function)?.trim_ascii_start().strip_prefix('(')?;
    Some(rest.strip_suffix(')').unwrap_or(rest).trim_ascii())
}

fn is_time_span(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.')
}

/// Recognises the values that Quartz, AWS and Jenkins have and a set cannot hold.
pub(super) fn special_value(field: Field, text: &str) -> Option<Kind> {
    let upper = text.to_ascii_uppercase();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = |text: &str| is_digits(text) || WEEKDAYS.contains(&text);
    if upper == "H" || upper.starts_with("H(") {
        return Some(Kind::ChosenValue { field });
    }
    if !field.is_day() || field.names().contains(&upper.as_str()) {
        return None;
    }
    if upper.contains('#') {
        return Some(Kind::NthWeekday);
    }
    if upper == "LW" || upper.strip_suffix('W').is_some_and(is_digits) {
        return Some(Kind::NearestWeekday);
    }
    let is_last = upper.strip_suffix('L').is_some_and(is_day) || upper.strip_prefix("L-").is_some_and(is_digits);
    is_last.then_some(Kind::LastDay { field })
}

/// Adds to a fault what the foreign text is in this language, if it is anything.
pub(super) fn translate(kind: Kind, text: &str) -> Kind {
    let text = Piece::trimmed(text);
    let lower = text.text.to_ascii_lowercase();
    match kind {
        Kind::Every { .. } => {
            let interval = lower.trim_start_matches('@');
            let interval = interval.strip_prefix("every").unwrap_or(interval);
            Kind::Every { translation: duration(interval).and_then(repeated) }
        }
        Kind::AwsRate { .. } => {
            let interval = argument(&lower, "rate").unwrap_or_default();
            Kind::AwsRate { translation: duration(interval).and_then(repeated) }
        }
        Kind::TimeSpan { .. } => Kind::TimeSpan { translation: time_span(&lower).and_then(repeated) },
        Kind::AwsCron { .. } => {
            let fields = argument(&lower, "cron").unwrap_or_default().to_ascii_uppercase();
            Kind::AwsCron { translation: from_aws(&fields, &["*", "?"]) }
        }
        Kind::QuestionMark { field, .. } => Kind::QuestionMark { field, translation: from_aws(text.text, &["*", "?"]) },
        Kind::Year { .. } => Kind::Year { translation: without_year(text) },
        Kind::OutOfRange { field, value, min, max, .. } => {
            Kind::OutOfRange { field, value, min, max, longer: with_sixth_field(text) }
        }
        Kind::NameOfOtherField { field, name, other, .. } => {
            let translation = from_aws(text.text, &["*", "?"]).or_else(|| with_sixth_field(text));
            Kind::NameOfOtherField { field, name, other, translation }
        }
        other => other,
    }
}

/// Five fields that begin with the second and lack one at their end, or at their beginning and have names too early.
fn with_sixth_field(text: Piece<'_>) -> Option<String> {
    if text.words().len() == 5 { accepted(format!("{} *", text.text)) } else { None }
}

/// `5m`, `5 minutes`, `minute`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim_ascii();
    if let Ok(duration) = parse_duration(text) {
        return Some(duration);
    }
    let (number, unit) = match text.split_once(char::is_whitespace) {
        Some((number, unit)) => (number.parse::<u64>().ok()?, unit.trim_ascii()),
        None => (1, text),
    };
    let seconds = match unit.trim_end_matches('s') {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" | "hr" => 3600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// .NET's `hh:mm`, `hh:mm:ss` or `d.hh:mm:ss`.
fn time_span(text: &str) -> Option<Duration> {
    let (days, time) = text.split_once('.').unwrap_or(("0", text));
    let mut parts = time.split(':').map(str::parse::<u64>);
    let (hours, minutes) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let seconds = parts.next().unwrap_or(Ok(0)).ok()?;
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let days = days.parse::<u64>().ok()?.checked_mul(86_400)?;
    days.checked_add(hours * 3600 + minutes * 60 + seconds).map(Duration::from_secs)
}

/// The schedule that fires at an interval, if the interval divides the minute, the hour or the day, or is a week.
fn repeated(interval: Duration) -> Option<String> {
    if interval.subsec_nanos() != 0 {
        return None;
    }
    let step = |number: u64| if number == 1 { "*".to_owned() } else { format!("*/{number}") };
    match interval.as_secs() {
        0 => None,
        604_800 => Some("0 0 0 * * 0".to_owned()),
        86_400 => Some("0 0 0 * * *".to_owned()),
        seconds if seconds < 60 && 60 % seconds == 0 => Some(format!("{} * * * * *", step(seconds))),
        seconds if seconds < 3600 && 3600 % seconds == 0 && seconds % 60 == 0 => {
            Some(format!("0 {} * * * *", step(seconds / 60)))
        }
        seconds if 86_400 % seconds == 0 && seconds % 3600 == 0 => Some(format!("0 0 {} * * *", step(seconds / 3600))),
        _ => None,
    }
}

/// AWS's minute, hour, day of the month, month, day of the week, year, if the year is one of those given.
fn from_aws(text: &str, years: &[&str]) -> Option<String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    match fields.as_slice() {
        [minute, hour, day, month, weekday, year] if years.contains(year) => {
            accepted(format!("0 {minute} {hour} {day} {month} {}", weekdays_from_1(weekday)?))
        }
        _ => None,
    }
}

/// Quartz's seven fields, or AWS's six, without the year at their end.
fn without_year(text: Piece<'_>) -> Option<String> {
    let fields: Vec<&str> = text.text.split_ascii_whitespace().collect();
    match fields.as_slice() {
        // Quartz and AWS have a `?` in one of the day fields, always.
        [before @ .., _] if before.len() == 6 && !before.contains(&"?") => accepted(before.join(" ")),
        [second, minute, hour, day, month, weekday, _] => {
            accepted(format!("{second} {minute} {hour} {day} {month} {}", weekdays_from_1(weekday)?))
        }
        [.., year] => from_aws(text.text, &[year]),
        [] => None,
    }
}

/// A day of the week as Quartz and AWS number it, Sunday being 1, with names in place of numbers.
fn weekdays_from_1(text: &str) -> Option<String> {
    if text.contains('/') {
        return None;
    }
    let name = |digit: char| {
        let index = digit.to_digit(10).and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        index.and_then(|index| WEEKDAYS.get(index)).map(|name| (*name).to_owned())
    };
    text.chars()
        .map(|character| if character.is_ascii_digit() { name(character) } else { Some(character.into()) })
        .collect()
}

/// The fault of days of the week that are numbers, where they would be read as if Sunday were 1. A 0 says that they are not.
pub(super) fn foreign_weekdays(text: &str) -> Option<Kind> {
    let bases = text.split(',').map(|element| element.split('/').next().unwrap_or_default());
    let numbers: Vec<usize> = bases.flat_map(|base| base.split('-')).filter_map(|end| end.parse().ok()).collect();
    if numbers.is_empty() || numbers.contains(&0) {
        return None;
    }
    let named = |sunday: usize| {
        let day = |end: &str| match end.parse::<usize>() {
            Ok(number) => WEEKDAYS[(number + 7 - sunday) % 7].to_owned(),
            Err(_) => end.to_ascii_uppercase(),
        };
        let base = |base: &str| base.split('-').map(day).collect::<Vec<_>>().join("-");
        let element = |element: &str| match element.split_once('/') {
            Some((first, step)) => format!("{}/{step}", base(first)),
            None => base(element),
        };
        text.split(',').map(element).collect::<Vec<_>>().join(",")
    };
    Some(Kind::ForeignWeekdays { text: text.to_owned(), here: named(0), there: named(1) })
}

fn accepted(text: String) -> Option<String> {
    read(&text, None).is_ok().then_some(text)
}
