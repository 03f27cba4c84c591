//! A Runtime API on loopback: hands out one event a given number of times, then keeps the function waiting.
//!
//! It also notes when each `next` came, which is the only clock that every kind of function shares: the time from one
//! `next` to the following is one invocation, and the first one is the end of the start.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::wire::{Connection, Message};

/// How long a function may take to its next `next` before the run counts as hung; generous, for valgrind's sake.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often a wait looks whether the function is still alive.
const GLANCE: Duration = Duration::from_millis(200);

/// A Runtime API for one run of one function.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    event: String,
    events: usize,
    progress: Mutex<Progress>,
    moved: Condvar,
}

#[derive(Default)]
struct Progress {
    nexts: Vec<Instant>,
    awaited: usize,
    answers: Vec<Vec<u8>>,
    fault: Option<String>,
    closing: bool,
}

impl RuntimeApi {
    /// Listens, ready to hand out `event` so many times.
    pub(crate) fn start(event: String, events: usize) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let progress = Mutex::new(Progress { nexts: Vec::with_capacity(events + 1), ..Progress::default() });
        let shared = Arc::new(Shared { event, events, progress, moved: Condvar::new() });
        let accepting = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || accept(&listener, &accepting));
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` has to say.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until `next` has been asked for `count` times, and says when the last of these was.
    pub(crate) fn wait_for_next(&self, count: usize, alive: &mut dyn FnMut() -> Outcome<()>) -> Outcome<Instant> {
        let mut progress = self.shared.progress();
        progress.awaited = count;
        let mut seen = (progress.nexts.len(), Instant::now());
        loop {
            if let Some(fault) = progress.fault.take() {
                return Err(fault.into());
            }
            if let Some(at) = count.checked_sub(1).and_then(|last| progress.nexts.get(last)) {
                return Ok(*at);
            }
            if progress.nexts.len() > seen.0 {
                seen = (progress.nexts.len(), Instant::now());
            } else if seen.1.elapsed() > PATIENCE {
                return Err(format!("no further `next` after {}", seen.0).into());
            }
            alive()?;
            progress = self.shared.moved.wait_timeout(progress, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The function's answers so far.
    pub(crate) fn take_answers(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.shared.progress().answers)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.shared.progress().closing = true;
        // Wakes the acceptor, which looks at `closing` after each connection.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a `next`; its number, or `None` when there is no further event.
    fn note_next(&self) -> Option<usize> {
        let mut progress = self.progress();
        progress.nexts.push(Instant::now());
        if progress.nexts.len() >= progress.awaited {
            self.moved.notify_all();
        }
        (progress.nexts.len() <= self.events).then_some(progress.nexts.len())
    }

    fn note_fault(&self, fault: String) {
        self.progress().fault.get_or_insert(fault);
        self.moved.notify_all();
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.progress().closing {
            return;
        }
        let Ok(connection) = stream.map_err(Into::into).and_then(Connection::new) else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || serve(connection, &shared));
    }
}

/// Answers until the function closes the connection, which its death does too: the end of a run is not a fault.
fn serve(mut connection: Connection, shared: &Shared) {
    while let Ok(Some(request)) = connection.read() {
        if let Some(reply) = reply(request, shared)
            && connection.write(reply.as_bytes()).is_err()
        {
            return;
        }
    }
}

/// The reply, or `None` where the platform too would let the caller wait.
fn reply(request: Message, shared: &Shared) -> Option<String> {
    let mut words = request.start_line().split(' ').skip(1);
    let path = words.next().unwrap_or_default().to_owned();
    match path.as_str() {
        "/2018-06-01/runtime/invocation/next" => shared.note_next().map(|number| shared.invocation(number)),
        "/2020-01-01/extension/register" => Some(registered()),
        "/2020-01-01/extension/event/next" => None,
        path if path.ends_with("/response") => {
            shared.progress().answers.push(request.body);
            Some(accepted())
        }
        path => {
            shared.note_fault(format!("the function called {path}: {}", String::from_utf8_lossy(&request.body)));
            Some(accepted())
        }
    }
}

impl Shared {
    /// What the platform answers to `next`, with the headers that it sends.
    fn invocation(&self, number: usize) -> String {
        let deadline = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default() + Duration::from_secs(30);
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
             Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-{number:012x}\r\n\
             Lambda-Runtime-Deadline-Ms: {}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:users\r\n\
             Lambda-Runtime-Trace-Id: Root=1-67d1e2de-4b3f2a1c0d9e8f7a6b5c4d3e;Parent=53995c3f42cd8ad8;Sampled=0\r\n\
             Date: Thu, 12 Mar 2026 19:03:58 GMT\r\nContent-Length: {}\r\n\r\n{}",
            deadline.as_millis(),
            self.event.len(),
            self.event
        )
    }
}

fn accepted() -> String {
    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"
        .to_owned()
}

fn registered() -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
     Lambda-Extension-Identifier: 5e1f3b0c-7a52-4f1e-9a6d-2f4c8b7d9e10\r\nContent-Length: 66\r\n\r\n\
     {\"functionName\":\"users\",\"functionVersion\":\"$LATEST\",\"handler\":\"x\"}"
        .to_owned()
}
