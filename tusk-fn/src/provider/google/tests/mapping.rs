//! What events of the first generation become.

use serde_json::{Value, json};

use super::*;

/// An event of that type and resource, and with that much more.
fn background(kind: &str, resource: &Value, more: &Value) -> Value {
    let mut event = json!({
        "eventId": "1", "timestamp": "2020-09-29T11:32:00.123Z", "eventType": kind, "resource": resource, "data": {},
        "params": {"child": "xyz"}, "notSupported": {}
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

/// The type, the source, the subject and the data of what it becomes.
fn mapped(event: &Value) -> (String, String, Option<String>, Value) {
    let Ok([Sent::Event(event)]) = read(&Request::json(event)).map(|sent| <[Sent; 1]>::try_from(sent).unwrap()) else {
        panic!("{event} is refused")
    };
    assert_eq!((&*event.id, event.time), ("1", Some("2020-09-29T11:32:00.123Z".parse().unwrap())));
    assert_eq!(event.data_content_type.as_deref(), Some("application/json"));
    (event.event_type, event.source, event.subject, serde_json::from_slice(&event.data).unwrap())
}

/// Types that begin alike: those beginnings, the ends, and what all of them have. A service stands before the
/// resource where the event names it.
struct Family {
    begins: (&'static str, &'static str),
    ends: &'static [(&'static str, &'static str)],
    resource: &'static str,
    more: &'static str,
    source: &'static str,
    subject: Option<&'static str>,
}

const FAMILIES: [Family; 8] = [
    Family {
        begins: ("google.pubsub.topic.", "google.cloud.pubsub.topic.v1."),
        ends: &[("publish", "messagePublished")],
        resource: "pubsub.googleapis.com projects/p/topics/t",
        more: "{}",
        source: "//pubsub.googleapis.com/projects/p/topics/t",
        subject: None,
    },
    Family {
        begins: ("providers/cloud.pubsub/eventTypes/topic.", "google.cloud.pubsub.topic.v1."),
        ends: &[("publish", "messagePublished")],
        resource: "projects/p/topics/t",
        more: "{}",
        source: "//pubsub.googleapis.com/projects/p/topics/t",
        subject: None,
    },
    Family {
        begins: ("google.storage.object.", "google.cloud.storage.object.v1."),
        ends: &[
            ("finalize", "finalized"),
            ("delete", "deleted"),
            ("archive", "archived"),
            ("metadataUpdate", "metadataUpdated"),
        ],
        resource: "storage.googleapis.com projects/_/buckets/b/objects/a/#b.cs#1588778055917163",
        more: "{}",
        source: "//storage.googleapis.com/projects/_/buckets/b",
        subject: Some("objects/a/#b.cs"),
    },
    Family {
        begins: ("providers/cloud.firestore/eventTypes/document.", "google.cloud.firestore.document.v1."),
        ends: &[("write", "written"), ("create", "created"), ("update", "updated"), ("delete", "deleted")],
        resource: "projects/p/databases/(default)/documents/c/d/e/f",
        more: "{}",
        source: "//firestore.googleapis.com/projects/p/databases/(default)",
        subject: Some("documents/c/d/e/f"),
    },
    Family {
        begins: ("providers/google.firebase.database/eventTypes/ref.", "google.firebase.database.ref.v1."),
        ends: &[("write", "written"), ("create", "created"), ("update", "updated"), ("delete", "deleted")],
        resource: "projects/_/instances/i/refs/a/b",
        more: r#"{"domain": "firebaseio.com"}"#,
        source: "//firebasedatabase.googleapis.com/projects/_/locations/us-central1/instances/i",
        subject: Some("refs/a/b"),
    },
    Family {
        begins: ("providers/firebase.auth/eventTypes/user.", "google.firebase.auth.user.v1."),
        ends: &[("create", "created"), ("delete", "deleted")],
        resource: "projects/p",
        more: r#"{"data": {"uid": "u"}}"#,
        source: "//firebaseauth.googleapis.com/projects/p",
        subject: Some("users/u"),
    },
    Family {
        begins: ("providers/google.firebase.analytics/eventTypes/event.", "google.firebase.analytics.log.v1."),
        ends: &[("log", "written")],
        resource: "projects/p/events/e",
        more: r#"{"data": {"userDim": {"appInfo": {"appId": "a"}}}}"#,
        source: "//firebaseanalytics.googleapis.com/projects/p/apps/a",
        subject: Some("events/e"),
    },
    Family {
        begins: ("providers/firebase.remoteConfig/remoteconfig.", "google.firebase.remoteconfig.remoteConfig.v1."),
        ends: &[("update", "updated")],
        resource: "firebaseremoteconfig.googleapis.com projects/p",
        more: "{}",
        source: "//firebaseremoteconfig.googleapis.com/projects/p",
        subject: None,
    },
];

/// The same with what may stand in `context` there.
fn in_context(mut event: Value) -> Value {
    let whole = event.as_object_mut().unwrap();
    let moved = ["eventId", "timestamp", "eventType", "resource"];
    let context = moved.map(|name| (name.to_owned(), whole.remove(name).unwrap()));
    whole.insert("context".to_owned(), Value::Object(context.into_iter().collect()));
    event
}

#[test]
fn each_type_becomes_the_one_of_the_second_generation() {
    let mut types = 0;
    for family in &FAMILIES {
        for (end, becomes) in family.ends {
            types += 1;
            let kind = format!("{}{end}", family.begins.0);
            let becomes = format!("{}{becomes}", family.begins.1);
            let more: Value = serde_json::from_str(family.more).unwrap();
            let events = if let Some((service, name)) = family.resource.split_once(' ') {
                vec![in_context(background(&kind, &json!({"service": service, "name": name}), &more))]
            } else {
                let flat = background(&kind, &json!(family.resource), &more);
                vec![in_context(flat.clone()), flat]
            };
            for event in events {
                let (found, source, subject, _) = mapped(&event);
                assert_eq!(
                    (&*found, &*source, subject.as_deref()),
                    (&*becomes, family.source, family.subject),
                    "{event}"
                );
            }
        }
    }
    assert_eq!(types, 18);
}

#[test]
fn some_data_changes() {
    let more = json!({"data": {"@type": "x", "data": "aGk=", "attributes": {"a": "b"}}});
    let kind = "providers/cloud.pubsub/eventTypes/topic.publish";
    let (.., data) = mapped(&background(kind, &json!("projects/p/topics/t"), &more));
    let message = json!({
        "@type": "x", "data": "aGk=", "attributes": {"a": "b"}, "messageId": "1",
        "publishTime": "2020-09-29T11:32:00.123Z"
    });
    assert_eq!(data, json!({ "message": message }));
    let more = json!({"data": {"uid": "u", "metadata": {"createdAt": "c", "lastSignedInAt": "l", "other": 1}}});
    let (.., data) = mapped(&background("providers/firebase.auth/eventTypes/user.create", &json!("projects/p"), &more));
    let metadata = json!({"createTime": "c", "lastSignInTime": "l", "other": 1});
    assert_eq!(data, json!({"uid": "u", "metadata": metadata}));
    let kind = "providers/google.firebase.database/eventTypes/ref.write";
    let more = json!({"domain": "europe-west1.firebasedatabase.app", "data": {"data": null, "delta": {"a": 1}}});
    let (_, source, _, data) = mapped(&background(kind, &json!("projects/_/instances/i/refs/a"), &more));
    assert!(source.ends_with("/projects/_/locations/europe-west1/instances/i"), "{source}");
    assert_eq!(data, json!({"data": null, "delta": {"a": 1}}));
}

#[test]
fn what_a_type_needs_is_named() {
    let refused = |kind: &str, resource: &str, more: &Value| {
        read(&Request::json(&background(kind, &json!(resource), more))).unwrap_err()
    };
    let database = "providers/google.firebase.database/eventTypes/ref.write";
    let analytics = "providers/google.firebase.analytics/eventTypes/event.log";
    for (error, why) in [
        (refused(database, "projects/_/instances/i/refs/a", &json!({})), "`domain` is missing"),
        (refused(database, "projects/_/instances/i/refs/a", &json!({"domain": 1})), "`domain` is no text"),
        (refused(database, "projects/_/instances/i", &json!({"domain": "d"})), "which has no \"/refs/\""),
        (refused(database, "projects/_/refs/a", &json!({"domain": "d"})), "which has no \"/instances/\""),
        (refused(analytics, "projects/p/events/e", &json!({})), "`data.userDim.appInfo.appId` is missing, or no text"),
        (refused("providers/firebase.auth/eventTypes/user.create", "projects/p", &json!({})), "`data.uid` is missing"),
        (
            refused("google.pubsub.topic.publish", "projects/p/topics/t", &json!({})),
            "`context.resource.service` is missing",
        ),
        (
            refused("providers/cloud.pubsub/eventTypes/topic.publish", "projects/p/topics/t", &json!({"data": "x"})),
            "`data` cannot be read",
        ),
    ] {
        assert!(error.contains(why), "{error}");
    }
}
