//! The clients, against servers that answer what a test says.

mod calls;
mod emulator;
mod environment;
mod events;
mod firestore;
mod pubsub;
#[cfg(feature = "blob-store")]
mod storage;
mod token;

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::Value;

use super::Client;
use super::environment::{Admission, Environment, Place, Service};
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::retry::Policy;
use crate::provider::client::tests::policy;
use crate::provider::client::tests::server::Request;

/// What no error may show.
const TOKEN: &str = "ya29.the-token-of-a-service-account";

fn environment(variables: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
    let all: BTreeMap<&str, OsString> = variables.iter().map(|(name, value)| (*name, value.into())).collect();
    Environment::read(&|name| all.get(name).cloned())
}

/// A client of one server, which stands for all services and takes no token.
pub(crate) fn client(url: &str) -> Client {
    admitted(url, Admission::None, "http://127.0.0.1:9/")
}

/// Likewise, one that waits for large requests.
fn patient(url: &str) -> Client {
    client_with(url, Admission::None, "http://127.0.0.1:9/", Policy::default())
}

/// A client of one server, and of a metadata server.
fn admitted(url: &str, admission: Admission, metadata: &str) -> Client {
    client_with(url, admission, metadata, policy())
}

fn client_with(url: &str, admission: Admission, metadata: &str, policy: Policy) -> Client {
    let mut environment = environment(&[("GCE_METADATA_HOST", metadata)]).expect("an environment");
    for &service in Service::ALL {
        environment.places.insert(service, Place { url: format!("{url}/"), admission });
    }
    Client::new(environment, policy).expect("a client")
}

/// The bodies of requests.
pub(crate) fn bodies(requests: &[Request]) -> Vec<Value> {
    requests.iter().map(|request| serde_json::from_str(&request.body).expect("json")).collect()
}
