//! Programs as users have them, which `trybuild` cannot express: `tests/crates` is a workspace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tusk_fn::FunctionRecord;

use crate::support;

fn cargo(subcommand: &str, arguments: &[&str]) -> Output {
    command(subcommand, arguments).output().expect("cargo runs")
}

fn command(subcommand: &str, arguments: &[&str]) -> Command {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/Cargo.toml");
    let mut command = Command::new(env!("CARGO"));
    command.arg(subcommand).arg("--quiet").arg("--manifest-path").arg(manifest).arg("--target-dir").arg(target());
    command.args(arguments);
    // What `cargo test` set for this program is not for another.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Beside what `trybuild` builds, below the target directory of this test.
pub(super) fn target() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    test.ancestors().nth(3).expect("it is in target/debug/deps").join("tests/crates")
}

fn succeed(subcommand: &str, arguments: &[&str]) {
    let output = cargo(subcommand, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {subcommand} {arguments:?}\n{stderr}");
    assert!(!stderr.contains("warning"), "cargo {subcommand} {arguments:?}\n{stderr}");
}

fn records(program: &str) -> Vec<FunctionRecord> {
    support::records(&target().join("debug").join(program))
}

fn names(program: &str) -> Vec<String> {
    let mut names: Vec<String> = records(program).into_iter().map(|record| record.name).collect();
    names.sort();
    names
}

#[test]
fn programs_of_users_build_and_a_route_that_a_library_has_does_not_link() {
    succeed("build", &["--workspace", "--exclude", "clash"]);
    assert_eq!(names("edition_2018"), ["sweep", "users"]);
    assert_eq!(names("edition_2021"), ["sweep", "users"]);
    assert_eq!(names("program"), ["me", "of-the-library"]);
    assert_eq!(names("renamed"), ["greet", "list", "place", "sweep"]);
    let module = records("renamed").into_iter().find(|record| record.name == "place").map(|record| record.source);
    assert!(module.is_some_and(|it| it.module == "renamed::orders" && it.file.ends_with("orders.rs") && it.line == 14));

    let clash = cargo("build", &["--package", "clash"]);
    let stderr = String::from_utf8_lossy(&clash.stderr);
    assert!(!clash.status.success(), "{stderr}");
    assert!(stderr.contains("tusk_fn: declared twice: the route GET shared/<>"), "{stderr}");
    assert!(stderr.contains("linking with"), "{stderr}");
}

#[test]
fn schedules_are_explained_when_that_is_asked_for_and_only_then() {
    let check = |explain: &str| {
        let output = command("check", &["--package", "edition_2021"]).env("TUSK_FN_EXPLAIN", explain).output();
        let output = output.expect("cargo runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{stderr}");
        stderr
    };
    // The second time nothing but the variable has changed.
    assert_eq!(check("0"), "");
    let told = check("1");
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    assert!(lines[0].starts_with("note: when `sweep` runs: "), "{told}");
    assert!(lines[1].starts_with("--> ") && lines[1].contains("main.rs:"), "{told}");
    assert!(lines[2].starts_with("= second "), "{told}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("= ") && line.ends_with(" UTC")).count(), 3, "{told}");
}

#[test]
fn a_user_who_denies_every_lint_of_clippy_sees_none() {
    succeed("clippy", &["--package", "renamed", "--all-features", "--", "-D", "warnings"]);
}
