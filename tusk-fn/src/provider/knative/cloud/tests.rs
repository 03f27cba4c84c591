//! Outputs on Knative, against a sink that answers what a test says.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use tusk_fn_spec::output::{Access, Output, OutputKind};
use tusk_fn_spec::record::FunctionRecord;

use super::event::{event, is_extension};
use super::sink::Sink;
use super::{Bytes, Cloud, KnativeCloud, OutputErrorKind, Parcel, Resources};
use crate::event::Item;
use crate::provider::client::tests::policy;
use crate::provider::client::tests::server::{Answer, Request, Script, start};
use crate::provider::client::tests::tls::start_secured;
use crate::provider::cloud_events::write::headers;
use crate::provider::container::{Opened, Platform};
use crate::provider::knative::Knative;

fn output(kind: OutputKind, name: &str) -> Output {
    Output { kind, name: name.to_owned(), access: Access::All }
}

fn orders() -> Output {
    output(OutputKind::Queue, "orders")
}

fn parcel(body: &str) -> Parcel {
    Parcel { body: Bytes::copy_from_slice(body.as_bytes()), source: "/functions/place".to_owned(), ..Parcel::default() }
}

fn sink(variables: &[(&str, &str)]) -> Result<Option<Sink>, String> {
    let find = |name: &str| Some(OsString::from(variables.iter().find(|(other, _)| *other == name)?.1));
    Sink::read(&find, policy()).map_err(|error| crate::error::chain(&error))
}

async fn cloud(answers: impl IntoIterator<Item = Answer>) -> (KnativeCloud, Script) {
    let (url, script) = start(answers).await;
    let sink = sink(&[("K_SINK", &format!("{url}/default/shop")), ("K_CE_OVERRIDES", "")]).expect("a sink");
    (KnativeCloud { sink, resources: Resources::default() }, script)
}

fn status(status: u16) -> Answer {
    Answer::Say(status, "", String::new())
}

/// A request's headers, with values in small letters.
fn head(request: &Request) -> HeaderMap {
    let lines = request.head.lines().filter_map(|line| line.split_once(": "));
    let header = |(name, value): (&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    };
    lines.map(header).collect()
}

fn ids(script: &Script) -> Vec<String> {
    let id = |request: &Request| head(request)["ce-id"].to_str().expect("text").to_owned();
    script.requests().iter().map(id).collect()
}

fn bodies(script: &Script) -> Vec<String> {
    script.requests().into_iter().map(|request| request.body).collect()
}

fn function(trigger: &str) -> FunctionRecord {
    let json = format!(
        r#"{{"v":1,"name":"f","trigger":{trigger},
            "source":{{"package":"p","module":"p","function":"f","file":"src/main.rs","line":1}}}}"#
    );
    FunctionRecord::from_json(json.as_bytes()).expect("a record")
}

/// What a function takes of what another one sends, and under which id.
fn taken(to: &Output, parcel: Parcel, trigger: &str) -> Option<(Item, String)> {
    let event = event(to, parcel, &BTreeMap::new()).expect("it can be sent");
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.headers = headers(&event);
    let sent = Knative.read(&parts, &event.data).map_err(|fault| fault.0).expect("an event");
    match Knative.open(&sent[0], &function(trigger), false) {
        Opened::Item { item, id, .. } => Some((item, id)),
        _ => None,
    }
}

#[test]
fn what_is_sent_is_taken_by_the_function_that_it_is_for() {
    let mut sent = parcel(r#"{"n":1}"#);
    sent.attributes = BTreeMap::from([("region".to_owned(), "a \"b\" 100% \u{e4}".to_owned())]);
    sent.group = Some("customer-7".to_owned());
    let queue = r#"{"kind":"queue","queue":"orders"}"#;
    let (item, _) = taken(&orders(), sent.clone(), queue).expect("a message");
    let Item::Message(message) = item else { panic!("{item:?}") };
    assert_eq!(
        (message.body, message.attributes, message.group),
        (sent.body.clone(), sent.attributes.clone(), sent.group.clone())
    );
    assert!(message.enqueued_at.is_some_and(|at| jiff::Timestamp::now().duration_since(at).as_secs() < 60));
    assert!(taken(&orders(), sent.clone(), r#"{"kind":"queue","queue":"other"}"#).is_none());
    assert!(taken(&orders(), sent.clone(), r#"{"kind":"topic","topic":"orders"}"#).is_none());
    let topic = output(OutputKind::Topic, "orders");
    assert!(matches!(taken(&topic, sent, r#"{"kind":"topic","topic":"orders"}"#), Some((Item::Message(_), _))));
    let mut sent = parcel("{}");
    sent.subject = Some("orders/7".to_owned());
    let kind = output(OutputKind::Event, "com.example.paid");
    let (item, _) = taken(&kind, sent, r#"{"kind":"event","type":"com.example.*"}"#).expect("an event");
    let Item::Event(event) = item else { panic!("{item:?}") };
    assert_eq!((&*event.event_type, &*event.source), ("com.example.paid", "/functions/place"));
    assert_eq!(
        (event.subject.as_deref(), event.data_content_type.as_deref()),
        (Some("orders/7"), Some("application/json"))
    );
}

#[test]
fn an_extension_has_a_short_plain_name_of_its_own() {
    for (name, fits) in [
        ("color", true),
        ("a1", true),
        (&"a".repeat(20), true),
        (&"a".repeat(21), false),
        ("", false),
        ("Color", false),
        ("a-b", false),
        ("type", false),
        ("data", false),
    ] {
        assert_eq!(is_extension(name), fits, "{name}");
    }
}

#[test]
fn two_messages_are_one_if_they_say_so() {
    let id = |queue: &str, deduplication: Option<&str>| {
        let sent = Parcel { deduplication: deduplication.map(str::to_owned), ..parcel("{}") };
        taken(&output(OutputKind::Queue, queue), sent, &format!(r#"{{"kind":"queue","queue":"{queue}"}}"#))
            .expect("taken")
            .1
    };
    assert_eq!(id("a", Some("7")), id("a", Some("7")));
    assert_ne!(id("a", Some("7")), id("b", Some("7")), "another queue");
    assert_ne!(id("a", None), id("a", None));
}

#[test]
fn a_text_that_is_no_json_says_so() {
    let kind = |body: &str| event(&orders(), parcel(body), &BTreeMap::new()).expect("an event").data_content_type;
    assert_eq!(kind("[1]").as_deref(), Some("application/json"));
    assert_eq!(kind("hello").as_deref(), Some("text/plain; charset=utf-8"));
}

#[test]
fn what_no_event_can_say_is_refused() {
    let unfit = |parcel: Parcel| match event(&orders(), parcel, &BTreeMap::new()) {
        Err(OutputErrorKind::Unfit(why)) => why,
        other => panic!("{other:?}"),
    };
    let delayed = Parcel { delay: Some(Duration::from_secs(1)), ..parcel("{}") };
    assert_eq!(unfit(delayed), "a Knative broker delays no messages; send it without `delay`");
    for name in ["Region", "customer-id", "x.y", "type", &"a".repeat(21), "partitionkey", "traceparent"] {
        let attributes = BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        let why = unfit(Parcel { attributes, ..parcel("{}") });
        assert!(why.starts_with(&format!("`{name}` cannot be an attribute's name on Knative")), "{why}");
    }
}

#[tokio::test]
async fn an_event_is_posted_to_the_sink() {
    let (cloud, script) = cloud([status(202)]).await;
    let sent = cloud.send(&orders(), vec![parcel("{}")]).await;
    let requests = script.requests();
    assert_eq!(requests[0].line, "POST /default/shop");
    let head = head(&requests[0]);
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-type", "tusk-fn.queue"),
        ("ce-subject", "orders"),
        ("ce-source", "/functions/place"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(head[name], value);
    }
    assert_eq!(head["ce-id"].to_str().ok(), sent[0].as_deref().ok());
}

#[tokio::test]
async fn extensions_of_whoever_deploys_are_on_every_event() {
    let (url, script) = start([status(200)]).await;
    let overrides = r#"{"extensions":{"stage":"test","region":"eu"}}"#;
    let sink = sink(&[("K_SINK", &url), ("K_CE_OVERRIDES", overrides)]).expect("a sink");
    let cloud = KnativeCloud { sink, resources: Resources::default() };
    let attributes = BTreeMap::from([("region".to_owned(), "us".to_owned())]);
    assert!(cloud.send(&orders(), vec![Parcel { attributes, ..parcel("{}") }]).await[0].is_ok());
    let head = head(&script.requests()[0]);
    assert_eq!((&head["ce-stage"], &head["ce-region"]), (&"test".parse().expect("text"), &"eu".parse().expect("text")));
}

#[tokio::test]
async fn what_passes_is_tried_again_with_the_same_id() {
    for refusal in [404, 408, 409, 429, 500, 503] {
        let (cloud, script) = cloud([status(refusal), Answer::Close, status(202)]).await;
        assert!(cloud.send(&orders(), vec![parcel("{}")]).await[0].is_ok(), "{refusal}");
        let ids = ids(&script);
        assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{refusal}: {ids:?}");
    }
    for refusal in [301, 400, 401, 403, 413] {
        let (cloud, script) = cloud([status(refusal)]).await;
        let error = cloud.send(&orders(), vec![parcel("{}")]).await.remove(0).expect_err("refused");
        assert_eq!(script.requests().len(), 1, "{refusal}");
        assert!(
            error.to_string().contains(&format!("(http {refusal})")) && error.to_string().contains("/default/shop"),
            "{error}"
        );
    }
    let (cloud, script) = cloud([status(429)]).await;
    let error = cloud.send(&orders(), vec![parcel("{}")]).await.remove(0).expect_err("too busy");
    assert!(matches!(error, OutputErrorKind::Throttled(_)), "{error}");
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn a_sink_that_asks_to_wait_is_given_the_time() {
    let busy = Answer::Say(503, "retry-after: 1\r\n", String::new());
    let (cloud, script) = cloud([busy, status(202)]).await;
    let begun = Instant::now();
    assert!(cloud.send(&orders(), vec![parcel("{}")]).await[0].is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1) && script.requests().len() == 2);
    let for_ever = Answer::Say(503, "retry-after: 18446744073709551615\r\n", String::new());
    let (cloud, script) = self::cloud([for_ever]).await;
    assert!(cloud.send(&orders(), vec![parcel("{}")]).await[0].is_err());
    assert_eq!(script.requests().len(), 1, "longer than the call may take");
}

/// Nothing for the first request, so that what is sent meanwhile comes before its second attempt.
fn slow_at_first(requests: &[Request]) -> Answer {
    if requests.len() == 1 { Answer::Nothing } else { status(202) }
}

#[tokio::test]
async fn a_group_is_sent_in_its_order_and_the_rest_at_once() {
    let in_group = |body: &str, group: &str| Parcel { group: Some(group.to_owned()), ..parcel(body) };
    let (cloud, script) = cloud([Answer::Of(slow_at_first)]).await;
    let sent = cloud.send(&orders(), vec![in_group("1", "a"), in_group("2", "a")]).await;
    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(bodies(&script), ["1", "1", "2"]);
    for parcels in [vec![parcel("1"), parcel("2")], vec![in_group("1", "a"), in_group("2", "b")]] {
        let (cloud, script) = self::cloud([Answer::Of(slow_at_first)]).await;
        assert!(cloud.send(&orders(), parcels).await.iter().all(Result::is_ok));
        assert_eq!(bodies(&script).len(), 3);
        assert_ne!(bodies(&script)[0], bodies(&script)[1], "the other one does not wait");
    }
}

#[tokio::test]
async fn of_a_group_nothing_is_sent_after_a_failure() {
    let in_group = |body: &str| Parcel { group: Some("a".to_owned()), ..parcel(body) };
    let (cloud, script) = cloud([status(400), status(202)]).await;
    let sent = cloud.send(&orders(), vec![in_group("1"), in_group("2")]).await;
    assert!(matches!(sent[..], [Err(OutputErrorKind::Other(_)), Err(OutputErrorKind::NotSent)]), "{sent:?}");
    assert_eq!(bodies(&script), ["1"]);
    let unfit = Parcel { delay: Some(Duration::from_secs(1)), ..in_group("1") };
    let sent = cloud.send(&orders(), vec![unfit, in_group("2"), parcel("3")]).await;
    assert!(matches!(sent[..], [Err(OutputErrorKind::Unfit(_)), Err(OutputErrorKind::NotSent), Ok(_)]), "{sent:?}");
}

#[tokio::test]
async fn what_would_fail_again_is_not_tried_for_each() {
    let many = || (0..40).map(|at| parcel(&at.to_string())).collect();
    let (cloud, script) = cloud([status(403)]).await;
    assert!(cloud.send(&orders(), many()).await.iter().all(Result::is_err));
    assert!(script.requests().len() <= 10, "{}", script.requests().len());
    let (cloud, script) = self::cloud([status(413)]).await;
    assert!(cloud.send(&orders(), many()).await.iter().all(Result::is_err));
    assert_eq!(script.requests().len(), 40, "another one may be smaller");
    let (cloud, script) = self::cloud([status(202)]).await;
    let sent = cloud.send(&orders(), many()).await;
    let mut told: Vec<&String> = sent.iter().flatten().collect();
    told.sort_unstable();
    let mut seen = ids(&script);
    seen.sort_unstable();
    assert!(told.len() == 40 && told.into_iter().eq(&seen));
}

#[tokio::test]
async fn a_sink_with_tls_is_trusted_by_the_authority_of_the_cluster() {
    let (url, authority, script) = start_secured().await;
    let send = async |variables: &[(&str, &str)]| {
        let cloud = KnativeCloud { sink: sink(variables).expect("a sink"), resources: Resources::default() };
        cloud.send(&orders(), vec![parcel("{}")]).await.remove(0)
    };
    assert!(send(&[("K_SINK", &url), ("K_CA_CERTS", &authority)]).await.is_ok());
    assert_eq!(script.requests().len(), 1);
    assert!(send(&[("K_SINK", &url)]).await.is_err(), "nobody trusts that authority");
}

#[test]
fn what_the_environment_says_wrongly_is_said_at_start() {
    for (variables, why) in [
        ([("K_SINK", "broker"), ("", "")], "the environment variable `K_SINK` is not the url of a server"),
        ([("K_SINK", "http://user@broker/"), ("", "")], "the environment variable `K_SINK` is not the url of a server"),
        ([("K_SINK", "http://b/"), ("K_CE_OVERRIDES", "{")], "`K_CE_OVERRIDES` is not an object of JSON"),
        (
            [("K_SINK", "http://b/"), ("K_CE_OVERRIDES", r#"{"extensions":{"a-b":"c"}}"#)],
            "`K_CE_OVERRIDES` is not an object of JSON",
        ),
        ([("K_SINK", "https://b/"), ("K_CA_CERTS", "x")], "the authorities of `K_CA_CERTS` cannot be used"),
    ] {
        let error = sink(&variables).err().unwrap_or_default();
        assert!(error.contains(why), "{error}");
    }
    assert!(matches!(sink(&[]), Ok(None)));
}

#[tokio::test]
async fn what_cannot_be_used_is_said_before_the_first_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("value");
    std::fs::write(&path, "sk_test").expect("a file");
    let names = serde_json::json!({"secret/there": path, "secret/gone": folder.path().join("gone")});
    let resources = Resources::read(&names.to_string()).expect("names");
    let cloud = KnativeCloud { sink: None, resources };
    let secret = |name: &str| output(OutputKind::Secret, name);
    let check = |output: &Output| cloud.check(output).map_err(|kind| kind.to_string()).err().unwrap_or_default();
    assert_eq!(check(&secret("there")), "");
    assert!(check(&secret("gone")).contains("gone` cannot be read: "));
    assert!(check(&secret("unknown")).contains("`TUSK_FN_RESOURCES` has no `secret/unknown`"));
    for kind in [OutputKind::Queue, OutputKind::Topic, OutputKind::Event] {
        assert!(check(&output(kind, "x")).contains("`K_SINK` is missing; deploy with the manifests"));
    }
    assert_eq!(check(&output(OutputKind::Table, "stock")), "Knative has no tables");
    assert_eq!(check(&output(OutputKind::Bucket, "files")), "Knative has no buckets");
    assert!(
        check(&output(OutputKind::Table, crate::idempotency::TableStore::NAME))
            .contains("App::new().idempotency(store)")
    );
    assert_eq!(cloud.secret(&secret("there")).await.expect("a value"), "sk_test");
    std::fs::write(&path, "sk_live").expect("a file");
    assert_eq!(cloud.secret(&secret("there")).await.expect("a value"), "sk_live", "a new value is there at once");
    assert!(Cloud::send(&cloud, &orders(), vec![parcel("{}")]).await[0].is_err());
}

#[tokio::test]
async fn a_mounted_token_is_sent_along_as_it_is_then() {
    let (url, script) = start([status(202), status(202), status(202)]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    let sink = sink(&[("K_SINK", &url)]).expect("it can be read").expect("a sink").with_token(token.clone());
    let cloud = KnativeCloud { sink: Some(sink), resources: Resources::default() };
    for written in [None, Some("first\n"), Some("second")] {
        if let Some(text) = written {
            std::fs::write(&token, text).expect("it can be written");
        }
        Cloud::send(&cloud, &orders(), vec![parcel("{}")]).await.remove(0).expect("it is sent");
    }
    let sent: Vec<_> = script.requests().iter().map(|it| head(it).get("authorization").cloned()).collect();
    let bearer = |token: &'static str| Some(HeaderValue::from_static(token));
    assert_eq!(sent, [None, bearer("bearer first"), bearer("bearer second")]);
}
