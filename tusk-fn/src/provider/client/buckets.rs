//! These connections, as the crate `object_store` takes them.
//!
//! `object_store` knows each cloud's buckets: it tries again, and puts large objects together in parts. HTTPS it is given
//! here, since it would otherwise take it from libraries in C.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Collected, Full, Limited};
use object_store::RetryConfig;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};

use super::transport::{BodyError, Incoming, Transport};

/// The time for an object's whole way in, and for the head of every other answer.
const ANSWER: Duration = Duration::from_mins(1);
/// As long as a function may be expected to wait; `object_store`'s own measure is three minutes.
pub(crate) const RETRIES: RetryConfig =
    RetryConfig { backoff: BACKOFF, max_retries: 3, retry_timeout: Duration::from_secs(30) };
const BACKOFF: object_store::BackoffConfig = object_store::BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(5),
    base: 2.0,
};

/// Connections to buckets.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    transport: Transport,
    discretion: Option<Discretion>,
}

/// What a service repeats in its answer to what it forbids, and `object_store` would write into its error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Discretion {
    /// What an answer has that repeats it.
    pub(crate) sign: &'static [u8],
    /// What is read instead of such an answer.
    pub(crate) instead: &'static [u8],
}

impl Wire {
    pub(crate) fn new(transport: Transport, discretion: Option<Discretion>) -> Self {
        Self { transport, discretion }
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(|body| body.map_err(|error| BodyError(error.into())).boxed_unsync());
        let answer = tokio::time::timeout(ANSWER, self.transport.send(request)).await;
        let answer = answer.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?.map_err(|error| {
            let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
            HttpError::new(kind, error)
        })?;
        let (head, body) = answer.into_parts();
        let body = match self.discretion {
            Some(discretion) if head.status == StatusCode::FORBIDDEN => discretion.apply(body).await,
            _ => body,
        };
        let lost = |BodyError(error)| HttpError::new_boxed(HttpErrorKind::Interrupted, error);
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body.map_err(lost))))
    }
}

impl Discretion {
    /// What an answer says, without what it repeats.
    async fn apply(self, body: Incoming) -> Incoming {
        const LARGEST: usize = 64 << 10;
        let said = Limited::new(body, LARGEST).collect().await.map(Collected::to_bytes).unwrap_or_default();
        let repeats = said.windows(self.sign.len()).any(|part| part == self.sign);
        let said = if repeats { Bytes::from_static(self.instead) } else { said };
        Full::new(said).map_err(|never| match never {}).boxed()
    }
}
