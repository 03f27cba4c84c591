//! Which kind of event came.
//!
//! One pass over the bytes finds the keys that tell kinds apart; everything else is kept as text that is parsed only if a
//! handler asks for it. The rules, and their order, are those that were checked against the fixtures of `aws_lambda_events`
//! (no event matches two of them).

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::foreign;
use super::http::{HttpEvent, Shape};
use crate::error::Failure;
use crate::router::PathForm;

/// An event of a kind that functions can be invoked by.
#[derive(Debug)]
pub(super) enum Event {
    /// A request, and the shape that its answer must have.
    Http(HttpEvent, Shape),
    /// An instant of a schedule. With the event itself where it is one of `EventBridge`, which a function for events may want.
    Scheduled(Schedule, Option<Sent>),
    /// What an event source sent.
    Sent(Sent),
}

/// A service that events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Sqs,
    Sns,
    S3,
    DynamoDb,
    Kinesis,
    EventBridge,
}

impl Service {
    /// By what its records say.
    fn of_source(source: &str) -> Option<Self> {
        Some(match source {
            "aws:sqs" => Self::Sqs,
            "aws:sns" => Self::Sns,
            "aws:s3" => Self::S3,
            "aws:dynamodb" => Self::DynamoDb,
            "aws:kinesis" => Self::Kinesis,
            _ => return None,
        })
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sqs => "SQS",
            Self::Sns => "SNS",
            Self::S3 => "S3",
            Self::DynamoDb => "DynamoDB",
            Self::Kinesis => "Kinesis",
            Self::EventBridge => "EventBridge",
        }
    }

    /// What it sends, for a message.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Sqs => "an SQS event",
            Self::Sns => "an SNS event",
            Self::S3 => "an S3 event",
            Self::DynamoDb => "an event of a DynamoDB stream",
            Self::Kinesis => "a Kinesis event",
            Self::EventBridge => "an EventBridge event",
        }
    }
}

/// What an event source sent. Its records are opened when it is known for which function.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) service: Service,
    /// Each as it stands in the event. An event of `EventBridge` is one itself.
    pub(super) records: Vec<Bytes>,
}

/// What a schedule says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    /// The function that it means, if it says so.
    pub(super) function: Option<String>,
    pub(super) scheduled_at: Timestamp,
    pub(super) attempt: u32,
}

/// A text that is borrowed where it has no escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A request's body as an event has it.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) text: Option<Text<'a>>,
    pub(super) base64: bool,
}

/// The keys of an event that matter, of all kinds together.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys<'a> {
    /// Whether it is there is all that matters, and an event of another kind may have a number here.
    version: Option<IgnoredAny>,
    #[serde(borrow)]
    pub(super) request_context: Option<RequestContext<'a>>,
    #[serde(borrow)]
    pub(super) raw_path: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) raw_query_string: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) path: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) http_method: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) headers: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) multi_value_headers: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) query_string_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) multi_value_query_string_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) cookies: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<Text<'a>>,
    is_base64_encoded: Option<bool>,
    #[serde(rename = "Records", borrow)]
    records: Option<&'a RawValue>,
    #[serde(rename = "detail-type", borrow)]
    detail_type: Option<Text<'a>>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    /// Asked for by authorizers, of requests of both kinds.
    method_arn: Option<IgnoredAny>,
    route_arn: Option<IgnoredAny>,
    #[serde(rename = "tusk_fn", borrow)]
    own: Option<Own<'a>>,
}

/// What an HTTP event says of the request's way.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext<'a> {
    #[serde(borrow)]
    pub(super) http: Option<HttpContext<'a>>,
    #[serde(borrow)]
    pub(super) stage: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) domain_name: Option<Text<'a>>,
    elb: Option<IgnoredAny>,
    connection_id: Option<IgnoredAny>,
    service_arn: Option<IgnoredAny>,
    service_network_arn: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HttpContext<'a> {
    #[serde(borrow)]
    pub(super) method: Text<'a>,
}

/// The input that generated manifests give to a schedule.
#[derive(Debug, Deserialize)]
struct Own<'a> {
    #[serde(borrow)]
    timer: OwnTimer<'a>,
}

#[derive(Debug, Deserialize)]
struct OwnTimer<'a> {
    #[serde(borrow)]
    function: Cow<'a, str>,
    #[serde(borrow)]
    scheduled_at: Cow<'a, str>,
    /// The scheduler writes it as text.
    #[serde(borrow, default)]
    attempt: Option<Text<'a>>,
}

/// Decodes an event as far as it must be known now.
pub(super) fn decode(bytes: &Bytes) -> Result<Event, Failure> {
    // Checked as a whole, so that the parser need not check each text.
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("the event is not UTF-8"))?;
    let mut keys: Keys<'_> = serde_json::from_str(text).map_err(|error| match foreign::recognised(text) {
        Some(what) => foreign::unsupported(&what),
        None => malformed(format!("the event is not JSON that a trigger of this program sends: {error}")),
    })?;
    let body = Body { text: keys.body.take(), base64: keys.is_base64_encoded == Some(true) };
    if let Some(all) = keys.records {
        return records(bytes, all);
    }
    let authorizer = keys.method_arn.is_some() || keys.route_arn.is_some();
    if let Some(context) = keys.request_context.as_ref().filter(|_| !authorizer) {
        if context.elb.is_some() {
            return load_balancer(bytes, &keys, body);
        }
        if context.service_arn.is_some() || context.service_network_arn.is_some() {
            return Err(foreign::unsupported("a VPC Lattice request"));
        }
        if let Some(http) = &context.http {
            return version_2(bytes, &keys, body, context, http);
        }
        if context.connection_id.is_some() {
            return Err(foreign::unsupported("a WebSocket message"));
        }
        if keys.http_method.is_some() {
            return version_1(bytes, &keys, body, context);
        }
    }
    if let Some(own) = &keys.own {
        return own_schedule(&own.timer);
    }
    if let Some(detail_type) = &keys.detail_type {
        return event_bridge(bytes, &keys, &detail_type.0);
    }
    Err(foreign::unsupported(&foreign::described(text)))
}

/// An event with `Records`. The first one tells whose they are.
fn records(bytes: &Bytes, all: &RawValue) -> Result<Event, Failure> {
    #[derive(Deserialize)]
    struct Record<'a> {
        #[serde(rename = "eventSource", borrow)]
        source: Option<Text<'a>>,
        #[serde(rename = "EventSource", borrow)]
        source_of_sns: Option<Text<'a>>,
    }
    let each: Vec<&RawValue> =
        serde_json::from_str(all.get()).map_err(|error| malformed(format!("`Records` is no list: {error}")))?;
    let first = each.first().and_then(|first| serde_json::from_str::<Record<'_>>(first.get()).ok());
    let source = first.and_then(|first| first.source.or(first.source_of_sns));
    let Some(source) = source else {
        return Err(foreign::unsupported("an event with `Records` of an unknown source"));
    };
    let Some(service) = Service::of_source(&source.0) else {
        return Err(foreign::unsupported(&foreign::described_source(&source.0)));
    };
    let records = each.into_iter().map(|record| bytes.slice_ref(record.get().as_bytes())).collect();
    Ok(Event::Sent(Sent { service, records }))
}

fn version_2(
    bytes: &Bytes,
    keys: &Keys<'_>,
    body: Body<'_>,
    context: &RequestContext<'_>,
    http: &HttpContext<'_>,
) -> Result<Event, Failure> {
    let path = &keys.raw_path.as_ref().ok_or_else(|| malformed("an HTTP event without `rawPath`"))?.0;
    let function_url = context.domain_name.as_ref().is_some_and(|name| name.0.contains(".lambda-url."));
    let form = if function_url { PathForm::Encoded } else { PathForm::Decoded };
    let path = without_stage(path, context);
    Ok(Event::Http(HttpEvent::read(bytes, keys, body, (&http.method.0, path, form))?, Shape::Version2))
}

fn version_1(bytes: &Bytes, keys: &Keys<'_>, body: Body<'_>, context: &RequestContext<'_>) -> Result<Event, Failure> {
    let (method, path) = method_and_path(keys)?;
    // A REST API's path never has the stage; an HTTP API with this payload, which says its version, has it.
    let path = if keys.version.is_some() { without_stage(path, context) } else { path };
    Ok(Event::Http(HttpEvent::read(bytes, keys, body, (method, path, PathForm::Encoded))?, Shape::Version1))
}

fn load_balancer(bytes: &Bytes, keys: &Keys<'_>, body: Body<'_>) -> Result<Event, Failure> {
    let (method, path) = method_and_path(keys)?;
    let shape = Shape::LoadBalancer { multi_value: keys.multi_value_headers.is_some() };
    Ok(Event::Http(HttpEvent::read(bytes, keys, body, (method, path, PathForm::Encoded))?, shape))
}

fn method_and_path<'a>(keys: &'a Keys<'_>) -> Result<(&'a str, &'a str), Failure> {
    let method = keys.http_method.as_ref().ok_or_else(|| malformed("an HTTP event without `httpMethod`"))?;
    let path = keys.path.as_ref().ok_or_else(|| malformed("an HTTP event without `path`"))?;
    Ok((&method.0, &path.0))
}

/// The path without the stage's name, which API Gateway puts before it for every stage but `$default`.
fn without_stage<'a>(path: &'a str, context: &RequestContext<'_>) -> &'a str {
    let Some(stage) = context.stage.as_ref().map(|stage| &*stage.0).filter(|stage| *stage != "$default") else {
        return path;
    };
    match path.strip_prefix('/').and_then(|path| path.strip_prefix(stage)) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

fn own_schedule(timer: &OwnTimer<'_>) -> Result<Event, Failure> {
    let attempt = timer.attempt.as_ref().and_then(|text| text.0.parse().ok()).unwrap_or(1);
    let schedule = Schedule {
        function: Some(timer.function.clone().into_owned()),
        scheduled_at: instant(&timer.scheduled_at)?,
        attempt,
    };
    Ok(Event::Scheduled(schedule, None))
}

/// A rule's event (`aws.events`), the scheduler's own when a schedule gives no input (`aws.scheduler`), or any other one.
fn event_bridge(bytes: &Bytes, keys: &Keys<'_>, detail_type: &str) -> Result<Event, Failure> {
    let text = |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let sent = Sent { service: Service::EventBridge, records: vec![bytes.clone()] };
    let scheduled = match text(keys.source).as_deref() {
        Some("aws.scheduler") => true,
        Some("aws.events") => detail_type == "Scheduled Event",
        _ => false,
    };
    if !scheduled {
        return Ok(Event::Sent(sent));
    }
    let time = text(keys.time).ok_or_else(|| malformed("a scheduled event without `time`"))?;
    let schedule = Schedule { function: None, scheduled_at: instant(&time)?, attempt: 1 };
    Ok(Event::Scheduled(schedule, Some(sent)))
}

fn instant(text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| malformed(format!("{text:?} is no instant of the form 2026-01-31T12:00:00Z")))
}

fn malformed(message: impl Into<String>) -> Failure {
    Failure::new("MalformedEvent", message)
}
