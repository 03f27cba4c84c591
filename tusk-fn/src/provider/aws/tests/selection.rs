//! Which function an event is for, and functions that take an event as it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{blob, bus_event, event, function, message, process, queue, reply, s3_record, stream};
use super::{fixture, support};
use crate::dispatch::Function;
use crate::private::{HandlerFuture, Intake, Invocation, Outcome};

fn orders(name: &str) -> Function {
    function(name, &json!({"kind": "queue", "queue": name}), queue, Intake::Single)
}

fn paid(name: &str, event_type: &str) -> Function {
    function(name, &json!({"kind": "event", "type": event_type}), event, Intake::Single)
}

fn uploads() -> Function {
    function("uploads", &json!({"kind": "blob", "path": "b/<word>", "events": ["created"]}), blob, Intake::Single)
}

fn timer() -> Function {
    fn handler(_: Invocation) -> HandlerFuture {
        Box::pin(async { Ok(Outcome::Completed(json!("fired"))) })
    }
    function("tick", &json!({"kind": "timer", "schedule": "0 * * * * *"}), handler, Intake::Single)
}

async fn replied(functions: Vec<Function>, event: &Value) -> Result<Value, String> {
    reply(&process(functions, None), event, Some(Duration::from_mins(1))).await.map_err(|failure| failure.to_string())
}

fn sqs() -> Value {
    json!({"Records": [message(0, Some("\"ok\""), false)]})
}

fn all_well() -> Value {
    json!({"batchItemFailures": []})
}

#[tokio::test]
async fn the_only_function_that_could_take_an_event_does() {
    assert_eq!(replied(vec![orders("a"), timer()], &sqs()).await, Ok(all_well()));
    let s3 = json!({"Records": [s3_record(0, Some("ok"))]});
    assert_eq!(replied(vec![orders("a"), uploads()], &s3).await, Ok(Value::Null));
}

#[tokio::test]
async fn of_several_none_is_guessed() {
    let error = replied(vec![orders("a"), orders("b")], &sqs()).await.expect_err("ambiguous");
    let expected = "AmbiguousEvent: this is an SQS event, and several functions of this process take such an event; set `TUSK_FN` \
                    to one of: a, b";
    assert_eq!(error, expected);
    let error = replied(vec![orders("a"), uploads()], &sqs()).await.expect_err("ambiguous");
    assert!(error.ends_with("one of: a, uploads"), "{error}");
}

#[tokio::test]
async fn where_none_takes_it_the_error_says_what_came() {
    let clicks = || function("clicks", &json!({"kind": "stream", "stream": "s"}), stream, Intake::Single);
    let stock = || {
        let trigger = json!({"kind": "database", "table": "t", "events": ["insert"]});
        function("stock", &trigger, support::database, Intake::Single)
    };
    let error = replied(vec![clicks()], &sqs()).await.expect_err("none");
    assert_eq!(error, "UnsupportedEvent: this is an SQS event; no function of this process takes such an event");
    let kinesis: Value = serde_json::from_slice(&fixture("example-kinesis-event")).expect("JSON");
    let error = replied(vec![stock()], &kinesis).await.expect_err("none");
    assert!(error.contains("from its own stream, not from Kinesis"), "{error}");
    let other = bus_event(0, "paid", "shop", &json!({}));
    let error = replied(vec![uploads()], &other).await.expect_err("none");
    assert!(error.contains("an EventBridge event of type \"paid\" from \"shop\""), "{error}");
    let mq: Value = serde_json::from_slice(&fixture("example-rabbitmq-event")).expect("JSON");
    let error = replied(vec![orders("a")], &mq).await.expect_err("none");
    assert_eq!(
        error,
        "UnsupportedEvent: this is an Amazon MQ event (RabbitMQ); no function of this process takes such an event"
    );
}

#[tokio::test]
async fn events_of_the_bus_go_to_the_function_that_wants_them() {
    let functions = || vec![paid("a", "paid"), paid("b", "open"), uploads()];
    let of = |detail_type: &str| bus_event(0, detail_type, "shop", &json!("err"));
    assert!(replied(functions(), &of("paid")).await.is_err(), "its function fails");
    assert_eq!(replied(functions(), &of("closed")).await, Ok(Value::Null), "nobody wants it");
    let error = replied(vec![paid("a", "paid"), paid("b", "pa*")], &of("paid")).await.expect_err("ambiguous");
    assert!(error.starts_with("AmbiguousEvent") && error.ends_with("a, b"), "{error}");
}

#[tokio::test]
async fn a_schedule_is_for_a_timer_and_else_for_who_wants_the_event() {
    let mut event: Value = serde_json::from_slice(&fixture("example-eventbridge-schedule")).expect("JSON");
    assert_eq!(replied(vec![timer(), paid("a", "*")], &event).await, Ok(json!("fired")));
    event["detail"] = "err".into();
    assert!(replied(vec![paid("a", "*")], &event).await.is_err(), "its function fails");
    let error = replied(vec![orders("a")], &event).await.expect_err("none");
    assert!(error.contains("an EventBridge event of type"), "{error}");
}

#[tokio::test]
async fn a_function_for_an_event_as_it_is_says_itself_what_failed() {
    use crate::invocation::Input;
    fn handler(invocation: Invocation) -> HandlerFuture {
        Box::pin(async move {
            let Input::Native(event) = &invocation.delivered.input else { panic!("the event") };
            let event: Value = serde_json::from_slice(event).expect("JSON");
            let id = &event["Records"][0]["messageId"];
            Ok(Outcome::Completed(json!({"batchItemFailures": [{"itemIdentifier": id}]})))
        })
    }
    let native = function("raw", &json!({"kind": "queue", "queue": "q"}), handler, Intake::Native);
    let expected = json!({"batchItemFailures": [{"itemIdentifier": "id-0"}]});
    assert_eq!(replied(vec![native], &sqs()).await, Ok(expected));
}

#[cfg(feature = "aws-events")]
#[tokio::test]
async fn the_events_of_the_typed_crate_are_read_and_its_replies_given() {
    use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};

    use crate::error::BoxError;
    use crate::private::output::PickFallible as _;
    use crate::private::{Pick, boxed, handled, kind, requirements, target};

    fn handler(mut invocation: Invocation) -> HandlerFuture {
        boxed(async move {
            let event = kind::Queue::argument::<SqsEvent, _, target::Aws>().take(&mut invocation).await?;
            let mut response = SqsBatchResponse::default();
            response.add_failure(event.records[0].message_id.clone().expect("an id"));
            let value: Result<_, BoxError> = Ok(response);
            handled(
                (&&Pick::<kind::Queue, _>::of(&value))
                    .pick()
                    .prove::<Result<SqsBatchResponse, BoxError>, target::Aws>()
                    .finish(value),
            )
        })
    }
    let needed = requirements::<kind::Queue>(&[kind::Queue::argument::<SqsEvent, _, target::Aws>().requirement()]);
    assert_eq!(needed.intake, Intake::Native);
    let functions = || vec![function("raw", &json!({"kind": "queue", "queue": "q"}), handler, needed.intake)];
    let expected = json!({"batchItemFailures": [{"itemIdentifier": "id-0"}]});
    assert_eq!(replied(functions(), &sqs()).await, Ok(expected));
    let error = replied(functions(), &json!({"Records": [{"eventSource": "aws:sqs", "messageId": 1}]})).await;
    assert!(error.as_ref().is_err_and(|error| error.contains("no `SqsEvent`")), "{error:?}");
}
