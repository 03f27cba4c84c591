//! The runs: how often each request goes to each peer, and what one of them cost.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::child::{Child, Mode, collected};
use crate::peers::{Peer, Platform, Role};
use crate::requests::Request;
use crate::runtime_api::RuntimeApi;
use crate::wire::Connection;

/// The two run lengths whose difference is counted: start, warm-up and end cancel out.
const COUNTED: (usize, usize) = (200, 1_200);
/// How often each length runs. The least counts: a busy machine makes threads hand over more often, which only adds.
const COUNTS: usize = 3;
/// Requests before the clock starts.
const WARM: usize = 500;
/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_mins(1);

/// Requests under the clock. The processor's time comes in ticks of 10 ms: so many that a tick is 1 or 2 % of them.
fn timed(platform: Platform) -> usize {
    match platform {
        Platform::Aws => 10_000,
        Platform::Http => 40_000,
    }
}

/// The time that one request took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// On the clock.
    pub(crate) wall: Duration,
    /// On the processor.
    pub(crate) cpu: Duration,
}

/// The instructions that one request costs.
#[expect(clippy::cast_precision_loss, reason = "counts of instructions, far below 2^52")]
pub(crate) fn instructions(peer: &Peer, binary: &Path, request: Request) -> Outcome<f64> {
    let (short, long) = COUNTED;
    let (less, more) = (least_count(peer, binary, request, short)?, least_count(peer, binary, request, long)?);
    Ok(more.saturating_sub(less) as f64 / (long - short) as f64)
}

/// The instructions from the program's first to its first `next`; what ends it is counted in, and is little.
#[expect(clippy::cast_precision_loss, reason = "counts of instructions, far below 2^52")]
pub(crate) fn start_instructions(peer: &Peer, binary: &Path) -> Outcome<f64> {
    Ok(least_count(peer, binary, Request::Get, 0)? as f64)
}

/// The time from the program's start to its first `next`.
pub(crate) fn start_time(binary: &Path) -> Outcome<Duration> {
    let api = RuntimeApi::start(Request::Get.event(), 0)?;
    let started = Instant::now();
    let mut child = spawn_function(binary, Mode::Native, &api)?;
    let ready = api.wait_for_next(1, &mut || child.check_alive())?;
    child.end()?;
    Ok(ready - started)
}

/// What one request takes, after a warm-up.
pub(crate) fn times(peer: &Peer, binary: &Path, request: Request) -> Outcome<Times> {
    let (warm, timed) = (WARM, timed(peer.platform));
    match peer.platform {
        Platform::Aws => {
            let api = RuntimeApi::start(request.event(), warm + timed)?;
            let mut child = spawn_function(binary, Mode::Native, &api)?;
            let from = (api.wait_for_next(warm + 1, &mut || child.check_alive())?, child.cpu()?);
            let to = (api.wait_for_next(warm + timed + 1, &mut || child.check_alive())?, child.cpu()?);
            child.end()?;
            check_answers(peer, request, &api, warm + timed)?;
            Ok(each(from, to, timed))
        }
        Platform::Http => {
            let (child, mut connection) = spawn_server(binary, Mode::Native)?;
            send(peer, request, &mut connection, warm)?;
            let from = (Instant::now(), child.cpu()?);
            send(peer, request, &mut connection, timed)?;
            let to = (Instant::now(), child.cpu()?);
            drop(connection);
            child.end()?;
            Ok(each(from, to, timed))
        }
    }
}

fn each(from: (Instant, Duration), to: (Instant, Duration), requests: usize) -> Times {
    let requests = u32::try_from(requests).unwrap_or(u32::MAX);
    Times { wall: (to.0 - from.0) / requests, cpu: to.1.saturating_sub(from.1) / requests }
}

fn least_count(peer: &Peer, binary: &Path, request: Request, requests: usize) -> Outcome<u64> {
    let mut least = counted_run(peer, binary, request, requests)?;
    for _ in 1..COUNTS {
        least = least.min(counted_run(peer, binary, request, requests)?);
    }
    Ok(least)
}

fn counted_run(peer: &Peer, binary: &Path, request: Request, requests: usize) -> Outcome<u64> {
    let log = match peer.platform {
        Platform::Aws => {
            let api = RuntimeApi::start(request.event(), requests)?;
            let mut child = spawn_function(binary, Mode::Counted, &api)?;
            api.wait_for_next(requests + 1, &mut || child.check_alive())?;
            check_answers(peer, request, &api, requests)?;
            child.end()?
        }
        Platform::Http => {
            let (child, mut connection) = spawn_server(binary, Mode::Counted)?;
            send(peer, request, &mut connection, requests)?;
            drop(connection);
            child.end()?
        }
    };
    collected(&log).ok_or_else(|| format!("callgrind gave no count: {log}").into())
}

fn spawn_function(binary: &Path, mode: Mode, api: &RuntimeApi) -> Outcome<Child> {
    let variables = [
        ("AWS_LAMBDA_RUNTIME_API", api.address()),
        ("AWS_LAMBDA_FUNCTION_NAME", "users".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/users".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/03/12/[$LATEST]8476a536e9f411e8".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("TUSK_FN_PROVIDER", "aws".to_owned()),
    ];
    Child::spawn(binary, mode, &variables.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// Starts a server, and connects to it as soon as it listens.
fn spawn_server(binary: &Path, mode: Mode) -> Outcome<(Child, Connection)> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let variables = [("PORT", &*port.to_string()), ("TUSK_FN_PROVIDER", "local")];
    let mut child = Child::spawn(binary, mode, &variables)?;
    let started = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => return Ok((child, Connection::new(stream)?)),
            Err(error) if started.elapsed() > PATIENCE => return Err(error.into()),
            Err(_) => child.check_alive()?,
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn send(peer: &Peer, request: Request, connection: &mut Connection, requests: usize) -> Outcome<()> {
    let message = request.http();
    let layered = request.layered() && peer.role != Role::Floor;
    for _ in 0..requests {
        connection.write(message.as_bytes())?;
        let response = connection.read()?.ok_or("the server closed the connection")?;
        request.check_response(&response, layered)?;
    }
    Ok(())
}

/// Every answer is looked at, after the run: a peer that answers wrongly is fast for nothing.
fn check_answers(peer: &Peer, request: Request, api: &RuntimeApi, expected: usize) -> Outcome<()> {
    let answers = api.take_answers();
    if answers.len() != expected {
        return Err(format!("{} answers to {expected} events", answers.len()).into());
    }
    // The floor says the same to everything.
    let checked = if peer.role == Role::Floor { Request::Get } else { request };
    answers.iter().try_for_each(|answer| checked.check_answer(answer))
}
