//! What is not as it must be: each is a failed invocation, and what is said names the function, the field, and what was
//! expected.

use serde_json::{Value, json};

use super::support::{Served, blob_data, event_hub, grid, invocation, service_bus, storage, wrapped};

/// A value with one field changed; without it where the change is null.
fn with(whole: &Value, path: &str, value: &Value) -> Value {
    let mut changed = whole.clone();
    let (parent, field) = path.rsplit_once('/').unwrap_or(("", path));
    let object = changed.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        object.remove(field);
    } else {
        object.insert(field.to_owned(), value.clone());
    }
    changed
}

async fn refused(served: &Served, function: &str, data: &Value, metadata: &Value, why: &str) {
    let answer = served.invoke(function, data, metadata).await;
    let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
    let about = format!("the function `{function}` was to be given ");
    let said = format!(", but {why}");
    assert!(
        answer.status == 400 && detail.starts_with(&about) && detail.contains(&said),
        "{function} {data} {metadata}: {answer:?}"
    );
    assert_eq!(served.seen(), [] as [Value; 0]);
}

#[tokio::test]
async fn every_field_of_the_metadata() {
    let served = Served::started().await;
    let no_uri = json!({"name": "\"a.csv\"", "Uri": "\"https://shop.blob.core.windows.net/uploads/a.csv\""});
    for (function, metadata, field, value, why) in [
        ("queue", storage(), "Id", json!(null), "`Metadata.Id` is missing"),
        ("queue", storage(), "Id", json!({}), "`Metadata.Id` is a list or an object"),
        (
            "queue",
            storage(),
            "DequeueCount",
            json!("often"),
            "`Metadata.DequeueCount` is \"often\", and must be a whole number",
        ),
        ("queue", storage(), "DequeueCount", json!([]), "`Metadata.DequeueCount` is a list or an object"),
        ("queue", service_bus(), "MessageId", json!([]), "`Metadata.MessageId` is a list or an object"),
        ("queue", service_bus(), "DeliveryCount", json!("-1"), "`Metadata.DeliveryCount` is \"-1\""),
        ("queue", service_bus(), "SessionId", json!({}), "`Metadata.SessionId` is a list or an object"),
        (
            "topic",
            service_bus(),
            "ApplicationProperties",
            json!("\"x\""),
            "`Metadata.ApplicationProperties` cannot be read",
        ),
        (
            "topic",
            service_bus(),
            "ApplicationProperties",
            json!([1]),
            "`Metadata.ApplicationProperties` cannot be read",
        ),
        ("stream", event_hub(), "PartitionContext", json!("x"), "`Metadata.PartitionContext` cannot be read"),
        ("stream", event_hub(), "PartitionKey", json!({}), "`Metadata.PartitionKey` is a list or an object"),
        (
            "stream",
            event_hub(),
            "SequenceNumber",
            json!("\"next\""),
            "`Metadata.SequenceNumber` is \"next\", and must be a whole number",
        ),
        ("blob", no_uri.clone(), "Uri", json!("\"a.csv\""), "`Metadata.Uri` is \"a.csv\", which is no blob's"),
        ("blob", no_uri.clone(), "Uri", json!({}), "`Metadata.Uri` is a list or an object"),
        (
            "blob",
            with(&no_uri, "Uri", &json!(null)),
            "name",
            json!(null),
            "`Metadata.Uri` and `Metadata.name` are missing",
        ),
    ] {
        refused(&served, function, &json!({"x": wrapped("a")}), &with(&metadata, field, &value), why).await;
    }
    let neither = with(&with(&service_bus(), "MessageId", &json!(null)), "SequenceNumber", &json!(null));
    refused(&served, "queue", &json!({"x": wrapped("a")}), &neither, "`Metadata.MessageId` is missing").await;
    let unnumbered = with(&with(&event_hub(), "SequenceNumber", &json!(null)), "SystemProperties", &json!(null));
    refused(&served, "stream", &json!({"x": wrapped("a")}), &unnumbered, "`Metadata.SequenceNumber` is missing").await;
}

#[tokio::test]
async fn every_list_of_the_metadata() {
    let served = Served::started().await;
    let messages = json!({
        "MessageIdArray": "[\"1\",\"2\"]", "SequenceNumberArray": "[1,2]", "DeliveryCountArray": "[1,1]",
            "SessionIdArray": "[null,null]",
        "EnqueuedTimeUtcArray": "[null,null]", "ApplicationPropertiesArray": "[{},{}]"
    });
    let records = json!({"SequenceNumberArray": "[1,2]", "PartitionKeyArray": "[null,null]",
        "EnqueuedTimeUtcArray": "[null,null]"});
    for (function, metadata) in [("queue", &messages), ("stream", &records)] {
        for field in metadata.as_object().expect("an object").keys() {
            for (value, why) in [
                (json!("[1]"), format!("`Metadata.{field}` has 1 values, and `Data` has 2")),
                (json!("{}"), format!("the list in `Metadata.{field}` cannot be read")),
                (json!("x"), format!("`Metadata.{field}` cannot be read")),
            ] {
                refused(&served, function, &json!({"x": "[\"a\",\"b\"]"}), &with(metadata, field, &value), &why).await;
            }
        }
    }
    for (function, metadata, field, value, why) in [
        (
            "queue",
            &messages,
            "DeliveryCountArray",
            "[1,\"x\"]",
            "`Metadata.DeliveryCountArray` is \"x\", and must be a whole number",
        ),
        (
            "queue",
            &messages,
            "ApplicationPropertiesArray",
            "[{},7]",
            "`Metadata.ApplicationPropertiesArray` cannot be read",
        ),
        ("stream", &records, "SequenceNumberArray", "[1,null]", "`Metadata.SequenceNumberArray[1]` is missing"),
        (
            "stream",
            &records,
            "SequenceNumberArray",
            "[1,\"x\"]",
            "`Metadata.SequenceNumberArray[1]` is \"x\", and must be a whole number",
        ),
    ] {
        refused(&served, function, &json!({"x": "[\"a\",\"b\"]"}), &with(metadata, field, &json!(value)), why).await;
    }
    for function in ["queue", "stream"] {
        refused(&served, function, &json!({"x": "[\"a\"]"}), &json!({}), "`Metadata.SequenceNumberArray` is missing")
            .await;
    }
}

#[tokio::test]
async fn every_field_of_an_event() {
    let served = Served::started().await;
    let own = grid("com.example.paid", "orders/7", &json!({}));
    for field in ["id", "topic", "subject", "eventType", "eventTime"] {
        for (value, why) in [(json!(null), "is missing"), (json!(7), "is no text"), (json!({}), "is no text")] {
            refused(
                &served,
                "event",
                &json!({"x": with(&own, field, &value)}),
                &json!({}),
                &format!("`{field}` {why}"),
            )
            .await;
        }
    }
    refused(
        &served,
        "event",
        &json!({"x": with(&own, "eventTime", &json!("noon"))}),
        &json!({}),
        "`eventTime` is \"noon\"",
    )
    .await;
    let cloud = json!({"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.paid"});
    for field in ["id", "source", "type"] {
        let why = format!("this is no CloudEvent: `{field}` is missing or empty");
        refused(&served, "event", &json!({"x": with(&cloud, field, &json!(null))}), &json!({}), &why).await;
        let why = format!("the attribute `{field}` is a list or an object");
        refused(&served, "event", &json!({"x": with(&cloud, field, &json!([]))}), &json!({}), &why).await;
    }
    let why = "`specversion` is \"0.3\", and must be \"1.0\"";
    refused(&served, "event", &json!({"x": with(&cloud, "specversion", &json!("0.3"))}), &json!({}), why).await;
    let blob = grid("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/c/blobs/a.csv", &blob_data());
    for (field, value, why) in [
        ("subject", json!("c/a.csv"), "`subject` is \"c/a.csv\", and must be \"/blobServices/"),
        ("subject", json!("/blobServices/default/containers//blobs/a"), "`subject` is "),
        ("data", json!("x"), "`data` cannot be read as what is said of a blob"),
        ("data", json!(null), "`data` cannot be read as what is said of a blob"),
        ("id", json!(null), "`id` is missing"),
    ] {
        refused(&served, "blob", &json!({"x": with(&blob, field, &value)}), &json!({}), why).await;
    }
    refused(&served, "topic", &json!({"x": with(&own, "id", &json!(null))}), &json!({}), "`id` is missing").await;
}

#[tokio::test]
async fn every_field_of_a_document() {
    let served = Served::started().await;
    for (documents, why) in [
        (json!("[{\"pieces\":1}]"), "`Data.x[0].id` is missing"),
        (json!("[{\"id\":\"a\"},{\"id\":7}]"), "`Data.x[1].id` is 7, and must be a text"),
        (json!("[7]"), "`Data.x[0]` cannot be read"),
        (json!("{\"id\":\"a\"}"), "the list in `Data.x` cannot be read"),
        (json!("hello"), "`Data.x` cannot be read"),
        (json!(7), "the list in `Data.x` cannot be read"),
        (json!(null), "`Data.x` is missing"),
    ] {
        refused(&served, "database", &json!({"x": documents}), &json!({}), why).await;
    }
}

#[tokio::test]
async fn every_level_of_a_value() {
    let served = Served::started().await;
    for (function, metadata) in
        [("queue", storage()), ("topic", service_bus()), ("stream", event_hub()), ("blob", json!({}))]
    {
        let why = "`Data.x` is the text \"hello\", and must be one that holds";
        refused(&served, function, &json!({"x": "hello"}), &metadata, why).await;
        refused(&served, function, &json!({"x": 7}), &metadata, "`Data.x` is no text").await;
        refused(&served, function, &json!({"x": null}), &metadata, "`Data.x` is missing").await;
        refused(&served, function, &json!({"x": [1]}), &metadata, "`Data.x` is no text").await;
    }
    // Once more: a message is what the host wrapped, and a document is found all the same.
    let once_more = wrapped(wrapped("{\"order\":7}"));
    let seen = served.saw("queue", &json!({"x": once_more}), &storage()).await;
    assert_eq!(seen[0]["item"]["body"], "\"{\\\"order\\\":7}\"");
    let deep = |times: usize| (0..times).fold(json!([]), |value, _| wrapped(value));
    served.saw("database", &json!({"x": deep(8)}), &json!({})).await;
    for times in [10, 12] {
        let why = "`Data.x` is a text within a text more than 8 times";
        refused(&served, "database", &json!({"x": deep(times)}), &json!({}), why).await;
        refused(&served, "event", &json!({"x": deep(times)}), &json!({}), why).await;
    }
    let nested = "[".repeat(5000) + &"]".repeat(5000);
    refused(
        &served,
        "database",
        &json!({"x": format!("[{{\"id\":\"a\",\"x\":{nested}}}]")}),
        &json!({}),
        "`Data.x[0]` cannot be read",
    )
    .await;
}

#[tokio::test]
async fn what_is_no_invocation() {
    let served = Served::started().await;
    for (body, why) in [
        ("", "the invocation cannot be read"),
        ("hello", "the invocation cannot be read"),
        ("{}", "`Data` is missing"),
        ("{\"Data\": 7}", "`Data` cannot be read"),
        ("{\"Data\": {\"x\": \"\\\"a\\\"\"}, \"Metadata\": []}", "`Metadata` cannot be read"),
        ("{\"Data\": {\"x\": 1}, \"Data\": {\"x\": 2}}", "the invocation cannot be read: duplicate field"),
        ("\"{\\\"Data\\\": {}}\"", "the invocation cannot be read"),
    ] {
        let answer = served.invoke_with("/queue", "", body).await;
        let expected =
            format!("the function `queue` was to be given a message (queueTrigger or serviceBusTrigger), but {why}");
        assert!(answer.status == 400 && answer.body.contains(&expected.replace('"', "\\\"")), "{body}: {answer:?}");
    }
    let answer = served.invoke_with("/unknown", "", &invocation(&json!({"x": "\"a\""}), &json!({}))).await;
    assert!(
        answer.status == 404 && answer.body.contains("no function of this process is called `unknown`; it has "),
        "{answer:?}"
    );
    assert_eq!(served.seen(), [] as [Value; 0]);
}
