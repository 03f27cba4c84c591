//! One HTTP request and its answer, over connections that are kept.
//!
//! No redirect is followed: services send none that a signature would survive, and a token is not to go to another host.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;

use super::environment::EnvironmentError;
use super::error::{Cause, Fault};
use super::tls::{self, Authorities};
use crate::error::BoxError;

/// The body of an answer, as it comes.
pub(crate) type Incoming = BoxBody<Bytes, BodyError>;

/// What is sent.
pub(crate) type Outgoing = UnsyncBoxBody<Bytes, BodyError>;

/// What ends a body early.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct BodyError(pub(crate) BoxError);

/// More than any answer of a service has that is read whole: an item has at most 2 MB, a secret 64 KB.
pub(crate) const LARGEST_ANSWER: usize = 8 << 20;
/// Connections are given up before servers do so: what is sent into one that they are closing is lost.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(3);

/// Connections to services.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, Outgoing>,
}

impl Transport {
    /// No connection is opened before the first request.
    pub(crate) fn new(authorities: Option<&Authorities>) -> Result<Self, EnvironmentError> {
        let mut tcp = HttpConnector::new();
        // The connector around it takes `https`.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(authorities)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(connector);
        Ok(Self { client })
    }

    /// Sends a request, and gives the answer's head.
    pub(crate) async fn send(&self, request: Request<Outgoing>) -> Result<Response<Incoming>, ClientError> {
        let answer = self.client.request(request).await?;
        Ok(answer.map(|body| body.map_err(|error| BodyError(error.into())).boxed()))
    }

    /// Sends a request, and reads the answer whole.
    pub(crate) async fn exchange(
        &self,
        request: Request<Bytes>,
        until: Instant,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Fault> {
        let request = request.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync());
        let answer = async {
            let (head, body) = self.send(request).await.map_err(not_sent)?.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(not_read)?;
            Ok((head.status, head.headers, body.to_bytes()))
        };
        tokio::time::timeout_at(until.into(), answer).await.unwrap_or_else(|_| Err(Cause::TimedOut.into()))
    }
}

fn not_sent(error: ClientError) -> Fault {
    let cause = if error.is_connect() { Cause::Unreachable } else { Cause::Interrupted };
    Fault::caused(cause, Box::new(error))
}

fn not_read(error: BoxError) -> Fault {
    let cause = if error.is::<LengthLimitError>() { Cause::AnswerTooLarge } else { Cause::Interrupted };
    Fault::caused(cause, error)
}
