//! The clients, against servers that answer what a test says; [`emulator`] is against an emulator of AWS.

mod batches;
mod calls;
mod emulator;
#[cfg(feature = "blob-store")]
mod emulator_s3;
mod environment;
mod signature;

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::Client;
use super::environment::Environment;
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::tests::policy;

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

/// A client of one server.
pub(in crate::provider::aws) fn client(url: &str) -> Client {
    let environment = environment(&[("AWS_ENDPOINT_URL", url)]).expect("an environment");
    Client::new(environment, policy()).expect("a client")
}
