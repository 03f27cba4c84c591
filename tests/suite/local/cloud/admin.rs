//! The admin API of the local cloud: what it refuses, and in which words.

use serde_json::json;

use super::{cloud, folder, send, wait_for_dead, wait_for_quiet};
use crate::support::{Connection, Program};

const ALL: &str = "jobs,letters,news,paid,clicks,shelf-changes,rooms,inbox,groups";

fn refused(program: &Program, method: &str, path: &str, body: &str) -> (u16, String) {
    let response = program.admin(method, path, body);
    (response.status, response.detail())
}

#[test]
fn nothing_is_answered_without_the_token() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    for (method, path) in [
        ("GET", "/queues"),
        ("POST", "/queues/jobs/messages"),
        ("GET", "/queues/jobs/messages"),
        ("POST", "/topics/news/messages"),
        ("POST", "/events"),
        ("POST", "/streams/clicks/records"),
        ("GET", "/tables/shelf"),
        ("PUT", "/tables/shelf/a"),
        ("DELETE", "/tables/shelf/a"),
        ("GET", "/functions/jobs/dead-letters"),
        ("POST", "/functions/jobs/redrive"),
        ("POST", "/clock"),
    ] {
        for headers in [&[][..], &[("authorization", "Bearer 0")]] {
            let response =
                Connection::to(program.admin).request(method, path, headers, br#"{"body": {}, "reset": true}"#);
            assert_eq!(response.status, 401, "{method} {path}");
        }
    }
    wait_for_quiet(&program);
    assert!(program.events().is_empty());
}

#[test]
fn a_body_that_is_none_is_told_what_to_send() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    let message =
        "a message is `{\"body\": …}`, with `attributes`, `group`, `deduplication_id` and `delay`, all optional: ";
    for (path, body, said) in [
        ("/queues/jobs/messages", "", message),
        ("/queues/jobs/messages", "{", message),
        ("/queues/jobs/messages", "{}", message),
        ("/queues/jobs/messages", r#"{"bdy": 1}"#, message),
        ("/queues/jobs/messages", r#"{"body": 1, "delay": 5}"#, message),
        ("/queues/jobs/messages", r#"{"body": 1, "attributes": {"a": 1}}"#, message),
        ("/queues/jobs/messages", r#"{"body": 1, "delay": "5"}"#, "the duration `5` has no unit"),
        ("/queues/jobs/messages", r#"{"body": 1, "delay": "15m1s"}"#, "a message can be delayed by at most 15 minutes"),
        ("/queues/jobs/messages", r#"{"body": 1, "group": ""}"#, "the group \"\" has 0 bytes; use 1 to 256"),
        ("/topics/news/messages", "x", message),
        ("/topics/news/messages", r#"{"body": 1, "delay": "5s"}"#, "only a message of a queue has `group`"),
        (
            "/events",
            "{}",
            "an event is `{\"type\": …, \"source\": …, \"data\": …}`, as CloudEvents has it: missing field",
        ),
        ("/events", r#"{"type": "a", "source": "b", "time": "now"}"#, "an event is "),
        ("/events", r#"{"type": "a", "source": ""}"#, "an event's `type` and `source` must not be empty"),
        ("/events", r#"{"type": "a", "source": "b", "specversion": "0.3"}"#, "`specversion` must be \"1.0\""),
        ("/events", r#"{"type": "a", "source": "b", "data_base64": "AA=="}"#, "`data_base64` is not taken"),
        ("/streams/clicks/records", r#"{"body": 1}"#, "a record is `{\"partition\": …, \"body\": …}`: missing field"),
        ("/streams/clicks/records", r#"{"body": 1, "partition": ""}"#, "`partition` is empty"),
    ] {
        let (status, detail) = refused(&program, "POST", path, body);
        assert_eq!(status, 400, "{path} {body}");
        assert!(detail.starts_with(said), "{path} {body}: {detail}");
    }
    for body in ["", "[]", "7", "{\"a\":}"] {
        let (status, detail) = refused(&program, "PUT", "/tables/shelf/a", body);
        assert!(status == 400 && detail.starts_with("an item is a JSON object: "), "{body}: {detail}");
    }
    wait_for_quiet(&program);
    assert!(program.events().is_empty());
}

#[test]
fn a_name_that_nobody_knows_is_told_the_one_that_is_meant() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    for (method, path, said) in [
        (
            "POST",
            "/queues/jbos/messages",
            "no function of this program has to do with a queue `jbos`; did you mean `jobs`?",
        ),
        (
            "GET",
            "/queues/unheard/messages",
            "no function of this program has to do with a queue `unheard`; there is `groups`, `jobs`, `letters` and `undelivered`",
        ),
        (
            "POST",
            "/topics/new/messages",
            "no function of this program has to do with a topic `new`; did you mean `news`?",
        ),
        ("POST", "/streams/x/records", "no function of this program has to do with a stream `x`; there is `clicks`"),
        ("GET", "/tables/shlef", "no function of this program has to do with a table `shlef`; did you mean `shelf`?"),
        ("GET", "/functions/jobz/waiting", "there is no function `jobz`; did you mean `jobs`?"),
        ("GET", "/functions/jobz/dead-letters", "there is no function `jobz`; did you mean `jobs`?"),
        ("POST", "/functions/unheard/redrive", "there is no function `unheard`"),
    ] {
        assert_eq!(refused(&program, method, path, r#"{"body": {}}"#), (404, said.to_owned()), "{method} {path}");
    }
    let (status, detail) = refused(&program, "GET", "/functions/notes/waiting", "");
    assert_eq!((status, &*detail), (400, "nothing waits for `notes`: it is no function of an event source"));
    let (status, detail) = refused(&program, "GET", "/queue", "");
    assert!(
        status == 404 && detail.contains("GET /queues, ") && detail.contains("POST /functions/NAME/invoke"),
        "{detail}"
    );
    for (function, said) in [
        ("jobs", "`jobs` is invoked by what is sent to it: POST /queues/jobs/messages"),
        ("rooms", "`rooms` is invoked by what is sent to it: PUT /tables/stores%2Frooms/KEY"),
        ("inbox", "`inbox` is invoked by a file in the folder of the bucket `inbox`"),
    ] {
        for body in ["", r#"{"name": "a"}"#] {
            let path = format!("/functions/{function}/invoke");
            assert_eq!(refused(&program, "POST", &path, body), (400, said.to_owned()));
        }
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    for (method, path, allowed) in [
        ("POST", "/queues", "GET"),
        ("DELETE", "/queues/jobs/messages", "GET, POST"),
        ("GET", "/topics/news/messages", "POST"),
        ("GET", "/events", "POST"),
        ("GET", "/streams/clicks/records", "POST"),
        ("POST", "/tables/shelf", "GET"),
        ("POST", "/tables/shelf/a", "GET, PUT, DELETE"),
        ("POST", "/functions/jobs/waiting", "GET, DELETE"),
        ("PUT", "/functions/jobs/dead-letters", "GET, DELETE"),
        ("GET", "/functions/jobs/redrive", "POST"),
        ("PUT", "/clock", "GET, POST"),
    ] {
        let response = program.admin(method, path, "{}");
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
}

#[test]
fn what_is_too_large_is_refused_with_the_limit() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    let large = |bytes: usize| json!({"body": {"name": "x".repeat(bytes)}}).to_string();
    let (status, detail) = refused(&program, "POST", "/queues/jobs/messages", &large(1 << 20));
    assert_eq!(status, 400);
    assert!(
        detail.starts_with("the body of a message for queue `queue/jobs` has 1048587 bytes, and the limit is 1048576"),
        "{detail}"
    );
    let (status, detail) =
        refused(&program, "PUT", "/tables/shelf/a", &json!({"a": "x".repeat(500 << 10)}).to_string());
    assert!(status == 400 && detail.contains("the limit is 409600"), "{detail}");
    let (status, detail) = refused(&program, "POST", "/queues/jobs/messages", &large(9 << 20));
    assert_eq!((status, &*detail), (413, "the body has more than 8388608 bytes, and no message may"));
    let just = large((1 << 20) - 100);
    assert_eq!(program.admin("POST", "/queues/jobs/messages", &just).status, 202);
    wait_for_quiet(&program);
    assert_eq!(program.metrics("jobs")["invocations"], 1);
}

/// Names are keys of the store, and no paths; those of buckets and secrets are not asked for at all.
#[test]
fn no_name_leads_out_of_the_folder() {
    let data = folder();
    let program = cloud(&data, ALL).serve();
    std::fs::write(data.path().join("outside"), "{}").unwrap();
    for name in
        ["..%2foutside", "%2e%2e%2foutside", "..%252foutside", "%2fetc%2fpasswd", "..", "%00", ".%2f.", "queue%2fjobs"]
    {
        for (method, path) in [
            ("GET", format!("/tables/{name}")),
            ("PUT", format!("/tables/{name}/a")),
            ("POST", format!("/queues/{name}/messages")),
            ("GET", format!("/queues/{name}/messages")),
            ("GET", format!("/functions/{name}/dead-letters")),
            ("GET", format!("/buckets/{name}")),
            ("GET", format!("/secrets/{name}")),
        ] {
            let response = program.admin(method, &path, r#"{"body": {}}"#);
            assert_eq!(response.status, 404, "{method} {path}: {}", response.text());
        }
        // A key may be whatever it is.
        let (put, get) = (format!("/tables/shelf/{name}"), format!("/tables/shelf/{name}"));
        assert_eq!(program.admin("PUT", &put, "{}").status, 200, "{name}");
        assert_eq!(program.admin("GET", &get, "").status, 200, "{name}");
    }
    let (status, detail) = refused(&program, "GET", "/tables/%ff", "");
    assert_eq!((status, &*detail), (400, "what stands for `%` and two digits in the path is no UTF-8"));
    // What the program keeps for itself has no name that can be asked for.
    for name in ["files%20of%20inbox", "bucket%2finbox", "idempotency"] {
        assert_eq!(program.admin("GET", &format!("/tables/{name}"), "").status, 404, "{name}");
    }
}

#[test]
fn a_message_is_delivered_as_it_is_written() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    // More digits than any of our numbers has, and a field twice.
    let body = r#"{"body": {"number": 123456789012345678901234567890.10, "number": 1}}"#;
    assert_eq!(program.admin("POST", "/queues/jobs/messages", body).status, 202);
    let reason = wait_for_dead(&program, "jobs", 1).remove(0).1;
    assert!(reason.contains("unknown field `number`"), "{reason}");
    send(&program, "jobs", &json!("text"));
    wait_for_dead(&program, "jobs", 2);
    assert_eq!(super::dead(&program, "jobs")[1]["body"], "text");
}
