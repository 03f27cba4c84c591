//! Connections of HTTP/1.1 (kept alive) and HTTP/2 without TLS.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::context::Delivery;
use crate::dispatch::{IncomingRequest, Program, content_length};
use crate::error::chain;
use crate::invocation::{Head, RequestBody};

/// How often a connection is looked at: one on which no request came since the last look, and none is being answered, is
/// closed. (hyper's own timeout for a request's head costs more for each request than the rest of this module.)
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after the system refused a connection, such as when no more files may be open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stopped` says so, and then until the last request is answered.
pub(super) async fn serve(listener: TcpListener, program: Arc<Program>, stopped: watch::Receiver<bool>) {
    let builder = builder();
    let graceful = GracefulShutdown::new();
    accept(listener, stopped, |stream| {
        // Small answers go out at once. A connection on which that fails works all the same.
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve_connection(&builder, stream, &program, &graceful));
    })
    .await;
    graceful.shutdown().await;
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().header_read_timeout(None);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(IDLE_TIMEOUT);
    builder
}

/// Gives each connection to `each` until `stopped` says so; then the port is closed.
pub(super) async fn accept(listener: TcpListener, mut stopped: watch::Receiver<bool>, mut each: impl FnMut(TcpStream)) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        match accepted {
            Ok((stream, _)) => each(stream),
            Err(error) => {
                tracing::warn!(target: "tusk_fn", %error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn serve_connection<S>(
    builder: &Builder<TokioExecutor>,
    stream: S,
    program: &Arc<Program>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<S>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let activity = Arc::new(Activity::default());
    let service = Connection { program: Arc::clone(program), activity: Arc::clone(&activity) };
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let connection = graceful.watch(connection);
    async move {
        let mut connection = pin!(connection);
        let mut seen = 0;
        let ended = loop {
            match timeout(IDLE_TIMEOUT, connection.as_mut()).await {
                Ok(ended) => break ended,
                Err(_) if activity.idle_since(&mut seen) => break Err("no request came in time".into()),
                Err(_) => {}
            }
        };
        if let Err(error) = ended {
            log_end(&*error);
        }
    }
}

/// The requests of a connection.
#[derive(Default)]
struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Activity {
    /// Whether nothing happened since `seen`, which becomes now, and nothing is going on.
    fn idle_since(&self, seen: &mut u64) -> bool {
        let begun = self.begun.load(Relaxed);
        let idle = begun == *seen && self.ended.load(Relaxed) == begun;
        *seen = begun;
        idle
    }
}

/// A request being answered; its client may go away before that ends.
struct Answering(Arc<Activity>);

impl Answering {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.begun.fetch_add(1, Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}

/// A connection that ended early is the client's affair, unless it was a function's body that failed.
fn log_end(error: &(dyn std::error::Error + Send + Sync + 'static)) {
    let body_failed = error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_user);
    let error = chain(error);
    if body_failed {
        tracing::error!(target: "tusk_fn", %error, "the body of a response failed");
    } else {
        tracing::debug!(target: "tusk_fn", %error, "a connection ended early");
    }
}

/// A body of at most this many bytes is written at once.
const SHORT_BODY: u64 = 64 * 1024;

/// The response; one whose body takes time keeps the connection from being idle.
fn held(response: Response, answering: Answering) -> Response {
    if response.body().size_hint().exact().is_some_and(|length| length <= SHORT_BODY) {
        return response;
    }
    response.map(|body| Body::new(HeldBody { body, answering }))
}

pin_project! {
    /// A body on whose end its connection begins to be idle.
    struct HeldBody {
        #[pin]
        body: Body,
        answering: Answering,
    }
}

impl hyper::body::Body for HeldBody {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        self.project().body.poll_frame(task)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

struct Connection {
    program: Arc<Program>,
    activity: Arc<Activity>,
}

impl Service<http::Request<Incoming>> for Connection {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let answering = Answering::begin(&self.activity);
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
            Ok(held(program.respond(request).await, answering))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::time::Instant;

    use crate::provider::Provider;
    use crate::state::States;

    /// A connection to a program without functions, on tokio's paused clock.
    fn connect(graceful: &GracefulShutdown) -> DuplexStream {
        let (client, stream) = duplex(1024);
        let program = Arc::new(Program::new(Provider::Local, Vec::new(), States::default()));
        tokio::spawn(serve_connection(&builder(), stream, &program, graceful));
        client
    }

    /// Waits until the server closes, and tells after how long.
    async fn closed_after(mut client: DuplexStream) -> Duration {
        let started = Instant::now();
        let mut rest = Vec::new();
        // Closed or reset: it has ended.
        let _ = timeout(IDLE_TIMEOUT * 10, client.read_to_end(&mut rest)).await.expect("it is never closed");
        started.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_no_whole_head_is_let_go() {
        let graceful = GracefulShutdown::new();
        for sent in ["", "P", "PRI * HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let mut client = connect(&graceful);
            client.write_all(sent.as_bytes()).await.unwrap();
            let after = closed_after(client).await;
            assert!(after >= IDLE_TIMEOUT && after < IDLE_TIMEOUT * 2, "{sent:?}: {after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_asked_is_let_go_only_when_it_is_idle() {
        let graceful = GracefulShutdown::new();
        let mut client = connect(&graceful);
        for _ in 0..4 {
            client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
            assert!(client.read(&mut [0; 1024]).await.unwrap() > 0);
            tokio::time::sleep(IDLE_TIMEOUT * 3 / 4).await;
        }
        assert!(closed_after(client).await <= IDLE_TIMEOUT);
    }
}
