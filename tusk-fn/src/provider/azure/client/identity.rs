//! Tokens of the app's managed identity, one for each service ("How to use managed identities for App Service and Azure
//! Functions", "REST endpoint reference").
//!
//! A token is good for hours. It is fetched again a while before it ends, by one caller at a time; the others, and all while no
//! newer one is to be had, use the one that is there.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tokio::sync::MutexGuard;

use super::environment::Environment;
use super::refusal::Said;
use crate::provider::client::error::{Cause, Class, Fault};
use crate::provider::client::json;
use crate::provider::client::transport::Transport;

const VERSION: &str = "2019-08-01";
const PROOF: &str = "x-identity-header";

/// How long before its end a token is fetched again.
const RENEWED: Duration = Duration::from_mins(5);
/// How long before its end a token is not used any more: clocks differ, and a request takes a while.
const MARGIN: Duration = Duration::from_secs(20);
/// How long nobody asks again after that failed.
const TRIED_AGAIN: Duration = Duration::from_secs(30);

/// A service that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Service Bus.
    Bus,
    Storage,
    EventGrid,
    CosmosDb,
    KeyVault,
}

impl Service {
    const COUNT: usize = 5;

    /// What a token is asked for, as Azure's SDKs have it (`…/.default` is the scope that they make of it).
    pub(super) const fn resource(self) -> &'static str {
        match self {
            Self::Bus => "https://servicebus.azure.net",
            Self::Storage => "https://storage.azure.com",
            Self::EventGrid => "https://eventgrid.azure.net",
            Self::CosmosDb => "https://cosmos.azure.com",
            Self::KeyVault => "https://vault.azure.net",
        }
    }
}

/// Whoever calls.
pub(super) struct Identity {
    /// Without what differs from token to token.
    url: String,
    proof: HeaderValue,
    /// By service.
    slots: [Slot; Service::COUNT],
}

/// The token for one service.
#[derive(Default)]
struct Slot {
    kept: Mutex<Option<Token>>,
    /// Held by whoever fetches a new one.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Token {
    text: Arc<str>,
    /// From then on a newer one is asked for.
    renewed_at: SystemTime,
    /// Until then it is used.
    good_until: SystemTime,
}

impl Identity {
    pub(super) fn new(environment: &Environment) -> Self {
        let mut url = format!("{}?api-version={VERSION}", environment.identity);
        if let Some(client_id) = &environment.client_id {
            // Writing to a text does not fail.
            let _ = write!(url, "&client_id={}", utf8_percent_encode(client_id, NON_ALPHANUMERIC));
        }
        Self { url, proof: environment.proof.clone(), slots: Default::default() }
    }

    /// A token for a service, at that moment.
    ///
    /// # Errors
    /// There is none that is still good, and no newer one was given.
    pub(super) async fn token(
        &self,
        transport: &Transport,
        service: Service,
        now: SystemTime,
        until: Instant,
    ) -> Result<Arc<str>, Fault> {
        let slot = &self.slots[service as usize];
        let kept = slot.kept().filter(|token| now < token.good_until);
        match kept {
            Some(token) if now < token.renewed_at => Ok(token.text),
            Some(old) => {
                let Ok(turn) = slot.fetching.try_lock() else { return Ok(old.text) };
                match self.fetch(transport, service, slot, turn, now, until).await {
                    Ok(text) => Ok(text),
                    Err(error) => {
                        let error = error.cause;
                        tracing::warn!(target: "tusk_fn", %error, "a token is not renewed yet: the one from before is used");
                        slot.keep(Token { renewed_at: now + TRIED_AGAIN, ..old.clone() });
                        Ok(old.text)
                    }
                }
            }
            None => {
                let turn = tokio::time::timeout_at(until.into(), slot.fetching.lock()).await;
                let turn = turn.map_err(|_| tokenless(&Cause::TimedOut.into()))?;
                match slot.kept().filter(|token| now < token.good_until) {
                    Some(token) => Ok(token.text),
                    None => self.fetch(transport, service, slot, turn, now, until).await,
                }
            }
        }
    }

    async fn fetch(
        &self,
        transport: &Transport,
        service: Service,
        slot: &Slot,
        _turn: MutexGuard<'_, ()>,
        now: SystemTime,
        until: Instant,
    ) -> Result<Arc<str>, Fault> {
        let given = self.ask(transport, service, until).await.map_err(|fault| tokenless(&fault))?;
        let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(given.expires_on));
        let end = end.ok_or_else(|| tokenless(&Cause::Unreadable.into()))?;
        let before_end = |time: Duration| end.checked_sub(time).unwrap_or(SystemTime::UNIX_EPOCH);
        let text: Arc<str> = given.access_token.into();
        let (renewed_at, good_until) = (before_end(RENEWED), before_end(MARGIN));
        if good_until <= now {
            let why = "the one that was given to the managed identity has ended".into();
            return Err(Cause::NoToken { why, class: Class::Passing }.into());
        }
        slot.keep(Token { text: Arc::clone(&text), renewed_at, good_until });
        Ok(text)
    }

    async fn ask(&self, transport: &Transport, service: Service, until: Instant) -> Result<Given, Fault> {
        let resource = utf8_percent_encode(service.resource(), NON_ALPHANUMERIC);
        let request = Request::get(format!("{}&resource={resource}", self.url)).header(PROOF, self.proof.clone());
        let request = request.body(Bytes::new()).map_err(|error| Fault::caused(Cause::Unwritable, Box::new(error)))?;
        let (status, headers, body) = transport.exchange(request, until).await?;
        if status.is_success() {
            return json::read(&body);
        }
        // It says which identity is missing, and repeats nothing but what that is called.
        let proof = self.proof.to_str().unwrap_or_default();
        Err(Said::read(status, &headers, &body).telling_why().refused(None, proof))
    }
}

impl Slot {
    fn kept(&self) -> Option<Token> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, token: Token) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }
}

/// A call that could not be made for want of a token.
fn tokenless(fault: &Fault) -> Fault {
    Cause::NoToken { why: fault.cause.to_string().into(), class: fault.class() }.into()
}

/// What is answered.
#[derive(Deserialize)]
struct Given {
    access_token: String,
    /// In seconds since 1970, as text.
    #[serde(deserialize_with = "seconds")]
    expires_on: u64,
}

fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Number(u64),
    }
    match Written::deserialize(from)? {
        Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        Written::Number(number) => Ok(number),
    }
}
