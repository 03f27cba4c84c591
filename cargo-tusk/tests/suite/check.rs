//! `cargo tusk check`.

use std::fs;

use object::{Architecture, BinaryFormat};
use tusk_fn_spec::section;

use crate::objects::object;
use crate::support::{Outcome, Workspace, http, main_with, run};

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

#[test]
fn functions_that_azure_cannot_have_in_one_app_are_told_with_both_places() {
    let small = r#"{"kind":"http","route":"users","methods":["GET"],"auth":"public"}"#;
    let large = r#"{"kind":"http","route":"Users","methods":["GET"],"auth":"public"}"#;
    let outcome = check(&[("a", small, ""), ("b", large, "")], &["--provider", "azure"]).expect_code(1);
    let expected = "\
error: `azure` cannot run `b`: the routes `users` of `a` and `Users` of `b` are one to Azure, where case does not count in a path \
(`a` is at shop/src/lib.rs:3)
  --> shop/src/lib.rs:3 (`b`), key `route`
help: give one of them another route, or let one function answer both
";
    assert_eq!(outcome.stderr, expected);
    assert!(outcome.stdout.contains("b     http     -    impossible"), "{}", outcome.stdout);
    // Of a program that nobody wants on Azure it is worth a line, and no more.
    let outcome = check(&[("a", small, ""), ("b", large, "")], &[]).expect_code(0);
    assert!(outcome.stdout.contains("are one to Azure"), "{}", outcome.stdout);
}

#[test]
fn a_program_is_asked_for_its_states() {
    let workspace = Workspace::with_app(&[http("app", "users", "users")]);
    let main = |body: &str| {
        let source =
            main_with(&[http("app", "users", "users")]).replace("fn main() {}", &format!("fn main() {{ {body} }}"));
        workspace.write("app/src/main.rs", &source);
        workspace.run(&["check"])
    };
    let write = |text: &str| format!("std::fs::write(std::env::var(\"TUSK_FN_CHECK\").unwrap(), {text:?}).unwrap();");
    let complete = main(&write("")).expect_code(0);
    assert!(!complete.stderr.contains("states"), "{}", complete.stderr);
    let faulty =
        main(&write("error: `users` takes `State<Db>`, and nothing provides it; write an init\nerror: second\n"));
    let faulty = faulty.expect_code(1).stderr;
    let (_, said) = faulty.split_once("error: ").unwrap();
    assert_eq!(said, "`users` takes `State<Db>`, and nothing provides it\nhelp: write an init\nerror: second\n");
    let silent = main("").expect_code(0);
    assert!(silent.stderr.contains("note: the program did not say whether it has all states"), "{}", silent.stderr);
}
