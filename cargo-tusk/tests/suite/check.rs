//! `cargo tusk check BINARY`.

use std::fs;

use object::{Architecture, BinaryFormat};
use tusk_fn_spec::section;

use crate::objects::object;
use crate::support::{Outcome, run};

/// Checks a program with functions of these triggers, each of which may list targets.
fn check(functions: &[(&str, &str, &str)], more: &[&str]) -> Outcome {
    let line = |(name, trigger, targets): &(&str, &str, &str)| {
        let source =
            format!(r#"{{"package":"shop","module":"shop","function":"{name}","file":"shop/src/lib.rs","line":3}}"#);
        format!(r#"{{"v":1,"name":"{name}","trigger":{trigger},"targets":[{targets}],"source":{source}}}"#) + "\n"
    };
    let lines: String = functions.iter().map(line).collect();
    let bytes = object(BinaryFormat::Elf, Architecture::X86_64, section::ELF, lines.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("program"), bytes).unwrap();
    run(folder.path(), &[&["check", "program"], more].concat())
}

const USERS: &str = r#"{"kind":"http","route":"users","methods":["GET"],"auth":"public"}"#;
const ORDERS: &str = r#"{"kind":"queue","queue":"orders","ordered":true,"max_attempts":3}"#;

const TABLE: &str = "\
NAME    TRIGGER  AWS       AZURE     GOOGLE      KNATIVE
orders  queue    emulated  emulated  impossible  impossible
users   http     exact     exact     exact       exact

orders (shop/src/lib.rs:3)
  aws      emulated    a rejected item is sent to the dead letters by the program, and acknowledged then: it may be there twice
  azure    emulated    a rejected item comes again until its attempts are used up, and is dead-lettered then
  google   impossible  Pub/Sub tries a message at least 5 times, and this asks for 3
  google   emulated    a rejected item comes again until its attempts are used up, and is dead-lettered then
  knative  impossible  a Knative broker keeps no order of groups
  knative  emulated    what the broker has accepted survives a restart only if its channel does: an in-memory one loses it
  knative  emulated    every attempt is told as the first
  knative  emulated    a rejected item goes to the dead-letter sink at once, and is lost where the trigger and the broker have none
";

#[test]
fn the_verdicts_are_a_table_with_their_reasons() {
    let outcome = check(&[("orders", ORDERS, ""), ("users", USERS, "")], &[]).expect_code(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (TABLE, ""));
}

#[test]
fn a_platform_that_is_asked_for_must_run_all_that_is_for_it() {
    let functions = [("orders", ORDERS, ""), ("users", USERS, "\"aws\"")];
    check(&functions, &["--provider", "aws"]).expect_code(0);
    let outcome = check(&functions, &["--provider", "knative"]).expect_code(1);
    assert!(outcome.stdout.contains("users   http     -    -      -       -"), "{}", outcome.stdout);
    let expected = "\
error: `knative` cannot run `orders`: a Knative broker keeps no order of groups
  --> shop/src/lib.rs:3 (`orders`), key `ordered`
help: leave `ordered` out, or list other `targets`
";
    assert_eq!(outcome.stderr, expected);
    // Listed, and so asked for by the source.
    let outcome = check(&[("orders", ORDERS, "\"knative\"")], &[]).expect_code(1);
    assert_eq!(outcome.stderr, expected);
}

#[test]
fn the_verdicts_are_to_be_had_as_json() {
    let outcome = check(&[("orders", ORDERS, "\"aws\",\"google\"")], &["--json"]).expect_code(1);
    let list: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let google = &list[0]["targets"]["google"];
    assert_eq!((&list[0]["name"], &google["standing"]), (&"orders".into(), &"impossible".into()));
    assert_eq!(google["reasons"][0]["key"], "max_attempts");
    assert_eq!(google["reasons"][0]["help"], "write `max_attempts = 5` or more");
    assert_eq!(list[0]["targets"].as_object().unwrap().len(), 2);
}
