//! Why a schedule is not one text of a platform's dialect, and what to write instead.

use crate::provider::Target;

/// A schedule that a platform's scheduler cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UnsupportedSchedule {
    /// The platform.
    pub target: Target,
    /// What it cannot have.
    pub kind: UnsupportedKind,
}

/// What a platform's scheduler cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsupportedKind {
    /// Other seconds than 0.
    Seconds {
        /// The field of seconds, as canonical text.
        seconds: String,
    },
    /// Days that match either day field.
    EitherDay {
        /// A schedule for the days of the month alone, as canonical text.
        by_date: String,
        /// A schedule for the days of the week alone, as canonical text.
        by_weekday: String,
    },
    /// Days that match both day fields.
    BothDays,
    /// A time zone other than UTC.
    Zone {
        /// Its name, if it has one.
        zone: Option<String>,
    },
}

/// What reads the schedules of a platform.
pub(in crate::schedule) const fn scheduler(target: Target) -> &'static str {
    match target {
        Target::Aws => "EventBridge Scheduler",
        Target::Azure => "Azure Functions",
        Target::Google => "Cloud Scheduler",
        Target::Knative => "Knative's PingSource",
    }
}

impl UnsupportedSchedule {
    /// What is wrong, in lower case and without a full stop.
    pub fn message(&self) -> String {
        let scheduler = scheduler(self.target);
        match &self.kind {
            UnsupportedKind::Seconds { seconds } => {
                format!("the seconds are `{seconds}`, and {scheduler} fires at second 0 only")
            }
            UnsupportedKind::EitherDay { .. } => self.days("any"),
            UnsupportedKind::BothDays => self.days("all"),
            UnsupportedKind::Zone { zone } => {
                let zone = zone.as_deref().unwrap_or("not UTC");
                format!("the time zone is {zone}, and {scheduler} has only UTC on the Flex Consumption plan")
            }
        }
    }

    fn days(&self, day_match: &str) -> String {
        let scheduler = scheduler(self.target);
        let reason = match self.target {
            Target::Aws => format!("which {scheduler} does not allow"),
            Target::Azure => format!("and {scheduler} fires on days that match both"),
            Target::Google | Target::Knative => format!("and {scheduler} fires on days that match either"),
        };
        format!("both day fields are restricted (`day_match = \"{day_match}\"`), {reason}")
    }

    /// What to do instead.
    pub fn help(&self) -> Option<String> {
        let target = self.target.name();
        Some(match &self.kind {
            UnsupportedKind::Seconds { .. } => {
                format!("write `0` for the seconds, or leave `{target}` out of `targets`")
            }
            UnsupportedKind::EitherDay { by_date, by_weekday } => format!(
                "write two functions, one for each day field: `{by_date}` and `{by_weekday}`; \
                 a day that matches both fires both"
            ),
            UnsupportedKind::BothDays => "restrict one day field, and look at the other in the handler".to_owned(),
            UnsupportedKind::Zone { .. } => {
                format!("leave out `tz` and write the times in UTC, or leave `{target}` out of `targets`")
            }
        })
    }
}
