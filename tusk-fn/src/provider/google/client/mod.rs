//! Clients of Google's services, for what a handler sends, stores and reads.
//!
//! Google's own clients speak gRPC, whose code alone is larger than all of this. Every service that is called here has a
//! REST interface too, which is derived from the same definitions by rules (`googleapis`, "google/api/http.proto"): calls
//! are HTTP with bodies that are JSON. What is not Google's stands in [`client`](crate::provider::client).
//!
//! - [`environment`]: where the services are
//! - [`token`]: who calls, as the metadata server has it
//! - [`refusal`]: what went wrong
//! - a module for each service
//!
//! A client is made once per process and opens no connection before it is used.

mod environment;
mod eventarc;
mod firestore;
mod pubsub;
mod refusal;
mod secret_manager;
#[cfg(feature = "blob-store")]
mod storage;
#[cfg(test)]
pub(super) mod tests;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(super) use self::eventarc::Event;
pub(super) use self::firestore::{Collection, Found, Precondition, Write};
pub(super) use self::pubsub::Message;

use self::environment::{Admission, Environment, Service};
use self::token::{Token, Tokens};
use crate::error::BoxError;
use crate::provider::client::environment::EnvironmentError;
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::retry::{Patience, Policy, persist};
use crate::provider::client::transport::Transport;

/// Calls Google's services. A clone is the same client.
#[derive(Clone)]
pub(super) struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    environment: Environment,
    transport: Transport,
    policy: Policy,
    tokens: Tokens,
}

impl fmt::Debug for Client {
    /// Nothing of who calls.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the services that the environment names.
    ///
    /// # Errors
    /// A variable does not say where.
    pub(super) fn from_environment() -> Result<Self, EnvironmentError> {
        let environment = Environment::read(&|name| std::env::var_os(name))?;
        Self::new(environment, Policy::default())
    }

    fn new(environment: Environment, policy: Policy) -> Result<Self, EnvironmentError> {
        let transport = Transport::new(None)?;
        let tokens = Tokens::new(transport.clone(), &environment.metadata);
        Ok(Self { shared: Arc::new(Shared { environment, transport, policy, tokens }) })
    }

    /// Calls a service until it answers, as often as the policy and its caller allow; the answer, and how many attempts
    /// it took.
    async fn call(&self, call: &Call<'_>, patience: impl Into<Patience>) -> (Result<Bytes, Fault>, u32) {
        let mut attempts = 0;
        let answer = persist(&self.shared.policy, patience.into(), |until| {
            attempts += 1;
            self.attempt(call, until)
        });
        let answer = answer.await;
        (answer, attempts)
    }

    /// One request and its answer.
    async fn attempt(&self, call: &Call<'_>, until: Instant) -> Result<Bytes, Fault> {
        let Shared { environment, transport, tokens, .. } = &*self.shared;
        let place = environment.place(call.service);
        let token = match place.admission {
            Admission::Token => Some(tokens.get(call.service.emulator(), until).await?),
            Admission::Owner => Some(Token::owner()),
            Admission::None => None,
        };
        let request = call.request(&place.url, token.as_ref());
        let request = request.map_err(|error| Fault::caused(Cause::Unwritable, error))?;
        let (status, _, body) = transport.exchange(request, until).await?;
        if status.is_success() {
            return Ok(body);
        }
        if status == StatusCode::UNAUTHORIZED
            && let Some(token) = token
        {
            tokens.forget(&token);
        }
        Err(refusal::read(status, &body))
    }
}

/// One operation of a service.
struct Call<'a> {
    service: Service,
    /// The operation, as Google names it.
    operation: &'static str,
    /// What it is done to, for messages.
    resource: &'a str,
    /// What follows the service's own URL.
    path: String,
    /// What is posted; without it the call is a `GET`.
    body: Option<Bytes>,
}

impl Call<'_> {
    fn request(&self, url: &str, token: Option<&Token>) -> Result<Request<Bytes>, BoxError> {
        let url = format!("{url}{}", self.path);
        let request = match &self.body {
            Some(_) => Request::post(url).header(CONTENT_TYPE, HeaderValue::from_static("application/json")),
            None => Request::get(url),
        };
        let request = match token {
            Some(token) => request.header(AUTHORIZATION, token.header()),
            None => request,
        };
        Ok(request.body(self.body.clone().unwrap_or_default())?)
    }

    fn error(&self, fault: impl Into<Fault>) -> ClientError {
        ClientError::new(self.operation, self.resource, fault)
    }
}

/// What stays as it is in a path that has several segments ("google/api/http.proto", "Path template syntax").
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A resource's name, as it stands in a path.
fn path(name: &str) -> String {
    utf8_percent_encode(name, PLAIN).to_string()
}
