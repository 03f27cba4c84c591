//! `cargo tusk routes BINARY` and `cargo tusk schedule BINARY`.

use std::fs;

use object::{Architecture, BinaryFormat};
use tusk_fn_spec::section;

use crate::objects::object;
use crate::support::{Outcome, run};

/// Runs a command on a program with functions of these triggers.
fn on_program(functions: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let line = |(name, trigger): &(&str, &str)| {
        let source =
            format!(r#"{{"package":"shop","module":"shop","function":"{name}","file":"shop/src/lib.rs","line":3}}"#);
        format!(r#"{{"v":1,"name":"{name}","trigger":{trigger},"source":{source}}}"#) + "\n"
    };
    let lines: String = functions.iter().map(line).collect();
    let bytes = object(BinaryFormat::Elf, Architecture::X86_64, section::ELF, lines.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program"), bytes).unwrap();
    let (command, options) = arguments.split_first().unwrap();
    run(folder.path(), &[&[*command, "program"], options].concat())
}

const LIST: (&str, &str) = ("list", r#"{"kind":"http","route":"users","methods":["GET"],"auth":"public"}"#);
const USER: (&str, &str) = ("user", r#"{"kind":"http","route":"users/<id?>","methods":"any"}"#);
const ME: (&str, &str) = ("me", r#"{"kind":"http","route":"users/me","methods":["GET","PUT"]}"#);
const NIGHTLY: (&str, &str) = ("nightly", r#"{"kind":"timer","schedule":"30 2 * * *","tz":"Europe/Berlin"}"#);

#[test]
fn routes_stand_in_the_order_in_which_they_are_tried() {
    let outcome = on_program(&[USER, NIGHTLY, ME, LIST], &["routes"]).expect_code(0);
    let expected = "\
METHODS  PATH          FUNCTION  CALLERS   SERVED BY  SOURCE
GET      /users        list      public    -          shop/src/lib.rs:3
GET,PUT  /users/me     me        platform  -          shop/src/lib.rs:3
ANY      /users/<id?>  user      platform  -          shop/src/lib.rs:3
";
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (expected, ""));
}

#[test]
fn routes_are_shown_as_a_platform_serves_them() {
    let outcome = on_program(&[USER, LIST], &["routes", "--provider", "azure", "--json"]).expect_code(0);
    let list: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&list[0]["path"], &list[0]["served_by"]), (&"/api/users".into(), &"h10-list".into()));
    assert_eq!((&list[1]["path"], &list[1]["callers"]), (&"/api/users/{id?}".into(), &"platform".into()));
    let outcome = on_program(&[USER], &["routes", "--provider", "aws"]).expect_code(0);
    assert!(outcome.stdout.contains("/users/{id}"), "{}", outcome.stdout);
}

#[test]
fn a_program_without_requests_or_timers_is_told_what_would_be_one() {
    for (function, command, help) in
        [(NIGHTLY, "routes", "trigger = \"http\""), (LIST, "schedule", "trigger = \"timer\"")]
    {
        let outcome = on_program(&[function], &[command]).expect_code(0);
        assert!(outcome.stdout.is_empty() && outcome.stderr.contains(help), "{}", outcome.stderr);
        let outcome = on_program(&[function], &[command, "--json"]).expect_code(0);
        assert_eq!(outcome.stdout, "[]\n");
    }
}

#[test]
fn runs_are_shown_by_the_clock_of_their_zone() {
    let arguments = ["schedule", "--from", "2026-03-27T12:00:00Z", "--count", "3"];
    let outcome = on_program(&[NIGHTLY], &arguments).expect_code(0);
    // In the night to Sunday the clock goes from two to three.
    let expected = "\
NAME     SCHEDULE    ZONE           NEXT RUNS                       UTC
nightly  30 2 * * *  Europe/Berlin  Sat 2026-03-28 02:30:00 +01:00  2026-03-28T01:30:00Z
                                    Sun 2026-03-29 03:00:00 +02:00  2026-03-29T01:00:00Z
                                    Mon 2026-03-30 02:30:00 +02:00  2026-03-30T00:30:00Z
";
    assert_eq!(outcome.stdout, expected);
    let outcome = on_program(&[NIGHTLY], &[&arguments[..], &["--json"]].concat()).expect_code(0);
    let list: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(list[0]["next"][1], "2026-03-29T01:00:00Z");
}

#[test]
fn what_is_no_instant_and_what_is_too_many_is_refused() {
    for (option, value) in [("--from", "yesterday"), ("--count", "0"), ("--count", "101")] {
        let outcome = on_program(&[NIGHTLY], &["schedule", option, value]).expect_code(2);
        assert!(outcome.stderr.contains(value), "{}", outcome.stderr);
    }
}
