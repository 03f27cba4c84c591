//! What a schedule means, for somebody who wants to see whether it is what was meant.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Schedule;
use super::field::Field;

/// How many occurrences are shown.
const SHOWN: usize = 3;

impl Schedule {
    /// A line with the fields as they were read, and one for each of the next three occurrences after `from`.
    ///
    /// ```
    /// # use tusk_fn_spec::schedule::{Schedule, zone};
    /// let schedule = Schedule::parse("30 9 * * MON", None)?;
    /// let lines = schedule.explain("2026-01-01T00:00:00Z".parse()?, &zone("UTC")?);
    /// assert_eq!(lines[0], "second 0, minute 30, hour 9, day of the month *, month *, day of the week 1");
    /// assert_eq!(lines[1], "Monday 2026-01-05 09:30:00 UTC");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, from: Timestamp, zone: &TimeZone) -> Vec<String> {
        let fields = Field::ALL.map(|field| format!("{field} {}", self.field_text(field)));
        let next = self.upcoming(from, zone, SHOWN);
        let next = next.map(|instant| instant.to_zoned(zone.clone()).strftime("%A %F %T %Z").to_string());
        std::iter::once(fields.join(", ")).chain(next).collect()
    }
}
