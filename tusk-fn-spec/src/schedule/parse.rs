//! The text of a schedule to the sets of its fields.

use std::ops::Range;

use super::error::{ScheduleError, ScheduleErrorKind as Kind};
use super::field::Field;
use super::piece::{Piece, is_blank};
use super::{DayMatch, LONGEST, Schedule, dialect};
use crate::suggest::nearest;

type Parsed<T> = Result<T, ScheduleError>;

/// Parses, and adds to a fault what a foreign text would be in this language.
pub(super) fn parse(text: &str, day_match: Option<DayMatch>) -> Parsed<Schedule> {
    read(text, day_match).map_err(|error| ScheduleError { kind: dialect::translate(error.kind, text), ..error })
}

/// Parses without translating foreign texts, so that a translation can be tried with it.
pub(super) fn read(text: &str, day_match: Option<DayMatch>) -> Parsed<Schedule> {
    check_text(text)?;
    let whole = Piece::trimmed(text);
    if let Some(kind) = dialect::foreign(whole.text) {
        return Err(fault(kind, whole.range()));
    }
    let fields = match dialect::macro_fields(whole)? {
        Some(text) => Fields { days: whole.range(), ..read_fields(Piece::trimmed(text))? },
        None => read_fields(whole)?,
    };
    fields.into_schedule(day_match)
}

pub(super) fn fault(kind: Kind, range: Range<usize>) -> ScheduleError {
    ScheduleError { kind, range }
}

/// What needs no look at the structure: length, and characters that no dialect has.
fn check_text(text: &str) -> Parsed<()> {
    if text.trim_matches(is_blank).is_empty() {
        return Err(fault(Kind::Empty, 0..text.len()));
    }
    if text.len() > LONGEST {
        let end = text.floor_char_boundary(LONGEST);
        return Err(fault(Kind::TooLong { length: text.len() }, end..text.len()));
    }
    let foreign = |character: &(usize, char)| !character.1.is_ascii_graphic() && !is_blank(character.1);
    match text.char_indices().find(foreign) {
        None => Ok(()),
        Some((start, character)) => {
            let kind = Kind::UnexpectedCharacter { character, meant: look_alike(character) };
            Err(fault(kind, start..start + character.len_utf8()))
        }
    }
}

/// The character of a schedule that another one resembles; texts copied from web pages are full of them.
fn look_alike(character: char) -> Option<char> {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => Some('-'),
        '\u{2217}' | '\u{ff0a}' | '\u{00d7}' => Some('*'),
        '\u{2044}' | '\u{2215}' | '\u{ff0f}' => Some('/'),
        '\u{ff0c}' | '\u{3001}' => Some(','),
        '\u{ff1f}' => Some('?'),
        other if other.is_whitespace() => Some(' '),
        _ => None,
    }
}

/// The sets of all fields in order, and where faults of the days are to be shown.
struct Fields {
    sets: [u64; 6],
    dates: Range<usize>,
    days: Range<usize>,
}

fn read_fields(whole: Piece<'_>) -> Parsed<Fields> {
    let words = whole.words();
    let omitted = match words.as_slice() {
        [_, _, _, _, _] => 1,
        [_, _, _, _, _, _] => 0,
        [_, _, _, _, _, _, year] => return Err(fault(Kind::Year { translation: None }, year.range())),
        [.., _] if words.len() < 5 => return Err(fault(Kind::TooFewFields { found: words.len() }, whole.range())),
        _ => return Err(fault(Kind::TooManyFields { found: words.len() }, whole.range())),
    };
    // Without the field of seconds they are 0.
    let mut fields = Fields { sets: [1; 6], dates: whole.range(), days: whole.range() };
    for ((field, set), word) in Field::ALL.into_iter().zip(&mut fields.sets).skip(omitted).zip(words.iter().copied()) {
        *set = read_field(field, word)?;
        match field {
            Field::DayOfMonth => (fields.dates.start, fields.days.start) = (word.range().start, word.range().start),
            Field::Month => fields.dates.end = word.range().end,
            Field::DayOfWeek => fields.days.end = word.range().end,
            Field::Second | Field::Minute | Field::Hour => {}
        }
    }
    check_weekdays(&words)?;
    Ok(fields)
}

/// Refuses numbers for days of the week where `?` says that somebody else counted them.
fn check_weekdays(words: &[Piece<'_>]) -> Parsed<()> {
    match words {
        [.., date, _, days] if date.text == "?" => match dialect::foreign_weekdays(days.text) {
            Some(kind) => Err(fault(kind, days.range())),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn read_field(field: Field, word: Piece<'_>) -> Parsed<u64> {
    let mut set = 0;
    for element in word.parts(|character| character == ',') {
        if element.text.is_empty() {
            let (element, word) = (element.range(), word.range());
            // The commas around the place where the value is missing.
            let commas = element.start.saturating_sub(1).max(word.start)..(element.end + 1).min(word.end);
            return Err(fault(Kind::EmptyElement { field }, commas));
        }
        set |= read_element(field, element)?;
    }
    Ok(set)
}

fn read_element(field: Field, element: Piece<'_>) -> Parsed<u64> {
    let (base, step) = element.split('/');
    if let Some(kind) = dialect::special_value(field, base.text) {
        return Err(fault(kind, element.range()));
    }
    if let (true, Some(step)) = (base.text.is_empty(), step) {
        return Err(fault(Kind::StepWithoutStart { step: step.text.to_owned() }, element.range()));
    }
    let mut values = read_base(field, base, step.is_some())?.values(field);
    if let Some(step) = step {
        let step = read_step(field, base, step, &values)?;
        values = values.into_iter().step_by(step).collect();
    }
    Ok(values.into_iter().fold(0, |set, value| set | 1_u64 << (value.min(63))))
}

/// The first and the last value of an element; it wraps if the last is smaller.
struct Span {
    first: u8,
    last: u8,
}

impl Span {
    /// The values in order.
    fn values(&self, field: Field) -> Vec<u8> {
        let (head, tail) = if self.first <= self.last {
            (self.first..=self.last, None)
        } else {
            (self.first..=field.largest(), Some(field.smallest()..=self.last))
        };
        // Only the number 7 for Sunday is beyond the largest value.
        let sunday_is_0 = |value: u8| if value > field.largest() { 0 } else { value };
        head.chain(tail.into_iter().flatten()).map(sunday_is_0).collect()
    }
}

fn read_base(field: Field, base: Piece<'_>, stepped: bool) -> Parsed<Span> {
    match base.text {
        "?" if !field.is_day() => Err(fault(Kind::QuestionMark { field, translation: None }, base.range())),
        "*" | "?" => Ok(Span { first: field.smallest(), last: field.largest() }),
        _ => match base.split('-') {
            (value, None) => {
                let first = read_value(field, value)?;
                Ok(Span { first, last: if stepped { field.largest().max(first) } else { first } })
            }
            (first, Some(last)) => read_range(field, base, first, last),
        },
    }
}

fn read_range(field: Field, base: Piece<'_>, first: Piece<'_>, last: Piece<'_>) -> Parsed<Span> {
    let text = base.text.to_owned();
    if last.text.contains('-') {
        return Err(fault(Kind::InvalidValue { field, text }, base.range()));
    }
    if first.text.is_empty() || last.text.is_empty() {
        return Err(fault(Kind::IncompleteRange { field, text }, base.range()));
    }
    Ok(Span { first: read_value(field, first)?, last: read_value(field, last)? })
}

fn read_step(field: Field, base: Piece<'_>, step: Piece<'_>, values: &[u8]) -> Parsed<usize> {
    let whole = base.range().start..step.range().end;
    if step.text.is_empty() {
        return Err(fault(Kind::MissingStep { base: base.text.to_owned() }, whole));
    }
    if !step.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault(Kind::InvalidStep { step: step.text.to_owned() }, step.range()));
    }
    match step.text.parse::<usize>() {
        Ok(0) => Err(fault(Kind::ZeroStep, step.range())),
        Ok(number) if number <= values.len() => Ok(number),
        _ => Err(fault(step_too_large(field, step, values), step.range())),
    }
}

fn step_too_large(field: Field, step: Piece<'_>, values: &[u8]) -> Kind {
    let first = values.first().copied().unwrap_or(field.smallest());
    // There are never more than sixty.
    let count = u8::try_from(values.len()).unwrap_or(u8::MAX);
    Kind::StepTooLarge { field, step: step.text.to_owned(), values: count, first }
}

fn read_value(field: Field, value: Piece<'_>) -> Parsed<u8> {
    let text = value.text;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_number(field, value);
    }
    if text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return read_name(field, value);
    }
    let known = |character: char| character.is_ascii_alphanumeric() || "*?-".contains(character);
    let start = value.range().start;
    Err(match text.char_indices().find(|(_, character)| !known(*character)) {
        Some((index, character)) => {
            let place = start + index..start + index + character.len_utf8();
            fault(Kind::UnexpectedCharacter { character, meant: None }, place)
        }
        None => fault(Kind::InvalidValue { field, text: text.to_owned() }, value.range()),
    })
}

fn read_number(field: Field, value: Piece<'_>) -> Parsed<u8> {
    let (min, max) = (field.smallest(), field.largest_number());
    match value.text.parse::<u32>() {
        Ok(year @ 1970..=2199) if field == Field::DayOfWeek && year > u32::from(max) => {
            Err(fault(Kind::Year { translation: None }, value.range()))
        }
        Ok(number) if (u32::from(min)..=u32::from(max)).contains(&number) => Ok(u8::try_from(number).unwrap_or(max)),
        _ => {
            let kind = Kind::OutOfRange { field, value: value.text.to_owned(), min, max, longer: None };
            Err(fault(kind, value.range()))
        }
    }
}

fn read_name(field: Field, value: Piece<'_>) -> Parsed<u8> {
    let position = |field: Field| field.names().iter().position(|name| name.eq_ignore_ascii_case(value.text));
    if let Some(index) = position(field) {
        return Ok((field.smallest()..=field.largest()).nth(index).unwrap_or(field.smallest()));
    }
    let name = value.text.to_owned();
    let kind = match [Field::Month, Field::DayOfWeek].into_iter().find(|other| position(*other).is_some()) {
        Some(other) => Kind::NameOfOtherField { field, name, other, translation: None },
        None if field.names().is_empty() => Kind::InvalidValue { field, text: name },
        None => Kind::UnknownName { field, suggestion: similar_name(field, &name), name },
    };
    Err(fault(kind, value.range()))
}

/// The name that a longer form such as `Monday` or `Sept` begins with, or one that differs by a slip.
fn similar_name(field: Field, text: &str) -> Option<&'static str> {
    let upper = text.to_ascii_uppercase();
    let names = field.names().iter().copied();
    names.clone().find(|name| upper.starts_with(name)).or_else(|| nearest(&upper, names))
}

impl Fields {
    fn into_schedule(self, day_match: Option<DayMatch>) -> Parsed<Schedule> {
        let [seconds, minutes, hours, days_of_month, months, weekdays] = self.sets;
        // A set never has more bits than its field has values, so nothing is lost.
        let schedule = Schedule {
            seconds,
            minutes,
            hours: u32::try_from(hours).unwrap_or_default(),
            days_of_month: u32::try_from(days_of_month).unwrap_or_default(),
            months: u16::try_from(months).unwrap_or_default(),
            weekdays: u8::try_from(weekdays).unwrap_or_default(),
            day_match,
        };
        check_dates(&schedule, self.dates)?;
        check_day_match(&schedule, self.days)?;
        Ok(schedule)
    }
}

/// Refuses days that none of the months has in any year. A date that exists falls on every day of the week in some
/// year, so no other combination is impossible.
fn check_dates(schedule: &Schedule, range: Range<usize>) -> Parsed<()> {
    let longest = |month: u8| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let first = schedule.values(Field::DayOfMonth).next().unwrap_or_default();
    let last = schedule.values(Field::Month).map(longest).max().unwrap_or_default();
    if first <= last {
        return Ok(());
    }
    let days: Vec<String> = schedule.values(Field::DayOfMonth).map(|day| day.to_string()).collect();
    let months: Vec<String> = schedule.values(Field::Month).map(|month| Field::Month.word(month)).collect();
    Err(fault(Kind::ImpossibleDate { days: days.join(" or "), months: months.join(" or "), last }, range))
}

fn check_day_match(schedule: &Schedule, range: Range<usize>) -> Parsed<()> {
    let restricted: Vec<Field> =
        [Field::DayOfMonth, Field::DayOfWeek].into_iter().filter(|field| schedule.restricts(*field)).collect();
    match (restricted.as_slice(), schedule.day_match) {
        ([_, _], None) => Err(fault(Kind::AmbiguousDays, range)),
        ([_, _], Some(_)) | (_, None) => Ok(()),
        (fewer, Some(day_match)) => {
            Err(fault(Kind::UselessDayMatch { day_match, restricted: fewer.first().copied() }, range))
        }
    }
}
