//! The clients, against servers that answer what a test says; [`emulator`] is against an emulator of Azure's storage.

#[cfg(feature = "blob-store")]
mod blobs;
mod documents;
mod emulator;
mod identity;
mod messages;
mod places;
mod refusals;

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::environment::Environment;
use super::{Client, Kind, Place};
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::tests::policy;
use crate::provider::client::tests::server::{Answer, Script, start};

pub(in crate::provider::azure) const TOKEN: &str = "the.token-of_an.identity";
const PROOF: &str = "the-proof-of-an-app";
/// The end of time, as far as a test is concerned.
const FAR: u64 = 4_000_000_000;

/// An environment of these variables, and of those without which there is none.
fn environment(variables: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
    let needed = [("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token"), ("IDENTITY_HEADER", PROOF)];
    let all: BTreeMap<&str, OsString> =
        needed.iter().chain(variables).map(|(name, value)| (*name, value.into())).collect();
    Environment::read(&|name| all.get(name).cloned())
}

/// A token that ends then.
fn token(text: &str, expires_on: u64) -> Answer {
    Answer::json(
        200,
        &format!(
            r#"{{"access_token":"{text}","expires_on":"{expires_on}","resource":"https://r","token_type":"Bearer"}}"#
        ),
    )
}

/// A client whose identity is told that.
async fn identified(answers: impl IntoIterator<Item = Answer>) -> (Client, Script) {
    let (url, script) = start(answers).await;
    let environment = environment(&[("IDENTITY_ENDPOINT", &format!("{url}/msi/token")), ("AZURE_CLIENT_ID", "c-1")]);
    (Client::new(&environment.expect("an environment"), policy()).expect("a client"), script)
}

/// A client that has a token.
pub(in crate::provider::azure) async fn client() -> Client {
    identified([token(TOKEN, FAR)]).await.0
}

/// What is at that path of a server.
fn place(url: &str, path: &str, kind: Kind) -> Place {
    Place::of(&format!("{url}{path}"), kind).expect("a place")
}

/// An error in one line, with its causes.
fn said(error: &(impl std::error::Error + 'static)) -> String {
    format!("{} {error:?}", crate::error::chain(error))
}
