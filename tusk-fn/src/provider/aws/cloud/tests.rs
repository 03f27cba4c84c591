//! Outputs on AWS, against a server that answers what a test says.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{AwsCloud, Condition, OutputErrorKind, Parcel, Resources, Secrets};
use crate::provider::aws::client::tests::client;
use crate::provider::client::tests::server::{Answer, Request, Script, start};

async fn cloud(answers: impl IntoIterator<Item = Answer>) -> (AwsCloud, Script) {
    let (url, script) = start(answers).await;
    (AwsCloud { client: client(&url), resources: Resources::default(), secrets: Secrets::default() }, script)
}

fn fields() -> Map<String, Value> {
    Map::from_iter([("id".to_owned(), "a".into()), ("pieces".to_owned(), 3.into())])
}

fn condition_failed(item: &Value) -> Answer {
    let code = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    Answer::json(400, &json!({ "__type": code, "message": "no", "Item": item }).to_string())
}

/// What is answered when the item of the first request is there.
fn written_before(requests: &[Request]) -> Answer {
    let body: Value = serde_json::from_str(&requests[0].body).expect("json");
    condition_failed(&body["Item"])
}

/// Without a second request, for which a function that only writes has no permission.
#[tokio::test]
async fn a_write_whose_condition_fails_says_so_at_once() {
    let other = json!({ "id": { "S": "a" }, "tusk_fn_version": { "N": "7" } });
    let foreign = json!({ "id": { "S": "a" } });
    for (found, condition) in [
        (&other, Condition::Absent),
        (&foreign, Condition::Absent),
        (&other, Condition::Version(6)),
        (&other, Condition::Version(0)),
        (&Value::Null, Condition::Version(6)),
    ] {
        let (cloud, script) = cloud([condition_failed(found)]).await;
        let written = cloud.write("stock", fields(), condition).await;
        assert!(matches!(written, Err(OutputErrorKind::ConditionFailed)), "{found} {condition:?}: {written:?}");
        assert_eq!(script.requests().len(), 1, "{found} {condition:?}");
        let removed = cloud.remove("stock", "a", condition).await;
        assert!(matches!(removed, Err(OutputErrorKind::ConditionFailed)), "{found} {condition:?}: {removed:?}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_known_by_its_version() {
    for condition in [Condition::Absent, Condition::Version(6), Condition::Version(0)] {
        let (cloud, script) = cloud([Answer::Close, Answer::Of(written_before)]).await;
        let version = cloud.write("stock", fields(), condition).await.expect("it was written");
        let body: Value = serde_json::from_str(&script.requests()[0].body).expect("json");
        assert_eq!(body["Item"]["tusk_fn_version"]["N"], version.to_string(), "{condition:?}");
        assert_eq!(body["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
        assert_eq!(script.requests().len(), 2);
    }
}

/// Such an item has no version, and is read as of version nought.
#[tokio::test]
async fn an_item_of_another_program_can_be_replaced() {
    let found = Answer::json(200, r#"{"Item":{"id":{"S":"a"},"pieces":{"N":"3"}}}"#);
    let (cloud, script) = cloud([found, Answer::json(200, "{}")]).await;
    let (_, version) = cloud.read("stock", "a").await.expect("an answer").expect("an item");
    cloud.write("stock", fields(), Condition::Version(version)).await.expect("it is written");
    cloud.remove("stock", "a", Condition::Version(version)).await.expect("it is deleted");
    for request in &script.requests()[1..] {
        let body: Value = serde_json::from_str(&request.body).expect("json");
        assert_eq!(body["ConditionExpression"], "attribute_exists(#key) AND attribute_not_exists(#name)");
        assert_eq!(body["ExpressionAttributeNames"], json!({ "#key": "id", "#name": "tusk_fn_version" }));
    }
}

#[tokio::test]
async fn a_secret_stays_while_no_newer_one_is_to_be_had() {
    let found = |value: &str| Answer::json(200, &json!({ "SecretString": value }).to_string());
    let broken = || Answer::Say(503, "", String::new());
    let denied = || Answer::json(400, r#"{"__type":"AccessDeniedException"}"#);
    let answers = [vec![found("old")], vec![broken(); 4], vec![found("new")], vec![broken(); 4], vec![denied()]];
    let (cloud, script) = cloud(answers.concat()).await;
    let begun = Instant::now();
    let at = async |minutes: f64| {
        let value = cloud.fetch_secret("key", begun + Duration::from_secs_f64(minutes * 60.0)).await;
        (value.map(|value| String::from_utf8_lossy(&value).into_owned()).ok(), script.requests().len())
    };
    let told = |value: &str, requests: usize| (Some(value.to_owned()), requests);
    assert_eq!(at(0.0).await, told("old", 1));
    assert_eq!(at(4.9).await, told("old", 1));
    assert_eq!(at(5.1).await, told("old", 5), "the new one cannot be had");
    assert_eq!(at(5.2).await, told("old", 5), "and is not asked for at once");
    assert_eq!(at(5.7).await, told("new", 6));
    assert_eq!(at(66.0).await, (None, 10), "nothing is good for ever");
    assert_eq!(at(11.0).await, (None, 11), "what lasts is said");
}

#[tokio::test]
async fn after_what_cannot_be_sent_nothing_of_its_group_is() {
    let answer = json!({ "Successful": [{ "Id": "0", "MessageId": "m" }, { "Id": "1", "MessageId": "n" }] });
    let (cloud, _) = cloud([Answer::json(200, &answer.to_string())]).await;
    let parcel = |group: &str, delay: u64| Parcel {
        body: "{}".into(),
        group: Some(group.to_owned()),
        delay: (delay > 0).then(|| Duration::from_secs(delay)),
        ..Parcel::default()
    };
    let parcels = vec![parcel("a", 0), parcel("a", 1), parcel("b", 0), parcel("a", 0)];
    let sent = cloud.send_to_queue("https://sqs.test/1/orders.fifo", parcels).await;
    assert!(
        matches!(&sent[..], [Ok(_), Err(OutputErrorKind::Unfit(_)), Ok(_), Err(OutputErrorKind::NotSent)]),
        "{sent:?}"
    );
}
