//! What a program sends to Google's services and keeps in them.

use serde_json::json;

use super::{Container, serving_with};
use crate::google::Google;

/// A program with some of its functions, told of the services.
fn program(google: &Google, account: Option<&str>, functions: &str) -> Container {
    let resources = json!({
        "queue/messages": "projects/shop/topics/messages",
        "idempotency": "projects/shop/databases/(default)/documents/handled",
    });
    let emulators = google.variables(account);
    let mut variables: Vec<_> = emulators.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let resources = resources.to_string();
    variables.push(("TUSK_FN_RESOURCES", &resources));
    serving_with("google", functions, &variables)
}

fn push(container: &Container, id: &str) -> u16 {
    let message = json!({ "data": "aGVsbG8=", "messageId": id, "publishTime": "2026-01-31T12:00:00Z" });
    let body = json!({ "message": message, "subscription": "projects/shop/subscriptions/s" });
    container.request("POST", "/", &[("content-type", "application/json")], &body.to_string()).status
}

#[test]
fn a_function_sends_to_a_topic() {
    let google = Google::new();
    google.services().pubsub.topics.insert("projects/shop/topics/messages".to_owned());
    let container = program(&google, None, "forward");
    assert_eq!(push(&container, "m-1"), 202);
    let services = google.services();
    let [(topic, message)] = &services.pubsub.published[..] else { panic!("{:?}", services.pubsub.published) };
    // `"hello"`, as JSON.
    assert_eq!((&**topic, &*message.data), ("projects/shop/topics/messages", "ImhlbGxvIg=="));
    assert!(message.attributes.is_empty() && message.ordering_key.is_empty(), "{message:?}");
}

#[test]
fn what_was_handled_is_remembered_in_a_collection() {
    let google = Google::new();
    let container = program(&google, None, "once");
    for id in ["m-1", "m-1", "m-2"] {
        assert_eq!(push(&container, id), 202, "{id}");
    }
    let services = google.services();
    let documents = &services.firestore.documents;
    // Begun and completed, twice.
    assert_eq!((documents.len(), services.firestore.commits), (2, 4), "{documents:?}");
    for (name, document) in documents {
        assert!(name.starts_with("projects/shop/databases/(default)/documents/handled/"), "{name}");
        assert_eq!(document.fields["completed"]["booleanValue"], true);
        assert!(document.fields["expires_at"]["timestampValue"].is_string(), "{document:?}");
    }
}

/// The platform is told that it failed, and nothing else.
#[test]
fn why_a_function_was_not_called_is_in_the_log() {
    let google = Google::new();
    let container = program(&google, None, "once");
    assert_eq!(push(&container, "m-1"), 202);
    let changed = json!({ "message": { "data": "b3RoZXI=", "messageId": "m-1" }, "subscription": "projects/shop/subscriptions/s" });
    let pushed = container.request("POST", "/", &[("content-type", "application/json")], &changed.to_string());
    assert_eq!(pushed.status, 400);
    let stranger = program(&google, Some("nobody@shop.iam.gserviceaccount.com"), "once");
    assert_eq!(push(&stranger, "m-2"), 500);
    for (mut container, why) in
        [(container, "`once#m-1` was delivered before with another payload"), (stranger, "PERMISSION_DENIED")]
    {
        let log = container.program.wait_for("the function was not called");
        let line = log.lines().find(|line| line.contains("the function was not called")).unwrap();
        assert!(line.contains("\"function\":\"once\"") && line.contains(why), "{line}");
    }
}
