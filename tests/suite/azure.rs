//! Azure Functions: a double of the host starts the program, and sends it what the host would send.
//!
//! The double is written from what the host's source shows, and knows nothing of the program: it encodes values as the host does,
//! and judges replies as the host does.

mod services;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Connection, Program, Response, program, until};

/// The host, and the program that it started.
struct Host {
    program: Program,
    address: SocketAddr,
    notes: PathBuf,
    _folder: tempfile::TempDir,
}

/// What the host makes of a reply.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// The invocation succeeded; this is the output `res`, if there is one.
    Succeeded(Value),
    /// It failed: it is tried again, or goes to the poison queue.
    Failed(u16),
}

impl Host {
    /// Starts a program with some of its functions, and waits until it can be connected to.
    fn start(functions: &str) -> Self {
        Self::start_with(functions, &[])
    }

    /// The same, with more in its environment.
    fn start_with(functions: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("notes");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let taken = program(env!("CARGO_BIN_EXE_taken"));
        let program = variables
            .iter()
            .fold(taken, |taken, (name, value)| taken.env(name, value))
            .without("PORT")
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "7b2b7f0e-6d7e-4a26-9d0e-0f4f3f0f7f55")
            .env("FUNCTIONS_HTTPWORKER_PORT", port.to_string())
            .env("FUNCTIONS_APP_ROOT_PATH", folder.path())
            .env("FUNCTIONS_WORKER_RUNTIME", "Custom")
            .env("TUSK_FN", functions)
            .env("TAKEN_FILE", &notes)
            .start();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        // Any status will do for the host.
        until("the program listens", || TcpStream::connect(address).ok());
        assert!(Connection::to(address).request("GET", "/", &[("host", &address.to_string())], b"").status > 0);
        Self { program, address, notes, _folder: folder }
    }

    /// Invokes a function.
    fn invoke(&self, function: &str, data: &Value, metadata: &Value) -> Outcome {
        judge(&self.reply(function, data, metadata))
    }

    /// What a function replies.
    fn reply(&self, function: &str, data: &Value, metadata: &Value) -> Response {
        let body = json!({"Data": data, "Metadata": metadata}).to_string();
        let mut connection = Connection::to(self.address);
        // The host does not say how long the body is.
        connection.send(format!(
            "POST /{function} HTTP/1.1\r\nhost: {}\r\nuser-agent: Azure-Functions-Host/4.1037.0\r\n\
             x-azure-functions-invocationid: 83a33220-a921-460a-bec0-b3f043dcf1ff\r\nx-azure-functions-hostversion: 4.1037.0\r\n\
             traceparent: 00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00\r\n\
             content-type: application/json; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n\
             {:x}\r\n{body}\r\n0\r\n\r\n",
            self.address,
            body.len()
        ));
        connection.response()
    }

    /// A client's request, as the host forwards it.
    fn forward(&self, method: &str, path: &str, body: &str) -> Response {
        let host = self.address.to_string();
        let headers = [("host", &*host), ("x-azure-functions-invocationid", "83a33220-a921-460a-bec0-b3f043dcf1ff")];
        Connection::to(self.address).request(method, path, &headers, body.as_bytes())
    }

    /// What was noted since the last call.
    fn notes(&self) -> String {
        let notes = std::fs::read_to_string(&self.notes).unwrap_or_default();
        let _ = std::fs::remove_file(&self.notes);
        notes.trim_end().to_owned()
    }
}

/// What the host makes of a reply (`DefaultHttpWorkerService.ProcessDefaultInvocationRequest`).
fn judge(reply: &Response) -> Outcome {
    if !(200..300).contains(&reply.status) {
        // A redirection would be followed, to who knows where.
        assert!(!(300..400).contains(&reply.status), "{reply:?}");
        return Outcome::Failed(reply.status);
    }
    let kind = reply.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "the host takes {kind:?} for a failure");
    assert!(!reply.body.is_empty(), "the host would wait until the timeout of the function");
    let value = reply.json();
    for field in ["Outputs", "Logs", "ReturnValue"] {
        assert!(value.get(field).is_some(), "{value}");
    }
    Outcome::Succeeded(value["Outputs"].get("res").cloned().unwrap_or_default())
}

/// A text in `Data`: the host encodes it once more.
fn text(text: &str) -> Value {
    Value::String(json!(text).to_string())
}

fn done() -> Outcome {
    Outcome::Succeeded(Value::Null)
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
    assert!(log.contains("ERROR mood/83a33220-a921-460a-bec0-b3f043dcf1ff: the function failed"), "{log}");
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
