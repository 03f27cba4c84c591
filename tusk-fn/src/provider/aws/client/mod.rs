//! Clients of AWS's services, for what a handler sends, stores and reads.
//!
//! AWS's own SDK would be the well-kept library for this. Measured, it is not to be had: with the same TLS its clients of five
//! services add 6.0 MB to an empty program, where clients like these add 3.4; its first call costs three times the instructions;
//! its build takes five times as long; and it takes cryptography without a C compiler only behind a compiler flag that says
//! "unstable". So HTTP (`hyper-util`), TLS (`rustls`), signing (`aws-sigv4`), buckets (`object_store`) and items
//! (`serde_dynamo`) are libraries. What lies between them stands in [`client`](crate::provider::client) where other clouds
//! share it, and else here:
//!
//! - [`environment`], [`endpoint`]: who calls, and where the services are
//! - [`signature`]: one request
//! - [`json`], [`query`], [`refusal`]: AWS's two ways to write a call down, and to say what went wrong
//! - a module for each service
//!
//! A client is made once per process and opens no connection before it is used.

mod dynamodb;
mod endpoint;
mod environment;
mod event_bridge;
mod json;
mod query;
mod refusal;
#[cfg(feature = "blob-store")]
mod s3;
mod secrets_manager;
mod signature;
mod sns;
mod sqs;
#[cfg(test)]
pub(super) mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;

pub(crate) use self::dynamodb::{Condition, Write};
pub(crate) use self::event_bridge::Event;
pub(crate) use self::secrets_manager::SecretValue;
pub(crate) use self::sns::Notification;
pub(crate) use self::sqs::{FIFO, Message};

use self::endpoint::{Place, Service};
use self::environment::Environment;
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::error::{ClientError, Fault};
use crate::provider::client::retry::{Patience, Policy, persist};
use crate::provider::client::transport::Transport;

/// Calls AWS's services. A clone is the same client.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    environment: Environment,
    transport: Transport,
    policy: Policy,
}

impl fmt::Debug for Client {
    /// Nothing of who calls.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("region", &self.shared.environment.region).finish_non_exhaustive()
    }
}

impl Client {
    /// The client of this process, made of the environment when it is first asked for.
    ///
    /// # Errors
    /// The environment does not say who calls, or where.
    pub(crate) fn of_process() -> Result<Self, EnvironmentError> {
        static CLIENT: OnceLock<Client> = OnceLock::new();
        if let Some(client) = CLIENT.get() {
            return Ok(client.clone());
        }
        let client = Self::from_environment()?;
        Ok(CLIENT.get_or_init(|| client).clone())
    }

    /// A client with the credentials, the region and the endpoints that the environment names.
    ///
    /// # Errors
    /// The environment does not say who calls, or where.
    pub(crate) fn from_environment() -> Result<Self, EnvironmentError> {
        let environment = Environment::read(&|name| std::env::var_os(name))?;
        Self::new(environment, Policy::default())
    }

    fn new(environment: Environment, policy: Policy) -> Result<Self, EnvironmentError> {
        let transport = Transport::new(environment.authorities.as_ref())?;
        Ok(Self { shared: Arc::new(Shared { environment, transport, policy }) })
    }

    /// Calls a service until it answers, as often as the policy and its caller allow.
    async fn call(&self, call: &Call<'_>, patience: Patience) -> Result<Answer, ClientError> {
        let answer = persist(&self.shared.policy, patience, |until| self.attempt(call, until)).await;
        answer.map_err(|fault| ClientError::new(call.operation, call.place.name, fault))
    }

    /// One request and its answer.
    async fn attempt(&self, call: &Call<'_>, until: Instant) -> Result<Answer, Fault> {
        let Shared { environment, transport, .. } = &*self.shared;
        let request = signature::signed(environment, call)?;
        let (status, headers, body) = transport.exchange(request, until).await?;
        if status.is_success() {
            return Ok(Answer::Done(body));
        }
        let fault = (call.refusal)(status, &headers, &body);
        match call.foreseen {
            Some(code) if fault.code() == Some(code) => Ok(Answer::Foreseen(body)),
            _ => Err(fault),
        }
    }
}

/// What a service answered.
enum Answer {
    /// That it is done.
    Done(Bytes),
    /// That it is not, for the one reason that is no failure of the call.
    Foreseen(Bytes),
}

/// One operation of a service, ready to be signed.
struct Call<'a> {
    service: Service,
    /// The operation, as AWS names it.
    operation: &'static str,
    /// What it is done to.
    place: Place<'a>,
    /// Beside what signing adds.
    headers: &'a [(&'static str, &'a str)],
    body: Bytes,
    /// Reads out of an answer what went wrong.
    refusal: fn(http::StatusCode, &HeaderMap, &[u8]) -> Fault,
    /// The code of a refusal that is an answer too.
    foreseen: Option<&'static str>,
}
