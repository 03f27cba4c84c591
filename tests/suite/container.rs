//! Google and Knative: the program in a container, and what their platforms send it.

mod doors;
mod google;
mod google_services;
mod knative;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::support::{Connection, Program, Response, Starter, program};

/// A program in a container, and the file in which it notes what it took.
struct Container {
    program: Program,
    address: SocketAddr,
    notes: PathBuf,
    _folder: tempfile::TempDir,
}

/// The program that notes what it takes, on a platform, with some of its functions.
fn taken(platform: &str, functions: &str) -> Starter {
    program(env!("CARGO_BIN_EXE_taken")).env("TUSK_FN_PROVIDER", platform).env("TUSK_FN", functions)
}

/// The same, serving.
fn serving(platform: &str, functions: &str) -> Container {
    serving_with(platform, functions, &[])
}

/// The same with further variables.
fn serving_with(platform: &str, functions: &str, variables: &[(&str, &str)]) -> Container {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let taken = taken(platform, functions).env("TAKEN_FILE", &notes);
    let mut program = variables.iter().fold(taken, |taken, (name, value)| taken.env(name, value)).start();
    let address = listening(&mut program);
    Container { program, address, notes, _folder: folder }
}

/// Where a program listens that has just been started.
pub(crate) fn listening(program: &mut Program) -> SocketAddr {
    let log = program.wait_for(" on port ");
    let (_, port) = log.split_once(" on port ").unwrap();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    ([127, 0, 0, 1], port.parse().unwrap()).into()
}

impl Container {
    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        Connection::to(self.address).request(method, path, headers, body.as_bytes())
    }

    /// What was noted since the last call.
    fn notes(&self) -> String {
        let notes = read(&self.notes);
        let _ = std::fs::remove_file(&self.notes);
        notes
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default().trim_end().to_owned()
}
