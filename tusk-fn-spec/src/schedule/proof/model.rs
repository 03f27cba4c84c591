//! What the models of all platforms have in common: sets of values, and which days and instants they mean.

use jiff::civil::{Date, DateTime};

/// What a platform reads in its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) seconds: Values,
    pub(super) minutes: Values,
    pub(super) hours: Values,
    pub(super) days: Values,
    pub(super) months: Values,
    /// Sunday is 0.
    pub(super) weekdays: Values,
    pub(super) day_rule: DayRule,
    pub(super) clock: ClockRule,
}

/// How the two day fields combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayRule {
    /// A day must match both.
    Both,
    /// A day must match one.
    Either,
}

/// What a scheduler does where a clock is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockRule {
    /// It fires when the clock shows a matching time for the first time, so never at a skipped one.
    Once,
    /// It fires when the clock shows a matching time, and does not say what happens if the clock shows it twice.
    Unclear,
    /// It steps as robfig/cron does.
    Robfig,
    /// It knows no other clock than that of UTC.
    Utc,
}

impl Model {
    pub(super) fn fires_on(&self, date: Date) -> bool {
        self.months.has(date.month()) && self.matches_day(date)
    }

    /// Whether the two day fields match, in whatever month.
    pub(super) fn matches_day(&self, date: Date) -> bool {
        let day = self.days.has(date.day());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset());
        match self.day_rule {
            DayRule::Both => day && weekday,
            DayRule::Either => day || weekday,
        }
    }

    /// Whether a clock that shows this time shows a matching one.
    pub(super) fn fires_at(&self, time: DateTime) -> bool {
        self.seconds.has(time.second())
            && self.minutes.has(time.minute())
            && self.hours.has(time.hour())
            && self.fires_on(time.date())
    }
}

/// A set of numbers below 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(u64);

impl Values {
    /// Every `step`th number from `first` to `last`.
    pub(super) fn stepped(first: u8, last: u8, step: usize) -> Self {
        (first..=last).step_by(step.max(1)).collect()
    }

    pub(super) fn all(first: u8, last: u8) -> Self {
        Self::stepped(first, last, 1)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, value: i8) -> bool {
        u32::try_from(value).ok().and_then(|value| self.0.checked_shr(value)).is_some_and(|bits| bits & 1 == 1)
    }
}

impl FromIterator<u8> for Values {
    fn from_iter<I: IntoIterator<Item = u8>>(values: I) -> Self {
        Self(values.into_iter().filter_map(|value| 1_u64.checked_shl(value.into())).fold(0, |set, bit| set | bit))
    }
}

/// The bounds of a field, and its names from the smallest value on.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) first: u8,
    pub(super) last: u8,
    pub(super) names: &'static [&'static str],
}

impl Bounds {
    pub(super) const fn numbers(first: u8, last: u8) -> Self {
        Self { first, last, names: &[] }
    }

    pub(super) fn check(self, value: u8) -> Result<u8, String> {
        if (self.first..=self.last).contains(&value) {
            return Ok(value);
        }
        Err(format!("{value} is not from {} to {}", self.first, self.last))
    }
}

/// A number in decimal digits and nothing else.
pub(super) fn digits(text: &str) -> Result<u8, String> {
    let decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    decimal.then(|| text.parse().ok()).flatten().ok_or_else(|| format!("`{text}` is no number"))
}
