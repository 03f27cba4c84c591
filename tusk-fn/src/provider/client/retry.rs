//! Further attempts: how many, how long after each other, and never past the deadline.

use std::future::Future;
use std::time::{Duration, Instant};

use super::error::{Class, Fault};

/// How often a call is attempted.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// All in all, the first one included.
    pub(crate) attempts: u32,
    /// The longest pause after the first attempt.
    pub(crate) pause: Duration,
    /// Likewise, where the service asks to be called less often.
    pub(crate) throttled_pause: Duration,
    /// The longest pause at all.
    pub(crate) longest_pause: Duration,
    /// The time of one attempt.
    pub(crate) attempt: Duration,
    /// The time of a call for which no deadline was given.
    pub(crate) call: Duration,
}

impl Default for Policy {
    /// Four attempts, as AWS's SDKs have it for their most patient service. A connection that was lost while the process was
    /// frozen is noticed by the time of an attempt, which is why that is short.
    fn default() -> Self {
        Self {
            attempts: 4,
            pause: Duration::from_millis(50),
            throttled_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(5),
            attempt: Duration::from_secs(10),
            call: Duration::from_mins(1),
        }
    }
}

/// How long a call may take, and whether it may be attempted again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// As often as the policy allows, until then, or for as long as the policy allows.
    Until(Option<Instant>),
    /// Once, until then: whoever calls counts the attempts.
    Once(Instant),
}

impl From<Option<Instant>> for Patience {
    fn from(deadline: Option<Instant>) -> Self {
        Self::Until(deadline)
    }
}

/// Attempts a call until it succeeds, as often as the policy and its caller allow. An attempt is told when it ends.
pub(crate) async fn persist<T, F: Future<Output = Result<T, Fault>>>(
    policy: &Policy,
    patience: Patience,
    mut attempt: impl FnMut(Instant) -> F,
) -> Result<T, Fault> {
    let mut attempts = Attempts::new(policy, patience);
    loop {
        let fault = match attempt(attempts.until()).await {
            Ok(answer) => return Ok(answer),
            Err(fault) => fault,
        };
        match attempts.pause_of(fault.class(), fault.after()) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(fault),
        }
    }
}

/// The attempts of one call.
pub(crate) struct Attempts<'a> {
    policy: &'a Policy,
    deadline: Instant,
    most: u32,
    made: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: &'a Policy, patience: impl Into<Patience>) -> Self {
        let (deadline, most) = match patience.into() {
            Patience::Until(deadline) => (deadline.unwrap_or_else(|| Instant::now() + policy.call), policy.attempts),
            Patience::Once(until) => (until, 1),
        };
        Self { policy, deadline, most, made: 0 }
    }

    /// When the next attempt ends.
    pub(crate) fn until(&self) -> Instant {
        self.deadline.min(Instant::now() + self.policy.attempt)
    }

    /// How long to wait before another attempt; none if there is to be none.
    ///
    /// The pause is drawn from the whole range between nothing and its longest, so that those who were refused together do
    /// not come back together.
    pub(crate) fn pause(&mut self, class: Class) -> Option<Duration> {
        self.pause_of(class, Duration::ZERO)
    }

    /// The same, on top of how long the service asked to wait.
    pub(crate) fn pause_of(&mut self, class: Class, asked: Duration) -> Option<Duration> {
        self.made += 1;
        let first = match class {
            Class::Lasting => return None,
            Class::Passing => self.policy.pause,
            Class::Throttled => self.policy.throttled_pause,
        };
        if self.made >= self.most {
            return None;
        }
        let doublings = 1_u32.checked_shl(self.made - 1).unwrap_or(u32::MAX);
        let longest = first.saturating_mul(doublings).min(self.policy.longest_pause);
        let pause = longest.mul_f64(random_share()).saturating_add(asked);
        Instant::now().checked_add(pause).filter(|end| *end < self.deadline).map(|_| pause)
    }
}

/// A number from nought to one. Where there is no randomness, the longest pause is as good as any.
fn random_share() -> f64 {
    getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX))
}
