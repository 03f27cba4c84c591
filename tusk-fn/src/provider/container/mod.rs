//! A container behind one port: what Google Cloud Run and Knative have in common.
//!
//! - [`doors`]: what a process may serve together, since who may call is decided for a service as a whole
//! - [`receive`]: events, from the request to the answer
//! - this module: the port, and how the process ends
//!
//! What is different stands in [`google`](super::google) and [`knative`](super::knative), as two [`Platform`]s and their [`Terms`].
//!
//! Everything for events is reached through function pointers in the registrations of functions for them ([`Events`]), so that a
//! program of HTTP functions carries none of it.

mod doors;
pub(super) mod receive;

use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tusk_fn_spec::record::FunctionRecord;

use self::doors::Door;
pub use self::doors::DoorError;
use crate::context::{Delivery, Trace};
use crate::dispatch::{Program, Responding};
use crate::event::{EventItem, Item, MessageItem};
use crate::provider::field::Fault;
use crate::provider::variable;
use crate::server::{self, signals};
use crate::timer::Timer;

/// Where the platform wants the program to listen, and where without a word of it.
const PORT_VARIABLE: &str = "PORT";
const DEFAULT_PORT: u16 = 8080;

/// What a platform sends, and what it means by it.
pub(crate) trait Platform: Send + Sync + 'static {
    /// What a request brings. It is none of a client's, since only the platform may call a process that takes events.
    ///
    /// # Errors
    /// The request holds nothing that the platform sends.
    fn read(&self, parts: &Parts, body: &Bytes) -> Result<Vec<Sent>, Fault>;

    /// Whether a request is one of the platform's, where the program is to find that out itself.
    fn admit<'a>(&'a self, _: &'a HeaderMap) -> Option<Admission<'a>> {
        None
    }

    /// What was sent, for a function. `named` tells that the request's path names the function.
    fn open(&self, sent: &Sent, function: &FunctionRecord, named: bool) -> Opened;
}

/// Opens a platform, as its environment says.
pub(crate) type OpenPlatform = fn() -> Result<Arc<dyn Platform>, String>;
/// Answers what a platform sent, until the deadline.
pub(crate) type Receive =
    fn(Arc<Program>, Arc<dyn Platform>, http::Request<hyper::body::Incoming>, Option<Instant>) -> Responding;

/// What a process needs that serves events.
pub(crate) struct Events {
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) receive: Receive,
}

/// What a platform does with every container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The paths that lead to no function.
    pub(crate) reserved: &'static [&'static str],
    /// For how long what runs may go on after the process was asked to end, before the platform kills it.
    pub(crate) patience: Duration,
}

/// Says later whether a request is admitted.
pub(crate) type Admission<'a> = Pin<Box<dyn Future<Output = Result<(), NotAdmitted>> + Send + 'a>>;

/// Why a request is not admitted.
#[derive(Debug)]
pub(crate) struct NotAdmitted {
    pub(crate) status: StatusCode,
    pub(crate) why: String,
}

/// One thing that a platform sent.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// An event.
    Event(EventItem),
    /// A message of a queue.
    #[cfg_attr(not(provider_google), expect(dead_code, reason = "only Google has queues of its own"))]
    Message {
        /// The message.
        message: MessageItem,
        /// Which attempt this is.
        attempt: u32,
    },
    /// A scheduled instant.
    #[cfg_attr(not(provider_google), expect(dead_code, reason = "only Google's scheduler does not send events"))]
    Tick {
        /// The instant.
        at: Timestamp,
    },
}

impl Sent {
    /// What it is, for a message.
    fn described(&self) -> String {
        match self {
            Self::Event(event) => format!("an event of type {:?} from {:?}", event.event_type, event.source),
            Self::Message { .. } => "a message".to_owned(),
            Self::Tick { .. } => "a scheduled instant".to_owned(),
        }
    }
}

/// What was sent, as a function sees it.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are items")]
pub(crate) enum Opened {
    /// An item for it.
    Item {
        /// The item.
        item: Item,
        /// What is equal for each attempt.
        id: String,
        /// Which attempt this is.
        attempt: u32,
    },
    /// An instant for it.
    Timer(Timer),
    /// It is for such functions, and this one does not want it.
    Unwanted,
    /// It is not for such functions.
    Foreign,
    /// It is for the function, and broken.
    Broken(Fault),
}

/// Why a container's server could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The port's variable is no port.
    #[error(
        "`PORT` is {value:?}, which is no port; the platform sets it to a number from 1 to 65535 (0 takes a free one)"
    )]
    PortNumber {
        /// Its value.
        value: String,
    },
    /// The port cannot be used.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// SIGTERM would have no effect.
    #[error("cannot wait for SIGTERM: {0}")]
    Signals(#[source] std::io::Error),
}

/// Serves until the platform asks the process to end, and then until nothing more comes: `events`, or requests if there are none.
pub(crate) async fn serve(program: Arc<Program>, terms: Terms, events: Option<Events>) -> Result<(), ContainerError> {
    let port = match variable(PORT_VARIABLE) {
        None => DEFAULT_PORT,
        Some(value) => match value.parse() {
            Ok(port) => port,
            Err(_) => return Err(ContainerError::PortNumber { value }),
        },
    };
    let mut asked = signals::count().await.map_err(ContainerError::Signals)?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await;
    let listener = listener.map_err(|source| ContainerError::Listen { port, source })?;
    let port = listener.local_addr().map_or(port, |address| address.port());
    let (stop, stopped) = watch::channel(false);
    let door = if events.is_some() { Door::Events } else { Door::Requests };
    let timeout = timeout(variable);
    let container = Arc::new(Container {
        program,
        reserved: terms.reserved,
        events,
        timeout,
        requests: server::Requests::default(),
    });
    tracing::info!(target: "tusk_fn", "serving {} on port {port}", door.described());
    let server = tokio::spawn(server::serve(listener, Arc::clone(&container) as Arc<dyn server::Answer>, stopped));
    // An error would say that the thread which counts has ended, and then nothing asks any more.
    let _ = asked.wait_for(|count| *count > 0).await;
    tracing::info!(target: "tusk_fn", "asked to end: serving what still comes");
    container.requests.quiet().await;
    let _ = stop.send(true);
    if tokio::time::timeout(terms.patience, server).await.is_err() {
        tracing::error!(target: "tusk_fn", "ending, though not everything has ended: the platform waits no longer");
    }
    Ok(())
}

/// The variables that say after how many seconds the platform gives a request up: whoever deploys sets the first, Cloud Run functions
/// have the second.
const TIMEOUT_VARIABLES: [&str; 2] = ["TUSK_FN_REQUEST_TIMEOUT", "CLOUD_RUN_TIMEOUT_SECONDS"];

/// When the program gives a request up: a moment before the platform does, so that the answer is ours.
fn timeout(variable: impl Fn(&str) -> Option<String>) -> Option<Duration> {
    let seconds = TIMEOUT_VARIABLES.iter().find_map(|name| variable(name)?.parse::<u32>().ok())?;
    let whole = Duration::from_secs(seconds.into());
    Some(whole.saturating_sub((whole / 20).min(Duration::from_millis(500))))
}

/// A program that answers what comes in at a port.
struct Container {
    program: Arc<Program>,
    reserved: &'static [&'static str],
    events: Option<Events>,
    /// After how long the program gives a request up.
    timeout: Option<Duration>,
    requests: server::Requests,
}

impl server::Answer for Container {
    fn idle(&self) -> Duration {
        server::PLATFORM_IDLE
    }

    fn most_headers(&self) -> Option<usize> {
        // A hundred attributes of an unwrapped message of Pub/Sub, and its own.
        self.events.is_some().then_some(256)
    }

    fn answer(&self, request: http::Request<hyper::body::Incoming>) -> Responding {
        self.requests.begin();
        if self.reserved.contains(&request.uri().path()) {
            return Responding::answered(crate::error::problem(StatusCode::NOT_FOUND, ""));
        }
        let Some(events) = &self.events else {
            let mut delivery = Delivery::local();
            delivery.trace = Trace::InHead;
            return self.program.respond_to(request, delivery);
        };
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        (events.receive)(Arc::clone(&self.program), Arc::clone(&events.platform), request, deadline)
    }
}
