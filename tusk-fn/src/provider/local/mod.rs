//! The programmer's own machine: an HTTP server, timers, and an admin API on a port of its own.
//!
//! - [`server`]: connections, HTTP/1.1 and HTTP/2 without TLS
//! - [`timers`]: fires each timer on its schedule
//! - [`admin`]: lists, invokes and counts functions, for the command line
//! - [`banner`]: what is printed at start

mod admin;
mod banner;
mod server;
mod timers;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::Functions;
use crate::dispatch::Program;

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
    /// Another program has the port.
    #[error(
        "port {port} is taken by another program (perhaps this one, still running); \
         stop it, or choose another port: `{variable}={} cargo run`", port.saturating_add(10)
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
        source: std::io::Error,
    },
    /// The admin API's token cannot be made.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}

/// How long a second signal is waited for: after the first, running invocations may end.
const PATIENCE: Duration = Duration::from_secs(900);

/// Serves until SIGINT or SIGTERM; then lets running invocations end. A second signal does not wait for them.
pub(crate) async fn serve(program: Arc<Program>) -> Result<(), ServeError> {
    let wanted = port(PORT_VARIABLE)?.unwrap_or(DEFAULT_PORT);
    let listener = listen(wanted, PORT_VARIABLE).await?;
    let address = address(&listener, wanted)?;
    let admin_listener = admin_listener(address.port()).await?;
    let admin_address = self::address(&admin_listener, 0)?;
    let token = admin::token()?;
    banner::print(&program, address, admin_address, &token);

    let (stop, stopped) = watch::channel(false);
    let functions = Functions::of(Arc::clone(&program));
    let admin = tokio::spawn(admin::serve(admin_listener, functions, token, stopped.clone()));
    let timers = tokio::spawn(timers::run(Arc::clone(&program), stopped.clone()));
    let server = tokio::spawn(server::serve(listener, program, stopped));
    signal().await;
    eprintln!("stopping: running invocations may end; press Ctrl-C again not to wait");
    let _ = stop.send(true);
    let all = async {
        let _ = tokio::join!(server, timers, admin);
    };
    tokio::select! {
        () = all => {}
        () = signal() => eprintln!("stopped without waiting"),
        () = tokio::time::sleep(PATIENCE) => eprintln!("stopped after waiting {PATIENCE:?}"),
    }
    Ok(())
}

fn port(variable: &'static str) -> Result<Option<u16>, ServeError> {
    match std::env::var(variable) {
        Err(_) => Ok(None),
        Ok(value) => value.parse().map(Some).map_err(|_| ServeError::PortNumber { variable, value }),
    }
}

async fn listen(port: u16, variable: &'static str) -> Result<TcpListener, ServeError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::PortTaken { port, variable },
        _ => ServeError::Listen { port, source },
    })
}

async fn admin_listener(http: u16) -> Result<TcpListener, ServeError> {
    if let Some(port) = port(ADMIN_PORT_VARIABLE)? {
        return listen(port, ADMIN_PORT_VARIABLE).await;
    }
    match listen(http.checked_add(1).unwrap_or(0), ADMIN_PORT_VARIABLE).await {
        Ok(listener) => Ok(listener),
        Err(_) => listen(0, ADMIN_PORT_VARIABLE).await,
    }
}

fn address(listener: &TcpListener, port: u16) -> Result<SocketAddr, ServeError> {
    listener.local_addr().map_err(|source| ServeError::Listen { port, source })
}

/// Waits for SIGINT or SIGTERM.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
