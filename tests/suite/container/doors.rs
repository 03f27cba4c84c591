//! Which functions one process serves, and how it begins and ends.

use std::net::TcpStream;

use rustix::process::Signal;

use super::{Container, serving, taken};
use crate::support::{Connection, until};

const PLATFORMS: [&str; 2] = ["google", "knative"];

/// Why the program does not start.
fn refused(platform: &str, functions: &str) -> String {
    let (errors, status) = taken(platform, functions).fail();
    assert_eq!(status.code(), Some(1), "{errors}");
    errors
}

#[test]
fn who_may_call_is_the_same_for_all_functions_of_a_process() {
    for platform in PLATFORMS {
        let errors = refused(platform, "public,private,queue,timer");
        for part in [
            "anyone may call `public`; whom the platform admits may call `private`; the platform calls `queue` and `timer`",
            "set `TUSK_FN` in each service to the names of one group",
        ] {
            assert!(errors.contains(part), "{errors}");
        }
        let errors = refused(platform, "aws-only");
        let expected = format!("none of this program's functions is for `{platform}`");
        assert!(errors.contains(&expected), "{errors}");
    }
}

#[test]
fn what_the_platform_has_not_is_said_at_start() {
    let errors = refused("knative", "once");
    assert!(errors.contains("the function `once` is `idempotent`"), "{errors}");
    assert!(errors.contains("`App::new().idempotency(store)`"), "{errors}");
    let errors = refused("knative", "forward");
    assert!(errors.contains("`forward`: queue messages"), "{errors}");
    assert!(errors.contains("`K_SINK` is missing; deploy with the manifests that belong to this program"), "{errors}");
    for (function, missing) in [("once", "idempotency"), ("forward", "queue/messages")] {
        let errors = refused("google", function);
        let expected = format!("`TUSK_FN_RESOURCES` has no `{missing}`; deploy with the template");
        assert!(errors.contains(&format!("`{function}`: ")) && errors.contains(&expected), "{errors}");
    }
}

#[test]
fn a_port_that_is_none_is_refused() {
    for platform in PLATFORMS {
        for port in ["x", "-1", "65536", ""] {
            let (errors, status) = taken(platform, "queue").env("PORT", port).fail();
            assert_eq!(status.code(), Some(1));
            assert!(errors.contains(&format!("`PORT` is {port:?}, which is no port")), "{errors}");
        }
    }
}

#[test]
fn requests_are_routed_and_are_never_events() {
    for platform in PLATFORMS {
        let container = serving(platform, "public");
        let event = [
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "s"),
            ("ce-type", "tusk-fn.queue"),
            ("ce-subject", "messages"),
        ];
        assert_eq!(container.request("POST", "/public/queue", &event, "x").text(), "queue");
        for path in ["/queue", "/", "//queue", "/public/../queue"] {
            let status = container.request("POST", path, &event, "x").status;
            assert_eq!(status, if path.starts_with("/public") { 200 } else { 404 }, "{path}");
        }
        assert_eq!(container.notes(), "", "nothing but requests is taken");
    }
}

#[test]
fn paths_that_browsers_ask_for_lead_to_no_function_on_google() {
    let google = serving("google", "public");
    for path in ["/robots.txt", "/favicon.ico"] {
        assert_eq!(google.request("GET", path, &[], "").status, 404);
    }
    assert_eq!(google.request("GET", "/public/robots.txt", &[], "").status, 200);
}

/// Sends a message of which the function notes when it begins and when it ends.
fn begin(container: &Container, mood: &str) -> Connection {
    let mut connection = Connection::to(container.address);
    let event = "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: s\r\nce-type: tusk-fn.queue\r\nce-subject: moods";
    connection
        .send(format!("POST /mood HTTP/1.1\r\nhost: x\r\n{event}\r\ncontent-length: {}\r\n\r\n{mood}", mood.len()));
    until("it begins", || super::read(&container.notes).contains(&format!("began {mood}")).then_some(()));
    connection
}

#[test]
fn what_still_comes_is_served_after_sigterm() {
    let mut container = serving("knative", "mood");
    let mut first = begin(&container, "first");
    container.program.signal(Signal::TERM);
    container.program.wait_for("asked to end: serving what still comes");
    // As when the platform had sent it just before.
    let mut second = begin(&container, "second");
    assert_eq!(first.response().status, 202);
    assert_eq!(second.response().status, 202);
    assert_eq!(container.program.wait().code(), Some(0));
    assert_eq!(container.notes().lines().filter(|line| line.starts_with("ended")).count(), 2);
    assert!(TcpStream::connect(container.address).is_err());
}

#[test]
fn a_process_ends_though_a_sender_stalls_or_never_ceases() {
    let mut container = serving("google", "queue");
    let mut stalled = Connection::to(container.address);
    stalled.send("POST /queue HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx");
    let address = container.address;
    let sending = std::thread::spawn(move || {
        // A probe that never ceases.
        while let Ok(stream) = TcpStream::connect(address) {
            let mut connection = Connection::over(stream);
            if !connection.send_some("GET / HTTP/1.1\r\nhost: x\r\n\r\n") || connection.try_response("GET").is_none() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    container.program.signal(Signal::TERM);
    let begun = std::time::Instant::now();
    assert_eq!(container.program.wait().code(), Some(0));
    // Cloud Run kills after ten seconds.
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    sending.join().unwrap();
}

#[test]
fn a_body_that_is_announced_to_be_too_large_is_not_waited_for() {
    let container = serving("knative", "queue");
    let mut connection = Connection::to(container.address);
    connection.send("POST /queue HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(connection.try_response("POST").unwrap().status, 413);
}

#[test]
fn what_comes_together_ends_before_the_platform_gives_it_up() {
    let container = super::serving_with("knative", "mood", &[("TUSK_FN_REQUEST_TIMEOUT", "2")]);
    let event = |id: usize| {
        serde_json::json!({"specversion": "1.0", "id": id.to_string(), "source": "/s", "type": "tusk-fn.queue", "subject": "moods",
            "partitionkey": "one", "datacontenttype": "text/plain", "data": "slow"})
    };
    let events: Vec<_> = (0..20).map(event).collect();
    let batched = [("content-type", "application/cloudevents-batch+json")];
    let begun = std::time::Instant::now();
    let response = container.request("POST", "/", &batched, &serde_json::json!(events).to_string());
    // One after the other, all would end well, after fourteen seconds.
    assert!(response.status >= 500, "{response:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    let ended = container.notes().matches("ended slow").count();
    assert!((1..20).contains(&ended), "{ended}");
}
