//! The programmer's own machine: an HTTP server, timers, and an admin API on a port of its own.
//!
//! - [`cloud`]: queues, topics, tables, streams, buckets and events, kept in a [`store`]
//! - [`timers`]: fires each timer on its schedule
//! - [`admin`]: lists, invokes and counts functions, for the command line
//! - [`banner`]: what is printed at start
//! - [`store`]: what the local cloud keeps: queues, tables and states

mod admin;
mod banner;
pub(crate) mod cloud;
mod store;
mod timers;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use self::banner::Banner;
use self::cloud::{Clock, LocalCloud};
use crate::context::{Delivery, Trace};
use crate::dispatch::{Program, Responding};
use crate::functions::Functions;
use crate::provider::variable;
use crate::server::{self, signals};

/// The variable that names the port, and the port without it.
const PORT_VARIABLE: &str = "PORT";
const DEFAULT_PORT: u16 = 8080;
/// The variable that names the admin API's port. Without it, it is the port after the first one, or any free one.
const ADMIN_PORT_VARIABLE: &str = "TUSK_FN_ADMIN_PORT";

/// Why the local server could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A port's variable is no port.
    #[error("`{variable}` is {value:?}, which is no port; set it to a number from 0 to 65535 (0 takes a free one)")]
    PortNumber {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
    },
    /// Both ports are the same.
    #[error(
        "`PORT` and `TUSK_FN_ADMIN_PORT` are both {port}; choose another one for the admin API: \
         `TUSK_FN_ADMIN_PORT={} cargo run`", another(*port)
    )]
    SamePort {
        /// The port.
        port: u16,
    },
    /// Another program has the port.
    #[error(
        "port {port} is taken by another program (perhaps this one, still running); \
         stop it, or choose another port: `{variable}={} cargo run`", another(*port)
    )]
    PortTaken {
        /// The port.
        port: u16,
        /// The variable that chooses it.
        variable: &'static str,
    },
    /// The port cannot be used for another reason.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The admin API's token cannot be made.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// Ctrl-C would have no effect.
    #[error("cannot wait for Ctrl-C: {0}")]
    Signals(#[source] io::Error),
    /// The program was asked to stop again, or for too long, before everything had ended.
    #[error("stopped before everything had ended; invocations that were still running: {running}")]
    Abandoned {
        /// How many invocations were running.
        running: u64,
    },
}

/// A port to suggest instead of one that cannot be had.
fn another(port: u16) -> u16 {
    port.checked_add(10).unwrap_or(port - 10)
}

/// How long running invocations may take to end.
const PATIENCE: Duration = Duration::from_mins(15);

/// The ports of a program that will serve.
pub(crate) struct Ports {
    http: TcpListener,
    admin: TcpListener,
}

impl Ports {
    /// Takes them: before the program's inits run, which may take long and for nothing.
    pub(crate) async fn open() -> Result<Self, ServeError> {
        let wanted = port(PORT_VARIABLE)?;
        let admin = port(ADMIN_PORT_VARIABLE)?;
        let http = listen(wanted.unwrap_or(DEFAULT_PORT), PORT_VARIABLE).await?;
        let port = address(&http)?.port();
        let admin = match admin {
            Some(admin) if admin == port => return Err(ServeError::SamePort { port }),
            Some(admin) => listen(admin, ADMIN_PORT_VARIABLE).await?,
            None => match listen(port.checked_add(1).unwrap_or(0), ADMIN_PORT_VARIABLE).await {
                Ok(listener) => listener,
                Err(_) => listen(0, ADMIN_PORT_VARIABLE).await?,
            },
        };
        Ok(Self { http, admin })
    }

    /// Serves until SIGINT or SIGTERM; then lets running invocations end. A second signal does not wait for them.
    pub(crate) async fn serve(self, program: Arc<Program>, cloud: Option<Arc<LocalCloud>>) -> Result<(), ServeError> {
        let token = admin::token()?;
        let (http, admin) = (address(&self.http)?, address(&self.admin)?);
        let mut signals = signals::count().await.map_err(ServeError::Signals)?;
        banner::print(&Banner { program: &program, cloud: cloud.as_deref(), http, admin, token: &token });

        let (stop, stopped) = watch::channel(false);
        let functions = Functions::of(Arc::clone(&program));
        let clock = cloud.as_ref().map_or_else(|| Arc::new(Clock::new(0)), |cloud| Arc::clone(&cloud.clock));
        let admin = tokio::spawn(admin::serve(self.admin, functions, cloud.clone(), token, stopped.clone()));
        let timers = tokio::spawn(timers::run(Arc::clone(&program), clock, stopped.clone()));
        let consumers = cloud.map(|cloud| tokio::spawn(cloud::run(Arc::clone(&program), cloud, stopped.clone())));
        let requests = Arc::new(Requests(Arc::clone(&program)));
        let server = tokio::spawn(server::serve(self.http, requests, stopped));
        let _ = signals.wait_for(|count| *count > 0).await;
        banner::say("stopping: running invocations may end; press Ctrl-C again not to wait");
        let _ = stop.send(true);
        let all = async {
            let _ = tokio::join!(server, timers, admin);
            if let Some(consumers) = consumers {
                let _ = consumers.await;
            }
        };
        tokio::select! {
            () = all => return Ok(()),
            _ = signals.wait_for(|count| *count > 1) => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
        let running = program.metrics().iter().map(|it| it.invocations.saturating_sub(it.duration.count)).sum();
        Err(ServeError::Abandoned { running })
    }
}

/// Answers requests by the program's functions.
struct Requests(Arc<Program>);

impl server::Answer for Requests {
    fn answer(&self, request: http::Request<hyper::body::Incoming>) -> Responding {
        let mut delivery = Delivery::local();
        delivery.trace = Trace::InHead;
        self.0.respond_to(request, delivery)
    }
}

fn port(name: &'static str) -> Result<Option<u16>, ServeError> {
    let parse = |value: String| value.parse().map_err(|_| ServeError::PortNumber { variable: name, value });
    variable(name).map(parse).transpose()
}

async fn listen(port: u16, variable: &'static str) -> Result<TcpListener, ServeError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortTaken { port, variable },
        _ => ServeError::Listen { port, source },
    })
}

fn address(listener: &TcpListener) -> Result<SocketAddr, ServeError> {
    listener.local_addr().map_err(|source| ServeError::Listen { port: 0, source })
}
