//! Tests of leases, failures, dead letters, order, and waiting.

use std::time::Duration;

use super::message::{Count, Death};
use super::tests::{at, bodies, grouped, in_order, policy, put, receive_one, up_to};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

async fn with(puts: Vec<Put>) -> Store {
    let store = Store::in_memory().unwrap();
    store.enqueue(puts).await.unwrap();
    store
}

async fn receive(store: &Store, how: &Receive, seconds: i64) -> Vec<Received> {
    store.receive("q", how, at(seconds)).await.unwrap()
}

fn is_stale<T: fmt::Debug>(result: Result<T, StoreError>) -> bool {
    matches!(result.unwrap_err(), StoreError::StaleReceipt { .. })
}

#[tokio::test]
async fn the_oldest_come_first_and_are_hidden_from_others() {
    let store = with(vec![put("q", "1", 0), put("q", "2", 0), put("q", "3", 0)]).await;
    assert_eq!(bodies(&receive(&store, &up_to(2), 0).await), ["1", "2"]);
    assert_eq!(bodies(&receive(&store, &up_to(2), 0).await), ["3"]);
    assert!(receive(&store, &up_to(2), 29).await.is_empty());
    assert!(receive(&store, &up_to(0), 29).await.is_empty());
}

#[tokio::test]
async fn a_delayed_message_comes_when_its_time_has_come() {
    let store = with(vec![Put { visible_at: at(10), ..put("q", "late", 0) }, put("q", "now", 0)]).await;
    assert_eq!(bodies(&receive(&store, &up_to(9), 9).await), ["now"]);
    assert_eq!(bodies(&receive(&store, &up_to(9), 10).await), ["late"]);
}

#[tokio::test]
async fn an_acknowledged_message_is_gone_and_its_receipt_stale() {
    let store = with(vec![put("q", "1", 0), put("q", "2", 0)]).await;
    let received = receive(&store, &up_to(2), 0).await;
    let receipt = received[0].receipt.clone();
    assert_eq!(store.ack(vec![receipt.clone()]).await.unwrap(), []);
    let both = vec![receipt.clone(), received[1].receipt.clone()];
    assert_eq!(store.ack(both).await.unwrap(), std::slice::from_ref(&receipt));
    assert_eq!(store.peek("q", None, 9).unwrap(), []);
    assert!(is_stale(store.release(&receipt)));
    assert!(is_stale(store.reject(&receipt, "", at(0)).await));
    let error = store.fail(&receipt, "", at(0), SECOND).await.unwrap_err().to_string();
    assert!(error.starts_with("the receipt for message 1 of queue `q` is stale"), "{error}");
}

#[tokio::test]
async fn a_failed_message_comes_again_until_it_is_dead() {
    let store = with(vec![put("q", "x", 0)]).await;
    for (attempt, seconds) in [(1, 0), (2, 10)] {
        let received = receive_one(&store, "q", seconds).await;
        assert_eq!(received.attempt, attempt);
        let fate = store.fail(&received.receipt, "boom", at(seconds), 10 * SECOND).await.unwrap();
        assert_eq!(fate, Fate::Retry { at: at(seconds + 10) });
        assert!(receive(&store, &up_to(1), seconds + 9).await.is_empty());
    }
    let received = receive_one(&store, "q", 20).await;
    assert_eq!(store.fail(&received.receipt, "boom", at(21), 10 * SECOND).await.unwrap(), Fate::Dead);
    assert_eq!(store.count("q", at(99)), Count::default());
    let dead = store.peek("dead/q", None, 9).unwrap();
    let death = Death { queue: "q".into(), reason: "boom".to_owned(), attempts: 3, at: at(21) };
    assert_eq!((dead[0].attempts, &dead[0].message.death), (0, &Some(death)));
    assert_eq!((dead[0].message.id, dead[0].message.enqueued_at), (received.message.id, at(0)));
}

#[tokio::test]
async fn the_dead_letter_queue_can_have_a_name_and_a_rejected_message_goes_there_at_once() {
    let store = with(vec![put("q", "x", 0)]).await;
    let policy = Arc::new(Policy { max_attempts: 9, dead_letter: Some("graveyard".into()) });
    let received = receive(&store, &Receive { policy, ..up_to(1) }, 0).await;
    let reason = "ä".repeat(3000);
    store.reject(&received[0].receipt, &reason, at(5)).await.unwrap();
    let dead = receive_one_of(&store, "graveyard").await;
    let death = dead.message.death.unwrap();
    assert_eq!((death.attempts, death.reason.len(), dead.attempt), (1, 4096, 1));
}

async fn receive_one_of(store: &Store, queue: &str) -> Received {
    receive_one(store, queue, 99).await
}

#[tokio::test]
async fn a_passed_visibility_timeout_is_a_failure() {
    let store = with(vec![put("q", "x", 0)]).await;
    let first = receive_one(&store, "q", 0).await;
    let second = receive_one(&store, "q", 30).await;
    assert_eq!(second.attempt, 2);
    assert!(is_stale(store.release(&first.receipt)));
    assert_eq!(store.ack(vec![first.receipt.clone()]).await.unwrap(), [first.receipt]);
    assert_eq!(receive_one(&store, "q", 60).await.attempt, 3);
    assert!(receive(&store, &up_to(1), 90).await.is_empty());
    let death = store.peek("dead/q", None, 1).unwrap().remove(0).message.death.unwrap();
    assert_eq!((death.attempts, &*death.reason), (3, "the visibility timeout passed"));
}

#[tokio::test]
async fn a_released_message_is_visible_at_once_and_not_counted() {
    let store = with(vec![put("q", "x", 0)]).await;
    let received = receive_one(&store, "q", 0).await;
    store.release(&received.receipt).unwrap();
    assert!(is_stale(store.release(&received.receipt)));
    assert_eq!(receive_one(&store, "q", 0).await.attempt, 1);
}

#[tokio::test]
async fn a_postponed_message_is_visible_later_and_not_counted() {
    let store = with(vec![grouped("q", "a", "a1"), grouped("q", "a", "a2")]).await;
    let ordered = in_order(9);
    let received = store.receive("q", &Receive { most: 1, ..ordered.clone() }, at(0)).await.unwrap().remove(0);
    store.postpone(&received.receipt, 10 * SECOND, at(0)).unwrap();
    assert!(is_stale(store.postpone(&received.receipt, 10 * SECOND, at(0))));
    assert!(receive(&store, &ordered, 9).await.is_empty(), "its group waits for it");
    let both = receive(&store, &ordered, 10).await;
    assert_eq!(bodies(&both), ["a1", "a2"]);
    assert_eq!(both[0].attempt, 1);
}

#[tokio::test]
async fn what_waits_comes_with_a_clock_that_is_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let delayed = Put { visible_at: at(1060), ..put("q", "delayed", 1000) };
    store.enqueue(vec![put("q", "failed", 1000), put("q", "new", 1000), delayed]).await.unwrap();
    let failed = receive_one(&store, "q", 1000).await;
    store.fail(&failed.receipt, "no", at(1000), 30 * SECOND).await.unwrap();
    let in_flight = receive_one(&store, "q", 1000).await;
    store.bring_forward(1000 * SECOND, at(0)).await.unwrap();
    store.release(&in_flight.receipt).unwrap();
    let new = receive_one(&store, "q", 0).await;
    assert_eq!(new.message.id, in_flight.message.id);
    store.ack(vec![new.receipt]).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert!(receive(&store, &up_to(9), 29).await.is_empty());
    assert_eq!(bodies(&receive(&store, &up_to(9), 30).await), ["failed"]);
    assert!(receive(&store, &up_to(9), 59).await.is_empty());
    assert_eq!(bodies(&receive(&store, &up_to(1), 60).await), ["failed"], "its lease has passed too");
    assert_eq!(bodies(&receive(&store, &up_to(1), 60).await), ["delayed"]);
}

#[tokio::test]
async fn dead_messages_are_driven_back_with_no_attempts() {
    let store = with(vec![put("q", "1", 0), put("q", "2", 0), put("q", "3", 0), put("dead/q", "alive", 0)]).await;
    for _ in 0..3 {
        let received = receive_one(&store, "q", 0).await;
        store.reject(&received.receipt, "no", at(1)).await.unwrap();
    }
    let in_flight = receive_one(&store, "dead/q", 2).await;
    let second = store.peek("dead/q", None, 9).unwrap()[1].message.id;
    assert_eq!(store.redrive("dead/q", Some("q"), Some(vec![second, in_flight.message.id]), at(2)).await.unwrap(), 1);
    assert_eq!(store.redrive("dead/q", Some("other"), None, at(2)).await.unwrap(), 0, "it died elsewhere");
    assert_eq!(store.redrive("dead/q", None, None, at(2)).await.unwrap(), 1);
    let back = receive(&store, &up_to(9), 2).await;
    assert_eq!(bodies(&back), ["2", "3"]);
    assert!(back.iter().all(|it| it.attempt == 1 && it.message.death.is_none()));
    // What was never dead stays, and can be received.
    assert_eq!(bodies(&store.receive("dead/q", &up_to(9), at(2)).await.unwrap()), ["alive"]);
    assert_eq!(store.ack(vec![in_flight.receipt]).await.unwrap(), []);
}

#[tokio::test]
async fn a_group_is_in_flight_once_and_in_order() {
    let store = with(vec![
        grouped("q", "a", "a1"),
        grouped("q", "b", "b1"),
        grouped("q", "a", "a2"),
        put("q", "alone", 0),
        grouped("q", "a", "a3"),
    ])
    .await;
    let first = receive(&store, &in_order(1), 0).await;
    assert_eq!(bodies(&first), ["a1"]);
    let others = receive(&store, &in_order(9), 0).await;
    assert_eq!(bodies(&others), ["b1", "alone"]);
    assert!(receive(&store, &in_order(9), 0).await.is_empty());
    store.ack(vec![first[0].receipt.clone()]).await.unwrap();
    assert_eq!(bodies(&receive(&store, &in_order(9), 0).await), ["a2", "a3"]);
}

#[tokio::test]
async fn a_failed_message_holds_up_the_rest_of_its_group() {
    let store = with(vec![grouped("q", "a", "a1"), grouped("q", "a", "a2"), grouped("q", "b", "b1")]).await;
    let received = receive(&store, &in_order(2), 0).await;
    assert_eq!(bodies(&received), ["a1", "a2"]);
    store.fail(&received[0].receipt, "", at(0), 10 * SECOND).await.unwrap();
    store.release(&received[1].receipt).unwrap();
    assert_eq!(bodies(&receive(&store, &in_order(9), 5).await), ["b1"]);
    let again = receive(&store, &in_order(9), 10).await;
    assert_eq!(bodies(&again), ["a1", "a2"]);
    store.reject(&again[0].receipt, "", at(10)).await.unwrap();
    store.release(&again[1].receipt).unwrap();
    assert_eq!(bodies(&receive(&store, &in_order(9), 10).await), ["a2"]);
}

#[tokio::test]
async fn a_delayed_message_holds_up_the_later_ones_of_its_group() {
    let delayed = Put { visible_at: at(10), ..grouped("q", "a", "a2") };
    let store = with(vec![grouped("q", "a", "a1"), delayed, grouped("q", "a", "a3")]).await;
    let first = receive(&store, &in_order(9), 0).await;
    assert_eq!(bodies(&first), ["a1"]);
    store.ack(vec![first[0].receipt.clone()]).await.unwrap();
    assert!(receive(&store, &in_order(9), 9).await.is_empty());
    // Without order, nothing waits.
    assert_eq!(bodies(&receive(&store, &up_to(9), 9).await), ["a3"]);
    assert_eq!(bodies(&receive(&store, &up_to(9), 10).await), ["a2"]);
}

#[tokio::test]
async fn waiting_ends_with_a_message_a_release_or_a_wake() {
    let store = Store::in_memory().unwrap();
    let wait = || {
        let store = store.clone();
        tokio::spawn(async move { store.wait("q", at(0)).await })
    };
    let waiting = wait();
    tokio::task::yield_now().await;
    store.enqueue(vec![put("other", "", 0)]).await.unwrap();
    assert!(!waiting.is_finished());
    store.enqueue(vec![put("q", "", 0)]).await.unwrap();
    waiting.await.unwrap();
    store.wait("q", at(0)).await;
    let received = receive_one(&store, "q", 0).await;
    let waiting = wait();
    tokio::task::yield_now().await;
    store.release(&received.receipt).unwrap();
    waiting.await.unwrap();
    receive_one(&store, "q", 0).await;
    let waiting = wait();
    tokio::task::yield_now().await;
    store.wake();
    waiting.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_a_delay_or_a_visibility_timeout_passes() {
    let store = with(vec![Put { visible_at: at(7), ..put("q", "x", 0) }]).await;
    let begin = tokio::time::Instant::now();
    store.wait("q", at(0)).await;
    assert_eq!(begin.elapsed().as_secs(), 7);
    receive(&store, &Receive { visibility: 5 * SECOND, policy: policy(2), ..up_to(1) }, 7).await;
    store.wait("q", at(7)).await;
    assert_eq!(begin.elapsed().as_secs(), 12);
    let waiting = store.wait("nothing", at(0));
    assert!(tokio::time::timeout(Duration::from_hours(9), waiting).await.is_err());
}
