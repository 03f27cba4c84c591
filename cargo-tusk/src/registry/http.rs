//! One request and its answer.
//!
//! Nothing here waits for ever or reads without an end: a registry is somebody else's program.

use std::fmt;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use ureq::{Agent, Body, ResponseExt as _};

use super::error::PushError;
use super::reference::is_loopback;
use super::tls;
use super::url::Url;

/// The most that is read of an answer: no answer that matters is longer, and tokens are the longest.
const LONGEST_ANSWER: u64 = 256 * 1024;

/// Something that must not be printed.
#[derive(Clone)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a connection, and for each write.
    pub(super) network: Duration,
    /// For an answer: a registry that keeps its blobs elsewhere moves the whole blob before it answers.
    pub(super) answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { network: Duration::from_secs(30), answer: Duration::from_mins(5) }
    }
}

/// Sends requests.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
    insecure: bool,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(HeaderName, &'a str)>,
    /// Nothing for methods that take none.
    pub(super) body: &'a [u8],
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// Who answered: redirects are followed.
    pub(super) url: Option<Url>,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl<'a> Call<'a> {
    pub(super) const fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: &[] }
    }

    pub(super) fn with(mut self, name: HeaderName, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn with_body(self, media_type: &'a str, body: &'a [u8]) -> Self {
        Self { body, ..self.with(header::CONTENT_TYPE, media_type) }
    }
}

impl Http {
    /// A client for a registry; `insecure` allows it to speak without TLS.
    pub(super) fn new(host: &str, insecure: bool, patience: Patience) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("cargo-tusk/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(patience.network))
            .timeout_connect(Some(patience.network))
            .timeout_per_write(Some(patience.network))
            .timeout_recv_response(Some(patience.answer))
            .timeout_recv_body(Some(patience.network))
            // Redirects are followed without credentials, and out of TLS never.
            .https_only(!insecure && !is_loopback(host))
            .tls_config(tls::config());
        if is_loopback(host) {
            // A proxy is another machine.
            config = config.proxy(None);
        }
        let config: Config = config.build();
        Self { agent: config.new_agent(), insecure }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// No answer came, or one without an end; an address without TLS that is not this machine's.
    pub(super) fn send(&self, call: &Call<'_>, authorization: Option<&Secret>) -> Result<Answer, PushError> {
        let failed = |error| PushError::from_ureq(error, &call.url);
        if !call.url.is_https() && !self.insecure && !is_loopback(call.url.authority()) {
            return Err(PushError::Plain { url: call.url.without_query().to_owned() });
        }
        let mut request = Request::builder().method(&call.method).uri(call.url.as_str());
        for (name, value) in &call.headers {
            request = request.header(name, *value);
        }
        if let Some(Secret(value)) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let takes_body = matches!(call.method, Method::POST | Method::PUT);
        let answer = if takes_body {
            request.body(call.body).map_err(ureq::Error::from).and_then(|request| self.agent.run(request))
        } else {
            request.body(()).map_err(ureq::Error::from).and_then(|request| self.agent.run(request))
        };
        let answer = answer.map_err(failed)?;
        let url = Url::parse(&answer.get_uri().to_string());
        let (head, mut body): (_, Body) = answer.into_parts();
        let body = body.with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(failed)?;
        Ok(Answer { url, status: head.status, headers: head.headers, body })
    }
}

impl Answer {
    /// A header's text.
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
