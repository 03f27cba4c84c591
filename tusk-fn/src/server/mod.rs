//! Connections of HTTP/1.1 (kept alive) and HTTP/2 without TLS: the server of every provider that sends requests.

#[cfg(any(provider_azure, provider_google, provider_knative))]
pub(crate) mod body;
#[cfg(any(provider_azure, provider_google, provider_knative))]
mod quiet;
pub(crate) mod signals;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::{Context as TaskContext, Poll, Wake, Waker, ready};
use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::task::AtomicWaker;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

#[cfg(any(provider_azure, provider_google, provider_knative))]
pub(crate) use self::quiet::Requests;
use crate::dispatch::Responding;
use crate::error::{BoxError, chain};

/// How often a connection is looked at: one on which no request came since the last look, and none is being answered, is
/// closed. (hyper's own timeout for a request's head costs more for each request than the rest of this module.)
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after the system refused a connection, such as when no more files may be open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Who answers the requests of a server.
pub(crate) trait Answer: Send + Sync + 'static {
    /// Answers one.
    fn answer(&self, request: http::Request<Incoming>) -> Responding;

    /// How often a connection is looked at. A caller that keeps connections for longer than that would now and then send a request
    /// into one that is just being closed.
    fn idle(&self) -> Duration {
        IDLE_TIMEOUT
    }

    /// How many headers a request may have, if not as many as hyper takes by itself, which is 100.
    fn most_headers(&self) -> Option<usize> {
        None
    }
}

/// The same for callers that keep connections: Google's, Knative's and Azure's do so for 90 s and more.
#[cfg(any(provider_azure, provider_google, provider_knative))]
pub(crate) const PLATFORM_IDLE: Duration = Duration::from_mins(11);

/// Serves until `stopped` says so, and then until the last request is answered.
pub(crate) async fn serve(listener: TcpListener, answer: Arc<dyn Answer>, stopped: watch::Receiver<bool>) {
    let (stop, _) = watch::channel(());
    accept(listener, stopped, |stream| {
        // Small answers go out at once. A connection on which that fails works all the same.
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve_connection(stream, Arc::clone(&answer), stop.subscribe()));
    })
    .await;
    stop.send_replace(());
    stop.closed().await;
}

/// Gives each connection to `each` until `stopped` says so; then the port is closed.
pub(crate) async fn accept(listener: TcpListener, mut stopped: watch::Receiver<bool>, mut each: impl FnMut(TcpStream)) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        match accepted {
            Ok((stream, _)) => each(stream),
            Err(error) => {
                tracing::warn!(target: "tusk_fn", %error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What a client that speaks HTTP/2 sends first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves one connection. `stopped` is kept until it has ended: that is what the server waits for when it stops.
///
/// hyper-util would tell the protocols apart, but with its feature for that its client has HTTP/2 as well, and with it every
/// program for AWS Lambda: 600 KB.
async fn serve_connection<S>(stream: S, answer: Arc<dyn Answer>, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let activity = Arc::new(Activity::default());
    let mut stopping = pin!(stopped.changed().fuse());
    let mut idle = pin!(activity.idle(answer.idle()));
    let first = tokio::select! {
        first = first_bytes(stream) => first,
        _ = &mut stopping => return,
        () = &mut idle => Err(io::ErrorKind::TimedOut.into()),
    };
    let (stream, protocol) = match first {
        Ok((stream, protocol)) => (TokioIo::new(stream), protocol),
        Err(error) => return log_end(&error),
    };
    let most_headers = answer.most_headers();
    let service = Connection { answer, activity: Arc::clone(&activity) };
    let ended = match protocol {
        Protocol::Http1 => {
            let mut builder = http1::Builder::new();
            builder.header_read_timeout(None);
            if let Some(most) = most_headers {
                builder.max_headers(most);
            }
            let connection = builder.serve_connection(stream, service);
            drive(pin!(connection), http1::Connection::graceful_shutdown, stopping, idle).await
        }
        Protocol::Http2 => {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new()).keep_alive_interval(IDLE_TIMEOUT);
            let mut connection = Box::pin(builder.serve_connection(stream, service));
            drive(connection.as_mut(), http2::Connection::graceful_shutdown, stopping, idle).await
        }
    };
    if let Err(error) = ended {
        log_end(&*error);
    }
}

enum Protocol {
    Http1,
    Http2,
}

/// Reads until it is known which protocol the client speaks.
async fn first_bytes<S: AsyncRead + Unpin>(mut stream: S) -> io::Result<(Rewound<S>, Protocol)> {
    let mut first = [0; PREFACE.len()];
    let mut end = 0;
    while end < first.len() && PREFACE.starts_with(&first[..end]) {
        match stream.read(&mut first[end..]).await? {
            0 => break,
            read => end += read,
        }
    }
    let protocol = if first[..end] == *PREFACE { Protocol::Http2 } else { Protocol::Http1 };
    Ok((Rewound { first, read: 0, end, stream }, protocol))
}

/// A stream of which the first bytes were read, and are to be read again.
struct Rewound<S> {
    first: [u8; PREFACE.len()],
    read: usize,
    end: usize,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read == self.end {
            return Pin::new(&mut self.stream).poll_read(task, buffer);
        }
        let until = self.end.min(self.read + buffer.remaining());
        buffer.put_slice(&self.first[self.read..until]);
        self.read = until;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(task, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(task, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Drives a connection until it ends, is idle, or has answered its last request after the server began to stop.
async fn drive<C: Future<Output = hyper::Result<()>>>(
    mut connection: Pin<&mut C>,
    shut_down: fn(Pin<&mut C>),
    mut stopping: Pin<&mut impl Future>,
    mut idle: Pin<&mut impl Future<Output = ()>>,
) -> Result<(), BoxError> {
    let bell = Arc::new(Bell::default());
    let rings = Waker::from(Arc::clone(&bell));
    poll_fn(|task| {
        if bell.rang(task.waker()) {
            let rings = &mut TaskContext::from_waker(&rings);
            if stopping.as_mut().poll(rings).is_ready() {
                shut_down(connection.as_mut());
            }
            if idle.as_mut().poll(rings).is_ready() {
                return Poll::Ready(Err("no request came in time".into()));
            }
        }
        connection.as_mut().poll(task).map_err(BoxError::from)
    })
    .await
}

/// Wakes a connection's task for what is not the connection: that is then polled only when it has something to say, and not
/// each time that the connection has.
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Default for Bell {
    /// Rung, so that what waits for it is polled a first time.
    fn default() -> Self {
        Self { rung: AtomicBool::new(true), task: AtomicWaker::new() }
    }
}

impl Bell {
    /// Whether it rang since the last call; the next time that it does, it wakes the task.
    fn rang(&self, task: &Waker) -> bool {
        self.task.register(task);
        self.rung.load(Acquire) && self.rung.swap(false, AcqRel)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Release);
        self.task.wake();
    }
}

/// The requests of a connection.
#[derive(Default)]
struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Activity {
    /// Returns when it was looked at and found idle.
    async fn idle(&self, timeout: Duration) {
        let mut seen = 0;
        loop {
            sleep(timeout).await;
            if self.idle_since(&mut seen) {
                return;
            }
        }
    }

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
    let of_hyper = error.downcast_ref::<hyper::Error>();
    let body_failed = of_hyper.is_some_and(hyper::Error::is_user);
    let refused = of_hyper.is_some_and(hyper::Error::is_parse);
    let error = chain(error);
    if body_failed {
        tracing::error!(target: "tusk_fn", %error, "the body of a response failed");
    } else if refused {
        tracing::warn!(target: "tusk_fn", %error, "a request was refused before it could be read");
    } else {
        tracing::debug!(target: "tusk_fn", %error, "a connection ended early");
    }
}

/// A body of at most this many bytes is written at once.
const SHORT_BODY: u64 = 64 * 1024;

/// The response; one whose body takes time keeps the connection from being idle.
fn held(response: Response, answering: Option<Answering>) -> Response {
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
        answering: Option<Answering>,
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
    answer: Arc<dyn Answer>,
    activity: Arc<Activity>,
}

impl Service<http::Request<Incoming>> for Connection {
    type Response = Response;
    type Error = Infallible;
    type Future = Answered;

    fn call(&self, request: http::Request<Incoming>) -> Answered {
        let answering = Answering::begin(&self.activity);
        Answered { responding: self.answer.answer(request), answering: Some(answering) }
    }
}

/// The answer of a request.
struct Answered {
    responding: Responding,
    answering: Option<Answering>,
}

impl Future for Answered {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Result<Response, Infallible>> {
        let Ok(response) = ready!(Pin::new(&mut self.responding).poll(task));
        Poll::Ready(Ok(held(response, self.answering.take())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::time::{Instant, timeout};

    use http::StatusCode;

    use crate::error::problem;

    /// Knows nothing.
    struct NotFound;

    impl Answer for NotFound {
        fn answer(&self, _: http::Request<Incoming>) -> Responding {
            Responding::answered(problem(StatusCode::NOT_FOUND, ""))
        }
    }

    /// A connection, on tokio's paused clock.
    fn connect(stop: &watch::Sender<()>) -> DuplexStream {
        let (client, stream) = duplex(1024);
        tokio::spawn(serve_connection(stream, Arc::new(NotFound), stop.subscribe()));
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
        let (stop, _) = watch::channel(());
        for sent in ["", "P", "PRI * HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            let mut client = connect(&stop);
            client.write_all(sent.as_bytes()).await.unwrap();
            let after = closed_after(client).await;
            assert!(after >= IDLE_TIMEOUT && after < IDLE_TIMEOUT * 2, "{sent:?}: {after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_asked_is_let_go_only_when_it_is_idle() {
        let (stop, _) = watch::channel(());
        let mut client = connect(&stop);
        for _ in 0..4 {
            client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
            assert!(client.read(&mut [0; 1024]).await.unwrap() > 0);
            sleep(IDLE_TIMEOUT * 3 / 4).await;
        }
        assert!(closed_after(client).await <= IDLE_TIMEOUT);
    }
}
