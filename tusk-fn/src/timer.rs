//! What a function with `trigger = "timer"` takes.

use jiff::Timestamp;

/// The instant that a timer fired for.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
/// async fn sweep(timer: Timer) {
///     println!("due at {}", timer.scheduled_at);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timer {
    /// When the function was to run. It is the same for each attempt.
    pub scheduled_at: Timestamp,
    /// Whether it runs more than a minute late.
    pub past_due: bool,
}

/// How late a timer may fire before it counts as past due, in seconds.
const TOLERANCE_SECONDS: i64 = 60;

impl Timer {
    /// A timer that fires now for `scheduled_at`.
    pub fn at(scheduled_at: Timestamp) -> Self {
        Self::fired(scheduled_at, Timestamp::now())
    }

    /// The same at another time than now.
    pub(crate) fn fired(scheduled_at: Timestamp, now: Timestamp) -> Self {
        let late = now.as_second() - scheduled_at.as_second();
        Self { scheduled_at, past_due: late > TOLERANCE_SECONDS }
    }
}
