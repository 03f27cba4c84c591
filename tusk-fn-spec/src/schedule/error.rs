//! What can be wrong with the text of a schedule. The wording is in `wording`.

use std::ops::Range;

use super::DayMatch;
use super::field::Field;

/// A fault in the text of a schedule, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", kind.message())]
pub struct ScheduleError {
    /// What is wrong.
    pub kind: ScheduleErrorKind,
    /// The bytes of the text that are at fault: inside it, on character boundaries, and empty only if the text is.
    pub range: Range<usize>,
}

/// What is wrong with the text of a schedule.
///
/// A `translation` is a text of this language that means the same as the foreign one, where there is such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleErrorKind {
    /// Nothing but blanks.
    Empty,
    /// More than [`LONGEST`](super::LONGEST) bytes.
    TooLong {
        /// The text's length, in bytes.
        length: usize,
    },
    /// A character that no schedule has.
    UnexpectedCharacter {
        /// The character.
        character: char,
        /// The character that looks like it and is meant.
        meant: Option<char>,
    },
    /// Fewer than five fields.
    TooFewFields {
        /// How many there are.
        found: usize,
    },
    /// More than seven fields.
    TooManyFields {
        /// How many there are.
        found: usize,
    },
    /// A year, as a seventh field or in the place of the day of the week.
    Year {
        /// The same schedule in every year.
        translation: Option<String>,
    },
    /// `@` and a word that is no macro.
    UnknownMacro {
        /// The text from the `@` on.
        name: String,
        /// The nearest macro.
        suggestion: Option<&'static str>,
    },
    /// A macro, and something behind it.
    TextAfterMacro {
        /// The macro.
        name: &'static str,
    },
    /// A macro without its `@`.
    MacroWithoutAt {
        /// The macro, with its `@`.
        name: &'static str,
    },
    /// `@reboot`.
    Reboot,
    /// `@every 5m`, `every 5 minutes`.
    Every {
        /// The same times in fields.
        translation: Option<String>,
    },
    /// `TZ=Europe/Berlin 0 9 * * *`: a time zone before the fields.
    ZoneInText {
        /// The zone.
        zone: String,
        /// The text without it.
        rest: String,
    },
    /// A .NET time span such as `00:05:00`.
    TimeSpan {
        /// The same times in fields.
        translation: Option<String>,
    },
    /// `rate(5 minutes)`, of AWS.
    AwsRate {
        /// The same times in fields.
        translation: Option<String>,
    },
    /// `cron(0 10 * * ? *)`, of AWS.
    AwsCron {
        /// The same times in fields.
        translation: Option<String>,
    },
    /// `at(2026-01-01T00:00:00)`, of AWS.
    AwsAt,
    /// `?` in a field that selects no days, as when AWS's order of fields is read as this one.
    QuestionMark {
        /// The field.
        field: Field,
        /// The text's meaning if it is in AWS's order.
        translation: Option<String>,
    },
    /// A comma with nothing before or behind it.
    EmptyElement {
        /// The field.
        field: Field,
    },
    /// A range without a start or an end.
    IncompleteRange {
        /// The field.
        field: Field,
        /// The range as it is written.
        text: String,
    },
    /// A step without anything to step through, as in `/5`.
    StepWithoutStart {
        /// The step as it is written.
        step: String,
    },
    /// A `/` with nothing behind it.
    MissingStep {
        /// What stands before the `/`.
        base: String,
    },
    /// A step that is no number.
    InvalidStep {
        /// The step as it is written.
        step: String,
    },
    /// A step of 0.
    ZeroStep,
    /// A step that goes beyond the last value at once.
    StepTooLarge {
        /// The field.
        field: Field,
        /// The step as it is written.
        step: String,
        /// How many values there are to step through.
        values: u8,
        /// The one value that the step leaves.
        first: u8,
    },
    /// Something that is no value, no range and no list.
    InvalidValue {
        /// The field.
        field: Field,
        /// The text.
        text: String,
    },
    /// A number beyond the bounds of its field.
    OutOfRange {
        /// The field.
        field: Field,
        /// The number as it is written.
        value: String,
        /// The smallest number allowed.
        min: u8,
        /// The largest number allowed.
        max: u8,
        /// The text with a sixth field, if five are too few to begin with the second.
        longer: Option<String>,
    },
    /// Numbers for days of the week beside the `?` of Quartz and AWS, where Sunday is 1.
    ForeignWeekdays {
        /// The days of the week as they are written.
        text: String,
        /// The days that they are here, as names.
        here: String,
        /// The days that they are there, as names.
        there: String,
    },
    /// A name that its field does not know.
    UnknownName {
        /// The field.
        field: Field,
        /// The name as it is written.
        name: String,
        /// The nearest name of that field.
        suggestion: Option<&'static str>,
    },
    /// A name of another field.
    NameOfOtherField {
        /// The field that the name stands in.
        field: Field,
        /// The name as it is written.
        name: String,
        /// The field that knows the name.
        other: Field,
        /// The text's meaning if it is in AWS's order, or lacks a field.
        translation: Option<String>,
    },
    /// `L`: the last day, or `6L`: the last such day of the week.
    LastDay {
        /// The field.
        field: Field,
    },
    /// `15W`: the nearest working day.
    NearestWeekday,
    /// `2#1`: the nth such day of the week in the month.
    NthWeekday,
    /// `H`: a value that Jenkins chooses.
    ChosenValue {
        /// The field.
        field: Field,
    },
    /// Days that none of the months has.
    ImpossibleDate {
        /// The days, as words: `30 or 31`.
        days: String,
        /// The months, as words: `FEB`, `APR or JUN`.
        months: String,
        /// The last day that one of them has.
        last: u8,
    },
    /// Both day fields are restricted, and nothing says how they combine.
    AmbiguousDays,
    /// A `day_match`, although not both day fields are restricted.
    UselessDayMatch {
        /// The `day_match`.
        day_match: DayMatch,
        /// The day field that is restricted, if one is.
        restricted: Option<Field>,
    },
}
