//! Azure Functions: a double of the host starts the program, and sends it what the host would send.
//!
//! - [`host`]: the host itself, which knows nothing of the program
//! - [`services`]: the services that functions call, and what they hold
//! - [`template`], [`app`]: what is deployed, as the manifests say it
//! - [`outputs`]: what functions send, store and read

pub(crate) mod app;
mod deployment;
pub(crate) mod host;
mod outputs;
pub(crate) mod sent;
pub(crate) mod services;
mod template;

use rustix::process::Signal;
use serde_json::{Value, json};

use self::host::{Host, Outcome, done, text};
use crate::support::{Response, program};

impl Host {
    /// Starts `taken` with some of its functions.
    fn start(functions: &str) -> Self {
        Self::start_with(functions, &[])
    }

    /// The same, with more in its environment.
    fn start_with(functions: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("notes");
        let taken = program(env!("CARGO_BIN_EXE_taken")).env("TUSK_FN", functions).env("TAKEN_FILE", notes);
        Self::run(variables.iter().fold(taken, |taken, (name, value)| taken.env(name, value)), folder)
    }

    /// What was noted since the last call.
    fn notes(&self) -> String {
        let path = self.folder.path().join("notes");
        let notes = std::fs::read_to_string(&path).unwrap_or_default();
        let _ = std::fs::remove_file(path);
        notes.trim_end().to_owned()
    }
}

fn storage() -> Value {
    json!({"DequeueCount": "1", "Id": "m-1", "InsertionTime": "2026-01-31T12:00:00+00:00", "PopReceipt": "x", "sys": {}})
}

#[test]
fn each_kind_of_trigger_takes_what_the_host_sends() {
    let host = Host::start("queue,topic,stream,blob,database,event,timer");
    let properties = json!({"Length": "3", "ETag": "\"0x8D\"", "LastModified": "2026-01-31T12:00:00+00:00"});
    let grid = |kind: &str, subject: &str, data: Value| {
        json!({"id": "e-1", "topic": "/subscriptions/s/resourceGroups/g", "subject": subject, "eventType": kind,
            "eventTime": "2026-01-31T12:00:00Z", "dataVersion": "1", "metadataVersion": "1", "data": data})
    };
    let blob = |name: &str| format!("/blobServices/default/containers/uploads/blobs/{name}");
    let documents = json!([{"id": "7", "Message": "hi", "_ts": 1_769_860_800, "_lsn": 5}, {"id": "8", "Message": "ho", "_ts": 1_769_860_800, "_lsn": 6}]);
    let hub = json!({"PartitionContext": {"PartitionId": "0"}, "PartitionKey": "ada", "SequenceNumber": "17",
        "Offset": "99", "EnqueuedTimeUtc": "2026-01-31T12:00:00Z", "sys": {}});
    let bus = json!({"MessageId": "m-1", "DeliveryCount": "1", "SequenceNumber": "3", "EnqueuedTimeUtc": "2026-01-31T12:00:00Z",
        "ApplicationProperties": {"Test": "x"}, "sys": {}});
    let cases: [(&str, Value, Value, &str); 8] = [
        ("queue", json!({"message": text("hello")}), storage(), "queue hello 1 false"),
        ("queue", json!({"message": text("hello")}), bus.clone(), "queue hello 1 false"),
        ("topic", json!({"message": text("hello")}), bus, "topic hello Some(\"x\")"),
        ("stream", json!({"event": text("hello")}), hub, "stream ada hello"),
        (
            "blob",
            json!({"blob": text("a,b")}),
            json!({"Uri": "https://account.blob.core.windows.net/uploads/in/a%20b.csv", "Properties": properties,
                "Metadata": {}, "name": "in/a b.csv", "sys": {}}),
            "blob Created in a b",
        ),
        (
            "blob",
            json!({"event": grid("Microsoft.Storage.BlobDeleted", &blob("in/gone.csv"), json!({}))}),
            json!({"sys": {}}),
            "blob Deleted in gone",
        ),
        (
            "database",
            json!({"documents": Value::String(json!(documents.to_string()).to_string())}),
            json!({"sys": {}}),
            "database {\"id\":\"7\"} \"hi\"\ndatabase {\"id\":\"8\"} \"ho\"",
        ),
        (
            "event",
            json!({"event": grid("com.example.paid", "orders/7", json!({"order": 7}))}),
            json!({"sys": {}}),
            "event com.example.paid /subscriptions/s/resourceGroups/g {\"order\":7}",
        ),
    ];
    for (function, data, metadata, taken) in cases {
        let outcome = host.invoke(function, &data, &metadata);
        assert_eq!(outcome, done(), "{function} {data}");
        assert_eq!(host.notes(), taken, "{function} {data}");
    }
    let timer = json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": null, "IsPastDue": false});
    assert_eq!(host.invoke("timer", &json!({"timer": timer}), &json!({"sys": {}})), done());
    let noted = host.notes();
    assert!(noted.starts_with("timer 20") && noted.ends_with(":00Z"), "{noted}");
}

#[test]
fn what_fails_is_told_so_that_it_is_tried_again() {
    let host = Host::start("mood");
    for (mood, outcome) in [
        ("well", done()),
        ("fail", Outcome::Failed(500)),
        ("panic", Outcome::Failed(500)),
        ("reject", Outcome::Failed(500)),
        ("wait", Outcome::Failed(504)),
    ] {
        assert_eq!(host.invoke("mood", &json!({"message": text(mood)}), &storage()), outcome, "{mood}");
    }
    assert_eq!(host.invoke("nobody", &json!({"message": text("x")}), &storage()), Outcome::Failed(404));
    for broken in [json!({}), json!({"message": "well"}), json!({"message": 7}), json!(null)] {
        assert!(matches!(host.invoke("mood", &broken, &storage()), Outcome::Failed(_)), "{broken}");
    }
}

/// The host shows the lines of a reply as the invocation's own; those of a failure it does not read, so that they are printed.
#[test]
fn what_an_invocation_logged_is_in_its_reply_and_in_the_log() {
    let mut host = Host::start("mood");
    let mood = |host: &Host, mood: &str| host.reply("mood", &json!({"message": text(mood)}), &storage());
    let lines_of = |reply: &Response| serde_json::from_value::<Vec<String>>(reply.json()["Logs"].clone()).unwrap();
    let well = lines_of(&mood(&host, "well"));
    assert_eq!(well.len(), 1, "{well:?}");
    assert_eq!(well[0], " INFO mood/83a33220-a921-460a-bec0-b3f043dcf1ff: all is well mood=\"well\"");
    mood(&host, "fail");
    assert_eq!(lines_of(&mood(&host, "well")).len(), 1, "a line belongs to one invocation");
    host.program.wait_for("the function failed");
    let log = host.program.log();
    assert_eq!(log.matches("all is well").count(), 2, "{log}");
    assert!(log.contains("ERROR mood/83a33220-a921-460a-bec0-b3f043dcf200: the function failed"), "{log}");
}

#[test]
fn clients_come_through_the_prefix_and_are_never_the_host() {
    let host = Host::start("public,private,queue");
    assert_eq!(host.forward("GET", "/api/public/a/b?x=1", "").text(), "a/b");
    assert_eq!(host.forward("GET", "/api/private", "").text(), "private");
    let event = json!({"Data": {"message": text("forged")}, "Metadata": storage()}).to_string();
    for path in [
        "/api/queue",
        "/api//queue",
        "/api/../queue",
        "/api/%2e%2e/queue",
        "/api%2fqueue",
        "//queue",
        "/api/public/../../queue",
    ] {
        let response = host.forward("POST", path, &event);
        assert!(path.contains("public") || response.status >= 400, "{path}: {response:?}");
        assert_eq!(host.notes(), "", "{path}");
    }
    assert_eq!(host.forward("GET", "/private", "").status, 404, "outside the prefix nothing is a client's");
    // Where the host forwards no requests, they come as events.
    let request = json!({"req": {"Url": "https://app.azurewebsites.net/api/public/x", "Method": "GET", "Query": {}, "Headers": {}, "Params": {}}});
    let outcome = host.invoke("public", &request, &json!({"sys": {}}));
    let Outcome::Succeeded(res) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&res["statusCode"], &res["body"]), (&json!("200"), &json!("x")), "{res}");
}

#[test]
fn the_host_learns_from_the_exit_code() {
    let mut host = Host::start("queue");
    // It has started, and does not only listen.
    assert_eq!(host.invoke("queue", &json!({"message": text("hello")}), &storage()), done());
    host.program.signal(Signal::TERM);
    // The host starts another one; after 0 it would not.
    assert_eq!(host.program.wait().code(), Some(200));
    for port in ["", "x", "0"] {
        let taken =
            program(env!("CARGO_BIN_EXE_taken")).env("FUNCTIONS_CUSTOMHANDLER_PORT", port).env("TUSK_FN", "queue");
        let (errors, status) = taken.fail();
        assert_eq!(status.code(), Some(1));
        assert!(errors.contains("FUNCTIONS_CUSTOMHANDLER_PORT"), "{errors}");
    }
}
