//! Asks a program what is wrong with its states: which type a function takes, and which an init makes, only the compiled
//! program knows.
//!
//! It is run with `TUSK_FN_CHECK`, which has `App` write its answer into a file and end before an init runs. A program whose
//! `main` does something else first, or never comes there, is ended after a while and gives no answer.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::Problem;

/// What the program reads.
const VARIABLE: &str = "TUSK_FN_CHECK";
/// A program that answers does so within milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is wrong with the program's states, or `None` if it does not answer.
pub(crate) fn faults_of(executable: &Path) -> Option<Vec<Problem>> {
    let answer = executable.with_extension("tusk-check");
    let _ = fs::remove_file(&answer);
    let mut program = Command::new(executable);
    program.env(VARIABLE, &answer).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    wait(program.spawn().ok()?);
    let said = fs::read_to_string(&answer).ok();
    let _ = fs::remove_file(&answer);
    Some(said?.lines().map(problem).collect())
}

/// Waits for the program's end, and brings it about if it takes too long.
fn wait(mut program: Child) {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match program.try_wait() {
            Ok(None) => sleep(Duration::from_millis(5)),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    let _ = program.kill();
    let _ = program.wait();
}

fn problem(line: &str) -> Problem {
    let message = line.strip_prefix("error: ").unwrap_or(line);
    let (message, help) = message.split_once("; ").map_or((message, None), |(message, help)| (message, Some(help)));
    Problem { message: message.to_owned(), place: None, help: help.map(str::to_owned) }
}
