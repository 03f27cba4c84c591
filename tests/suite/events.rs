//! Functions that events invoke, called in process: what they take, what becomes of what was delivered, what they send.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;
use tusk_fn::testing::{Outbox, Wire};
use tusk_fn::{Answer, App, BlobEvent, Failure, Functions, InvokeError, MemoryStore, Payload};

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Order {
    id: u64,
    item: String,
}

fn order(id: u64) -> Order {
    Order { id, item: "lamp".to_owned() }
}

/// What the functions of this file were called with.
#[derive(Clone, Default)]
struct Calls(Arc<std::sync::Mutex<Vec<String>>>, Arc<AtomicUsize>);

impl Calls {
    fn note(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// For the tests of other files, whose functions start with these.
#[tusk_fn::init]
async fn calls() -> Calls {
    Calls::default()
}

#[tusk_fn(trigger = "queue", queue = "events-message")]
async fn events_message(message: Message<Order>, context: Context, State(calls): State<Calls>) {
    let region = message.attributes.get("region").cloned().unwrap_or_default();
    let (id, attempt) = (context.delivery_id(), context.attempt());
    calls.note(format!("{} {region} {id} {} {attempt}", message.body.item, message.attempt));
}

#[tusk_fn(trigger = "topic", topic = "events-told")]
async fn events_told(message: Message<Order>, context: Context, State(calls): State<Calls>) {
    let region = message.attributes.get("region").cloned().unwrap_or_default();
    calls.note(format!("{} {region} {} {}", message.body.item, message.id, context.delivery_id()));
}

#[tusk_fn(trigger = "queue", queue = "events-json")]
async fn events_json(Json(order): Json<Order>, State(calls): State<Calls>) -> Result<(), OrderError> {
    calls.note(order.id.to_string());
    match order.id {
        0 => Err(OrderError::Later),
        1 => Err(Reject::new("an order of nothing"))?,
        2 => panic!("on purpose"),
        _ => Ok(()),
    }
}

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("later")]
    Later,
    #[error(transparent)]
    Rejected(#[from] Reject),
}

#[tusk_fn(trigger = "topic", topic = "events-text")]
async fn events_text(text: String, bytes: Bytes, raw: Message<Raw>, State(calls): State<Calls>) {
    calls.note(format!("{text} {} {}", bytes.len(), raw.body.text().unwrap_or("?")));
}

#[tusk_fn(trigger = "queue", queue = "events-batch")]
async fn events_batch(batch: Batch<Message<Order>>, State(calls): State<Calls>) -> Report {
    calls.note(format!("{} items", batch.len()));
    batch
        .each(async |message: Message<Order>| match message.body.id {
            0 => Err(OrderError::Later),
            1 => Err(Reject::new("an order of nothing").into()),
            _ => Ok(()),
        })
        .await
}

#[tusk_fn(trigger = "blob", path = "uploads/<year>/<name>.csv", events = ["created", "deleted"])]
async fn events_blob(name: String, blob: Blob, year: u16, State(calls): State<Calls>) {
    let event = if blob.event == BlobEvent::Created { "created" } else { "deleted" };
    calls.note(format!("{year} {name} {event} {}", blob.key));
}

#[tusk_fn(trigger = "database", table = "shop/orders")]
async fn events_change(change: Change<Order>, State(calls): State<Calls>) {
    calls.note(match change {
        Change::Insert { key, new, .. } => format!("insert {:?} {}", key.text("id"), new.id),
        Change::Modify { old, new, .. } => format!("modify {:?} {}", old.map(|old| old.id), new.id),
        Change::Remove { old, .. } => format!("remove {:?}", old.map(|old| old.id)),
        other => format!("{other:?}"),
    });
}

#[tusk_fn(trigger = "stream", stream = "events-clicks")]
async fn events_record(record: Record<Order>, State(calls): State<Calls>) {
    calls.note(format!("{} {}", record.partition, record.body.id));
}

#[tusk_fn(trigger = "event", type = "com.example.paid")]
async fn events_event(event: CloudEvent<Order>, State(calls): State<Calls>) {
    calls.note(format!("{} {} {:?} {}", event.event_type, event.source, event.subject, event.data.id));
}

#[tusk_fn(trigger = "event", type = "com.example.asked", targets = ["knative"])]
async fn events_reply(event: CloudEvent<Order>) -> CloudEvent<u64> {
    CloudEvent::new("com.example.answered", "", event.data.id)
}

#[tusk_fn(trigger = "event", type = "com.example.ping")]
async fn events_empty(event: CloudEvent<()>, State(calls): State<Calls>) {
    calls.note(event.event_type);
}

#[tusk_fn(trigger = "queue", queue = "events-once", idempotent = "order.id")]
async fn events_once(body: String, State(calls): State<Calls>) -> Result<(), OrderError> {
    calls.note(body);
    if calls.1.fetch_add(1, SeqCst) == 0 { Err(OrderError::Later) } else { Ok(()) }
}

#[tusk_fn(trigger = "timer", schedule = "@daily", idempotent = true)]
async fn events_nightly(timer: Timer, State(calls): State<Calls>) {
    calls.note(timer.scheduled_at.to_string());
}

#[tusk_fn(trigger = "queue", queue = "events-outputs")]
async fn events_outputs(
    Json(wanted): Json<Order>,
    #[queue("sent")] queue: Sender<Order>,
    #[topic("told")] topic: Sender<String>,
    #[event("com.example.done")] events: Sender<Order>,
    #[table("stock", access = "write")] stock: Table<Order>,
    #[table("prices", access = "read")] prices: Table<Order>,
    #[secret("key")] key: Secret<String>,
    State(calls): State<Calls>,
) -> anyhow::Result<()> {
    queue.send(Outgoing::new(wanted.clone()).attribute("region", "eu").group("g")).await?;
    topic.send_all(["a".to_owned(), "b".to_owned()]).await?;
    events.send(Outgoing::new(wanted.clone()).subject("orders/7")).await?;
    stock.insert("lamp", &wanted).await?;
    calls.note(stock.insert("lamp", &wanted).await.unwrap_err().to_string());
    calls.note(stock.get("lamp").await.unwrap_err().to_string());
    calls.note(prices.put("lamp", &wanted).await.unwrap_err().to_string());
    calls.note(format!("{:?} {key:?} {}", prices.get("lamp").await?.is_none(), key.len()));
    Ok(())
}

async fn functions(calls: &Calls, outbox: &Outbox) -> Functions {
    let app = App::new().state(super::library::Word("ha")).state(calls.clone());
    app.outbox(outbox).idempotency(MemoryStore::default()).start().await.unwrap()
}

/// One function alone, as a process on AWS has it.
async fn only(name: &str, calls: &Calls) -> Functions {
    let app = App::new().only([name]).state(super::library::Word("ha")).state(calls.clone());
    app.outbox(&Outbox::new()).start().await.unwrap()
}

async fn called(name: &str, payload: impl Into<Payload>) -> (Vec<String>, Option<Failure>) {
    let calls = Calls::default();
    let functions = functions(&calls, &Outbox::new().with_secret("key", "secret")).await;
    let failure = match functions.invoke(name, payload).await {
        Ok(_) => None,
        Err(InvokeError::Failed(failure)) => Some(failure),
        Err(other) => panic!("{other}"),
    };
    (calls.all(), failure)
}

async fn noted(name: &str, payload: impl Into<Payload>) -> String {
    let (calls, failure) = called(name, payload).await;
    assert_eq!(failure, None);
    calls.join(", ")
}

#[tokio::test]
async fn each_kind_is_taken_in_its_types() {
    let message = Message::new(order(7)).with_attribute("region", "eu").with_id("m1").with_attempt(2);
    assert_eq!(noted("events-message", message).await, "lamp eu m1 2 2");
    assert_eq!(noted("events-json", Message::new(order(7))).await, "7");
    assert_eq!(noted("events-text", Message::new(Raw::from("hello"))).await, "hello 5 hello");
    assert_eq!(noted("events-batch", Message::new(order(7))).await, "1 items");
    let blob = Blob::created("uploads", "2026/sales.csv");
    assert_eq!(noted("events-blob", blob).await, "2026 sales created 2026/sales.csv");
    assert_eq!(noted("events-change", Change::insert("k", order(1))).await, "insert Some(\"k\") 1");
    assert_eq!(noted("events-change", Change::modify("k", order(1), order(2))).await, "modify Some(1) 2");
    assert_eq!(noted("events-change", Change::remove("k", order(1))).await, "remove Some(1)");
    assert_eq!(noted("events-record", Record::new("p", order(1))).await, "p 1");
    let event = CloudEvent::new("com.example.paid", "/shop", order(7)).with_subject("orders/7");
    assert_eq!(noted("events-event", event).await, "com.example.paid /shop Some(\"orders/7\") 7");
    let empty = CloudEvent::new("com.example.ping", "/shop", Raw::default());
    assert_eq!(noted("events-empty", empty).await, "com.example.ping");
}

#[tokio::test]
async fn a_reply_is_what_an_invocation_gives() {
    let functions = functions(&Calls::default(), &Outbox::new()).await;
    let event = CloudEvent::new("com.example.asked", "/shop", order(7));
    let Answer::Event(reply) = functions.invoke("events-reply", event).await.unwrap() else { panic!("no event") };
    assert_eq!(
        (&*reply.event_type, &*reply.source, reply.id.len()),
        ("com.example.answered", "/functions/events-reply", 64)
    );
    assert_eq!(reply.data.text().unwrap(), "7");
}

#[tokio::test]
async fn an_error_is_a_retry_and_a_reject_is_not() {
    let rejection = async |name, payload: Payload| {
        let failure = called(name, payload).await.1.expect("it failed");
        (failure.is_rejection(), failure.to_string())
    };
    let message = |id| Payload::from(Message::new(order(id)));
    assert_eq!(rejection("events-json", message(0)).await, (false, "OrderError: later".to_owned()));
    assert_eq!(rejection("events-json", message(1)).await, (true, "OrderError: an order of nothing".to_owned()));
    assert_eq!(rejection("events-json", message(2)).await, (false, "Panic: on purpose".to_owned()));
    assert_eq!(rejection("events-batch", message(0)).await, (false, "OrderError: later".to_owned()));
    assert_eq!(rejection("events-batch", message(1)).await, (true, "OrderError: an order of nothing".to_owned()));
    let undecodable = || Payload::from(Message::new(Raw::from("{\"id\":7}")));
    let said = "UndecodablePayload: the payload cannot be read as `Order`: missing field `item` at line 1 column 8";
    for name in ["events-json", "events-message", "events-batch"] {
        assert_eq!(rejection(name, undecodable()).await, (true, said.to_owned()), "{name}");
    }
    let year = Payload::from(Blob::created("uploads", "last/sales.csv"));
    let said = "UndecodableKey: `<year>` of the path cannot be \"last\"";
    assert_eq!(rejection("events-blob", year).await, (true, said.to_owned()));
}

#[tokio::test]
async fn a_payload_of_another_kind_is_refused() {
    let functions = functions(&Calls::default(), &Outbox::new()).await;
    for (name, payload, said) in [
        ("events-json", Payload::Empty, "`events-json` is invoked with a message, not with nothing"),
        ("events-blob", Message::new(1).into(), "`events-blob` is invoked with a blob, not with a message"),
        (
            "events-blob",
            Blob::created("uploads", "sales.csv").into(),
            "the blob \"sales.csv\" does not match the path `uploads/<year>/<name>.csv`",
        ),
    ] {
        assert_eq!(functions.invoke(name, payload).await.unwrap_err().to_string(), said);
    }
}

#[tokio::test]
async fn what_was_handled_is_not_handled_again() {
    let calls = Calls::default();
    let functions = functions(&calls, &Outbox::new()).await;
    let deliver = async |body: &'static str| match functions.invoke("events-once", Message::new(Raw::from(body))).await
    {
        Ok(_) => "done".to_owned(),
        Err(InvokeError::Failed(failure)) => failure.kind().to_owned(),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(deliver(r#"{"order":{"id":7}}"#).await, "OrderError");
    assert_eq!(deliver(r#"{"order":{"id":7}}"#).await, "done");
    assert_eq!(deliver(r#"{"order":{"id":7}}"#).await, "done");
    assert_eq!(calls.all().len(), 2, "the third one was known");
    assert_eq!(deliver(r#"{"order":{"id":8}}"#).await, "done");
    assert_eq!(deliver(r#"{"order":{"id":7},"more":1}"#).await, "PayloadChanged");
    assert_eq!(deliver(r#"{"order":{}}"#).await, "NoIdempotencyKey");
    assert_eq!(calls.all().len(), 3);
}

#[tokio::test]
async fn what_is_sent_and_stored_is_in_the_outbox() {
    let calls = Calls::default();
    let outbox = Outbox::new().with_secret("key", "hunter2");
    let functions = functions(&calls, &outbox).await;
    functions.invoke("events-outputs", Message::new(order(7))).await.unwrap();
    assert_eq!(outbox.sent::<Order>("queue", "sent").unwrap(), [order(7)]);
    assert_eq!(outbox.sent::<String>("topic", "told").unwrap(), ["a", "b"]);
    let all = outbox.all();
    assert_eq!((&all[0].attributes["region"], all[0].group.as_deref()), (&"eu".to_owned(), Some("g")));
    assert_eq!((all[3].kind.as_str(), all[3].subject.as_deref()), ("event", Some("orders/7")));
    assert_eq!(outbox.item("stock", "lamp").unwrap()["item"], "lamp");
    assert_eq!(
        calls.all(),
        [
            "table stock: the item is not as the condition demands",
            "table stock: the argument's attribute does not allow reading; change its `access`",
            "table prices: the argument's attribute does not allow writing; change its `access`",
            "true Secret(…) 7",
        ]
    );
    outbox.breaks("topic", "told", "closed");
    let error = functions.invoke("events-outputs", Message::new(order(7))).await.unwrap_err().to_string();
    assert!(error.ends_with("2 of 2 could not be sent, the first: topic told: closed"), "{error}");
}

/// What a function takes is the same in whatever way AWS sends it.
#[tokio::test]
async fn one_event_comes_out_equal_of_every_wire() {
    let at = "2026-01-31T12:00:00Z".parse().unwrap();
    let mut blob = Blob::created("uploads", "2026/sales and more \u{e4}+.csv");
    (blob.size, blob.etag, blob.time) = (Some(7), Some("abc".to_owned()), Some(at));
    let mut event = CloudEvent::new("com.example.paid", "/shop", order(7)).with_subject("orders/7");
    event.time = Some(at);
    let payloads = [
        ("events-message", Payload::from(Message::new(order(7)).with_attribute("region", "eu").with_id("m1")), 1),
        ("events-told", Message::new(order(7)).with_attribute("region", "eu").with_id("m1").into(), 3),
        ("events-blob", blob.into(), 6),
        ("events-change", Change::modify("k", order(1), order(2)).into(), 1),
        ("events-record", Record::new("p", order(1)).into(), 1),
        ("events-event", event.into(), 6),
    ];
    for (name, payload, ways) in payloads {
        let expected = noted(name, payload.clone()).await;
        let encoded: Vec<_> = Wire::ALL.into_iter().filter_map(|wire| Some((wire, wire.encode(&payload)?))).collect();
        // A topic's function takes messages of topics only, however they come; a queue's takes what is in the queue.
        let encoded = encoded.into_iter().filter(|(wire, _)| name != "events-message" || *wire == Wire::Sqs);
        let mut tried = 0;
        for (wire, event) in encoded {
            let calls = Calls::default();
            let functions = only(name, &calls).await;
            functions.deliver_aws(event.to_string()).await.unwrap_or_else(|error| panic!("{name} {wire:?}: {error}"));
            assert_eq!(calls.all().join(", "), expected, "{name} {wire:?}");
            tried += 1;
        }
        assert_eq!(tried, ways, "{name}");
    }
}

/// A schedule may fire twice for one instant, too.
#[tokio::test]
async fn an_idempotent_timer_runs_once_for_an_instant() {
    let calls = Calls::default();
    let functions = only("events-nightly", &calls).await;
    for day in ["2026-01-31", "2026-01-31", "2026-02-01"] {
        let at = format!("{day}T00:00:00Z");
        let timer = serde_json::json!({ "function": "events-nightly", "scheduled_at": at, "attempt": "1" });
        let event = serde_json::json!({ "tusk_fn": { "timer": timer } });
        functions.deliver_aws(event.to_string()).await.unwrap();
    }
    assert_eq!(calls.all(), ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"]);
}
