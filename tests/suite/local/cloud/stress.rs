//! Very many messages, failures by chance, and kills at random moments: nothing is lost, and groups keep their order.
//!
//! `STRESS_MESSAGES=100000 cargo test --release -p tusk-fn-tests --test suite cloud::stress -- --nocapture` is the whole of it;
//! without the variable there are fewer.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::Signal;
use tempfile::TempDir;

use super::{folder, waits};
use crate::support::{Connection, Program, head};

const MESSAGES: u64 = 20_000;
const KILLS: u64 = 10;
/// How many are sent with one request.
const CHUNK: u64 = 500;
/// As the program has them.
const POISONED: u64 = 499;
const GROUPS: u64 = 50;
/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_mins(1);

fn messages() -> u64 {
    std::env::var("STRESS_MESSAGES").map_or(MESSAGES, |count| count.parse().unwrap())
}

fn start(data: &TempDir, files: &TempDir) -> Program {
    let functions = "stress,stress-ordered,stress-dead,stress-send";
    super::cloud(data, functions).env("STRESS_FOLDER", files.path()).env("RUST_LOG", "off").serve()
}

/// The numbers in a file, in the order in which they were handled.
fn numbers(files: &Path, name: &str) -> Vec<u64> {
    let text = fs::read_to_string(files.join(name)).unwrap_or_default();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// How many lines were written, as far as their lengths tell.
fn written(files: &Path) -> u64 {
    fs::read_dir(files).unwrap().map(|file| file.unwrap().metadata().map_or(0, |it| it.len())).sum()
}

/// Sends all messages, to whichever process is there.
fn send_all(address: &Mutex<std::net::SocketAddr>, total: u64) {
    for from in (0..total).step_by(usize::try_from(CHUNK).unwrap()) {
        let count = CHUNK.min(total - from);
        let began = Instant::now();
        while !sent(*address.lock().unwrap(), from, count) {
            assert!(began.elapsed() < PATIENCE, "{count} messages from {from} on cannot be sent");
            thread::yield_now();
        }
    }
}

/// Whether the process took them, before it was killed.
fn sent(address: std::net::SocketAddr, from: u64, count: u64) -> bool {
    let Ok(stream) = std::net::TcpStream::connect(address) else { return false };
    let mut connection = Connection::over(stream);
    connection.send_some(head("POST", &format!("/stress/{from}/{count}"), &[], 0))
        && connection.try_response("POST").is_some_and(|response| response.status == 200)
}

/// Waits until the files have grown by so much, or nothing is left to do.
fn wait_for_growth(program: &Program, files: &Path, until: u64, all_sent: &Mutex<bool>) -> bool {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        let now = written(files);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if now >= until {
            return true;
        }
        if *all_sent.lock().unwrap()
            && !program.admin("GET", "/queues", "").json().as_array().unwrap().iter().any(waits)
        {
            return false;
        }
        assert!(since.elapsed() < PATIENCE, "nothing was handled for {PATIENCE:?}\n{}", program.log());
        thread::sleep(Duration::from_millis(20));
    }
}

/// A number that differs with each call.
fn chance(below: u64) -> u64 {
    u64::from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos()) / 1000 % below
}

#[test]
fn nothing_is_lost_by_kills_and_failures() {
    let total = messages();
    let (data, files) = (folder(), folder());
    let began = Instant::now();
    let mut program = start(&data, &files);
    let (address, all_sent) = (Mutex::new(program.http), Mutex::new(false));
    let mut kills = 0;
    let mut starting = Duration::ZERO;
    // About what the files will have, of which each kill waits for its part.
    let expected: u64 = (0..total).map(|number| number.to_string().len() as u64 + 1).sum();
    thread::scope(|scope| {
        scope.spawn(|| {
            send_all(&address, total);
            *all_sent.lock().unwrap() = true;
        });
        while kills < KILLS && wait_for_growth(&program, files.path(), expected * (kills + 1) / (KILLS + 2), &all_sent)
        {
            thread::sleep(Duration::from_millis(chance(150)));
            program.signal(Signal::KILL);
            program.wait();
            kills += 1;
            let restarted = Instant::now();
            program = start(&data, &files);
            starting += restarted.elapsed();
            *address.lock().unwrap() = program.http;
        }
        wait_for_growth(&program, files.path(), u64::MAX, &all_sent);
    });
    let took = began.elapsed();
    assert_eq!(kills, KILLS, "it was over before all kills");
    program.stop();
    let repeated = check(files.path(), total);
    println!(
        "{total} messages in {took:.1?} with {kills} kills, of which {starting:.1?} were restarts: {} a second; {repeated} \
         calls were repetitions",
        u128::from(total) * 1000 / took.as_millis()
    );
}

/// Compares what was handled with what was sent; how many were handled again.
fn check(files: &Path, total: u64) -> usize {
    let poisoned: BTreeSet<u64> = (0..total).step_by(usize::try_from(POISONED).unwrap()).collect();
    let wanted = |of: &dyn Fn(&u64) -> bool| -> BTreeSet<u64> {
        (0..total).filter(|number| !poisoned.contains(number) && of(number)).collect()
    };
    let mut repeated = 0;
    let handled = numbers(files, "handled");
    let distinct: BTreeSet<u64> = handled.iter().copied().collect();
    assert_same(&distinct, &wanted(&|number| number % 2 == 0));
    repeated += handled.len() - distinct.len();
    for group in 0..GROUPS {
        let mut handled = numbers(files, &format!("group-{group}"));
        let all = handled.len();
        // One is delivered again only before the next one of its group.
        handled.dedup();
        assert!(handled.is_sorted_by(|a, b| a < b), "group {group}: {handled:?}");
        repeated += all - handled.len();
        assert_same(&handled.into_iter().collect(), &wanted(&|number| number % 2 == 1 && number / 2 % GROUPS == group));
    }
    assert_same(&numbers(files, "dead").into_iter().collect(), &poisoned);
    repeated
}

fn assert_same(found: &BTreeSet<u64>, wanted: &BTreeSet<u64>) {
    let few = |set: Vec<&u64>| (set.len(), set.into_iter().take(20).copied().collect::<Vec<_>>());
    let (lost, strange) = (few(wanted.difference(found).collect()), few(found.difference(wanted).collect()));
    assert!(lost.0 == 0 && strange.0 == 0, "lost: {lost:?}; not sent, or not to be handled: {strange:?}");
}
