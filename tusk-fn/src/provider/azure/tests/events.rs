//! What each trigger is given.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::support::{Served, blob_data, event_hub, grid, service_bus, storage, wrapped};

const NOON: &str = "2026-01-31T12:00:00Z";

#[tokio::test]
async fn a_timer() {
    let served = Served::started().await;
    let sys = json!({"sys": {"MethodName": "timer"}});
    let fire = |status: Value, late: bool| {
        json!({"timer": {"Schedule": {"AdjustForDST": true},
        "ScheduleStatus": status, "IsPastDue": late}})
    };
    let status = json!({"Last": "2026-01-31T12:00:00+00:00", "Next": "2026-01-31T12:05:00+00:00",
        "LastUpdated": "2026-01-31T12:00:00+00:00"});
    for (status, late) in [(Value::Null, false), (status, true)] {
        let seen = served.saw("timer", &fire(status, late), &sys).await;
        let [seen] = seen.as_slice() else { panic!("{seen:?}") };
        let scheduled = seen["scheduled_at"].as_str().expect("a text");
        assert!(scheduled.ends_with(":00Z"), "{seen}");
        assert_eq!((&seen["past_due"], &seen["attempt"]), (&json!(late), &json!(1)));
        assert_eq!(seen["id"], format!("timer@{scheduled}"));
        assert_eq!(seen["invocation"], "83a33220-a921-460a-bec0-b3f043dcf1ff");
        assert_eq!(seen["trace"], "00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00");
    }
    let retried = json!({"RetryContext": {"RetryCount": 2, "MaxRetryCount": 5, "Exception": {"Message": "x"}}});
    assert_eq!(served.saw("timer", &fire(Value::Null, false), &retried).await[0]["attempt"], 3);
}

#[tokio::test]
async fn a_message_of_a_storage_queue() {
    let served = Served::started().await;
    for body in ["hello", "{\"order\":7}", "\"red\"", "[1,2]", "", "with \"quotes\" and €"] {
        let seen = served.saw("queue", &json!({"message": wrapped(body)}), &storage()).await;
        let expected = json!({"body": body, "attributes": {}, "id": "800ae4b3", "group": null, "time": NOON});
        assert_eq!((&seen[0]["item"], &seen[0]["id"], &seen[0]["attempt"]), (&expected, &json!("800ae4b3"), &json!(2)));
    }
    let seen = served.saw("queue", &json!({"bytes": "eyJpZCI6N30="}), &storage()).await;
    assert_eq!((&seen[0]["item"]["body"], &seen[0]["item"]["id"]), (&json!("{\"id\":7}"), &json!("800ae4b3")));
    let mut metadata = storage();
    metadata["RetryContext"] = json!({"RetryCount": 1, "MaxRetryCount": -1});
    assert_eq!(served.saw("queue", &json!({"message": wrapped("x")}), &metadata).await[0]["attempt"], 3);
}

#[tokio::test]
async fn messages_of_service_bus() {
    let served = Served::started().await;
    for function in ["queue", "topic"] {
        let seen = served.saw(function, &json!({"message": wrapped("{\"a\":1}")}), &service_bus()).await;
        let attributes = json!({"region": "eu", "pieces": "7", "gift": "true"});
        let expected =
            json!({"body": "{\"a\":1}", "attributes": attributes, "id": "m-1", "group": "g-1", "time": NOON});
        assert_eq!((&seen[0]["item"], &seen[0]["id"], &seen[0]["attempt"]), (&expected, &json!("m-1"), &json!(3)));
    }
    let metadata = json!({
        "MessageIdArray": wrapped(json!(["m-1", null, "m-3"])), "SequenceNumberArray": "[1,2,3]",
            "DeliveryCountArray": "[1,2,1]",
        "EnqueuedTimeUtcArray": wrapped(json!([NOON, NOON, NOON])), "SessionIdArray": wrapped(json!([null, "g", "g"])),
        "ApplicationPropertiesArray": wrapped(json!([{"region": "eu"}, {"region": "asia"}, {"region": "us"}])),
    });
    let data = json!({"messages": wrapped(json!(["a", "{\"MessageId\":1}", "c"]))});
    let tell = |seen: &Value| {
        (seen["item"]["body"].clone(), seen["id"].clone(), seen["attempt"].clone(), seen["item"]["group"].clone())
    };
    let mut seen: Vec<_> = served.saw("queue", &data, &metadata).await.iter().map(tell).collect();
    seen.sort_by_key(|it| it.1.as_str().map(str::to_owned));
    let expected = [
        (json!("{\"MessageId\":1}"), json!("2"), json!(2), json!("g")),
        (json!("a"), json!("m-1"), json!(1), json!(null)),
        (json!("c"), json!("m-3"), json!(1), json!("g")),
    ];
    assert_eq!(seen, expected);
    let mut seen: Vec<_> = served.saw("topic", &data, &metadata).await.iter().map(|seen| seen["id"].clone()).collect();
    seen.sort_by_key(|it| it.as_str().map(str::to_owned));
    assert_eq!(seen, ["m-1", "m-3"], "the filter leaves one out");
}

#[tokio::test]
async fn a_message_that_the_filter_leaves_out_is_acknowledged() {
    let served = Served::started().await;
    let mut metadata = service_bus();
    metadata["ApplicationProperties"]["region"] = "asia".into();
    assert_eq!(served.saw("topic", &json!({"message": wrapped("x")}), &metadata).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_topic_of_event_grid() {
    let served = Served::started().await;
    let event = json!({"specversion": "1.0", "id": "1", "source": "/shop", "type": "paid", "region": "eu",
        "data": {"order": 7}, "time": NOON});
    let seen = served.saw("topic", &json!({"event": event}), &json!({})).await;
    let expected =
        json!({"body": "{\"order\":7}", "attributes": {"region": "eu"}, "id": "1", "group": null, "time": NOON});
    assert_eq!((&seen[0]["item"], &seen[0]["id"]), (&expected, &json!("/shop#1")));
    let without_region = json!({"event": grid("paid", "s", &json!({}))});
    assert_eq!(served.saw("topic", &without_region, &json!({})).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_blob() {
    let served = Served::started().await;
    let metadata = json!({
        "Uri": "\"https://shop.blob.core.windows.net/uploads-x7/a/b.csv\"", "name": "\"a/b.csv\"", "Metadata": {},
        "Properties": {"ContentLength": 3, "ETag": "\"0x8D\"", "LastModified": "2026-01-31T12:00:00+00:00"}
    });
    let mut by_name = metadata.clone();
    by_name["Uri"] = Value::Null;
    by_name["name"] = "\"b.csv\"".into();
    let expected = |bucket: &str, key: &str, capture: &str| {
        json!({"bucket": bucket, "key": key, "size": 3,
        "etag": "0x8D", "event": "Created", "time": NOON, "capture": capture})
    };
    // A pattern's parameter is a segment.
    assert_eq!(served.saw("blob", &json!({"blob": wrapped("a,b")}), &metadata).await, [] as [Value; 0]);
    let mut metadata = metadata;
    metadata["Uri"] = "\"https://shop.blob.core.windows.net/uploads-x7/b%20c.csv\"".into();
    for data in [json!({"blob": wrapped("a,b")}), json!({"bytes": "AP8="}), json!({"blob": "AP8="})] {
        let seen = served.saw("blob", &data, &metadata).await;
        assert_eq!(
            (&seen[0]["item"], &seen[0]["id"]),
            (&expected("uploads-x7", "b c.csv", "b c"), &json!("uploads-x7/b c.csv@0x8D"))
        );
    }
    let seen = served.saw("blob", &json!({"blob": wrapped("a,b")}), &by_name).await;
    assert_eq!(seen[0]["item"], expected("uploads", "b.csv", "b"));
}

#[tokio::test]
async fn a_blob_of_event_grid() {
    let served = Served::started().await;
    let subject = "/blobServices/default/containers/uploads-x7/blobs/b c.csv";
    for (event_type, event, size) in [
        ("Microsoft.Storage.BlobCreated", "Created", json!(3)),
        ("Microsoft.Storage.BlobDeleted", "Deleted", json!(null)),
    ] {
        let own = grid(event_type, subject, &blob_data());
        let cloud = json!({
            "specversion": "1.0", "id": "e-1", "source": "/subscriptions/s/resourceGroups/g", "type": event_type,
                "subject": subject,
            "time": "2026-01-31T12:00:00.5Z", "data": blob_data()
        });
        for data in [own, cloud] {
            let seen = served.saw("blob", &json!({"event": data}), &json!({})).await;
            let expected = json!({
                "bucket": "uploads-x7", "key": "b c.csv", "size": size, "etag": "0x8D", "event": event,
                "time": "2026-01-31T12:00:00.5Z", "capture": "b c"
            });
            assert_eq!(
                (&seen[0]["item"], &seen[0]["id"]),
                (&expected, &json!("/subscriptions/s/resourceGroups/g#e-1"))
            );
        }
    }
    for unwanted in [
        grid("Microsoft.Storage.BlobTierChanged", subject, &blob_data()),
        grid("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/uploads-x7/blobs/a.txt", &blob_data()),
    ] {
        assert_eq!(served.saw("blob", &json!({"event": unwanted}), &json!({})).await, [] as [Value; 0]);
    }
}

/// As manifests have it: Event Grid delivers to a queue of Service Bus, whose binding is binary.
#[tokio::test]
async fn events_in_messages_of_service_bus() {
    let served = Served::started().await;
    let metadata = json!({
        "MessageId": "\"m-1\"", "DeliveryCount": "3", "SequenceNumber": "17", "LockToken": "\"l\"",
        "ContentType": "\"application/cloudevents+json; charset=utf-8\"", "sys": {"MethodName": "blob"}
    });
    let binary = |event: &Value| json!({"bytes": BASE64_STANDARD.encode(event.to_string())});
    let plain = |event: &Value| json!({"message": wrapped(event.to_string())});
    let blob = |event_type: &str, key: &str| {
        json!({
            "specversion": "1.0", "id": "e-1", "source": "/subscriptions/s/resourceGroups/g", "type": event_type,
            "subject": format!("/blobServices/default/containers/uploads-x7/blobs/{key}"), "time": NOON,
            "data": blob_data()
        })
    };
    let written = blob("Microsoft.Storage.BlobCreated", "b c.csv");
    for data in [binary(&written), plain(&written), binary(&json!([written]))] {
        let seen = served.saw("blob", &data, &metadata).await;
        let expected = json!({"bucket": "uploads-x7", "key": "b c.csv", "size": 3, "etag": "0x8D", "event": "Created",
            "time": NOON, "capture": "b c"});
        assert_eq!(seen.len(), 1);
        assert_eq!((&seen[0]["item"], &seen[0]["attempt"]), (&expected, &json!(3)));
        assert_eq!(seen[0]["id"], "/subscriptions/s/resourceGroups/g#e-1");
    }
    let deleted = served.saw("blob", &binary(&blob("Microsoft.Storage.BlobDeleted", "b.csv")), &metadata).await;
    assert_eq!((&deleted[0]["item"]["event"], &deleted[0]["item"]["size"]), (&json!("Deleted"), &json!(null)));
    let unwanted = binary(&blob("Microsoft.Storage.BlobCreated", "a.txt"));
    assert_eq!(served.saw("blob", &unwanted, &metadata).await, [] as [Value; 0]);

    let paid = json!({"specversion": "1.0", "id": "7", "source": "/shop", "type": "com.example.paid",
        "subject": "orders/7", "data": {"order": 7}, "LockToken": "x", "DeliveryCount": 9});
    for data in [binary(&paid), plain(&paid)] {
        let seen = served.saw("event", &data, &metadata).await;
        assert_eq!((&seen[0]["item"]["id"], &seen[0]["id"]), (&json!("7"), &json!("/shop#7")));
        assert_eq!(seen[0]["item"]["data"], "{\"order\":7}");
    }
    let several = json!({"SequenceNumberArray": "[1,2]", "DeliveryCountArray": "[1,4]", "LockTokenArray": "[1,2]"});
    let events = [&paid, &paid].map(|event| BASE64_STANDARD.encode(event.to_string()));
    let seen = served.saw("event", &json!({"bytes": json!(events).to_string()}), &several).await;
    let mut attempts: Vec<&Value> = seen.iter().map(|seen| &seen["attempt"]).collect();
    attempts.sort_by_key(|attempt| attempt.as_u64());
    assert_eq!(attempts, [&json!(1), &json!(4)]);
}

/// What is in a blob does not make it a message, whatever names it has.
#[tokio::test]
async fn content_of_a_blob_is_no_message() {
    let served = Served::started().await;
    let uri = "\"https://shop.blob.core.windows.net/uploads-x7/b.csv\"";
    let content = json!({"LockToken": "x", "SequenceNumber": 7, "DeliveryCount": 1});
    let metadata = json!({"Uri": uri, "LockToken": "\"x\"", "SequenceNumber": "7", "DeliveryCount": "1"});
    let seen = served.saw("blob", &json!({"blob": wrapped(content.to_string())}), &metadata).await;
    assert_eq!((&seen[0]["item"]["key"], &seen[0]["attempt"]), (&json!("b.csv"), &json!(1)));
}

#[tokio::test]
async fn documents_of_cosmos_db_in_their_order() {
    let served = Served::started().await;
    let first = json!({"id": "a", "pieces": 7, "_lsn": 41, "_ts": 1_769_860_800, "_etag": "\"01\""});
    let second = json!({"id": "a", "pieces": 8, "_lsn": 42, "_ts": 1_769_860_800, "_etag": "\"02\""});
    let documents =
        json!([first, second, {"id": "b"}, {"id": "c=2Fd", "_rid": "r", "_self": "s", "_attachments": "a"}]);
    for data in [wrapped(wrapped(documents.clone())), wrapped(documents.clone()), documents.clone()] {
        let seen = served.saw("database", &json!({"documents": data}), &json!({"sys": {}})).await;
        let expected = |pieces: u32, sequence: &str| {
            json!({"kind": "Upsert", "key": {"id": "a"},
            "sequence": sequence, "time": NOON, "new": {"id": "a", "pieces": pieces}})
        };
        assert_eq!(seen[0]["item"], expected(7, "41"));
        assert_eq!(seen[1]["item"], expected(8, "42"));
        let ids: Vec<&Value> = seen.iter().map(|seen| &seen["id"]).collect();
        assert_eq!(ids, [&json!("shop/stock/a@01"), &json!("shop/stock/a@02"), &json!(null), &json!(null)]);
        // The key is the one that a program wrote the item under.
        assert_eq!((&seen[3]["item"]["key"], &seen[3]["item"]["new"]), (&json!({"id": "c/d"}), &json!({"id": "c/d"})));
    }
    assert_eq!(served.saw("database", &json!({"documents": "[]"}), &json!({})).await, [] as [Value; 0]);
}

#[tokio::test]
async fn records_of_an_event_hub() {
    let served = Served::started().await;
    let seen = served.saw("stream", &json!({"record": wrapped("{\"click\":1}")}), &event_hub()).await;
    let expected = json!({"body": "{\"click\":1}", "partition": "k", "sequence": "42", "time": NOON});
    assert_eq!((&seen[0]["item"], &seen[0]["id"]), (&expected, &json!("clicks/3@42")));
    let metadata = json!({
        "PartitionContext": {"EventHubName": "clicks", "PartitionId": "3"}, "PartitionKeyArray": "[\"k\",null]",
        "SequenceNumberArray": "[42,43]", "EnqueuedTimeUtcArray": wrapped(json!([NOON, NOON])),
            "OffsetArray": "[\"1\",\"2\"]"
    });
    for data in [json!({"records": "[\"a\",\"b\"]"}), json!({"bytes": "[\"YQ==\",\"Yg==\"]"})] {
        let seen = served.saw("stream", &data, &metadata).await;
        let expected = |body: &str, partition: &str, sequence: &str| {
            json!({"body": body, "partition": partition,
            "sequence": sequence, "time": NOON})
        };
        assert_eq!(seen[0]["item"], expected("a", "k", "42"));
        assert_eq!(seen[1]["item"], expected("b", "3", "43"));
        assert_eq!(seen[1]["id"], "clicks/3@43");
    }
}

#[tokio::test]
async fn an_event_of_event_grid() {
    let served = Served::started().await;
    let own = grid("com.example.paid", "orders/7", &json!({"order": 7}));
    let expected = json!({
        "id": "e-1", "source": "/subscriptions/s/resourceGroups/g", "type": "com.example.paid", "subject": "orders/7",
        "time": "2026-01-31T12:00:00.5Z", "kind": "application/json", "extensions": {"dataversion": "1"},
            "data": "{\"order\":7}"
    });
    for data in [own.clone(), wrapped(own.clone()), wrapped(wrapped(own.clone())), json!([own.clone()])] {
        let seen = served.saw("event", &json!({"event": data}), &json!({"data": {"order": 7}})).await;
        assert_eq!((&seen[0]["item"], &seen[0]["id"]), (&expected, &json!("/subscriptions/s/resourceGroups/g#e-1")));
    }
    let cloud = json!({
        "specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.paid", "color": "blue",
            "datacontenttype": "text/plain",
        "data": "hi"
    });
    let seen = served.saw("event", &json!({"event": cloud}), &json!({})).await;
    let expected = json!({
        "id": "1", "source": "/shop", "type": "com.example.paid", "subject": null, "time": null, "kind": "text/plain",
        "extensions": {"color": "blue"}, "data": "hi"
    });
    assert_eq!(seen[0]["item"], expected);
    let other = json!({"event": grid("org.example", "", &json!({}))});
    assert_eq!(served.saw("event", &other, &json!({})).await, [] as [Value; 0]);
}
