//! What is answered to what is sent: from the request to the function and back.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tusk_fn_spec::record::Idempotent;

use super::*;
use crate::dispatch::{Function, Program};
use crate::error::{BoxError, Reject};
use crate::event::{Blob, Change, CloudEvent, Message, Record};
use crate::idempotency::MemoryStore;
use crate::private::output::PickFallible as _;
use crate::private::{HandlerFn, HandlerFuture, Invocation, Outcome, Pick, Requirements, boxed, handled, kind, target};
use crate::provider::Provider;
use crate::provider::container::receive;
use crate::provider::google::message::PUBLISHED;
use crate::state::States;
use crate::timer::Timer;

fn obey(word: &str) -> Result<(), BoxError> {
    match word {
        "ok" => Ok(()),
        "reject" => Err(Reject::new("it is refused").into()),
        _ => Err("it failed".into()),
    }
}

/// Functions that do what the word in their item says.
macro_rules! functions {
    ($($name:ident $kind:ident $item:ty: $word:expr;)*) => {$(
        fn $name(mut invocation: Invocation) -> HandlerFuture {
            boxed(async move {
                let item = kind::$kind::argument::<$item, _, target::Google>().take(&mut invocation).await?;
                let word: fn(&$item) -> &str = $word;
                let value: Result<(), BoxError> = obey(word(&item));
                handled((&&Pick::<kind::$kind, _>::of(&value)).pick().prove::<Result<(), BoxError>, target::Google>().finish(value))
            })
        }
    )*};
}
functions! {
    on_message Queue Message<String>: |message| &message.body;
    on_topic Topic Message<String>: |message| &message.body;
    on_record Stream Record<String>: |record| &record.body;
    on_blob Blob Blob: |blob| blob.etag.as_deref().unwrap_or("none");
    on_change Database Change<Value>: |change| change.key().text("id").unwrap_or("none");
    on_event Event CloudEvent<String>: |event| &event.data;
    on_tick Timer Timer: |timer| if timer.past_due { "ok" } else { "early" };
}

fn function(name: &str, trigger: &Value, handler: HandlerFn) -> Function {
    Function::new(record(name, trigger), handler, &Requirements::default())
}

/// The status and the error that a process with these functions answers.
async fn answer(functions: Vec<Function>, request: &Request, path: &str, sole: bool) -> (u16, String) {
    let program = Program::new(Provider::Google, functions, States::default());
    let program = Arc::new(program.with_fallback(sole.then_some(0)));
    let response = receive::answer(&program, &Google, request.to(path).map(Full::new), None).await;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    (status, problem["detail"].as_str().unwrap_or_default().to_owned())
}

fn changed(id: &str) -> Request {
    let mut document = document("4");
    document["name"] = format!("projects/p/databases/d/documents/stock/{id}").into();
    event(&firestore("created"), "", &json!({ "value": document }))
}

fn tagged(etag: &str) -> Request {
    let mut object = object();
    object["etag"] = etag.into();
    event(&storage("finalized"), "", &object)
}

fn tick(at: &str) -> Request {
    Request::new(&[("x-cloudscheduler", "true"), ("x-cloudscheduler-scheduletime", at)], "")
}

#[tokio::test]
async fn what_a_function_says_is_the_status() {
    type Send = fn(&str) -> Request;
    let cases: [(Value, HandlerFn, Send); 6] = [
        (queue(), on_message, |word| Request::json(&push(json!(word).to_string(), &json!({})))),
        (topic(&[]), on_topic, |word| event(PUBLISHED, "", &push(json!(word).to_string(), &json!({})))),
        (stream(), on_record, |word| Request::new(&[("x-goog-pubsub-message-id", "1")], json!(word).to_string())),
        (blob(&["created"]), on_blob, tagged),
        (table(&["insert"]), on_change, changed),
        (paid(), on_event, |word| event("com.example.paid", "", &json!(word))),
    ];
    for (trigger, handler, send) in cases {
        for (word, status) in [("ok", 202), ("err", 500), ("reject", 400)] {
            for path in ["/", "/handle"] {
                let answered = answer(vec![function("handle", &trigger, handler)], &send(word), path, false).await;
                assert_eq!(answered.0, status, "{trigger} {word} {path}: {}", answered.1);
            }
        }
    }
    let timer = || vec![function("handle", &timer(), on_tick)];
    assert_eq!(answer(timer(), &tick("2026-01-31T04:30:00-07:00"), "/", false).await.0, 202);
    assert_eq!(answer(timer(), &tick("2999-01-31T04:30:00-07:00"), "/", false).await.0, 500);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_what_is_wrong_with_it() {
    let handle = |trigger: &Value, handler: HandlerFn| vec![function("handle", trigger, handler)];
    let queue = || handle(&queue(), on_message);
    let mut broken = push("ok", &json!({}));
    broken["message"]["data"] = "?".into();
    let encoded = BASE64_STANDARD.encode("\"ok\"");
    for (functions, request, why) in [
        (queue(), Request::json(&json!({"message": {}})), "`message.messageId` is missing"),
        (queue(), Request::json(&broken), "`message.data` is no base64"),
        // Encoded once more: it is a message, and none that the function can read.
        (queue(), Request::json(&push(encoded, &json!({}))), "UndecodablePayload"),
        (
            queue(),
            event("other", "", &json!(1)),
            "an event of type \"other\" from \"//google/source\" is for no function",
        ),
        (queue(), Request::new(&[("ce-id", "1")], ""), "`ce-specversion`, `ce-source`, `ce-type` are missing or empty"),
        (
            queue(),
            event(PUBLISHED, "", &json!({"message": {"messageId": 1}})),
            "the function `handle` was to be given an event of type \"google.cloud.pubsub.topic.v1.messagePublished\"",
        ),
        (handle(&timer(), on_tick), tick("soon"), "`x-cloudscheduler-scheduletime` is \"soon\""),
        (
            handle(&timer(), on_tick),
            Request::json(&push("x", &json!({}))),
            "a message is for no function of this process",
        ),
        (
            handle(&blob(&["created"]), on_blob),
            event(&storage("finalized"), "", &json!({})),
            "`data.bucket` is missing",
        ),
        (handle(&table(&["insert"]), on_change), changed(""), "`data.value.name` is"),
        (handle(&paid(), on_event), Request::json(&push("x", &json!({}))), "`message.attributes.ce-type` is missing"),
    ] {
        let (status, detail) = answer(functions, &request, "/", false).await;
        assert!(status == 400 && detail.contains(why), "{status} {detail}");
    }
}

#[tokio::test]
async fn several_functions_share_a_process() {
    let all = || {
        vec![
            function("changes", &table(&["insert"]), on_change),
            function("clicks", &stream(), on_record),
            function("orders", &queue(), on_message),
            function("paid", &paid(), on_event),
            function("sweep", &timer(), on_tick),
            function("uploads", &blob(&["created"]), on_blob),
        ]
    };
    let message = || Request::json(&push("\"ok\"", &json!({})));
    for (request, path, status, why) in [
        (changed("ok"), "/", 202, ""),
        (tagged("ok"), "/", 202, ""),
        (event("com.example.paid", "", &json!("ok")), "/", 202, ""),
        (tick("2026-01-31T12:00:00Z"), "/", 202, ""),
        (message(), "/orders", 202, ""),
        (message(), "/clicks/", 202, ""),
        (message(), "/", 400, "a message may be for `clicks` and `orders`; send it to a path that names the function"),
        (message(), "/sweep", 400, "the function `sweep` has `trigger = \"timer\"`, and cannot be given a message"),
        (message(), "/other", 400, "the path \"/other\" names no function of this process"),
        (changed("ok"), "/orders", 400, "the function `orders` has `trigger = \"queue\"`"),
        (event("unheard", "", &json!(1)), "/", 202, ""),
    ] {
        let (answered, detail) = answer(all(), &request, path, false).await;
        assert!(answered == status && detail.contains(why), "{path}: {answered} {detail}");
    }
}

#[tokio::test]
async fn all_paths_lead_to_the_target() {
    let orders = || vec![function("orders", &queue(), on_message)];
    let message = Request::json(&push("\"ok\"", &json!({})));
    assert_eq!(answer(orders(), &message, "/any/path", false).await.0, 400);
    assert_eq!(answer(orders(), &message, "/any/path", true).await.0, 202);
    assert_eq!(answer(orders(), &message, "/orders", true).await.0, 202);
}

/// Pub/Sub and a broker would send it again soon, and count that.
#[tokio::test]
async fn what_another_request_handles_is_waited_for() {
    let slow: HandlerFn = |_| {
        boxed(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(Outcome::Completed(Value::Null))
        })
    };
    for (trigger, request) in [
        (json!({"kind": "queue", "queue": "orders"}), Request::json(&push("ok", &json!({})))),
        (json!({"kind": "timer", "schedule": "0 0 12 * * *"}), tick("2026-01-31T12:00:00Z")),
    ] {
        let mut record = record("once", &trigger);
        record.idempotent = Some(Idempotent::Delivery);
        let function = Function::new(record, slow, &Requirements::default());
        let program = Program::new(Provider::Google, vec![function], States::default());
        let program = Arc::new(program.with_idempotency(Arc::new(MemoryStore::default())));
        let sent = || receive::answer(&program, &Google, request.to("/once").map(Full::new), None);
        let (one, other) = tokio::join!(sent(), sent());
        assert_eq!((one.status().as_u16(), other.status().as_u16()), (202, 202), "{trigger}");
    }
}
