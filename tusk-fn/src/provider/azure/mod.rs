//! Azure Functions: a custom handler, which the host starts beside itself and sends everything to over HTTP.
//!
//! - this module: the port, how the program starts and ends
//! - [`door`]: what is a request of a client and what an event of the host
//! - [`receive`]: an event, from the request to the answer
//! - [`wire`]: the host's JSON, `{"Data": …, "Metadata": …}`, with a text within a text
//! - [`metadata`]: what may be believed of `Metadata`
//! - [`items`]: what is in an event, by trigger
//! - [`forwarded`]: a request of a client that the host sends as an event
//! - [`reply`]: what the host wants to hear
//! - `client`, `cloud`, [`support`]: what functions send, store and read, with the feature `azure-clients`
//! - [`document`]: what Cosmos DB makes of an item, for those who write and for those who are told
//!
//! What the host cannot serve at all is said by [`tusk_fn_spec::azure`], to manifests as well.
//!
//! What the host does is read from its source (`Azure/azure-functions-host`, `src/WebJobs.Script/Workers/Http`, named
//! where it matters); its documentation shows texts with one level of encoding less than the host sends.
//!
//! # Deliveries
//!
//! An invocation fails as a whole or not at all, and the host knows no rejection: a message that a function rejects, or
//! that cannot be read, fails its invocation, is delivered again as often as the queue allows, and goes to the dead
//! letters then. Of a batch (`cardinality` `many`) the items that went well are delivered again with those that did not.
//! Event Hubs and Cosmos DB go on after a failure and the retries of the function's retry policy, which manifests give it.
//!
//! # Logs
//!
//! Lines go to the standard output, each with the function's name and the invocation's id; the host takes a line of the
//! standard error for an error. Those of an event stand in the reply's `Logs` as well, where the host shows them as the
//! invocation's own. It reads them of a reply that succeeds only: the lines of failures, and of a process that died, are
//! those of the standard output (category `Host.Function.Console`, which `host.json` can turn off).

#[cfg(feature = "azure-clients")]
mod client;
#[cfg(feature = "azure-clients")]
mod cloud;
mod document;
mod door;
mod forwarded;
mod items;
mod metadata;
mod receive;
mod reply;
#[cfg(not(deployed_without_clients))]
mod support;
#[cfg(test)]
mod tests;
mod wire;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
pub use tusk_fn_spec::azure::Unservable;
use tusk_fn_spec::azure::{DEFAULT_PREFIX, unservable};

use self::door::{Door, is_ping};
pub(crate) use self::receive::{EVENTS, Events};
#[cfg(not(deployed_without_clients))]
pub(crate) use self::support::open_cloud;
use crate::dispatch::{Function, Program, Responding};
use crate::server::{self, signals};

/// Reads a text as everything that the host sends to that function. How many items there were.
#[cfg(fuzzing)]
pub(crate) fn fuzz(function: &tusk_fn_spec::record::FunctionRecord, text: &str) -> usize {
    let Ok(sent) = wire::Sent::read(text) else { return 0 };
    let _ = forwarded::is_request(&sent);
    match items::open(function, &sent, &crate::context::Delivery::local()) {
        Ok(items::Opened::Items { items, .. }) => {
            items.iter().for_each(|one| super::fuzz::look(&one.item));
            items.len()
        }
        Ok(items::Opened::Timer { .. }) => 1,
        Err(_) => 0,
    }
}

/// The variable in which the host says where it will look for the program (`HttpWorkerConstants.cs`).
const PORT_VARIABLE: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
/// The variable in which manifests say what the host puts before the path of each route, and what it does without a
/// word.
const PREFIX_VARIABLE: &str = "TUSK_FN_ROUTE_PREFIX";

/// The exit code of a program that was asked to end. After 0 the host would not start it again, and every request would
/// fail; after 200 it does, and does not count it as a failure (`WorkerProcess.OnProcessExited`).
pub(crate) const ENDED: u8 = 200;

/// Why the host cannot reach the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AzureError {
    /// The host did not say where it will look for the program.
    #[error(
        "`{PORT_VARIABLE}` is not set: Azure's host sets it when it starts a custom handler; on your own machine start \
         the program with `func start`, or unset `TUSK_FN_PROVIDER`"
    )]
    PortMissing,
    /// The port's variable is no port.
    #[error("`{PORT_VARIABLE}` is {value:?}, which is no port from 1 to 65535")]
    PortNumber {
        /// Its value.
        value: String,
    },
    /// The routes' prefix is none.
    #[error(
        "`{PREFIX_VARIABLE}` is {value:?}, and must be one segment of letters, digits, `-` and `_`: without a prefix, \
         a request of anyone could be taken for an event"
    )]
    Prefix {
        /// The variable's value.
        value: String,
    },
    /// The port cannot be used.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// SIGTERM would have no effect.
    #[error("cannot wait for SIGTERM: {0}")]
    Signals(#[source] io::Error),
}

/// For how long what runs may go on after the process was asked to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// Azure's host, as the program meets it.
pub(crate) struct Host {
    prefix: String,
    address: SocketAddr,
    requests: Arc<Gate>,
    program: watch::Sender<Option<Arc<Door>>>,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<()>,
}

impl Host {
    /// Listens, before anything that may take long: the host asks until it is answered, and gives up after a while.
    /// What comes before the program has started waits for it.
    pub(crate) async fn open(variable: impl Fn(&str) -> Option<String>) -> Result<Self, AzureError> {
        let value = variable(PORT_VARIABLE).ok_or(AzureError::PortMissing)?;
        let port = match value.parse() {
            Ok(port) if port != 0 => port,
            _ => return Err(AzureError::PortNumber { value }),
        };
        let prefix = variable(PREFIX_VARIABLE).unwrap_or_else(|| DEFAULT_PREFIX.to_owned());
        if prefix.is_empty() || !prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err(AzureError::Prefix { value: prefix });
        }
        Self::listen(port, prefix).await
    }

    async fn listen(port: u16, prefix: String) -> Result<Self, AzureError> {
        let failed = |source| AzureError::Listen { port, source };
        // The host connects to this address and no other (`WorkerConstants.HostName`).
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (program, started) = watch::channel(None);
        let (stop, stopped) = watch::channel(false);
        let requests = Arc::new(Gate { started, requests: server::Requests::default() });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&requests) as Arc<dyn server::Answer>, stopped));
        Ok(Self { prefix, address, requests, program, stop, server })
    }

    /// What Azure cannot serve of these functions.
    pub(crate) fn check(&self, functions: &[Function]) -> Result<(), Vec<Unservable>> {
        let records: Vec<_> = functions.iter().map(|function| &function.record).collect();
        let faults = unservable(&records, &self.prefix);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Lets the program answer.
    fn start(&self, program: Arc<Program>) {
        let functions = program.functions().len();
        self.program.send_replace(Some(Arc::new(Door { program, prefix: self.prefix.clone() })));
        tracing::info!(target: "tusk_fn", address = %self.address, functions, "serving Azure's host");
    }

    /// Serves until the process is asked to end, and then until nothing more comes. The host itself kills the process
    /// instead.
    pub(crate) async fn serve(self, program: Arc<Program>) -> Result<(), AzureError> {
        let mut asked = signals::count().await.map_err(AzureError::Signals)?;
        self.start(program);
        // An error would say that the thread which counts has ended, and then nothing asks any more.
        let _ = asked.wait_for(|count| *count > 0).await;
        tracing::info!(target: "tusk_fn", "asked to end: serving what still comes");
        self.requests.requests.quiet().await;
        self.end().await;
        Ok(())
    }

    async fn end(self) {
        let _ = self.stop.send(true);
        // Late at the end, or not at all: nobody waits for longer.
        let _ = tokio::time::timeout(PATIENCE, self.server).await;
    }
}

/// Answers the host's pings at once, and lets everything else wait until the program has started.
struct Gate {
    started: watch::Receiver<Option<Arc<Door>>>,
    requests: server::Requests,
}

impl server::Answer for Gate {
    fn idle(&self) -> Duration {
        server::PLATFORM_IDLE
    }

    fn answer(&self, request: http::Request<hyper::body::Incoming>) -> Responding {
        if is_ping(&request) {
            return Responding::answered(reply::pong());
        }
        self.requests.begin();
        if let Some(door) = &*self.started.borrow() {
            return door.answer(request);
        }
        let mut started = self.started.clone();
        Responding::later(async move {
            let door = started.wait_for(Option::is_some).await.ok().and_then(|door| door.clone());
            match door {
                Some(door) => {
                    let Ok(response) = door.answer(request).await;
                    response
                }
                None => reply::not_started(),
            }
        })
    }
}
