//! Connections of HTTP/1.1 (kept alive) and HTTP/2 without TLS.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum_core::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::context::Delivery;
use crate::dispatch::{IncomingRequest, Program, content_length};
use crate::invocation::{Head, RequestBody};

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after the system refused a connection, such as when no more files may be open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stopped` says so, and then until the last request is answered.
pub(super) async fn serve(listener: TcpListener, program: Arc<Program>, mut stopped: watch::Receiver<bool>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT);
    let graceful = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        match stream {
            Ok((stream, _)) => serve_connection(&builder, stream, &program, &graceful),
            Err(error) => {
                tracing::warn!(target: "tusk_fn", %error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn serve_connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    program: &Arc<Program>,
    graceful: &GracefulShutdown,
) {
    // Small answers go out at once. A connection on which that fails works all the same.
    let _ = stream.set_nodelay(true);
    let service = Connection { program: Arc::clone(program) };
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(target: "tusk_fn", error = %error, "a connection ended early");
        }
    });
}

struct Connection {
    program: Arc<Program>,
}

impl Service<http::Request<Incoming>> for Connection {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let program = Arc::clone(&self.program);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let length = body.size_hint().exact().or_else(|| content_length(&parts.headers));
            let mut delivery = Delivery::local();
            delivery.trace = parts.headers.get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned);
            let request = IncomingRequest {
                method: parts.method.clone(),
                head: Head::Parts(Box::new(parts)),
                length,
                body: RequestBody::Incoming(body, u64::MAX),
                delivery,
            };
            Ok(program.respond(request).await)
        })
    }
}
