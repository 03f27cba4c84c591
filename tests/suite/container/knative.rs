//! What Knative sends: `CloudEvents` in each mode, and what it makes of the answers.

use serde_json::{Value, json};

use super::{Container, serving, serving_with};
use crate::support::Response;

/// Sends an event in binary mode, with further attributes.
fn send(container: &Container, path: &str, attributes: &[(&str, &str)], data: &str) -> Response {
    let mut headers = vec![("ce-specversion", "1.0")];
    for (name, value) in [("ce-id", "id-1"), ("ce-source", "/s")] {
        if attributes.iter().all(|(other, _)| *other != name) {
            headers.push((name, value));
        }
    }
    headers.extend(attributes);
    container.request("POST", path, &headers, data)
}

fn own<'a>(kind: &'a str, subject: &'a str) -> [(&'a str, &'a str); 3] {
    [("ce-type", kind), ("ce-subject", subject), ("ce-test", "attribute")]
}

/// A function, an event's further attributes, its data, and what the function notes.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn each_kind_of_trigger_takes_its_events() {
    let kafka = [
        ("ce-type", "dev.knative.kafka.event"),
        ("ce-subject", "partition:3#17"),
        ("ce-key", "ada"),
        ("ce-kafkaheadertest", "x"),
    ];
    let ping = [("ce-type", "dev.knative.sources.ping"), ("ce-time", "2026-01-31T12:05:00.437Z")];
    let key = r#"{"key": {"id": 7}, "new": {"Message": "hi"}}"#;
    let cases: [Case<'_>; 13] = [
        ("queue", &own("tusk-fn.queue", "messages"), "hello", "queue hello 1 false"),
        ("queue", &kafka, "hello", "queue hello 1 false"),
        ("topic", &own("tusk-fn.topic", "messages"), "hello", "topic hello None"),
        ("topic", &[("ce-type", "tusk-fn.topic"), ("ce-subject", "messages")], "hello", "topic hello None"),
        ("stream", &own("tusk-fn.stream", "records"), "hello", "stream  hello"),
        ("stream", &kafka, "hello", "stream ada hello"),
        ("blob", &own("tusk-fn.blob.created", "uploads/in/a b.csv"), "", "blob Created in a b"),
        ("blob", &own("tusk-fn.blob.deleted", "uploads/in/a.csv"), r#"{"size": 3}"#, "blob Deleted in a"),
        ("blob", &own("tusk-fn.blob.created", "uploads/other.txt"), "", ""),
        ("database", &own("tusk-fn.database.insert", "items"), key, "database {\"id\":7} \"hi\""),
        ("database", &own("tusk-fn.database.upsert", "items"), key, "database {\"id\":7} \"hi\""),
        (
            "event",
            &[("ce-type", "com.example.paid"), ("content-type", "application/json")],
            "7",
            "event com.example.paid /s 7",
        ),
        ("timer", &ping, "", "timer 2026-01-31T12:05:00Z"),
    ];
    for (function, attributes, data, taken) in cases {
        let container = serving("knative", function);
        for path in ["/", &format!("/{function}")] {
            let response = send(&container, path, attributes, data);
            assert_eq!((response.status, response.body.len()), (202, 0), "{function} {path}: {response:?}");
            assert_eq!(container.notes(), taken, "{function} {path}");
        }
    }
}

#[test]
fn a_process_of_several_functions_tells_events_apart() {
    let container = serving("knative", "queue,topic,stream,mood,timer");
    assert_eq!(send(&container, "/", &own("tusk-fn.queue", "messages"), "hello").status, 202);
    assert_eq!(container.notes(), "queue hello 1 false");
    assert_eq!(send(&container, "/", &own("tusk-fn.topic", "messages"), "hello").status, 202);
    assert_eq!(container.notes(), "topic hello None");
    // Whatever is sent to a function by name is its message.
    assert_eq!(send(&container, "/queue", &[("ce-type", "com.example.any")], "any").status, 202);
    assert_eq!(container.notes(), "queue any 1 false");
    for (path, kind, why) in [
        ("/", "com.example.any", "an event of type \"com.example.any\" from \"/s\" is for no function of this process"),
        (
            "/",
            "dev.knative.kafka.event",
            "may be for `mood`, `queue`, `stream` and `topic`; send it to a path that names the function",
        ),
        ("/elsewhere", "tusk-fn.queue", "the path \"/elsewhere\" names no function of this process"),
        (
            "/timer",
            "tusk-fn.queue",
            "the function `timer` has `trigger = \"timer\"`, and cannot be given an event of type",
        ),
    ] {
        let response = send(&container, path, &[("ce-type", kind), ("ce-subject", "messages")], "x");
        // 404 would be sent again.
        assert_eq!(response.status, 400, "{path} {kind}");
        assert!(response.detail().contains(why), "{path} {kind}: {}", response.detail());
    }
    assert_eq!(container.notes(), "");
}

#[test]
fn the_answer_says_whether_to_send_it_again() {
    let container = serving("knative", "mood");
    for (mood, status, kind) in [
        ("well", 202, ""),
        ("fail", 500, "BoxError"),
        ("panic", 500, "Panic"),
        ("wait", 504, "InvocationTimedOut"),
        ("reject", 400, "BoxError"),
    ] {
        let response = send(&container, "/mood", &[("ce-type", "t")], mood);
        assert_eq!(response.status, status, "{mood}");
        if status != 202 {
            let detail = response.detail();
            assert!(!detail.contains("secret") && !detail.is_empty(), "{mood}: {detail} ({kind})");
        }
    }
}

const ASKED: [(&str, &str); 2] = [("ce-type", "com.example.asked"), ("prefer", "respond-async, Reply")];

#[test]
fn a_reply_is_an_event_in_the_answer() {
    let container = serving("knative", "reply");
    let answer = send(&container, "/reply", &ASKED, "answer");
    assert_eq!((answer.status, answer.text()), (200, "{\"n\":7}"));
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-type", "com.example.answered"),
        ("ce-source", "/functions/reply"),
        ("ce-subject", "gr%C3%BCn"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("ce-time").is_some());
    // The same delivery has the same answer, and another one another.
    let id = |response: &Response| response.header("ce-id").unwrap().to_owned();
    assert_eq!(id(&answer), id(&send(&container, "/", &ASKED, "answer")));
    let other = [&ASKED as &[_], &[("ce-id", "id-2")]].concat();
    assert_ne!(id(&answer), id(&send(&container, "/", &other, "answer")));
    // What is passed on keeps what it had.
    let kept = [&ASKED as &[_], &[("ce-color", "blue"), ("content-type", "text/plain")]].concat();
    let passed = send(&container, "/", &kept, "pass");
    assert_eq!((passed.status, passed.text()), (200, "pass"));
    for (name, value) in [
        ("ce-id", "id-1"),
        ("ce-source", "/s"),
        ("ce-type", "com.example.passed"),
        ("ce-color", "blue"),
        ("content-type", "text/plain"),
    ] {
        assert_eq!(passed.header(name), Some(value));
    }
    assert!(!container.program.log().contains("the reply is lost"));
}

#[test]
fn no_reply_and_one_that_goes_nowhere() {
    let container = serving("knative", "reply");
    let nothing = send(&container, "/", &ASKED, "nothing");
    assert_eq!((nothing.status, nothing.header("ce-type")), (202, None));
    for (data, kind) in [("unfit", "UnfitReply"), ("fail", "Error")] {
        let failed = send(&container, "/", &ASKED, data);
        assert_eq!((failed.status, failed.header("ce-type")), (500, None), "{data}");
        assert_eq!(failed.detail(), kind);
    }
    assert!(container.program.log().contains("`a-b` cannot be an extension's name"));
    assert!(!container.program.log().contains("the reply is lost"));
    assert_eq!(send(&container, "/", &ASKED[..1], "answer").status, 200);
    assert!(container.program.log().contains("the reply is lost: whoever sent the event takes none"));
    let event = |id: &str, data: &str| {
        json!({"specversion": "1.0", "id": id, "source": "/s", "type": "com.example.asked", "datacontenttype": "text/plain",
            "data": data})
    };
    let batch = |events: &[Value]| {
        let headers = [("content-type", "application/cloudevents-batch+json"), ("prefer", "reply")];
        container.request("POST", "/", &headers, &json!(events).to_string())
    };
    let one = batch(&[event("1", "nothing"), event("2", "answer")]);
    assert_eq!((one.status, one.header("ce-type")), (200, Some("com.example.answered")));
    let two = batch(&[event("1", "answer"), event("2", "answer")]);
    assert_eq!(two.status, 400);
    assert!(two.detail().contains("a response holds one"), "{}", two.detail());
}

#[test]
fn structured_and_batched_events_are_taken() {
    let container = serving("knative", "queue,mood");
    let event = |id: &str, queue: &str, data: Value| {
        json!({"specversion": "1.0", "id": id, "source": "/s", "type": "tusk-fn.queue", "subject": queue,
            "datacontenttype": "text/plain", "data": data})
    };
    let structured = [("content-type", "application/cloudevents+json; charset=utf-8")];
    let batched = [("content-type", "application/cloudevents-batch+json")];
    let one = event("1", "messages", json!("hello")).to_string();
    assert_eq!(container.request("POST", "/", &structured, &one).status, 202);
    assert_eq!(container.notes(), "queue hello 1 false");
    let batch = |moods: &[&str]| {
        let mut events = vec![event("1", "messages", json!("first"))];
        events.extend(moods.iter().map(|mood| event("2", "moods", json!(mood))));
        json!(events).to_string()
    };
    for (moods, status) in
        [(&["well"] as &[&str], 202), (&["well", "reject"], 400), (&["reject", "fail", "well"], 500), (&[], 202)]
    {
        assert_eq!(container.request("POST", "/", &batched, &batch(moods)).status, status, "{moods:?}");
        assert_eq!(container.notes(), "queue first 1 false", "{moods:?}");
    }
    assert_eq!(container.request("POST", "/", &batched, "[]").status, 202);
}

#[test]
fn what_is_no_event_is_refused_with_the_reason() {
    let container = serving("knative", "queue");
    let binary = |without: &str| {
        let all = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "s"), ("ce-type", "t")];
        all.into_iter().filter(|(name, _)| *name != without).collect::<Vec<_>>()
    };
    for name in ["ce-specversion", "ce-id", "ce-source", "ce-type"] {
        let response = container.request("POST", "/", &binary(name), "x");
        assert_eq!(response.status, 400);
        assert_eq!(response.detail(), format!("this is no CloudEvent: `{name}` is missing or empty"));
    }
    let kind = |kind: &'static str| vec![("content-type", kind)];
    for (headers, body, why) in [
        (vec![], "x", "it has neither `ce-` headers nor the media type `application/cloudevents+json`"),
        (kind("application/json"), "{}", "this is no CloudEvent"),
        (kind("application/cloudevents+xml"), "x", "the format of `application/cloudevents+xml` is not supported"),
        (kind("application/cloudevents+json"), "{", "the CloudEvent cannot be read"),
        (kind("application/cloudevents+json"), "[]", "the CloudEvent cannot be read"),
        (kind("application/cloudevents-batch+json"), "{}", "the batch of CloudEvents cannot be read"),
    ] {
        let response = container.request("POST", "/", &headers, body);
        assert_eq!(response.status, 400, "{headers:?}");
        assert!(response.detail().contains(why), "{headers:?}: {}", response.detail());
    }
    assert_eq!(container.notes(), "");
}

#[test]
fn a_sender_may_ask_first() {
    let container = serving("knative", "queue");
    let options = container.request("OPTIONS", "/queue", &[("webhook-request-origin", "eventemitter.example.com")], "");
    assert_eq!((options.status, options.header("allow")), (200, Some("POST, OPTIONS")));
    assert_eq!(options.header("webhook-allowed-origin"), Some("eventemitter.example.com"));
    let get = container.request("GET", "/", &[], "");
    assert_eq!((get.status, get.header("allow")), (405, Some("POST, OPTIONS")));
}

#[test]
fn broken_data_is_rejected_with_what_is_wrong_with_it() {
    let database = serving("knative", "database");
    for (data, why) in [
        ("", "`data` cannot be read"),
        ("{}", "missing field `key`"),
        (r#"{"key": {}}"#, "`data.new` is missing"),
        ("\"{}\"", "`data` cannot be read"),
    ] {
        let response = send(&database, "/", &own("tusk-fn.database.insert", "items"), data);
        assert_eq!(response.status, 400, "{data}");
        assert!(response.detail().contains(why), "{data}: {}", response.detail());
        assert!(response.detail().contains("the function `database` was to be given an event of type"));
    }
    let blob = serving("knative", "blob");
    for subject in ["", "uploads", "/a.csv", "uploads/"] {
        let response = send(&blob, "/", &[("ce-type", "tusk-fn.blob.created"), ("ce-subject", subject)], "");
        assert_eq!(response.status, 400, "{subject}");
        assert!(response.detail().contains("must be a bucket and a key"), "{}", response.detail());
    }
    let timer = serving("knative", "timer");
    let response = send(&timer, "/", &[("ce-type", "dev.knative.sources.ping")], "");
    assert!(response.detail().contains("`time` is missing"), "{response:?}");
    let large = serving("knative", "mood");
    let body = "x".repeat(33 * 1024 * 1024);
    assert_eq!(send(&large, "/", &[("ce-type", "t")], &body).status, 413);
}

#[test]
fn what_came_is_repeated_neither_in_answers_nor_in_the_log() {
    let container = serving("knative", "queue,database");
    let secret = format!("\"4111-secret-{}\"", "x".repeat(100_000));
    let structured = [("content-type", "application/cloudevents+json")];
    let response = container.request("POST", "/", &structured, &secret);
    assert_eq!(response.status, 400);
    assert!(response.detail().contains("the CloudEvent cannot be read: invalid type: string"), "{response:?}");
    let change = send(&container, "/", &own("tusk-fn.database.insert", "items"), &format!("{{\"key\": {secret}}}"));
    assert_eq!(change.status, 400);
    for text in [response.text(), change.text(), &container.program.log()] {
        assert!(!text.contains("4111") && text.len() < 4000, "{text}");
    }
}

#[test]
fn what_is_not_wanted_is_said_once() {
    let container = serving("knative", "blob");
    for _ in 0..3 {
        let unwanted = own("tusk-fn.blob.created", "uploads/other.txt");
        assert_eq!(send(&container, "/", &unwanted, "").status, 202);
    }
    let log = container.program.log();
    assert_eq!(log.matches("is not wanted: acknowledged without a call (this is said once)").count(), 1, "{log}");
}

/// A Service that sends, bound to a sink.
fn forwarding(sink: &str) -> Container {
    serving_with("knative", "forward", &[("K_SINK", sink), ("K_CE_OVERRIDES", "")])
}

#[test]
fn what_one_process_sends_another_takes() {
    let receiver = serving("knative", "queue,topic");
    let sender = forwarding(&format!("http://{}/", receiver.address));
    assert_eq!(send(&sender, "/", &own("tusk-fn.queue", "forwarded"), "gr\u{fc}n").status, 202);
    assert_eq!(receiver.notes(), "queue \"gr\u{fc}n\" 1 false");
}

#[test]
fn what_could_not_be_sent_is_delivered_again() {
    // No function of it takes the message.
    let receiver = serving("knative", "topic,stream");
    let sender = forwarding(&format!("http://{}/", receiver.address));
    assert_eq!(send(&sender, "/", &own("tusk-fn.queue", "forwarded"), "x").status, 500);
    let log = sender.program.log();
    assert!(
        log.contains("queue messages: POST of `http://127.0.0.1:") && log.contains("Bad Request (http 400)"),
        "{log}"
    );
}
