//! The six fields of a schedule: their order, bounds and names.

use std::fmt;

/// The names of the months, January first.
pub(super) const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The names of the days of the week, Sunday (0) first.
pub(super) const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One field of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// 0 to 59.
    Second,
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or JAN to DEC.
    Month,
    /// 0 (Sunday) to 6 (Saturday), or SUN to SAT; in a text 7 is Sunday too.
    DayOfWeek,
}

impl Field {
    /// All fields, in the order in which a schedule writes them.
    pub const ALL: [Self; 6] = [Self::Second, Self::Minute, Self::Hour, Self::DayOfMonth, Self::Month, Self::DayOfWeek];

    /// The smallest value.
    pub const fn smallest(self) -> u8 {
        match self {
            Self::Second | Self::Minute | Self::Hour | Self::DayOfWeek => 0,
            Self::DayOfMonth | Self::Month => 1,
        }
    }

    /// The largest value of the set, which for the day of the week is 6 (Saturday).
    pub const fn largest(self) -> u8 {
        match self {
            Self::Second | Self::Minute => 59,
            Self::Hour => 23,
            Self::DayOfMonth => 31,
            Self::Month => 12,
            Self::DayOfWeek => 6,
        }
    }

    /// The largest number that a text may hold: 7 for the day of the week, where it is Sunday again.
    pub const fn largest_number(self) -> u8 {
        match self {
            Self::DayOfWeek => 7,
            _ => self.largest(),
        }
    }

    /// The names of the values, from the smallest on; empty for fields that have numbers only.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::DayOfWeek => &WEEKDAYS,
            Self::Second | Self::Minute | Self::Hour | Self::DayOfMonth => &[],
        }
    }

    /// A value as a person writes it: by its name if it has one.
    pub(super) fn word(self, value: u8) -> String {
        let index = value.checked_sub(self.smallest()).map(usize::from);
        match index.and_then(|index| self.names().get(index)) {
            Some(name) => (*name).to_owned(),
            None => value.to_string(),
        }
    }

    /// Whether the field selects days.
    pub const fn is_day(self) -> bool {
        matches!(self, Self::DayOfMonth | Self::DayOfWeek)
    }

    /// The set of all values, one bit for each.
    pub(super) const fn full(self) -> u64 {
        (u64::MAX >> (63 - self.largest())) & (u64::MAX << self.smallest())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day of the month",
            Self::Month => "month",
            Self::DayOfWeek => "day of the week",
        })
    }
}
