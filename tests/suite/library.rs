//! Library calls: a program's functions without a server.

use tusk_fn::prelude::*;
use tusk_fn::{Answer, App, Functions, InvokeError, Payload};

#[derive(Clone)]
pub(crate) struct Word(pub(crate) &'static str);

/// Stands for what a test must not touch.
#[tusk_fn::init]
async fn word() -> Result<Word, std::fmt::Error> {
    Err(std::fmt::Error)
}

#[tusk_fn(trigger = "http", route = "library/word/<times?>", name = "library-word")]
async fn word_times(times: Option<usize>, State(word): State<Word>) -> String {
    word.0.repeat(times.unwrap_or(1))
}

#[tusk_fn(trigger = "http", route = "library/panic", name = "library-panic")]
async fn panics() -> &'static str {
    panic!("on purpose")
}

/// Divides by the second of the instant that it is due at.
#[tusk_fn(trigger = "timer", schedule = "@hourly", name = "library-timer")]
async fn timer(timer: Timer) -> anyhow::Result<i64> {
    let second = timer.scheduled_at.as_second() % 60;
    60_i64.checked_div(second).ok_or_else(|| anyhow::anyhow!("divided by zero"))
}

async fn functions() -> Functions {
    App::new().state(Word("ha")).start().await.unwrap()
}

fn request(method: &str, uri: &str) -> Payload {
    Payload::Request(http::Request::builder().method(method).uri(uri).body(Bytes::new()).unwrap())
}

fn text(answer: Answer) -> (u16, String) {
    match answer {
        Answer::Response(response) => {
            (response.status().as_u16(), String::from_utf8(response.into_body().to_vec()).unwrap())
        }
        other => panic!("no response: {other:?}"),
    }
}

#[tokio::test]
async fn the_functions_are_listed_with_their_configuration() {
    let functions = functions().await;
    let records: Vec<_> = functions.list().filter(|record| record.name.starts_with("library-")).collect();
    let names: Vec<&str> = records.iter().map(|record| &*record.name).collect();
    assert_eq!(names, ["library-panic", "library-timer", "library-word"]);
    assert_eq!(records[2].source.function, "word_times");
    assert_eq!(records[1].timeout(), std::time::Duration::from_secs(30));
}

#[tokio::test]
async fn a_state_replaces_an_init() {
    let error = App::new().start().await.unwrap_err().to_string();
    assert!(error.starts_with("the init `word` (") && error.contains(") failed: "), "{error}");
    let answer = functions().await.invoke("library-word", Payload::Empty).await.unwrap();
    assert_eq!(text(answer), (200, "ha".to_owned()));
}

#[tokio::test]
async fn a_function_is_invoked_as_an_event_would() {
    let functions = functions().await;
    let invoke = async |name, payload| functions.invoke(name, payload).await.unwrap();
    assert_eq!(text(invoke("library-word", request("GET", "/library/word/3")).await), (200, "hahaha".to_owned()));
    assert_eq!(text(invoke("library-word", request("GET", "/library/word/x")).await).0, 400);
    // It has answered.
    assert_eq!(text(invoke("library-panic", Payload::Empty).await).0, 500);
    let due = "2026-01-31T12:00:30Z".parse().unwrap();
    match invoke("library-timer", Payload::ScheduledAt(due)).await {
        Answer::Value(value) => assert_eq!(value, 2),
        other => panic!("no value: {other:?}"),
    }
}

#[tokio::test]
async fn no_such_function_a_payload_that_does_not_fit_and_a_failure_are_told_apart() {
    let functions = functions().await;
    let invoke = async |name, payload| functions.invoke(name, payload).await.unwrap_err();
    match invoke("library-wrod", Payload::Empty).await {
        InvokeError::NoSuchFunction { name, near } => {
            assert_eq!((&*name, near.as_deref()), ("library-wrod", Some("library-word")));
        }
        other => panic!("{other}"),
    }
    let due: tusk_fn::jiff::Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    for (name, payload, message) in [
        ("library-word", request("POST", "/library/word"), "POST /library/word does not lead to `library-word`"),
        ("library-word", request("GET", "/library/panic"), "GET /library/panic does not lead to `library-word`"),
        ("library-word", Payload::ScheduledAt(due), "`library-word` is invoked with a request, not with an instant"),
        ("library-timer", request("GET", "/"), "`library-timer` is invoked with an instant, not with a request"),
    ] {
        let error = invoke(name, payload).await;
        assert!(matches!(error, InvokeError::Payload(_)), "{error}");
        assert_eq!(error.to_string(), message);
    }
    match invoke("library-timer", Payload::ScheduledAt(due)).await {
        InvokeError::Failed(failure) => assert_eq!(failure.to_string(), "anyhow::Error: divided by zero"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_was_invoked_is_counted() {
    let functions = functions().await;
    let due = "2026-01-31T12:00:00Z".parse().unwrap();
    let _ = functions.invoke("library-panic", Payload::Empty).await;
    let _ = functions.invoke("library-timer", Payload::ScheduledAt(due)).await;
    let _ = functions.invoke("library-word", Payload::Empty).await;
    let _ = functions.invoke("library-word", request("POST", "/library/word")).await;
    let counted = |name: &str| {
        let metrics = functions.metrics().into_iter().find(|metrics| metrics.function == name).unwrap();
        (metrics.invocations, metrics.errors, metrics.cold_starts, metrics.duration.count)
    };
    assert_eq!(counted("library-panic"), (1, 1, 1, 1));
    assert_eq!(counted("library-timer"), (1, 1, 0, 1));
    assert_eq!(counted("library-word"), (1, 0, 0, 1));
}
