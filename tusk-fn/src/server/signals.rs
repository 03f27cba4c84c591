//! Ctrl-C and SIGTERM.
//!
//! They are waited for on a thread of its own: functions that block can hold up every thread of the program's runtime, and
//! Ctrl-C must work even then.

use std::io;
use std::process::exit;
use std::thread;

use tokio::sync::{oneshot, watch};

/// How many signals the program may answer itself; the next one ends the process from here.
const ANSWERED: u32 = 2;

/// How often the program was asked to stop.
///
/// From its return on, signals no longer end the process; once the receiver is dropped, they do again.
pub(crate) async fn count() -> io::Result<watch::Receiver<u32>> {
    let (sender, receiver) = watch::channel(0);
    let (ready, readiness) = oneshot::channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(ready.send(Err(error))),
        };
        runtime.block_on(async {
            match Signals::new() {
                Ok(signals) => {
                    let _ = ready.send(Ok(()));
                    signals.count(&sender).await;
                }
                Err(error) => drop(ready.send(Err(error))),
            }
        });
    })?;
    readiness.await.map_err(io::Error::other)??;
    Ok(receiver)
}

/// The signals that ask a program to stop.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(windows)]
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for the next one, and gives the exit code of a process that it ends.
    #[cfg(unix)]
    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }

    #[cfg(windows)]
    async fn next(&mut self) -> i32 {
        let _ = self.interrupt.recv().await;
        130
    }

    async fn count(mut self, count: &watch::Sender<u32>) {
        loop {
            let code = self.next().await;
            // Asked before it is told: the program may be gone at once when it is.
            if count.is_closed() || *count.borrow() == ANSWERED {
                exit(code);
            }
            count.send_modify(|count| *count += 1);
        }
    }
}
