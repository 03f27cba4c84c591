//! Clients of Azure's services, for what a handler sends, stores and reads: their REST interfaces, with tokens of the app's managed
//! identity, in Azure's public cloud.
//!
//! What other clouds do alike stands in [`client`](crate::provider::client), for the reasons that AWS's clients give. Here is:
//!
//! - [`environment`], [`identity`]: who calls, and with which token
//! - [`place`]: the URL of a resource, and whether a token may be sent there
//! - [`refusal`]: what went wrong
//! - a module for each service
//!
//! A client is made once per process and opens no connection before it is used.

#[cfg(feature = "blob-store")]
mod blobs;
mod cosmos_db;
mod environment;
mod event_grid;
mod identity;
mod key_vault;
mod place;
mod refusal;
mod service_bus;
mod storage_queue;
#[cfg(test)]
pub(super) mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

pub(crate) use self::cosmos_db::{Document, Write};
pub(crate) use self::event_grid::Event;
pub(crate) use self::place::{Kind, Place};
pub(crate) use self::service_bus::Message;
pub(crate) use self::storage_queue::Text;

use self::environment::Environment;
use self::identity::{Identity, Service};
use self::refusal::Said;
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::retry::{Patience, Policy, persist};
use crate::provider::client::transport::Transport;

/// Calls Azure's services. A clone is the same client.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    identity: Identity,
    transport: Transport,
    policy: Policy,
}

impl fmt::Debug for Client {
    /// Nothing of who calls.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// A client with the identity that the environment names. No token is fetched yet.
    ///
    /// # Errors
    /// The environment does not say who calls.
    pub(crate) fn from_environment() -> Result<Self, EnvironmentError> {
        Self::new(&Environment::read(&|name| std::env::var_os(name))?, Policy::default())
    }

    fn new(environment: &Environment, policy: Policy) -> Result<Self, EnvironmentError> {
        let transport = Transport::new(environment.authorities.as_ref())?;
        Ok(Self { shared: Arc::new(Shared { identity: Identity::new(environment), transport, policy }) })
    }

    /// Calls a service until it answers, as often as the policy and its caller allow.
    async fn call(&self, call: &Call<'_>, patience: impl Into<Patience>) -> Result<Answer, ClientError> {
        let mut attempts = 0;
        let attempt = |until| {
            attempts += 1;
            self.attempt(call, until)
        };
        let answered = persist(&self.shared.policy, patience.into(), attempt).await;
        let answer = answered.map_err(|fault| call.failed(fault))?;
        Ok(Answer { is_first: attempts == 1, ..answer })
    }

    /// One request and its answer.
    async fn attempt(&self, call: &Call<'_>, until: Instant) -> Result<Answer, Fault> {
        let Shared { identity, transport, .. } = &*self.shared;
        let token = identity.token(transport, call.service, SystemTime::now(), until).await?;
        let request = call.request(&token).map_err(|error| Fault::caused(Cause::Unwritable, Box::new(error)))?;
        let (status, headers, body) = transport.exchange(request, until).await?;
        let said = Said::read(status, &headers, &body);
        if status.is_success() || (call.foreseen)(status, said.substatus) {
            Ok(Answer { status, headers, body, is_first: true })
        } else {
            Err(said.refused(Some(call.service), &token))
        }
    }
}

/// What a service answered: that it is done, or something else that is no failure of the call.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Whether it was answered to the first attempt, so that none before can have done anything.
    is_first: bool,
}

/// One operation of a service.
struct Call<'a> {
    service: Service,
    /// The operation, as the service's reference names it.
    operation: &'static str,
    /// What it is done to, for messages.
    resource: &'a str,
    method: Method,
    url: String,
    /// Beside what shows who calls, and when.
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    /// Which refusals, by status and substatus, are answers too.
    foreseen: fn(StatusCode, u32) -> bool,
}

impl Call<'_> {
    fn failed(&self, fault: impl Into<Fault>) -> ClientError {
        ClientError::new(self.operation, self.resource, fault)
    }

    fn request(&self, token: &str) -> Result<Request<Bytes>, http::Error> {
        let authorization = match self.service {
            // A token is of characters that a URL may have as they are.
            Service::CosmosDb => format!("type%3Daad%26ver%3D1.0%26sig%3D{token}"),
            _ => format!("Bearer {token}"),
        };
        let mut authorization = HeaderValue::try_from(authorization)?;
        authorization.set_sensitive(true);
        let mut request =
            Request::builder().method(&self.method).uri(&self.url).header(header::AUTHORIZATION, authorization);
        if matches!(self.service, Service::CosmosDb | Service::Storage) {
            request = request.header("x-ms-date", date(Timestamp::now())?);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.clone())
    }
}

/// For operations of which every refusal is a failure.
const fn none_foreseen(_: StatusCode, _: u32) -> bool {
    false
}

/// A moment as headers have it, in whole seconds.
fn date(moment: Timestamp) -> Result<HeaderValue, http::Error> {
    Ok(HeaderValue::try_from(dated(moment))?)
}

/// A moment as HTTP writes it (RFC 9110). Years of more than four digits have no such form, and no clock shows one.
fn dated(moment: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).unwrap_or_default()
}
