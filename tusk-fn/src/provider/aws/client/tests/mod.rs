//! The clients, against servers that answer what a test says; [`emulator`] is against an emulator of AWS.

mod batches;
mod calls;
mod emulator;
#[cfg(feature = "blob-store")]
mod emulator_s3;
mod environment;
pub(in crate::provider::aws) mod server;
mod signature;
mod tls;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use super::Client;
use super::environment::{Environment, EnvironmentError};
use super::retry::Policy;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "the-token-of-a-session";

/// An environment of these variables, and of those without which there is none.
fn environment(variables: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
    let needed = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", TOKEN),
    ];
    let all: BTreeMap<&str, OsString> =
        needed.iter().chain(variables).map(|(name, value)| (*name, value.into())).collect();
    Environment::read(&|name| all.get(name).cloned())
}

/// Attempts that take no time.
fn policy() -> Policy {
    Policy {
        pause: Duration::from_millis(2),
        throttled_pause: Duration::from_millis(4),
        longest_pause: Duration::from_millis(8),
        attempt: Duration::from_millis(300),
        ..Policy::default()
    }
}

/// A client of one server.
pub(in crate::provider::aws) fn client(url: &str) -> Client {
    let environment = environment(&[("AWS_ENDPOINT_URL", url)]).expect("an environment");
    Client::new(environment, policy()).expect("a client")
}
