//! Lists: how they are split, and what becomes of each entry.

use serde_json::{Value, json};

use super::super::{Event, Message, Notification};
use super::client;
use crate::provider::client::error::ClientError;
use crate::provider::client::tests::server::{Answer, Request, start};

const QUEUE: &str = "https://sqs.test/1/orders";

fn messages(sizes: impl IntoIterator<Item = usize>) -> Vec<Message> {
    sizes.into_iter().map(|size| Message { body: "x".repeat(size), ..Message::default() }).collect()
}

/// An answer of SQS: the places that were accepted, and those that were refused with a code.
fn answer(accepted: &[usize], refused: &[(usize, &str)]) -> Answer {
    let accepted: Vec<Value> =
        accepted.iter().map(|id| json!({ "Id": id.to_string(), "MessageId": format!("m{id}") })).collect();
    let refused: Vec<Value> =
        refused.iter().map(|(id, code)| json!({ "Id": id.to_string(), "Code": code, "SenderFault": false })).collect();
    Answer::json(200, &json!({ "Successful": accepted, "Failed": refused }).to_string())
}

fn entries(requests: &[Request]) -> Vec<usize> {
    let count = |request: &Request| {
        let body: Value = serde_json::from_str(&request.body).expect("json");
        body["Entries"].as_array().map_or(0, Vec::len)
    };
    requests.iter().map(count).collect()
}

fn codes(outcomes: &[Result<String, ClientError>]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| outcome.as_ref().map_or_else(|error| error.code().unwrap_or("?"), String::as_str))
        .collect()
}

#[tokio::test]
async fn a_list_is_split_by_ten_and_by_size() {
    let all: Vec<usize> = (0..10).collect();
    let (url, script) = start([answer(&all, &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1; 25]), None).await;
    assert_eq!(outcomes.len(), 25);
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(entries(&script.requests()), [10, 10, 5]);

    let (url, script) = start([answer(&all, &[])]).await;
    let half = (1 << 19) + 1;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([half, half, 10, half]), None).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(entries(&script.requests()), [1, 2, 1]);
}

#[tokio::test]
async fn nothing_is_sent_of_nothing() {
    let (url, script) = start([answer(&[], &[])]).await;
    assert!(client(&url).send_message_batch(QUEUE, &[], None).await.is_empty());
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let (url, script) = start([answer(&[0], &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, (1 << 20) + 1, 1]), None).await;
    let error = outcomes[1].as_ref().expect_err("too large").to_string();
    assert_eq!(error, "SendMessageBatch of `orders` failed: it has 1048577 bytes, and at most 1048576 are taken");
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    assert_eq!(entries(&script.requests()), [1, 1]);
}

#[tokio::test]
async fn only_what_may_pass_is_sent_again() {
    let first = answer(&[1], &[(0, "ThrottlingException"), (2, "InvalidMessageContents"), (3, "InternalError")]);
    let (url, script) = start([first, answer(&[0, 1], &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, 2, 3, 4]), None).await;
    assert_eq!(codes(&outcomes), ["m0", "m1", "InvalidMessageContents", "m1"]);
    let requests = script.requests();
    assert_eq!(entries(&requests), [4, 2]);
    let second: Value = serde_json::from_str(&requests[1].body).expect("json");
    let bodies: Vec<_> = (0..2).map(|place| second["Entries"][place]["MessageBody"].as_str().map(str::len)).collect();
    assert_eq!(bodies, [Some(1), Some(4)]);
}

#[tokio::test]
async fn entries_are_not_sent_for_ever() {
    let (url, script) =
        start([answer(&[0], &[(1, "ThrottlingException")]), answer(&[], &[(0, "ThrottlingException")])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, 1]), None).await;
    assert_eq!(codes(&outcomes), ["m0", "ThrottlingException"]);
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn what_was_accepted_stays_so_when_a_later_request_fails() {
    let denied = Answer::json(400, r#"{"__type":"AccessDeniedException"}"#);
    let (url, _) = start([answer(&[0], &[(1, "InternalError")]), denied]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, 1]), None).await;
    assert_eq!(codes(&outcomes), ["m0", "AccessDeniedException"]);
}

#[tokio::test]
async fn a_refused_request_ends_the_list() {
    let absent = Answer::json(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#);
    let (url, script) = start([absent]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1; 25]), None).await;
    assert_eq!(codes(&outcomes), ["QueueDoesNotExist"; 25]);
    assert_eq!(script.requests().len(), 1);
}

/// What is refused for its contents says nothing of the others.
#[tokio::test]
async fn one_bad_request_does_not_end_the_list() {
    let unfit = Answer::json(400, r#"{"__type":"com.amazonaws.sqs#InvalidMessageContents"}"#);
    let all: Vec<usize> = (0..10).collect();
    let (url, script) = start([unfit, answer(&all, &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1; 25]), None).await;
    assert!(outcomes[..10].iter().all(Result::is_err) && outcomes[10..].iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(entries(&script.requests()), [10, 10, 5]);

    for code in ["AccessDeniedException", "KmsAccessDenied", "KmsDisabled", "ExpiredTokenException", "RequestExpired"] {
        let (url, script) = start([Answer::json(400, &format!(r#"{{"__type":"{code}"}}"#))]).await;
        let outcomes = client(&url).send_message_batch(QUEUE, &messages([1; 25]), None).await;
        assert_eq!(codes(&outcomes), [code; 25]);
        assert_eq!(script.requests().len(), 1, "{code}");
    }
}

/// However often a call would be attempted alone.
#[tokio::test]
async fn a_request_has_the_attempts_of_one_call() {
    let busy = || Answer::json(400, r#"{"__type":"ThrottlingException"}"#);
    let (url, script) = start([busy()]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1; 25]), None).await;
    assert_eq!(codes(&outcomes), ["ThrottlingException"; 25]);
    assert_eq!(entries(&script.requests()), [10; 4]);

    let refused = || answer(&[0], &[(1, "InternalError")]);
    let (url, script) = start([refused(), busy(), Answer::Close, answer(&[0], &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, 1]), None).await;
    assert_eq!(codes(&outcomes), ["m0", "m0"]);
    assert_eq!(entries(&script.requests()), [2, 1, 1, 1]);
}

const ORDERED: &str = "https://sqs.test/1/orders.fifo";

/// Messages of groups; each is as long as its place.
fn grouped(groups: &str) -> Vec<Message> {
    let message = |(place, group): (usize, char)| Message {
        body: "x".repeat(place + 1),
        group: Some(group.to_string()),
        ..Message::default()
    };
    groups.chars().enumerate().map(message).collect()
}

/// The places of what each request has.
fn places(requests: &[Request]) -> Vec<Vec<usize>> {
    let of = |request: &Request| {
        let body: Value = serde_json::from_str(&request.body).expect("json");
        let entries = body["Entries"].as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["MessageBody"].as_str().map_or(0, str::len) - 1).collect()
    };
    requests.iter().map(of).collect()
}

async fn ordered(groups: &str, answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Vec<Vec<usize>>) {
    let (url, script) = start(answers).await;
    let outcomes = client(&url).send_message_batch(ORDERED, &grouped(groups), None).await;
    let said = |outcome: &Result<String, ClientError>| match outcome {
        Ok(_) => "sent".to_owned(),
        Err(error) => error.code().unwrap_or("withheld").to_owned(),
    };
    (outcomes.iter().map(said).collect(), places(&script.requests()))
}

#[tokio::test]
async fn an_entry_does_not_come_after_later_ones_of_its_group() {
    // 0 is refused for the moment, and 1 of the same group is accepted: 0 is not sent again, and 3 is not sent at all.
    let first = || answer(&[1, 2, 4, 5, 6, 7, 8, 9], &[(0, "InternalError"), (3, "InternalError")]);
    let (outcomes, requests) = ordered("aabbcdefghab", [first(), answer(&[0], &[])]).await;
    let failed = "InternalError";
    assert_eq!(
        outcomes,
        [failed, "sent", "sent", "sent", "sent", "sent", "sent", "sent", "sent", "sent", "withheld", "sent"]
    );
    assert_eq!(requests, [vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9], vec![3], vec![11]]);
}

#[tokio::test]
async fn after_a_refusal_a_request_has_one_entry_of_a_group() {
    let (outcomes, requests) = ordered(
        "aaab",
        [answer(&[3], &[(0, "InternalError"), (1, "InternalError"), (2, "InternalError")]), answer(&[0], &[])],
    )
    .await;
    assert_eq!(outcomes, ["sent"; 4]);
    assert_eq!(requests, [vec![0, 1, 2, 3], vec![0], vec![1], vec![2]]);
}

#[tokio::test]
async fn of_a_group_nothing_is_sent_after_a_failure() {
    let first = answer(&[1], &[(0, "InvalidMessageContents"), (2, "InternalError")]);
    let (outcomes, requests) = ordered("aba", [first, answer(&[0], &[])]).await;
    assert_eq!(outcomes, ["InvalidMessageContents", "sent", "withheld"]);
    assert_eq!(requests, [[0, 1, 2]]);

    // In a queue without order a group promises none.
    let (url, script) = start([answer(&[1], &[(0, "InternalError")]), answer(&[0], &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &grouped("aa"), None).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(places(&script.requests()), [vec![0, 1], vec![0]]);
}

#[tokio::test]
async fn an_entry_that_the_answer_forgets_is_no_success() {
    let (url, _) = start([answer(&[1, 7], &[])]).await;
    let outcomes = client(&url).send_message_batch(QUEUE, &messages([1, 1]), None).await;
    assert!(outcomes[0].is_err() && outcomes[1].is_ok());
}

#[tokio::test]
async fn events_are_told_apart_by_their_places() {
    let first =
        json!({ "FailedEntryCount": 1, "Entries": [{ "EventId": "e0" }, { "ErrorCode": "ThrottlingException" }] });
    let second = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "e1" }] });
    let (url, script) = start([first, second].map(|body| Answer::json(200, &body.to_string()))).await;
    let event = Event {
        source: "shop".to_owned(),
        detail_type: "paid".to_owned(),
        detail: "{}".to_owned(),
        ..Event::default()
    };
    let outcomes = client(&url).put_events("default", &[event.clone(), event], None).await;
    assert_eq!(codes(&outcomes), ["e0", "e1"]);
    let body: Value = serde_json::from_str(&script.requests()[1].body).expect("json");
    let expected = json!({ "EventBusName": "default", "Source": "shop", "DetailType": "paid", "Detail": "{}" });
    assert_eq!(body, json!({ "Entries": [expected] }));
}

#[tokio::test]
async fn topics_speak_forms_and_xml() {
    let xml = r#"<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
        <Failed><member><Id>1</Id><Code>InvalidParameter</Code><SenderFault>true</SenderFault></member></Failed>
        <Successful><member><Id>0</Id><MessageId>n&amp;0</MessageId></member></Successful>
        </PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>"#;
    let (url, script) = start([Answer::Say(200, "content-type: text/xml\r\n", xml.to_owned())]).await;
    let message = Notification {
        body: "a&b=ü".to_owned(),
        attributes: [("kind".to_owned(), "paid".to_owned())].into(),
        ..Notification::default()
    };
    let outcomes = client(&url).publish_batch("arn:aws:sns:eu-west-1:1:paid", &[message.clone(), message], None).await;
    assert_eq!(codes(&outcomes), ["n&0", "InvalidParameter"]);
    let body = script.requests().remove(0).body;
    for part in [
        "Action=PublishBatch&Version=2010-03-31",
        "TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A1%3Apaid&",
        "PublishBatchRequestEntries.member.2.Message=a%26b%3D%C3%BC&",
        "PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.DataType=String&",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn a_topic_may_be_absent() {
    let xml =
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>m</Message></Error></ErrorResponse>";
    let (url, _) = start([Answer::Say(404, "", xml.to_owned())]).await;
    let outcomes = client(&url).publish_batch("arn:aws:sns:eu-west-1:1:paid", &[Notification::default()], None).await;
    let error = outcomes[0].as_ref().expect_err("not found").to_string();
    assert_eq!(error, "PublishBatch of `paid` failed: NotFound (http 404)");
}
