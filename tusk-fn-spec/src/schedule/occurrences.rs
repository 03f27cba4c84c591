//! When a schedule fires: sets to moments, across changes of the clock.
//!
//! Days are found a month at a time with bit operations, and times within a day likewise, so the cost depends neither
//! on how rarely nor on how often a schedule fires. Moments are found one stretch of constant offset from UTC at a
//! time; two rules say what happens where stretches meet.
//!
//! - **Hours restricted** (`0 30 2 * * *`): the schedule means times of the clock on the wall, and each fires once. A
//!   time that the clock skips fires at the first moment after the skip; several such times, or one and a regular time
//!   at that moment, are one occurrence. A time that the clock shows twice fires at the first of both.
//! - **Every hour** (`0 */5 * * * *`): the schedule means an interval. It fires whenever the clock shows a matching
//!   time, in both passes of a repeated hour too, and never because of a skip: it neither pauses nor doubles.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::field::Field;
use super::{DayMatch, Schedule};

/// How far ahead an occurrence is looked for. The calendar repeats after this many years, days of the week included.
const HORIZON_YEARS: i16 = 400;

impl Schedule {
    /// The next occurrence after `instant`, never at it, by the clock of `zone`.
    ///
    /// A clock that skips or repeats an hour does not lose or double an occurrence: a time in a skipped hour fires at
    /// the first moment after it, and a time in a repeated hour fires in the first pass only. A schedule for every hour
    /// instead fires by real time: in both passes, and not because of a skip.
    ///
    /// `None` if there is none within 400 years, or before the year 10000.
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::{Schedule, zone};
    /// let nightly = Schedule::parse("0 30 2 * * *", None)?;
    /// let berlin = zone("Europe/Berlin")?;
    /// // On this day the clock went from 02:00 to 03:00.
    /// let next = nightly.after("2026-03-29T00:00:00Z".parse()?, &berlin);
    /// assert_eq!(next, Some("2026-03-29T01:00:00Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn after(&self, instant: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let every_hour = !self.restricts(Field::Hour);
        let mut stretch = Stretch::around(instant, zone);
        let now = stretch.offset.to_datetime(instant);
        let last_year = now.year().saturating_add(HORIZON_YEARS);
        let next_second =
            now.with().subsec_nanosecond(0).build().ok()?.checked_add(SignedDuration::from_secs(1)).ok()?;
        let mut from = next_second.max(stretch.first_time(every_hour));
        let mut changes = zone.following(instant);
        loop {
            let found = stretch.moment(self.time_from(from, last_year)?);
            match changes.next() {
                Some(change) if found.is_none_or(|found| found >= change.timestamp()) => {
                    stretch = Stretch { start: change.timestamp(), before: stretch.offset, offset: change.offset() };
                    from = stretch.first_time(every_hour);
                }
                _ => return found,
            }
        }
    }

    /// The next `count` occurrences after `from`, by the clock of `zone`; see [`Schedule::after`].
    pub fn upcoming<'a>(
        &'a self,
        from: Timestamp,
        zone: &'a TimeZone,
        count: usize,
    ) -> impl Iterator<Item = Timestamp> + use<'a> {
        let mut last = Some(from);
        std::iter::from_fn(move || {
            last = self.after(last?, zone);
            last
        })
        .take(count)
    }

    /// The first matching time of the calendar that is not before `from`.
    fn time_from(&self, from: DateTime, last_year: i16) -> Option<DateTime> {
        if self.matches_day(from.date())
            && let Some(time) = self.time_of_day_from(from.time())
        {
            return Some(from.date().to_datetime(time));
        }
        let date = self.day_from(from.date().tomorrow().ok()?, last_year)?;
        Some(date.to_datetime(self.time_of_day_from(Time::midnight())?))
    }

    /// The first matching time of a day that is not before `from`.
    fn time_of_day_from(&self, from: Time) -> Option<Time> {
        let (seconds, minutes, hours) = (self.seconds, self.minutes, u64::from(self.hours));
        let (hour, minute) = (from.hour(), from.minute());
        let in_minute = || Some((hour, minute, at_least(seconds, from.second())?));
        let in_hour = || Some((hour, at_least(minutes, minute + 1)?, at_least(seconds, 0)?));
        let in_day = || Some((at_least(hours, hour + 1)?, at_least(minutes, 0)?, at_least(seconds, 0)?));
        let hour_matches = at_least(hours, hour) == Some(hour);
        let minute_matches = hour_matches && at_least(minutes, minute) == Some(minute);
        let (hour, minute, second) = None
            .or_else(|| minute_matches.then(in_minute).flatten())
            .or_else(|| hour_matches.then(in_hour).flatten())
            .or_else(in_day)?;
        Time::new(hour, minute, second, 0).ok()
    }

    fn matches_day(&self, date: Date) -> bool {
        self.months >> date.month() & 1 == 1 && self.days_in(date.first_of_month()) >> date.day() & 1 == 1
    }

    /// The first matching day that is not before `from`.
    fn day_from(&self, from: Date, last_year: i16) -> Option<Date> {
        let mut earliest = from.day();
        let mut month = from.first_of_month();
        while month.year() <= last_year {
            if self.months >> month.month() & 1 == 1
                && let Some(day) = at_least(self.days_in(month), earliest)
            {
                return Date::new(month.year(), month.month(), day).ok();
            }
            earliest = 1;
            month = month.last_of_month().tomorrow().ok()?;
        }
        None
    }

    /// The matching days of the month that begins on `first`, as a set.
    fn days_in(&self, first: Date) -> u64 {
        let existing = (u64::from(u32::MAX) >> (31 - first.days_in_month())) & !1;
        let by_date = u64::from(self.days_of_month);
        let by_weekday = weekdays_from(self.weekdays, first.weekday().to_sunday_zero_offset());
        let matching = match self.day_match {
            Some(DayMatch::Any) => by_date | by_weekday,
            // A field that is not restricted holds every day, so one restricted field decides alone.
            Some(DayMatch::All) | None => by_date & by_weekday,
        };
        matching & existing
    }
}

/// The days from 1 on that have one of the weekdays, if day 1 has the weekday `first`.
fn weekdays_from(weekdays: u8, first: i8) -> u64 {
    let week = u64::from(weekdays);
    let rotated = ((week >> first) | (week << (7 - first))) & 0b111_1111;
    (0..5).fold(0, |days, index| days | (rotated << (7 * index + 1)))
}

/// The smallest value in the set that is not below `low`.
fn at_least(set: u64, low: i8) -> Option<i8> {
    let remaining = set & (u64::MAX << low);
    if remaining == 0 { None } else { i8::try_from(remaining.trailing_zeros()).ok() }
}

/// The time between two changes of a zone's offset from UTC.
struct Stretch {
    start: Timestamp,
    /// The offset before the start; the same as `offset` if there is nothing before.
    before: Offset,
    offset: Offset,
}

impl Stretch {
    /// The stretch that contains a moment.
    fn around(instant: Timestamp, zone: &TimeZone) -> Self {
        let offset = zone.to_offset(instant);
        // `preceding` leaves out a change at the moment itself.
        let just_after = instant.checked_add(SignedDuration::from_nanos(1)).unwrap_or(instant);
        let change = zone.preceding(just_after).next();
        let start = change.map_or(Timestamp::MIN, |change| change.timestamp());
        let before = start.checked_sub(SignedDuration::from_nanos(1)).map_or(offset, |end| zone.to_offset(end));
        Self { start, before, offset }
    }

    /// The first time of the calendar that this stretch answers for.
    ///
    /// By real time that is what the clock shows at the start. By the clock on the wall it is what the clock would show
    /// had it not been changed: skipped times come later than that, and repeated ones earlier.
    fn first_time(&self, every_hour: bool) -> DateTime {
        let offset = if every_hour { self.offset } else { self.before };
        offset.to_datetime(self.start)
    }

    /// When the clock shows a time in this stretch; for a time skipped before the stretch, its start.
    ///
    /// `None` if it is not a moment that exists, which is so at the ends of the calendar only.
    fn moment(&self, time: DateTime) -> Option<Timestamp> {
        self.offset.to_timestamp(time).ok().map(|moment| moment.max(self.start))
    }
}
