//! What functions send, store and read, with a double of the services.

use serde_json::{Value, json};

use super::host::{Host, Outcome, done, text};
use super::services::bus::Rules;
use super::services::{Held, Services};
use crate::support::program;

/// The services, with one of each kind of thing.
fn services() -> Services {
    let mut held = Held::default();
    held.bus.add_queue("messages-x7", Rules { most_deliveries: 5, ..Rules::default() });
    held.cosmos.add("dbs/shop/colls/handled");
    held.storage.add("account/contents");
    held.storage.put("account/contents", "a b.txt", b"what is in it");
    Services::start(held)
}

/// What a manifest puts into the environment, and what the platform does.
fn variables(services: &Services) -> Vec<(&'static str, String)> {
    let here = |url: &str| services.here(url);
    let resources = json!({
        "queue/messages": here("https://shop.servicebus.windows.net/messages-x7"),
        "idempotency": here("https://shop.documents.azure.com/dbs/shop/colls/handled"),
        "bucket/contents": here("https://account.blob.core.windows.net/contents"),
    });
    let mut variables = services.identity().to_vec();
    variables.push(("TUSK_FN_RESOURCES", resources.to_string()));
    variables
}

fn bus(id: &str) -> Value {
    json!({"MessageId": id, "DeliveryCount": "1", "SequenceNumber": "3", "EnqueuedTimeUtc": "2026-01-31T12:00:00Z", "sys": {}})
}

#[test]
fn functions_send_remember_and_read() {
    let services = services();
    let variables = variables(&services);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let host = Host::start_with("forward,once,content", &variables);

    assert_eq!(host.invoke("forward", &json!({"message": text("hello")}), &bus("m-1")), done());
    let sent = services.held().bus.receive("messages-x7");
    let [message] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((&*message.body, &message.session), ("\"hello\"", &Some(message.id.clone())));

    // A delivery that was handled is not handled again.
    for (id, expected) in [("m/2", "once a"), ("m/2", ""), ("m/3", "once a")] {
        assert_eq!(host.invoke("once", &json!({"message": text("a")}), &bus(id)), done());
        assert_eq!(host.notes(), expected, "{id}");
    }
    let documents = services.held().cosmos.changes("dbs/shop/colls/handled", 0);
    assert_eq!(documents.len(), 2, "{documents:?}");
    for document in &documents {
        let has_slash = document["id"].as_str().unwrap().contains('/');
        assert_eq!((document["completed"].as_bool(), has_slash), (Some(true), false), "{document}");
        assert!(document["ttl"].as_i64().is_some_and(|seconds| seconds > 0), "{document}");
    }

    let created = |name: &str| {
        json!({"id": "e-1", "source": "/subscriptions/s/accounts/account", "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated",
            "subject": format!("/blobServices/default/containers/contents/blobs/{name}"), "time": "2026-01-31T12:00:00Z",
            "data": {"contentLength": 13, "eTag": "0x8D"}})
    };
    assert_eq!(host.invoke("content", &json!({"event": created("a b.txt")}), &json!({"sys": {}})), done());
    assert_eq!(host.notes(), "content a b.txt what is in it");
    assert_eq!(host.invoke("content", &json!({"event": created("gone")}), &json!({"sys": {}})), Outcome::Failed(500));
    assert_eq!(services.held().strangers, [""; 0]);
}

#[test]
fn what_keeps_outputs_from_being_used_is_said_at_start() {
    let services = services();
    let all = variables(&services);
    let failed = |functions: &str, variables: &[(&str, &str)]| {
        let taken =
            program(env!("CARGO_BIN_EXE_taken")).env("FUNCTIONS_CUSTOMHANDLER_PORT", "18765").env("TUSK_FN", functions);
        let taken = variables.iter().fold(taken, |taken, (name, value)| taken.env(name, value));
        let (errors, status) = taken.fail();
        assert_eq!(status.code(), Some(1), "{errors}");
        errors
    };
    let identity = [("IDENTITY_ENDPOINT", all[0].1.as_str()), ("IDENTITY_HEADER", "x")];
    for functions in ["once", "forward"] {
        let errors = failed(functions, &[]);
        assert!(
            errors
                .contains("`IDENTITY_ENDPOINT` is missing: Azure sets it where a function app has a managed identity"),
            "{errors}"
        );
    }
    let errors = failed("forward", &identity);
    assert!(errors.contains("`forward`: queue messages") && errors.contains("has no `queue/messages`"), "{errors}");
    let errors = failed("once", &identity);
    assert!(errors.contains("`once`") && errors.contains("has no `idempotency`"), "{errors}");
    let elsewhere = ("TUSK_FN_RESOURCES", r#"{"queue/messages":"http://shop.servicebus.windows.net/messages"}"#);
    let errors = failed("forward", &[identity[0], identity[1], elsewhere]);
    assert!(errors.contains("`queue/messages` in `TUSK_FN_RESOURCES` is an `http` url of another machine"), "{errors}");
    assert!(services.held().strangers.is_empty());
}

/// A function that is given blobs may never read what is in them.
#[test]
fn a_function_of_blobs_starts_without_an_identity() {
    let host = Host::start("blob,content");
    let subject = "/blobServices/default/containers/contents/blobs/a";
    let event = json!({"id": "e-1", "source": "/s", "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "subject": subject,
        "time": "2026-01-31T12:00:00Z", "data": {}});
    assert_eq!(host.invoke("content", &json!({"event": event}), &json!({"sys": {}})), Outcome::Failed(500));
}
