//! One call: its answer, its failures, and further attempts.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_dynamo::{AttributeValue, Item};

use super::super::{Condition, Message, SecretValue, Write};
use super::{TOKEN, client};
use crate::provider::client::error::{Cause, ClientError};
use crate::provider::client::tests::server::{Answer, start};

fn item(name: &str, value: &str) -> Item {
    HashMap::from([(name.to_owned(), AttributeValue::S(value.to_owned()))]).into()
}

async fn secret(answers: impl IntoIterator<Item = Answer>) -> (Result<SecretValue, ClientError>, usize) {
    let (url, script) = start(answers).await;
    let value = client(&url).get_secret_value("stripe-key", None).await;
    (value, script.requests().len())
}

fn refused(code: &str) -> Answer {
    Answer::json(400, &format!(r#"{{"__type":"com.amazonaws.x#{code}","message":"of {TOKEN}"}}"#))
}

fn found() -> Answer {
    Answer::json(200, r#"{"Name":"stripe-key","SecretString":"sk"}"#)
}

#[tokio::test]
async fn a_secret_is_text_or_binary() {
    assert_eq!(secret([found()]).await.0.expect("a secret"), SecretValue::Text("sk".to_owned()));
    let (binary, _) = secret([Answer::json(200, r#"{"SecretBinary":"AAH/"}"#)]).await;
    assert_eq!(binary.expect("a secret"), SecretValue::Binary(vec![0, 1, 255].into()));
    assert_eq!(format!("{:?}", SecretValue::Text("sk".to_owned())), "Text");
}

#[tokio::test]
async fn what_may_pass_is_attempted_again() {
    let closed = || Answer::Close;
    let late = || Answer::Nothing;
    let broken = || Answer::Say(503, "", "<html>".to_owned());
    for first in [closed(), late(), broken(), refused("ThrottlingException"), refused("SlowDown")] {
        let (value, requests) = secret([first.clone(), found()]).await;
        assert!(value.is_ok(), "{first:?}: {value:?}");
        assert_eq!(requests, 2, "{first:?}");
    }
}

#[tokio::test]
async fn what_lasts_is_not_attempted_again() {
    for answer in [
        refused("ResourceNotFoundException"),
        Answer::json(200, "[]"),
        Answer::Say(302, "location: /\r\n", String::new()),
    ] {
        let (value, requests) = secret([answer.clone(), found()]).await;
        assert!(value.is_err(), "{answer:?}");
        assert_eq!(requests, 1, "{answer:?}");
    }
}

#[tokio::test]
async fn attempts_end() {
    let (value, requests) = secret([refused("ThrottlingException")]).await;
    let error = value.expect_err("throttled for ever");
    assert!(error.is_throttling());
    assert_eq!(requests, 4);
    assert_eq!(error.to_string(), "GetSecretValue of `stripe-key` failed: ThrottlingException (http 400)");
}

#[tokio::test]
async fn nothing_goes_on_past_the_deadline() {
    let (url, script) = start([Answer::Nothing]).await;
    let begun = Instant::now();
    let value = client(&url).get_secret_value("key", Some(begun + Duration::from_millis(100))).await;
    assert_eq!(value.expect_err("no answer").cause(), &Cause::TimedOut);
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn no_server_is_no_connection() {
    let value = client("http://127.0.0.1:9").get_secret_value("key", None).await;
    assert_eq!(value.expect_err("no server").cause(), &Cause::Unreachable);
}

#[tokio::test]
async fn a_large_answer_is_refused() {
    let large = Answer::json(200, &format!(r#"{{"SecretString":"{}"}}"#, "x".repeat(9 << 20)));
    assert_eq!(secret([large]).await.0.expect_err("too large").cause(), &Cause::AnswerTooLarge);
}

#[tokio::test]
async fn a_message_repeats_nothing_but_a_missing_permission() {
    let signature = secret([refused("SignatureDoesNotMatch")]).await.0.expect_err("refused").to_string();
    assert_eq!(signature, "GetSecretValue of `stripe-key` failed: SignatureDoesNotMatch (http 400)");
    let denied = Answer::json(400, r#"{"__type":"AccessDeniedException","Message":"User: arn:a may not do b"}"#);
    let denied = secret([denied]).await.0.expect_err("refused").to_string();
    assert!(denied.ends_with("AccessDeniedException (http 400): User: arn:a may not do b"), "{denied}");
    // A queue, a topic and a secret say it each in their own way, of the key that encrypts them.
    for code in ["KMS.AccessDeniedException", "KmsAccessDenied", "KMSAccessDenied"] {
        let body = format!(r#"{{"__type":"{code}","message":"not authorized to perform: kms:GenerateDataKey"}}"#);
        let denied = secret([Answer::json(400, &body)]).await.0.expect_err("refused").to_string();
        assert!(
            denied.ends_with(&format!("{code} (http 400): not authorized to perform: kms:GenerateDataKey")),
            "{denied}"
        );
    }
    let unreadable = secret([Answer::json(200, r#"{"SecretString":"sk"#)]).await.0.expect_err("unreadable");
    assert!(!format!("{unreadable:?}").contains("\"sk"), "{unreadable:?}");
}

#[tokio::test]
async fn the_code_may_stand_in_a_header() {
    let answer = Answer::Say(400, "x-amzn-errortype: NotThereException:http://internal/\r\n", String::new());
    assert_eq!(secret([answer]).await.0.expect_err("refused").code(), Some("NotThereException"));
    let proxy = Answer::Say(407, "", "<html>".to_owned());
    assert_eq!(secret([proxy]).await.0.expect_err("refused").code(), Some("no code"));
}

#[tokio::test]
async fn connections_are_kept() {
    let (url, script) = start([found()]).await;
    let client = client(&url);
    for _ in 0..3 {
        client.get_secret_value("key", None).await.expect("a secret");
    }
    let connections: Vec<usize> = script.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 0]);
}

#[tokio::test]
async fn a_request_says_what_the_protocol_wants() {
    let (url, script) = start([Answer::json(200, r#"{"MessageId":"m-1"}"#)]).await;
    let message = Message {
        body: "{}".to_owned(),
        attributes: [("kind".to_owned(), "paid".to_owned())].into(),
        group: Some("g".to_owned()),
        deduplication: Some("d".to_owned()),
        delay: Some(Duration::from_millis(1_500)),
    };
    let id = client(&url).send_message("https://sqs.test/1/orders", &message, None).await.expect("an id");
    assert_eq!(id, "m-1");
    let request = script.requests().remove(0);
    assert_eq!(request.line, "POST /");
    for header in
        ["x-amz-target: amazonsqs.sendmessage\r\n", "content-type: application/x-amz-json-1.0\r\n", "authorization: "]
    {
        assert!(request.head.contains(header), "{header} in {}", request.head);
    }
    let body: serde_json::Value = serde_json::from_str(&request.body).expect("json");
    let expected = serde_json::json!({
        "QueueUrl": "https://sqs.test/1/orders", "MessageBody": "{}", "DelaySeconds": 2,
        "MessageAttributes": { "kind": { "DataType": "String", "StringValue": "paid" } },
        "MessageGroupId": "g", "MessageDeduplicationId": "d",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_write_is_conditional() {
    let (url, script) = start([Answer::json(200, "{}"), refused("ConditionalCheckFailedException")]).await;
    let client = client(&url);
    let absent = client.put_item("stock", &item("id", "1"), Condition::Absent("id"), None).await;
    assert_eq!(absent.expect("an answer"), Write::Done);
    let equal = Condition::Equal("version", AttributeValue::N("3".to_owned()));
    let equal = client.delete_item("stock", &item("id", "1"), equal, None).await;
    assert_eq!(equal.expect("an answer"), Write::ConditionFailed { found: None });
    let bodies: Vec<serde_json::Value> =
        script.requests().iter().map(|request| serde_json::from_str(&request.body).expect("json")).collect();
    let first = serde_json::json!({
        "TableName": "stock", "Item": { "id": { "S": "1" } },
        "ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": { "#key": "id" },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let second = serde_json::json!({
        "TableName": "stock", "Key": { "id": { "S": "1" } },
        "ConditionExpression": "#name = :value", "ExpressionAttributeNames": { "#name": "version" },
        "ExpressionAttributeValues": { ":value": { "N": "3" } }, "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    assert_eq!(bodies, [first, second]);
}

/// A resource that was there before may be in another region.
#[tokio::test]
async fn a_call_is_signed_for_the_region_of_what_it_is_of() {
    let (url, script) = start([Answer::json(200, r#"{"MessageId":"m","SecretString":"s"}"#)]).await;
    let client = client(&url);
    client.get_secret_value("stripe-key", None).await.expect("a secret");
    client.get_secret_value("arn:aws:secretsmanager:us-east-2:1:secret:s-AbCdEf", None).await.expect("a secret");
    let message = Message::default();
    client.send_message("https://sqs.us-west-2.amazonaws.com/1/orders", &message, None).await.expect("an id");
    client.get_item("arn:aws:dynamodb:us-east-1:1:table/stock", &item("id", "1"), true, None).await.expect("an answer");
    let scopes = ["eu-west-1/secretsmanager", "us-east-2/secretsmanager", "us-west-2/sqs", "us-east-1/dynamodb"];
    for (request, scope) in script.requests().iter().zip(scopes) {
        assert!(request.head.contains(&format!("/{scope}/aws4_request")), "{scope} in {}", request.head);
    }
}

#[tokio::test]
async fn an_item_is_there_or_not() {
    let (url, _) = start([Answer::json(200, r#"{"Item":{"id":{"S":"1"}}}"#), Answer::json(200, "{}")]).await;
    let client = client(&url);
    let found = client.get_item("stock", &item("id", "1"), true, None).await.expect("an answer");
    assert_eq!(found, Some(item("id", "1")));
    assert_eq!(client.get_item("stock", &item("id", "2"), true, None).await.expect("an answer"), None);
}

#[cfg(feature = "blob-store")]
#[tokio::test]
async fn a_bucket_does_not_repeat_what_was_signed() {
    use object_store::ObjectStoreExt;

    let repeated = format!("<CanonicalRequest>x-amz-security-token:{TOKEN}</CanonicalRequest>");
    let body = format!("<Error><Code>SignatureDoesNotMatch</Code>{repeated}</Error>");
    let (url, _) =
        start([Answer::Say(403, "", body), Answer::Say(403, "", "<Code>AccessDenied</Code>".to_owned())]).await;
    let bucket = client(&url).bucket("files").expect("a bucket");
    let error = bucket.get(&"a".into()).await.expect_err("forbidden");
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
    assert!(error.to_string().contains("SignatureDoesNotMatch"), "{error}");
    let error = bucket.get(&"a".into()).await.expect_err("forbidden");
    assert!(error.to_string().contains("AccessDenied"), "{error}");
}

#[cfg(feature = "blob-store")]
#[tokio::test]
async fn a_name_of_a_bucket_cannot_lead_elsewhere() {
    let client = client("http://127.0.0.1:9");
    for name in ["", "a/b", "a@b", "a?b"] {
        assert!(client.bucket(name).is_err(), "{name}");
    }
}
