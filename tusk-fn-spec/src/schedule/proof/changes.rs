//! The second half of the comparison: instants, wherever a clock is changed.

use std::cmp::Ordering;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::difference::ClockChange;
use super::model::{ClockRule, Model};
use super::{Comparison, Difference, Side, robfig};

/// How long before the comparison a change may be that still matters to it.
const EARLIER: SignedDuration = SignedDuration::from_hours(48);

/// One second, the distance of the closest instants.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The first instant at which only one of schedule and model fires, or at which it is unclear.
pub(super) fn difference(comparison: &Comparison<'_>) -> Option<Difference> {
    let earlier = comparison.from.checked_sub(EARLIER).unwrap_or(Timestamp::MIN);
    let mut compared = earlier;
    for transition in comparison.zone.following(earlier) {
        if transition.timestamp() > comparison.to {
            break;
        }
        let Some(change) = Change::at(transition.timestamp(), comparison.zone) else { continue };
        let span = match comparison.model.clock {
            ClockRule::Once | ClockRule::Unclear | ClockRule::Utc => Some(change.shown(comparison.model)),
            ClockRule::Robfig => robfig::across(comparison, &change, compared),
        };
        let Some(span) = span else { continue };
        if let Some((instant, side)) = first(comparison, &span) {
            let at = instant.to_zoned(comparison.zone.clone());
            let change = Some(closest(instant, change, comparison.zone).clock());
            return Some(Difference { target: comparison.target, at, side, change });
        }
        compared = compared.max(span.end);
    }
    None
}

/// The change of a zone's clock that is closest to an instant: a span may reach over more than one.
fn closest(instant: Timestamp, around: Change, zone: &TimeZone) -> Change {
    let earlier = instant.min(around.at).checked_sub(SECOND).unwrap_or(Timestamp::MIN);
    let later = instant.max(around.at);
    let changes = zone.following(earlier).filter_map(|change| Change::at(change.timestamp(), zone));
    let until = |change: &Change| change.at <= later || change.at.duration_since(later) < EARLIER;
    let distance = |change: &Change| instant.duration_since(change.at).abs();
    changes.take_while(until).min_by_key(distance).unwrap_or(around)
}

/// A change of a zone's offset from UTC.
pub(super) struct Change {
    pub(super) at: Timestamp,
    pub(super) before: Offset,
    after: Offset,
}

/// What a platform does after one instant and up to another.
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// The instants, ascending, at which it fires or may fire.
    pub(super) fires: Vec<(Timestamp, Certainty)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Sure,
    Unclear,
}

impl Change {
    /// `None` if something else than the offset changes then.
    fn at(at: Timestamp, zone: &TimeZone) -> Option<Self> {
        let before = zone.to_offset(at.checked_sub(SECOND).ok()?);
        let after = zone.to_offset(at);
        (before != after).then_some(Self { at, before, after })
    }

    /// By how much the clock is set, forward or back.
    pub(super) fn distance(&self) -> SignedDuration {
        self.after.duration_since(self.before).abs()
    }

    pub(super) fn clock(&self) -> ClockChange {
        ClockChange { from: self.before.to_datetime(self.at), to: self.after.to_datetime(self.at) }
    }

    fn is_repeated(&self, instant: Timestamp) -> bool {
        self.after < self.before && instant >= self.at
    }

    /// What a scheduler does around the change that looks at the clock.
    ///
    /// If the clock is set back, the span is exactly the two passes of what it shows twice.
    fn shown(&self, model: &Model) -> Span {
        let distance = self.distance();
        let start = self.at.checked_sub(distance + SECOND).unwrap_or(Timestamp::MIN);
        let end = self.at.checked_add(distance - SECOND).unwrap_or(Timestamp::MAX);
        let mut fires = Vec::new();
        for second in start.as_second() + 1..=end.as_second() {
            let Ok(instant) = Timestamp::from_second(second) else { break };
            let offset = if instant < self.at { self.before } else { self.after };
            if !model.fires_at(offset.to_datetime(instant)) {
                continue;
            }
            match model.clock {
                ClockRule::Unclear if self.after < self.before => fires.push((instant, Certainty::Unclear)),
                ClockRule::Once if self.is_repeated(instant) => {}
                _ => fires.push((instant, Certainty::Sure)),
            }
        }
        Span { start, end, fires }
    }
}

/// The first difference within a span, and within what is compared.
fn first(comparison: &Comparison<'_>, span: &Span) -> Option<(Timestamp, Side)> {
    let start = span.start.max(comparison.from);
    let end = span.end.min(comparison.to);
    let mut ours = comparison.schedule.upcoming(start, comparison.zone, usize::MAX).take_while(|at| *at <= end);
    let mut theirs = span.fires.iter().copied().filter(|(at, _)| *at > start && *at <= end);
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return None,
            (Some(at), None) => return Some((at, Side::Schedule)),
            (None, Some((at, certainty))) => return Some((at, Side::of_platform(certainty))),
            (Some(our), Some((their, certainty))) => match our.cmp(&their) {
                Ordering::Less => return Some((our, Side::Schedule)),
                Ordering::Equal if certainty == Certainty::Sure => {}
                Ordering::Equal | Ordering::Greater => return Some((their, Side::of_platform(certainty))),
            },
        }
    }
}

impl Side {
    const fn of_platform(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Sure => Self::Platform,
            Certainty::Unclear => Self::Unclear,
        }
    }
}
