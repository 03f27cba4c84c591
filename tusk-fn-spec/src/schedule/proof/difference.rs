//! An instant at which a platform does not do what the schedule says.

use std::fmt;

use jiff::Zoned;
use jiff::civil::DateTime;

use crate::provider::Target;
use crate::schedule::platform::scheduler;

/// An instant at which a schedule and what a platform makes of its text are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The platform.
    pub target: Target,
    /// The instant, by the clock of the schedule's zone.
    pub at: Zoned,
    /// Who fires then.
    pub side: Side,
    /// The change of the clock that is the reason; none if it is a mistake of this crate.
    pub change: Option<ClockChange>,
}

/// Who fires at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The schedule says so, and the platform does not.
    Schedule,
    /// The platform does, and the schedule does not say so.
    Platform,
    /// The platform does not say whether it does.
    Unclear,
}

/// What a clock shows where it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// What it would show had it not been changed.
    pub from: DateTime,
    /// What it shows.
    pub to: DateTime,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheduler = scheduler(self.target);
        let time = if self.at.second() == 0 { "%Y-%m-%d %H:%M%:z" } else { "%Y-%m-%d %H:%M:%S%:z" };
        let (time, zone) = (self.at.strftime(time), self.at.time_zone().iana_name().unwrap_or("its zone"));
        match self.side {
            Side::Schedule => {
                write!(formatter, "{scheduler} does not fire at {time} in {zone}, where the schedule does")
            }
            Side::Platform => write!(formatter, "{scheduler} fires at {time} in {zone}, where the schedule does not"),
            Side::Unclear => write!(formatter, "{scheduler} does not say whether it fires at {time} in {zone}"),
        }?;
        self.change.map_or(Ok(()), |change| write!(formatter, ": {change}"))
    }
}

impl fmt::Display for ClockChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same_day = self.from.date() == self.to.date();
        let to = self.to.strftime(if same_day { "%H:%M" } else { "%Y-%m-%d %H:%M" });
        write!(formatter, "the clock goes from {} to {to}", self.from.strftime("%Y-%m-%d %H:%M"))
    }
}
