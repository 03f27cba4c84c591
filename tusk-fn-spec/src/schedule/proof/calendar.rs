//! The first half of the comparison: times of the wall, day by day, as if no clock were ever changed.

use std::iter;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use super::model::Values;
use super::{Comparison, Difference, Side};
use crate::schedule::{Field, Schedule};

/// The first instant at which only one of schedule and model fires by the calendar.
pub(super) fn difference(comparison: &Comparison<'_>) -> Option<Difference> {
    let mut days = Days { schedule: comparison.schedule, next: None };
    let local = |instant: Timestamp| comparison.zone.to_datetime(instant).date();
    let last = local(comparison.to);
    let same_times = TimesOfDay::of(comparison.schedule) == TimesOfDay::of_model(comparison);
    let dates = iter::successors(Some(local(comparison.from)), |date| date.tomorrow().ok());
    for date in dates.take_while(|date| *date <= last) {
        let (ours, theirs) = (days.contain(date), comparison.model.fires_on(date));
        if (ours != theirs || (ours && !same_times))
            && let Some(found) = on_day(comparison, date, ours, theirs)
        {
            return Some(found);
        }
    }
    None
}

/// The first difference on a day of which it is known who fires on it at all.
fn on_day(comparison: &Comparison<'_>, date: Date, ours: bool, theirs: bool) -> Option<Difference> {
    let (schedule, model) = (TimesOfDay::of(comparison.schedule), TimesOfDay::of_model(comparison));
    for time in every_second() {
        let side = match (ours && schedule.have(time), theirs && model.have(time)) {
            (true, false) => Side::Schedule,
            (false, true) => Side::Platform,
            _ => continue,
        };
        let at = date.to_datetime(time).to_zoned(comparison.zone.clone()).ok()?;
        if (comparison.from..=comparison.to).contains(&at.timestamp()) && at.timestamp() != comparison.from {
            return Some(Difference { target: comparison.target, at, side, change: None });
        }
    }
    None
}

fn every_second() -> impl Iterator<Item = Time> {
    (0..24).flat_map(|hour| {
        (0..60).flat_map(move |minute| (0..60).filter_map(move |second| Time::new(hour, minute, second, 0).ok()))
    })
}

/// The days on which a schedule fires, asked for in ascending order.
struct Days<'a> {
    schedule: &'a Schedule,
    /// The next such day that is known.
    next: Option<Date>,
}

impl Days<'_> {
    fn contain(&mut self, date: Date) -> bool {
        if self.next.is_none_or(|next| next < date) {
            self.next = self.first_from(date);
        }
        self.next == Some(date)
    }

    fn first_from(&self, date: Date) -> Option<Date> {
        let midnight = Offset::UTC.to_timestamp(DateTime::from_parts(date, Time::midnight())).ok()?;
        let before = midnight.checked_sub(jiff::SignedDuration::from_nanos(1)).ok()?;
        let found = self.schedule.after(before, &TimeZone::UTC)?;
        Some(Offset::UTC.to_datetime(found).date())
    }
}

/// The hours, minutes and seconds of one side.
#[derive(PartialEq, Eq)]
struct TimesOfDay([Values; 3]);

impl TimesOfDay {
    fn of(schedule: &Schedule) -> Self {
        Self([Field::Hour, Field::Minute, Field::Second].map(|field| schedule.values(field).collect()))
    }

    fn of_model(comparison: &Comparison<'_>) -> Self {
        let model = comparison.model;
        Self([model.hours, model.minutes, model.seconds])
    }

    fn have(&self, time: Time) -> bool {
        let Self([hours, minutes, seconds]) = self;
        hours.has(time.hour()) && minutes.has(time.minute()) && seconds.has(time.second())
    }
}
