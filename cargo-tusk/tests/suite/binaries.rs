//! `cargo tusk list BINARY`.

use std::fs;
use std::path::Path;

use object::{Architecture, BinaryFormat};
use tusk_fn_spec::section;

use crate::objects::{object, portable_executable, universal};
use crate::support::{Outcome, command, finish, http, run, timer};

/// Lists a file of these bytes.
fn list(bytes: &[u8], more: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program"), bytes).unwrap();
    run(folder.path(), &[&["list", "program"], more].concat())
}

fn elf(bytes: &[u8]) -> Vec<u8> {
    object(BinaryFormat::Elf, Architecture::X86_64, section::ELF, bytes)
}

/// Two functions, as a linker may leave them: in any order and with zeros between.
fn lines() -> Vec<u8> {
    [timer("shop", "sweep", "0 0 * * * *").as_bytes(), &[0; 5], http("shop", "orders", "orders/<id?>").as_bytes()]
        .concat()
}

const TABLE: &str = "\
NAME    TRIGGER  WHAT                CALLERS   TARGETS  SOURCE
orders  http     GET /orders/<id?>   platform  all      shop/src/lib.rs:3
sweep   timer    0 0 * * * * UTC     -         all      shop/src/lib.rs:3
";

#[test]
fn every_format_and_processor_is_read() {
    let macho = |architecture| object(BinaryFormat::MachO, architecture, section::MACH_O, &lines());
    let files = [
        ("ELF, x86-64", elf(&lines())),
        ("ELF, arm64", object(BinaryFormat::Elf, Architecture::Aarch64, section::ELF, &lines())),
        ("ELF, 32 bits", object(BinaryFormat::Elf, Architecture::Arm, section::ELF, &lines())),
        ("Mach-O, arm64", macho(Architecture::Aarch64)),
        ("Mach-O, x86-64", macho(Architecture::X86_64)),
        (
            "Mach-O, universal",
            universal(&[(0x0100_0007, macho(Architecture::X86_64)), (0x0100_000c, macho(Architecture::Aarch64))]),
        ),
        ("COFF", object(BinaryFormat::Coff, Architecture::X86_64, section::PE, &lines())),
        ("PE", portable_executable(&lines())),
    ];
    for (name, bytes) in files {
        let outcome = list(&bytes, &[]).expect_code(0);
        assert_eq!(squeezed(&outcome.stdout), squeezed(TABLE), "{name}");
        assert_eq!(outcome.stderr, "", "{name}");
    }
}

/// Without the blanks that make columns.
fn squeezed(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn json_is_the_records() {
    let outcome = list(&elf(&lines()), &["--json"]).expect_code(0);
    let records: Vec<tusk_fn_spec::record::FunctionRecord> = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(records.iter().map(|record| record.name.as_str()).collect::<Vec<_>>(), ["orders", "sweep"]);
    assert_eq!(records, section::records(&lines()).unwrap());
}

#[test]
fn cargo_s_own_way_of_calling_works_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program"), elf(&lines())).unwrap();
    let direct = run(folder.path(), &["list", "program"]).expect_code(0);
    let by_cargo = run(folder.path(), &["tusk", "list", "program"]).expect_code(0);
    assert_eq!(direct.stdout, by_cargo.stdout);
    // Pretends to be a terminal that wants no colours: then as now there are none.
    let plain = finish(command(folder.path()).env("NO_COLOR", "1").args(["list", "program"]));
    assert_eq!(direct.stdout, plain.stdout);
}

#[track_caller]
fn assert_error(outcome: Outcome, message: &str, help: &str) {
    let outcome = outcome.expect_code(2);
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.starts_with(&format!("error: {message}")), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(help), "{}", outcome.stderr);
}

#[test]
fn what_is_no_program_is_said_to_be_none() {
    assert_error(list(b"#!/bin/sh\n", &[]), "`program` is no compiled program", "help: give an ELF, Mach-O or PE file");
    assert_error(list(b"", &[]), "`program` is no compiled program", "help: give");
    let cut = elf(&lines());
    assert_error(list(&cut[..cut.len() / 2], &[]), "`program` is no compiled program", "help: give");
    let missing = run(Path::new("/"), &["list", "no/such/file"]);
    assert_error(missing, "there is no file `no/such/file`", "help: leave the file out");
    let folder = run(Path::new("/"), &["list", "/"]);
    assert_error(folder, "`/` cannot be read", "");
}

#[test]
fn a_program_without_functions_gets_help() {
    assert_error(list(&elf(b""), &[]), "`program` has no functions", "`use your_lib as _;`");
    let other = object(BinaryFormat::Elf, Architecture::X86_64, "other", &lines());
    assert_error(list(&other, &["--json"]), "`program` has no functions", "`tusk_fn::main!()`");
}

#[test]
fn records_of_another_version_are_refused() {
    let later = elf(b"{\"v\":2,\"name\":\"x\"}\n");
    assert_error(list(&later, &[]), "`program`: a function record of version 2", "cargo-tusk of the same version");
    assert_error(list(&elf(b"nonsense\n"), &[]), "`program`: not a function record", "nonsense");
}

#[test]
fn help_tells_the_exit_codes() {
    for arguments in [&["--help"][..], &["list", "--help"], &["build", "--help"]] {
        let outcome = run(Path::new("/"), arguments).expect_code(0);
        assert!(outcome.stdout.contains("Exit codes:"), "{}", outcome.stdout);
    }
    run(Path::new("/"), &["lst"]).expect_code(2);
    run(Path::new("/"), &["list", "program", "--release"]).expect_code(2);
}
