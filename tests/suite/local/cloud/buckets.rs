//! Buckets: what is put into their folders, by hand or by functions.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{cloud, folder, notes, sorted, wait_for_dead, wait_for_notes, wait_for_quiet};
use crate::support::until;

fn inbox(data: &TempDir) -> PathBuf {
    data.path().join("buckets/inbox")
}

fn put(inbox: &Path, name: &str, content: &str) {
    let path = inbox.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn what_happens_to_a_file_is_told() {
    let data = folder();
    let program = cloud(&data, "inbox").serve();
    let inbox = inbox(&data);
    until("the folder is made", || inbox.is_dir().then_some(()));
    put(&inbox, "a.txt", "one");
    program.wait_for_event("created a.txt Some(3) 3");
    put(&inbox, "a.txt", "another");
    program.wait_for_event("created a.txt Some(7) 7");
    put(&inbox, "deep/er/b.txt", "");
    program.wait_for_event("created deep/er/b.txt Some(0) 0");
    fs::rename(inbox.join("a.txt"), inbox.join("c.txt")).unwrap();
    program.wait_for_event("deleted a.txt");
    program.wait_for_event("created c.txt Some(7) 7");
    fs::remove_dir_all(inbox.join("deep")).unwrap();
    program.wait_for_event("deleted deep/er/b.txt");
    wait_for_quiet(&program);
    assert_eq!(program.events().len(), 6, "{:?}", program.events());
}

#[test]
fn names_that_are_unusual_are_read_as_they_are() {
    let data = folder();
    let program = cloud(&data, "inbox").serve();
    let names = [
        "a b.txt",
        "50%.txt",
        "%41.txt",
        "ü.txt",
        "c#",
        "#1 x",
        "a+b&c=d?.txt",
        "it's \"q\".txt",
        "..hidden",
        ".hidden",
        "x#12",
    ];
    for name in names {
        put(&inbox(&data), name, "x");
    }
    let created = wait_for_notes(&program, "created ", 8);
    wait_for_quiet(&program);
    let expected =
        names.iter().filter(|name| !name.starts_with('.') && **name != "x#12").map(|name| format!("{name} Some(1) 1"));
    assert_eq!(sorted(created), sorted(expected.collect()));
}

#[test]
fn a_pattern_chooses_files_and_its_parameters_are_read() {
    let data = folder();
    let program = cloud(&data, "tables-of-year,inbox").serve();
    let inbox = inbox(&data);
    for name in ["2026/sales.csv", "2026/sales.txt", "2026/east/sales.csv", "sales.csv", "last/sales.csv"] {
        put(&inbox, name, "x");
    }
    wait_for_notes(&program, "created ", 5);
    let dead = wait_for_dead(&program, "tables-of-year", 1);
    assert_eq!(dead[0].1, "UndecodableKey: `<year>` of the path cannot be \"last\"");
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "csv "), ["2026 sales"]);
}

/// Whoever writes pauses for less than a second.
#[test]
fn a_file_is_told_of_once_it_is_complete() {
    let data = folder();
    let program = cloud(&data, "inbox").serve();
    let inbox = inbox(&data);
    until("the folder is made", || inbox.is_dir().then_some(()));
    let chunk = vec![b'x'; 4 << 20];
    let mut file = fs::File::create(inbox.join("large")).unwrap();
    for _ in 0..8 {
        std::io::Write::write_all(&mut file, &chunk).unwrap();
        // The pause is what is tested.
        std::thread::sleep(Duration::from_millis(400));
    }
    drop(file);
    let created = wait_for_notes(&program, "created ", 1);
    assert_eq!(created, [format!("large Some({}) {}", 32 << 20, 32 << 20)]);
}

#[test]
fn what_a_function_puts_is_told_too() {
    let data = folder();
    let program = cloud(&data, "upload,inbox").serve();
    assert_eq!(program.request("PUT", "/inbox/x/y.txt", &[], b"hello").status, 200);
    program.wait_for_event("created x/y.txt Some(5) 5");
    assert_eq!(fs::read(inbox(&data).join("x/y.txt")).unwrap(), b"hello");
    for path in ["..%2f..%2fescaped", "a%2f..%2f..%2fescaped", ".."] {
        let refused = program.request("PUT", &format!("/inbox/{path}"), &[], b"x");
        assert_eq!(refused.status, 400, "{path}: {}", refused.text());
    }
    assert!(!data.path().join("escaped").exists() && !data.path().join("buckets/escaped").exists());
}

#[test]
fn what_happened_while_the_program_was_stopped_is_told_when_it_starts() {
    let data = folder();
    let inbox = inbox(&data);
    for name in ["stays", "changes", "goes"] {
        put(&inbox, name, "x");
    }
    let mut program = cloud(&data, "inbox").serve();
    wait_for_notes(&program, "created ", 3);
    wait_for_quiet(&program);
    program.stop();
    put(&inbox, "changes", "xx");
    put(&inbox, "comes", "xxx");
    fs::remove_file(inbox.join("goes")).unwrap();
    let program = cloud(&data, "inbox").serve();
    wait_for_notes(&program, "created ", 2);
    wait_for_notes(&program, "deleted ", 1);
    wait_for_quiet(&program);
    assert_eq!(sorted(program.events()), ["created changes Some(2) 2", "created comes Some(3) 3", "deleted goes"]);
}

#[test]
fn a_thousand_files_are_told_of_together() {
    let data = folder();
    for n in 0..1000 {
        put(&inbox(&data), &format!("{}/{n}", n % 10), "x");
    }
    let program = cloud(&data, "inbox").serve();
    wait_for_notes(&program, "created ", 1000);
    wait_for_quiet(&program);
    assert_eq!(program.metrics("inbox")["errors"], 0);
}

/// Once, however often it is looked at. Not even the superuser, as whom tests may run, lists what is no folder.
#[test]
fn a_folder_that_cannot_be_read_is_complained_of() {
    let data = folder();
    let inbox = inbox(&data);
    put(&inbox, "deep/a", "x");
    let program = cloud(&data, "inbox,tick").serve();
    program.wait_for_event("created deep/a Some(1) 1");
    fs::rename(&inbox, data.path().join("inbox-aside")).unwrap();
    fs::write(&inbox, "").unwrap();
    until("it is said", || program.log().contains("the bucket's folder cannot be watched").then_some(()));
    // It is looked at several times a second.
    let ticks = notes(&program, "tick").len();
    until("it ticks twice", || (notes(&program, "tick").len() > ticks + 1).then_some(()));
    fs::remove_file(&inbox).unwrap();
    put(&inbox, "b", "xx");
    program.wait_for_event("created b Some(2) 2");
    program.wait_for_event("deleted deep/a");
    assert_eq!(program.log().matches("cannot be watched").count(), 1, "{}", program.log());
}
