//! What the tests share, and those of putting messages into queues and looking at them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::message::{Count, DEDUPLICATION_WINDOW, MESSAGE_LIMIT};
use super::*;

/// A time, in seconds.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

pub(super) fn policy(max_attempts: u32) -> Arc<Policy> {
    Arc::new(Policy { max_attempts, dead_letter: None })
}

/// Receives without order, with a visibility timeout of 30 s and three attempts.
pub(super) fn up_to(most: usize) -> Receive {
    Receive { most, visibility: Duration::from_secs(30), ordered: false, policy: policy(3) }
}

pub(super) fn in_order(most: usize) -> Receive {
    Receive { ordered: true, ..up_to(most) }
}

pub(super) fn put(queue: &str, body: &str, seconds: i64) -> Put {
    Put::new(queue, Bytes::copy_from_slice(body.as_bytes()), at(seconds))
}

pub(super) fn grouped(queue: &str, group: &str, body: &str) -> Put {
    Put { group: Some(group.into()), ..put(queue, body, 0) }
}

pub(super) fn bodies(received: &[Received]) -> Vec<&str> {
    received.iter().map(|it| std::str::from_utf8(&it.message.body).unwrap()).collect()
}

pub(super) async fn receive_one(store: &Store, queue: &str, seconds: i64) -> Received {
    let mut received = store.receive(queue, &up_to(1), at(seconds)).await.unwrap();
    assert_eq!(received.len(), 1);
    received.remove(0)
}

#[tokio::test]
async fn a_message_comes_out_as_it_went_in() {
    let store = Store::in_memory().unwrap();
    let sent = Put {
        attributes: [("tenant".to_owned(), "blue".to_owned())].into(),
        head: Bytes::from_static(b"{\"source\":\"test\"}"),
        group: Some("g".into()),
        ..put("orders", "hello", 1)
    };
    let ids = store.enqueue(vec![sent.clone()]).await.unwrap();
    let received = receive_one(&store, "orders", 1).await;
    let message = &received.message;
    assert_eq!((message.id, received.attempt), (ids[0], 1));
    assert_eq!((&message.body, &message.head, &message.attributes), (&sent.body, &sent.head, &sent.attributes));
    assert_eq!((&message.group, message.enqueued_at, &message.death), (&sent.group, at(1), &None));
}

#[tokio::test]
async fn several_queues_get_theirs_at_once_or_none_does() {
    let store = Store::in_memory().unwrap();
    let ids = store.enqueue(vec![put("a", "1", 0), put("b", "2", 0)]).await.unwrap();
    assert!(ids[0] < ids[1]);
    let too_large = Put::new("b", vec![0; MESSAGE_LIMIT + 1], at(0));
    let error = store.enqueue(vec![put("a", "3", 0), too_large]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the body of a message for queue `b` has 1048577 bytes, and the limit is 1048576; \
         send a reference to the content instead"
    );
    assert_eq!(store.count("a", at(0)).visible, 1);
    assert_eq!(store.count("b", at(0)).visible, 1);
}

#[tokio::test]
async fn names_and_metadata_have_limits() {
    let store = Store::in_memory().unwrap();
    store.enqueue(vec![put(&"q".repeat(NAME_LIMIT), "", 0)]).await.unwrap();
    for (put, wanted) in [
        (put("", "", 0), "the queue \"\" has 0 bytes; use 1 to 256"),
        (grouped("q", &"g".repeat(257), ""), "257 bytes; use 1 to 256"),
        (Put { deduplication: Some(String::new()), ..put("q", "", 0) }, "the deduplication id"),
        (Put { head: vec![0; MESSAGE_LIMIT + 1].into(), ..put("q", "", 0) }, "the metadata of a message"),
    ] {
        let error = store.enqueue(vec![put]).await.unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_repeated_message_is_accepted_and_dropped_for_five_minutes() {
    let store = Store::in_memory().unwrap();
    let send = |queue: &str, seconds| Put { deduplication: Some("x".to_owned()), ..put(queue, "", seconds) };
    let window = i64::try_from(DEDUPLICATION_WINDOW.as_secs()).unwrap();
    let first = store.enqueue(vec![send("q", 0), send("q", 0), send("other", 0)]).await.unwrap();
    assert_eq!(first[0], first[1]);
    assert_ne!(first[0], first[2]);
    let received = receive_one(&store, "q", 0).await;
    store.ack(vec![received.receipt]).await.unwrap();
    assert_eq!(store.enqueue(vec![send("q", window - 1)]).await.unwrap(), first[..1]);
    assert_eq!(store.count("q", at(window)).visible, 0);
    let second = store.enqueue(vec![send("q", window)]).await.unwrap();
    assert_ne!(second[0], first[0]);
    assert_eq!(store.count("q", at(window)).visible, 1);
}

#[tokio::test]
async fn forgotten_deduplication_ids_leave_the_file() {
    let store = Store::in_memory().unwrap();
    for round in 0..20 {
        let send = |n: i64| Put { deduplication: Some(format!("{round}-{n}")), ..put("q", "", round * 400) };
        store.enqueue((0..10).map(send).collect()).await.unwrap();
    }
    let kept = |read: &redb::ReadTransaction| {
        let times = redb::ReadableTableMetadata::len(&read.open_table(disk::DUPLICATE_TIMES)?)?;
        Ok((times, redb::ReadableTableMetadata::len(&read.open_table(disk::DUPLICATES)?)?))
    };
    assert_eq!(store.shared.disk.read(kept).unwrap(), (10, 10));
}

#[tokio::test]
async fn what_is_done_leaves_the_file() {
    let store = Store::in_memory().unwrap();
    store.enqueue(vec![put("q", "1", 0), put("q", "2", 0)]).await.unwrap();
    let received = receive_one(&store, "q", 0).await;
    store.ack(vec![received.receipt]).await.unwrap();
    store.purge("q").await.unwrap();
    let kept = |read: &redb::ReadTransaction| {
        let contents = redb::ReadableTableMetadata::len(&read.open_table(disk::CONTENTS)?)?;
        Ok((contents, redb::ReadableTableMetadata::len(&read.open_table(disk::MESSAGES)?)?))
    };
    assert_eq!(store.shared.disk.read(kept).unwrap(), (0, 0));
}

#[tokio::test]
async fn peeking_goes_on_where_it_stopped_and_receives_nothing() {
    let store = Store::in_memory().unwrap();
    let delayed = Put { visible_at: at(60), ..put("q", "3", 0) };
    store.enqueue(vec![put("q", "1", 0), put("q", "2", 0), delayed]).await.unwrap();
    receive_one(&store, "q", 0).await;
    let first: Vec<Peeked> = store.peek("q", None, 2).unwrap();
    let rest = store.peek("q", Some(first[1].message.id), 9).unwrap();
    let seen = first.iter().chain(&rest).map(|it| (&*it.message.body, it.in_flight, it.visible_at)).collect::<Vec<_>>();
    assert_eq!(seen, [(&b"1"[..], true, at(0)), (b"2", false, at(0)), (b"3", false, at(60))]);
    assert_eq!(store.count("q", at(0)), Count { visible: 1, in_flight: 1, delayed: 1 });
    assert_eq!(store.peek("nowhere", None, 9).unwrap(), []);
    assert_eq!(store.count("nowhere", at(0)), Count::default());
}

#[tokio::test]
async fn purging_removes_everything_also_what_is_in_flight() {
    let store = Store::in_memory().unwrap();
    store.enqueue(vec![put("q", "1", 0), put("q", "2", 0), put("other", "3", 0)]).await.unwrap();
    let received = receive_one(&store, "q", 0).await;
    assert_eq!(store.purge("q").await.unwrap(), 2);
    assert_eq!(store.purge("q").await.unwrap(), 0);
    assert_eq!(store.peek("q", None, 9).unwrap(), []);
    assert_eq!(store.count("other", at(0)).visible, 1);
    let error = store.fail(&received.receipt, "", at(0), Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, StoreError::StaleReceipt { .. }), "{error}");
}

#[tokio::test]
async fn an_id_is_read_back_from_its_text() {
    let store = Store::in_memory().unwrap();
    let id = store.enqueue(vec![put("q", "", 0)]).await.unwrap()[0];
    assert_eq!(id.to_string().parse::<MessageId>().unwrap(), id);
    for wrong in ["", "1-2", "x", &id.to_string()[1..]] {
        assert!(wrong.parse::<MessageId>().is_err(), "{wrong}");
    }
}
