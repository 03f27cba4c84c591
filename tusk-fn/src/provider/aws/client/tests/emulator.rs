//! The clients against an emulator of AWS, if `AWS_ENDPOINT_URL` names one, such as the server of moto.
//!
//! What a test needs there, it makes itself, under a name of its own.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};
use serde_json::{Value, json};

use super::super::endpoint::{Place, Service};
use super::super::json::{Operation, V1_0, V1_1};
use super::super::{Client, Condition, Event, Message, Notification, SecretValue, Write, query};

/// A client of the emulator, and a name that nothing there has.
pub(super) fn emulated(kind: &str) -> Option<(Client, String)> {
    if std::env::var_os("AWS_ENDPOINT_URL").is_none() {
        eprintln!("left out: `AWS_ENDPOINT_URL` names no emulator");
        return None;
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
    let client = Client::from_environment().expect("an environment");
    Some((client, format!("{kind}-{}", since.as_nanos())))
}

/// Calls an operation that functions have no use for.
async fn prepare(client: &Client, service: Service, target: &'static str, input: Value) -> Value {
    let version = if matches!(service, Service::Sqs | Service::DynamoDb) { V1_0 } else { V1_1 };
    let operation = Operation { service, name: target, target, version };
    client.call_json(&operation, Place::of("a test"), &input, None).await.expect("what a test needs")
}

async fn queue(client: &Client, name: &str, attributes: Value) -> String {
    let input = json!({ "QueueName": name, "Attributes": attributes });
    let made = prepare(client, Service::Sqs, "AmazonSQS.CreateQueue", input).await;
    made["QueueUrl"].as_str().expect("a url").to_owned()
}

async fn arn(client: &Client, queue_url: &str) -> String {
    let input = json!({ "QueueUrl": queue_url, "AttributeNames": ["QueueArn"] });
    let known = prepare(client, Service::Sqs, "AmazonSQS.GetQueueAttributes", input).await;
    known["Attributes"]["QueueArn"].as_str().expect("an arn").to_owned()
}

/// All messages of a queue.
async fn received(client: &Client, queue_url: &str) -> Vec<Value> {
    let input = json!({
        "QueueUrl": queue_url, "MaxNumberOfMessages": 10,
        "MessageAttributeNames": ["All"], "AttributeNames": ["All"],
    });
    let mut all = Vec::new();
    loop {
        let some = prepare(client, Service::Sqs, "AmazonSQS.ReceiveMessage", input.clone()).await;
        match some["Messages"].as_array() {
            Some(messages) if !messages.is_empty() => all.extend(messages.clone()),
            _ => return all,
        }
    }
}

#[tokio::test]
async fn messages_arrive_in_a_queue() {
    let Some((client, name)) = emulated("orders") else { return };
    let url = queue(&client, &name, json!({})).await;
    let message = |place: usize| Message {
        body: format!("ü {place}"),
        attributes: [("kind".to_owned(), "paid".to_owned())].into(),
        ..Message::default()
    };
    let messages: Vec<Message> = (0..23).map(message).collect();
    let outcomes = client.send_message_batch(&url, &messages, None).await;
    let ids: HashSet<&String> = outcomes.iter().map(|outcome| outcome.as_ref().expect("an id")).collect();
    assert_eq!(ids.len(), 23);
    let one = client.send_message(&url, &message(23), None).await.expect("an id");
    assert!(!ids.contains(&one));
    let received = received(&client, &url).await;
    let bodies: HashSet<&str> = received.iter().filter_map(|message| message["Body"].as_str()).collect();
    assert_eq!(bodies.len(), 24);
    assert_eq!(received[0]["MessageAttributes"]["kind"]["StringValue"], "paid");
}

#[tokio::test]
async fn a_fifo_queue_keeps_order_and_drops_what_it_has() {
    let Some((client, name)) = emulated("ordered") else { return };
    let url = queue(&client, &format!("{name}.fifo"), json!({ "FifoQueue": "true" })).await;
    let message = |place: usize| Message {
        body: place.to_string(),
        group: Some("group".to_owned()),
        deduplication: Some((place % 4).to_string()),
        ..Message::default()
    };
    let messages: Vec<Message> = (0..6).map(message).collect();
    assert!(client.send_message_batch(&url, &messages, None).await.iter().all(Result::is_ok));
    let bodies: Vec<Value> =
        received(&client, &url).await.into_iter().map(|mut message| message["Body"].take()).collect();
    assert_eq!(bodies, ["0", "1", "2", "3"]);
}

#[tokio::test]
async fn a_delayed_message_is_not_there_yet() {
    let Some((client, name)) = emulated("delayed") else { return };
    let url = queue(&client, &name, json!({})).await;
    let message = Message { body: "later".to_owned(), delay: Some(Duration::from_mins(1)), ..Message::default() };
    client.send_message(&url, &message, None).await.expect("an id");
    assert_eq!(received(&client, &url).await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_absent_is_named() {
    let Some((client, name)) = emulated("absent") else { return };
    let url = format!("https://sqs.eu-west-1.amazonaws.com/123456789012/{name}");
    let sent = client.send_message(&url, &Message { body: "x".to_owned(), ..Message::default() }, None).await;
    let sent = sent.expect_err("no queue");
    assert!(
        sent.code().is_some_and(|code| code.contains("QueueDoesNotExist") || code.contains("NonExistentQueue")),
        "{sent}"
    );
    let topic = format!("arn:aws:sns:eu-west-1:123456789012:{name}");
    let published =
        client.publish_batch(&topic, &[Notification { body: "x".to_owned(), ..Notification::default() }], None).await;
    assert_eq!(published[0].as_ref().expect_err("no topic").code(), Some("NotFound"));
    let read = client.get_item(&name, &key("1"), true, None).await.expect_err("no table");
    assert_eq!(read.code(), Some("ResourceNotFoundException"));
    let secret = client.get_secret_value(&name, None).await.expect_err("no secret");
    assert_eq!(secret.code(), Some("ResourceNotFoundException"));
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateTopicResponse {
    create_topic_result: CreateTopicResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateTopicResult {
    topic_arn: String,
}

#[derive(Deserialize)]
struct Anything {}

#[tokio::test]
async fn messages_arrive_through_a_topic() {
    let Some((client, name)) = emulated("paid") else { return };
    let url = queue(&client, &name, json!({})).await;
    let sns = |operation| query::Operation { service: Service::Sns, name: operation, version: "2010-03-31" };
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let made: CreateTopicResponse = client
        .call_query(&sns("CreateTopic"), Place::of(&name), vec![field("Name", &name)], None)
        .await
        .expect("a topic");
    let topic = made.create_topic_result.topic_arn;
    let queue_arn = arn(&client, &url).await;
    let form = vec![field("TopicArn", &topic), field("Protocol", "sqs"), field("Endpoint", &queue_arn)];
    let _: Anything = client.call_query(&sns("Subscribe"), Place::of(&name), form, None).await.expect("a subscription");

    let message = |place: usize| Notification {
        body: format!("<{place}> & ü"),
        subject: Some("paid".to_owned()),
        attributes: [("kind".to_owned(), "a b".to_owned())].into(),
        ..Notification::default()
    };
    let messages: Vec<Notification> = (0..12).map(message).collect();
    let outcomes = client.publish_batch(&topic, &messages, None).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let envelopes: Vec<Value> = received(&client, &url)
        .await
        .iter()
        .map(|message| serde_json::from_str(message["Body"].as_str().expect("a body")).expect("json"))
        .collect();
    assert_eq!(envelopes.len(), 12);
    let bodies: HashSet<&str> = envelopes.iter().filter_map(|envelope| envelope["Message"].as_str()).collect();
    assert!(bodies.contains("<11> & ü"), "{bodies:?}");
    assert_eq!(envelopes[0]["MessageAttributes"]["kind"]["Value"], "a b");
    assert_eq!(envelopes[0]["Subject"], "paid");
}

#[tokio::test]
async fn events_arrive_through_a_bus() {
    let Some((client, name)) = emulated("events") else { return };
    let url = queue(&client, &name, json!({})).await;
    let queue_arn = arn(&client, &url).await;
    let pattern = json!({ "source": [name] }).to_string();
    let rule = json!({ "Name": name, "EventPattern": pattern, "State": "ENABLED" });
    prepare(&client, Service::EventBridge, "AWSEvents.PutRule", rule).await;
    let targets = json!({ "Rule": name, "Targets": [{ "Id": "1", "Arn": queue_arn }] });
    prepare(&client, Service::EventBridge, "AWSEvents.PutTargets", targets).await;

    let event = |place: usize| Event {
        source: name.clone(),
        detail_type: "com.example.paid".to_owned(),
        detail: json!({ "place": place }).to_string(),
        resources: vec!["arn:aws:test".to_owned()],
        time: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)),
    };
    let mut events: Vec<Event> = (0..11).map(event).collect();
    events[3].detail = "no json".to_owned();
    let outcomes = client.put_events("default", &events, None).await;
    assert_eq!(outcomes[3].as_ref().expect_err("no json").code(), Some("MalformedDetail"));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10);
    let received = received(&client, &url).await;
    assert_eq!(received.len(), 10);
    let first: Value = serde_json::from_str(received[0]["Body"].as_str().expect("a body")).expect("json");
    assert_eq!(first["detail-type"], "com.example.paid");
    assert_eq!(first["time"], "2023-11-14T22:13:20Z");
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Stock {
    id: String,
    version: u64,
    pieces: i32,
    tags: BTreeMap<String, Option<f64>>,
}

fn key(id: &str) -> Item {
    HashMap::from([("id".to_owned(), AttributeValue::S(id.to_owned()))]).into()
}

fn stock(version: u64) -> Item {
    let tags = [("weight".to_owned(), Some(1.5)), ("none".to_owned(), None)].into();
    serde_dynamo::to_item(Stock { id: "1".to_owned(), version, pieces: -3, tags }).expect("an item")
}

#[tokio::test]
async fn an_item_is_written_read_and_deleted() {
    let Some((client, name)) = emulated("stock") else { return };
    let table = json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
    });
    prepare(&client, Service::DynamoDb, "DynamoDB_20120810.CreateTable", table).await;
    let read = async || client.get_item(&name, &key("1"), true, None).await.expect("an answer");
    let version = |version: u64| Condition::Equal("version", AttributeValue::N(version.to_string()));
    let put = async |item, condition| client.put_item(&name, &item, condition, None).await.expect("an answer");
    let delete = async |condition| client.delete_item(&name, &key("1"), condition, None).await.expect("an answer");
    let failed = |found: Option<u64>| Write::ConditionFailed { found: found.map(stock) };

    assert_eq!(read().await, None);
    assert_eq!(put(stock(1), version(0)).await, failed(None));
    assert_eq!(put(stock(1), Condition::Without("id", "version")).await, failed(None));
    assert_eq!(put(stock(1), Condition::Absent("id")).await, Write::Done);
    assert_eq!(put(stock(1), Condition::Absent("id")).await, failed(Some(1)));
    assert_eq!(put(stock(2), version(1)).await, Write::Done);
    assert_eq!(put(stock(2), version(1)).await, failed(Some(2)));
    assert_eq!(put(stock(2), Condition::Without("id", "version")).await, failed(Some(2)));
    assert_eq!(put(stock(3), Condition::None).await, Write::Done);
    let found: Stock = serde_dynamo::from_item(read().await.expect("an item")).expect("a stock");
    assert_eq!((found.version, found.pieces, found.tags["weight"], found.tags["none"]), (3, -3, Some(1.5), None));
    assert_eq!(delete(version(2)).await, failed(Some(3)));
    assert_eq!(delete(version(3)).await, Write::Done);
    assert_eq!(delete(Condition::None).await, Write::Done);
    assert_eq!(read().await, None);

    assert_eq!(put(key("1"), Condition::None).await, Write::Done);
    assert_eq!(delete(version(0)).await, Write::ConditionFailed { found: Some(key("1")) });
    assert_eq!(put(stock(4), Condition::Without("id", "version")).await, Write::Done);
    assert_eq!(put(key("1"), Condition::None).await, Write::Done);
    assert_eq!(delete(Condition::Without("id", "version")).await, Write::Done);
}

#[tokio::test]
async fn a_secret_is_read() {
    let Some((client, name)) = emulated("secret") else { return };
    let text = json!({ "Name": name, "SecretString": "s\"ü" });
    let made = prepare(&client, Service::SecretsManager, "secretsmanager.CreateSecret", text).await;
    let binary_name = format!("{name}-binary");
    let binary = json!({ "Name": binary_name, "SecretBinary": "AAH/" });
    prepare(&client, Service::SecretsManager, "secretsmanager.CreateSecret", binary).await;
    let by_arn = made["ARN"].as_str().expect("an arn");
    for id in [&name, by_arn] {
        assert_eq!(client.get_secret_value(id, None).await.expect("a secret"), SecretValue::Text("s\"ü".to_owned()));
    }
    let binary = client.get_secret_value(&binary_name, None).await.expect("a secret");
    assert_eq!(binary, SecretValue::Binary(vec![0, 1, 255].into()));
}
