//! Requests to one registry.

use ureq::http::StatusCode;

use super::auth::{Challenge, authorize};
use super::credentials::Credentials;
use super::error::PushError;
use super::http::{Answer, Call, Http, Secret};
use super::reference::{Reference, is_loopback};
use super::url::Url;

/// A registry, and what it has been shown.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) reference: &'a Reference,
    http: Http,
    base: Url,
    credentials: Option<Credentials>,
    authorization: Option<Secret>,
}

impl<'a> Session<'a> {
    /// Prepares to speak to the registry of a reference: without TLS if it is on this machine, or if `insecure`.
    pub(super) fn new(
        reference: &'a Reference,
        http: Http,
        insecure: bool,
        credentials: Option<Credentials>,
    ) -> Result<Self, PushError> {
        let host = reference.host();
        let scheme = if insecure || is_loopback(host) { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{host}/v2/"))
            .ok_or_else(|| PushError::NoRegistry { registry: reference.registry().to_owned() })?;
        Ok(Self { reference, http, base, credentials, authorization: None })
    }

    /// The root of the registry's interface.
    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    /// An address below the repository.
    pub(super) fn url(&self, path: &str) -> Result<Url, PushError> {
        let path = format!("{}/{path}", self.reference.repository());
        self.base.join(&path).ok_or_else(|| PushError::NoRegistry { registry: self.reference.registry().to_owned() })
    }

    /// Sends a request, and once more with what the registry wants to be shown if it asks for that: at first, and when a
    /// token has run out.
    pub(super) fn send(&mut self, call: &Call<'_>) -> Result<Answer, PushError> {
        // An upload may go to another server, which is given no credentials.
        let is_own = call.url.origin() == self.base.origin();
        let answer = self.http.send(call, self.authorization.as_ref().filter(|_| is_own))?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return self.checked(answer);
        }
        // Whoever the registry refers to does not say where the login is shown.
        let other = answer.url.as_ref().filter(|url| url.origin() != self.base.origin());
        if let Some(other) = other.or(Some(&call.url).filter(|_| !is_own)) {
            return Err(PushError::unexpected(other, &answer));
        }
        let challenge = Challenge::of(&answer.headers)
            .ok_or_else(|| PushError::Challenge { registry: self.reference.registry().to_owned() })?;
        let shown = authorize(&challenge, self.credentials.as_ref(), self.reference, &self.http)?;
        let answer = self.http.send(call, Some(&shown))?;
        self.authorization = Some(shown);
        self.checked(answer)
    }

    /// The faults that any request may meet.
    fn checked(&self, answer: Answer) -> Result<Answer, PushError> {
        match answer.status.as_u16() {
            401 => Err(PushError::unauthorized(self.reference, self.credentials.as_ref())),
            403 => Err(PushError::Forbidden { place: self.reference.place(), said: PushError::said(&answer) }),
            429 => Err(PushError::TooMany { registry: self.reference.registry().to_owned() }),
            _ => Ok(answer),
        }
    }
}
