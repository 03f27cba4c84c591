//! Tests of tables and states.

use bytes::Bytes;

use super::message::MESSAGE_LIMIT;
use super::rows::{ConditionFailed, ROW_LIMIT, Row, Written};
use super::tests::{at, put};
use super::*;

fn value(text: &'static str) -> Write {
    Write::Put(Bytes::from_static(text.as_bytes()))
}

fn no_events(_: Option<&[u8]>, _: Option<&[u8]>) -> Vec<Put> {
    Vec::new()
}

/// Tells queue `q` what changed.
fn tell(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Put> {
    let text = |value: Option<&[u8]>| value.map_or("-".to_owned(), |it| String::from_utf8_lossy(it).into_owned());
    vec![put("q", &format!("{} {}", text(old), text(new)), 0)]
}

fn told(store: &Store) -> Vec<String> {
    let peeked = store.peek("q", None, 99).unwrap();
    peeked.iter().map(|it| String::from_utf8_lossy(&it.message.body).into_owned()).collect()
}

#[tokio::test]
async fn a_write_and_its_events_are_one() {
    let store = Store::in_memory().unwrap();
    let first: Written = store.write("t", "k", Condition::Absent, value("1"), tell).await.unwrap();
    assert_eq!(first.old, None);
    let row: Row = store.get("t", "k").unwrap().unwrap();
    assert_eq!((&*row.value, row.version), (&b"1"[..], first.version));
    let second = store.write("t", "k", Condition::VersionIs(first.version), value("2"), tell).await.unwrap();
    assert_eq!(second.old.as_deref(), Some(&b"1"[..]));
    store.write("t", "k", Condition::VersionIs(second.version), Write::Delete, tell).await.unwrap();
    assert_eq!(store.get("t", "k").unwrap(), None);
    store.write("t", "k", Condition::None, Write::Delete, tell).await.unwrap();
    assert_eq!(told(&store), ["- 1", "1 2", "2 -"]);
}

#[tokio::test]
async fn a_failed_condition_writes_nothing_and_says_why() {
    let store = Store::in_memory().unwrap();
    let write = |condition| store.write("t", "k", condition, value("new"), tell);
    let error = write(Condition::VersionIs(7)).await.unwrap_err();
    assert_eq!(error.to_string(), "row \"k\" of table `t` does not exist; read it again, and decide anew");
    let version = store.write("t", "k", Condition::None, value("old"), no_events).await.unwrap().version;
    let error = write(Condition::Absent).await.unwrap_err();
    assert!(error.to_string().contains("exists;"), "{error}");
    let error = write(Condition::VersionIs(99)).await.unwrap_err();
    assert!(error.to_string().contains(&format!("has version {version}, not 99;")), "{error}");
    assert!(matches!(error, WriteError::Condition(ConditionFailed { found: Some(_), .. })));
    assert_eq!(&*store.get("t", "k").unwrap().unwrap().value, b"old");
    assert!(told(&store).is_empty());
}

#[tokio::test]
async fn a_row_made_anew_has_another_version() {
    let store = Store::in_memory().unwrap();
    let first = store.write("t", "k", Condition::None, value("1"), no_events).await.unwrap();
    store.write("t", "k", Condition::None, Write::Delete, no_events).await.unwrap();
    store.write("t", "k", Condition::None, value("1"), no_events).await.unwrap();
    let stale = store.write("t", "k", Condition::VersionIs(first.version), value("2"), no_events).await;
    assert!(matches!(stale, Err(WriteError::Condition(_))));
}

#[tokio::test]
async fn one_of_many_who_read_the_same_version_wins() {
    let store = Store::in_memory().unwrap();
    let write = |n: usize| {
        let store = store.clone();
        tokio::spawn(async move {
            let value = Write::Put(n.to_string().into());
            store.write("t", "k", Condition::Absent, value, tell).await.is_ok()
        })
    };
    let writes: Vec<_> = (0..20).map(write).collect();
    let mut won = 0;
    for write in writes {
        won += usize::from(write.await.unwrap());
    }
    assert_eq!((won, told(&store).len()), (1, 1));
}

#[tokio::test]
async fn events_that_panic_or_are_too_large_refuse_the_write() {
    let store = Store::in_memory().unwrap();
    let error = store.write("t", "k", Condition::None, value("1"), |_, _| panic!("oh no")).await.unwrap_err();
    assert_eq!(error.to_string(), "the events of a write to table `t` could not be made: oh no; nothing was written");
    let large = |_: Option<&[u8]>, _: Option<&[u8]>| vec![Put::new("q", vec![0; MESSAGE_LIMIT + 1], at(0))];
    let error = store.write("t", "k", Condition::None, value("1"), large).await.unwrap_err();
    assert!(matches!(error, WriteError::Store(StoreError::TooLarge { .. })), "{error}");
    let large = Write::Put(vec![0; ROW_LIMIT + 1].into());
    assert!(store.write("t", "k", Condition::None, large, no_events).await.is_err());
    assert!(store.write("", "k", Condition::None, value("1"), no_events).await.is_err());
    assert_eq!(store.get("t", "k").unwrap(), None);
    assert!(told(&store).is_empty());
    store.write("t", "k", Condition::None, value("1"), no_events).await.unwrap();
}

#[tokio::test]
async fn scanning_goes_on_where_it_stopped() {
    let store = Store::in_memory().unwrap();
    for (table, key) in [("b", "2"), ("a", "1"), ("b", "3"), ("b", "1"), ("bb", "0")] {
        store.write(table, key, Condition::None, value("x"), no_events).await.unwrap();
    }
    let keys =
        |after, most| -> Vec<String> { store.scan("b", after, most).unwrap().into_iter().map(|row| row.key).collect() };
    assert_eq!(keys(None, 2), ["1", "2"]);
    assert_eq!(keys(Some("2"), 2), ["3"]);
    assert_eq!(keys(None, 0), [""; 0]);
    assert_eq!(store.scan("nowhere", None, 9).unwrap(), []);
}

#[tokio::test]
async fn a_state_is_kept_by_name() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.state("clock").unwrap(), None);
    store.set_state("clock", "+1h").await.unwrap();
    store.set_state("clock", "+2h").await.unwrap();
    assert_eq!(store.state("clock").unwrap().as_deref(), Some(&b"+2h"[..]));
    assert!(store.set_state("", "").await.is_err());
}
