//! What the clients share, against servers that answer what a test says. What needs a service is tested with the provider's
//! own client.

pub(crate) mod server;
pub(crate) mod tls;

use std::time::Duration;

use super::retry::Policy;

/// Attempts that take no time.
pub(crate) fn policy() -> Policy {
    Policy {
        pause: Duration::from_millis(2),
        throttled_pause: Duration::from_millis(4),
        longest_pause: Duration::from_millis(8),
        attempt: Duration::from_millis(300),
        ..Policy::default()
    }
}
