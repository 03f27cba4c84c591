//! All wording about faults in the text of a schedule: one sentence for each, and what to type instead.

use super::LONGEST;
use super::error::ScheduleErrorKind;
use super::field::Field;

const FIELDS: &str = "second, minute, hour, day of the month, month, day of the week";

impl ScheduleErrorKind {
    /// What is wrong, in lower case and without a full stop.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "the schedule is empty".to_owned(),
            Self::TooLong { length } => format!("the schedule has {length} bytes, more than the {LONGEST} allowed"),
            Self::UnexpectedCharacter { character, .. } => {
                format!("a schedule cannot contain `{}`", character.escape_debug())
            }
            Self::TooFewFields { found: 1 } => {
                "the schedule has 1 field instead of 6, or 5 without the second".to_owned()
            }
            Self::TooFewFields { found } | Self::TooManyFields { found } => {
                format!("the schedule has {found} fields instead of 6, or 5 without the second")
            }
            Self::Year { .. } => "a schedule cannot name years".to_owned(),
            Self::UnknownMacro { name, .. } => format!("unknown macro `{name}`"),
            Self::TextAfterMacro { name } => format!("nothing may follow `{name}`"),
            Self::MacroWithoutAt { name } => format!("the macro `{name}` lacks its `@`"),
            Self::Reboot => "`@reboot` names no time".to_owned(),
            Self::Every { .. } => "an interval is not a schedule".to_owned(),
            Self::ZoneInText { .. } => "a schedule does not name its time zone".to_owned(),
            Self::TimeSpan { .. } => "a time span is not a schedule".to_owned(),
            Self::AwsRate { .. } => "`rate(...)` is the notation of AWS".to_owned(),
            Self::AwsCron { .. } => "`cron(...)` is the notation of AWS".to_owned(),
            Self::AwsAt => "`at(...)` is one moment, and a schedule repeats".to_owned(),
            Self::QuestionMark { field, .. } => {
                format!("the {field} cannot be `?`, which only the two day fields know")
            }
            Self::EmptyElement { field } => format!("a value is missing next to this comma, in the {field}"),
            Self::IncompleteRange { text, .. } if text.starts_with('-') => format!("the range `{text}` has no start"),
            Self::IncompleteRange { text, .. } => format!("the range `{text}` has no end"),
            Self::StepWithoutStart { step } => format!("`/{step}` does not say what to step through"),
            Self::MissingStep { base } => format!("a step is missing behind `{base}/`"),
            Self::InvalidStep { step } => format!("the step `{step}` is not a number"),
            Self::ZeroStep => "a step of 0 never advances".to_owned(),
            Self::StepTooLarge { step, values: 1, .. } => {
                format!("there is only 1 value to go through in steps of {step}")
            }
            Self::StepTooLarge { step, values, .. } => {
                format!("there are only {values} values to go through in steps of {step}")
            }
            Self::InvalidValue { field, text } => format!("the {field} cannot be `{text}`"),
            Self::OutOfRange { field, value, min, max, .. } => {
                format!("the {field} cannot be {value}, only {min} to {max}")
            }
            Self::ForeignWeekdays { text, here, there } => {
                format!("`?` is written for Quartz and AWS, to which `{text}` is {there}, and here it is {here}")
            }
            Self::UnknownName { field, name, .. } => format!("unknown {field} `{name}`"),
            Self::NameOfOtherField { field, name, other, .. } => {
                format!("`{name}` is a {other}, and this is the {field}")
            }
            Self::LastDay { .. } => "`L` (the last day) is not available, as some platforms do not have it".to_owned(),
            Self::NearestWeekday => {
                "`W` (the nearest working day) is not available, as some platforms do not have it".to_owned()
            }
            Self::NthWeekday => {
                "`#` (the nth such day of a month) is not available, as some platforms do not have it".to_owned()
            }
            Self::ChosenValue { .. } => "`H` (a value that Jenkins chooses) is not available".to_owned(),
            Self::ImpossibleDate { days, months, .. } => format!("there is no day {days} in {months}"),
            Self::AmbiguousDays => "day of the month and day of the week are both restricted".to_owned(),
            Self::UselessDayMatch { day_match, restricted } => {
                let reason = match restricted {
                    Some(field) => format!("only the {field} is restricted"),
                    None => "neither day field is restricted".to_owned(),
                };
                format!("`day_match = \"{day_match}\"` has no effect: {reason}")
            }
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Empty | Self::TooFewFields { .. } | Self::TooManyFields { .. } => {
                format!("write {FIELDS}: `0 */5 * * * *`")
            }
            Self::TooLong { .. } => "write ranges and steps in place of long lists".to_owned(),
            Self::UnexpectedCharacter { meant: None, .. } => {
                "a field has numbers and names, and between them `,`, `-` and `/`, or it is `*`".to_owned()
            }
            Self::ImpossibleDate { last: 29, .. } => "write `28`, or `29`, which only leap years have".to_owned(),
            Self::ImpossibleDate { last, .. } => format!("write `{last}`, the last day there is"),
            Self::UnexpectedCharacter { meant: Some(' '), .. } => "write an ordinary blank".to_owned(),
            Self::UnexpectedCharacter { meant: Some(meant), .. } => format!("write `{meant}`"),
            Self::Year { translation: Some(text) } => {
                format!("write `{text}`, and look at the year in the handler if it matters")
            }
            Self::Year { translation: None } => "leave the year out, and look at it in the handler".to_owned(),
            Self::UnknownMacro { suggestion: Some(name), .. } | Self::MacroWithoutAt { name } => {
                format!("write `{name}`")
            }
            Self::UnknownMacro { suggestion: None, .. } => {
                "write `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`, or six fields".to_owned()
            }
            Self::TextAfterMacro { name } => format!("write `{name}` alone, or six fields"),
            Self::Reboot => "do it in a function marked `#[tusk_fn::init]`, which runs once per process".to_owned(),
            Self::ZoneInText { zone, rest } => format!("write `schedule = \"{rest}\", tz = \"{zone}\"`"),
            Self::Every { translation: None } => {
                "write fields such as `0 0 9 * * MON`, or an interval that divides the minute, the hour or the day evenly"
                    .to_owned()
            }
            Self::Every { translation } | Self::TimeSpan { translation } | Self::AwsRate { translation } => {
                interval(translation.as_deref())
            }
            Self::AwsCron { translation: Some(text) } => format!("write `{text}`"),
            Self::AwsCron { translation: None } => format!("write the fields alone: {FIELDS}"),
            Self::AwsAt => "write what repeats, such as `0 0 12 * * *`".to_owned(),
            Self::QuestionMark { translation: Some(text), .. } => {
                format!("write `*`, or `{text}` if this is in the order of AWS, minute first and year last")
            }
            Self::QuestionMark { translation: None, .. } => "write `*`".to_owned(),
            Self::EmptyElement { .. } => "remove the comma, or write the value".to_owned(),
            Self::IncompleteRange { field, .. } => {
                format!("write both ends, such as `{}-{}`", field.smallest(), field.largest())
            }
            Self::StepWithoutStart { step } => format!("write `*/{step}`"),
            Self::MissingStep { base } => format!("write `{base}`, or a step such as `{base}/5`"),
            Self::InvalidStep { .. } => "write the step as a number, such as `*/5`".to_owned(),
            Self::ZeroStep => "write a step of 1 or more, or none".to_owned(),
            Self::StepTooLarge { first, .. } => format!("write `{first}`, or a smaller step"),
            Self::UnknownName { suggestion: Some(name), .. } => format!("write `{name}`"),
            Self::InvalidValue { field, .. }
            | Self::UnknownName { field, suggestion: None, .. }
            | Self::ChosenValue { field } => allowed(*field),
            Self::OutOfRange { field, value, min, max, longer } => {
                let number = out_of_range(*field, value, *min, *max);
                let longer = longer.as_ref().map(|text| {
                    format!("; five fields begin with the minute: write `{text}` if these begin with the second")
                });
                number + &longer.unwrap_or_default()
            }
            Self::ForeignWeekdays { here, there, .. } => format!("name the days: `{there}` or `{here}`"),
            Self::NameOfOtherField { translation: Some(text), .. } => {
                format!("write `{text}`: the order is {FIELDS}")
            }
            Self::NameOfOtherField { .. } => format!("put the fields in order: {FIELDS}"),
            Self::LastDay { field: Field::DayOfWeek } => {
                "fire on that day of every week, and return at once unless the month ends within seven days".to_owned()
            }
            Self::LastDay { .. } => "fire on `28-31`, and return at once unless tomorrow is the first".to_owned(),
            Self::NearestWeekday => "fire on `MON-FRI`, and look at the date in the handler".to_owned(),
            Self::NthWeekday => {
                "restrict both day fields, such as `1-7` and `MON` with `day_match = \"all\"` for the first Monday"
                    .to_owned()
            }
            Self::AmbiguousDays => {
                "add `day_match = \"any\"` to fire when one of them matches, or `day_match = \"all\"` when both do"
                    .to_owned()
            }
            Self::UselessDayMatch { .. } => "remove `day_match`".to_owned(),
        })
    }
}

/// What to write for an interval, if fields can express it.
fn interval(translation: Option<&str>) -> String {
    match translation {
        Some(text) => format!("write `{text}`"),
        None => "choose an interval that divides the minute, the hour or the day evenly".to_owned(),
    }
}

/// The values of a field.
fn allowed(field: Field) -> String {
    let numbers = format!("write a number from {} to {}", field.smallest(), field.largest());
    match field.names() {
        [first, .., last] => format!("{numbers}, or a name from `{first}` to `{last}`"),
        _ => numbers,
    }
}

/// What is meant by a number beyond the bounds of its field.
fn out_of_range(field: Field, value: &str, min: u8, max: u8) -> String {
    match (field, value) {
        (Field::Second | Field::Minute, "60") | (Field::Hour, "24") => "write `0`".to_owned(),
        (Field::Month, "0") => "write `1` for January".to_owned(),
        (Field::DayOfMonth, "0") => "write `1` for the first day".to_owned(),
        _ => format!("write a number from {min} to {max}"),
    }
}
