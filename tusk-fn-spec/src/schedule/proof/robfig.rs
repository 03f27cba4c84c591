//! How robfig/cron 3.0.1 steps from one occurrence to the next (`SpecSchedule.Next` in `spec.go`), on Go's `time`.
//!
//! It adds months, days, hours, minutes and seconds to the last occurrence until each field matches, and looks at a
//! field again only when a smaller one has passed its 0. That is right as long as the clock runs evenly. Across a
//! change it loses occurrences and makes others up: where midnight is skipped it does not see that the day is over,
//! and where the clock is set by half an hour it no longer meets the full hour. So it is not described here but
//! followed step by step.
//!
//! # How far a change reaches
//!
//! A step that starts and ends before a change never looks beyond it. A step from an occurrence behind a change
//! begins a second after a time that matches in every field, so that a field which no longer matches is at its
//! beginning, and from there it only goes forward, by a clock that runs evenly. So a change is felt in the steps that
//! cross it and not after the first occurrence behind it. To be safe, the comparison goes on for the distance of the
//! change and three hours more.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span as CalendarSpan, Timestamp};

use super::Comparison;
use super::changes::{Certainty, Change, Span};
use super::model::Model;

const HOUR: i64 = 3600;

/// How long the comparison goes on behind a change, beside its distance.
const REACH: SignedDuration = SignedDuration::from_hours(3);

/// In how many steps an occurrence is looked for. Five years have fewer months, days, hours, minutes and seconds to
/// add.
///
/// robfig/cron itself has no such bound, and looks for ever in a zone that leaves out the only day that matches: on
/// 30 December 2011 in Pacific/Apia it takes the midnight of the 30th for that of the 29th, again and again.
const MOST_STEPS: u32 = 10_000;

/// What robfig/cron does from the last occurrence before a change to the first that the change no longer reaches;
/// `None` if that is compared already.
pub(super) fn across(comparison: &Comparison<'_>, change: &Change, compared: Timestamp) -> Option<Span> {
    let reached = change.at.checked_add(REACH + change.distance()).unwrap_or(Timestamp::MAX);
    if compared >= reached {
        return None;
    }
    let start = last_before(comparison.model, change, compared);
    let mut last = start;
    let mut fires = Vec::new();
    while last < reached && last < comparison.to {
        let Some(next) = next(comparison.model, comparison.zone, last) else {
            return Some(Span { start, end: comparison.to, fires });
        };
        fires.push((next, Certainty::Sure));
        last = next;
    }
    Some(Span { start, end: last, fires })
}

/// The last occurrence before a change, but none before `earliest`.
fn last_before(model: &Model, change: &Change, earliest: Timestamp) -> Timestamp {
    let end = change.clock().from;
    let first = change.before.to_datetime(earliest).date();
    let dates = std::iter::successors(Some(end.date()), |date| date.yesterday().ok());
    let found = dates
        .take_while(|date| *date >= first)
        .filter(|date| model.fires_on(*date))
        .find_map(|date| last_on(model, date, end))
        .and_then(|time| change.before.to_timestamp(time).ok());
    found.map_or(earliest, |found| found.max(earliest))
}

/// The last matching time of a day that is before `end`.
fn last_on(model: &Model, date: Date, end: DateTime) -> Option<DateTime> {
    for hour in (0..24).rev().filter(|hour| model.hours.has(*hour)) {
        for minute in (0..60).rev().filter(|minute| model.minutes.has(*minute)) {
            let at = |second| date.at(hour, minute, second, 0);
            let found = (0..60).rev().filter(|second| model.seconds.has(*second)).map(at).find(|at| *at < end);
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// The next occurrence after a moment.
pub(super) fn next(model: &Model, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let mut step = Step { model, zone, now: 0, clock: DateTime::ZERO, truncated: false, left: MOST_STEPS };
    step.go_to(after.as_second() + 1)?;
    let last_year = step.clock.year() + 5;
    loop {
        if step.clock.year() > last_year {
            return None;
        }
        // Each is `false` if its field has passed its end, and everything is looked at again.
        if step.month()? && step.day()? && step.hour()? && step.minute()? && step.second()? {
            return Timestamp::from_second(step.now).ok();
        }
    }
}

/// The search for one occurrence. `None` everywhere is the end of the calendar or of the steps.
struct Step<'a> {
    model: &'a Model,
    zone: &'a TimeZone,
    /// The moment that is looked at, in seconds since 1970.
    now: i64,
    /// What the clock shows then.
    clock: DateTime,
    /// Whether the fields below the one that did not match first were set to their beginning.
    truncated: bool,
    left: u32,
}

impl Step<'_> {
    fn month(&mut self) -> Option<bool> {
        while !self.model.months.has(self.clock.month()) {
            if self.truncates()? {
                self.go_to(self.when(DateTime::from(self.clock.date().first_of_month()))?)?;
            }
            self.go_to(self.add_date(1, 0)?)?;
            if self.clock.month() == 1 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn day(&mut self) -> Option<bool> {
        while !self.model.matches_day(self.clock.date()) {
            if self.truncates()? {
                self.go_to(self.when(DateTime::from(self.clock.date()))?)?;
            }
            self.go_to(self.add_date(0, 1)?)?;
            // Its own correction for midnights that do not exist.
            let hour = i64::from(self.clock.hour());
            self.go_to(self.now + HOUR * if hour > 12 { 24 - hour } else { -hour })?;
            if self.clock.day() == 1 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn hour(&mut self) -> Option<bool> {
        while !self.model.hours.has(self.clock.hour()) {
            if self.truncates()? {
                self.go_to(self.when(self.clock.date().at(self.clock.hour(), 0, 0, 0))?)?;
            }
            self.go_to(self.now + HOUR)?;
            if self.clock.hour() == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn minute(&mut self) -> Option<bool> {
        while !self.model.minutes.has(self.clock.minute()) {
            let into_minute = if self.truncates()? { self.now.rem_euclid(60) } else { 0 };
            self.go_to(self.now - into_minute + 60)?;
            if self.clock.minute() == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn second(&mut self) -> Option<bool> {
        while !self.model.seconds.has(self.clock.second()) {
            self.truncates()?;
            self.go_to(self.now + 1)?;
            if self.clock.second() == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether this is the first field that does not match; counts the step.
    fn truncates(&mut self) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        Some(!std::mem::replace(&mut self.truncated, true))
    }

    fn go_to(&mut self, second: i64) -> Option<()> {
        self.now = second;
        self.clock = self.offset(second)?.to_datetime(Timestamp::from_second(second).ok()?);
        Some(())
    }

    fn offset(&self, second: i64) -> Option<Offset> {
        Some(self.zone.to_offset(Timestamp::from_second(second).ok()?))
    }

    /// When Go's `time.Date` thinks that the clock shows this: it takes the time for UTC, subtracts the offset of that
    /// moment, and then takes the offset of where it has come to.
    fn when(&self, time: DateTime) -> Option<i64> {
        let utc = Offset::UTC.to_timestamp(time).ok()?.as_second();
        let guess = utc - i64::from(self.offset(utc)?.seconds());
        Some(utc - i64::from(self.offset(guess)?.seconds()))
    }

    /// Go's `Time.AddDate`: a day that the month does not have is one of the next month.
    fn add_date(&self, months: i32, days: i32) -> Option<i64> {
        let first = self.clock.date().first_of_month().checked_add(CalendarSpan::new().months(months)).ok()?;
        let days = i32::from(self.clock.day()) - 1 + days;
        self.when(DateTime::from_parts(first.checked_add(CalendarSpan::new().days(days)).ok()?, self.clock.time()))
    }
}
