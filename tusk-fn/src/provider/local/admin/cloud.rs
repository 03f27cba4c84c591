//! The local cloud through the admin API: send, look, throw away, give back what was dead-lettered.

use std::collections::BTreeMap;
use std::time::Duration;

use axum_core::response::Response;
use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tusk_fn_spec::output::{Access, Output, OutputKind};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::units::parse_duration;

use super::super::cloud::{EventWire, LocalCloud, dead_letters_of, queue_named, queue_of};
use super::super::store::{MessageId, Peeked, StoreError};
use super::clock;
use super::names::{self, Kind};
use super::{json as answer, method_not_allowed};
use crate::error::problem;
use crate::output::{Condition, OutputErrorKind, Parcel};

/// How many messages are shown at once.
const SHOWN: usize = 100;
/// The longest delay of a message, as functions may ask for it.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// Answers a request about the local cloud; nothing where the path is none of its own.
pub(super) async fn respond(
    cloud: &LocalCloud,
    records: &[&FunctionRecord],
    method: &Method,
    segments: &[&str],
    body: &Bytes,
) -> Option<Response> {
    let decoded: Result<Vec<_>, _> = segments.iter().map(|segment| percent_decode_str(segment).decode_utf8()).collect();
    let Ok(decoded) = decoded else {
        return Some(problem(StatusCode::BAD_REQUEST, "what stands for `%` and two digits in the path is no UTF-8"));
    };
    let segments: Vec<&str> = decoded.iter().map(|segment| &**segment).collect();
    let (get, post, delete) = (method == Method::GET, method == Method::POST, method == Method::DELETE);
    let answered = match segments.as_slice() {
        ["queues"] if get => Ok(answer(StatusCode::OK, &overview(cloud, records))),
        ["queues", name, "messages"] if post => send_to_queue(cloud, records, name, body).await,
        ["queues", name, "messages"] if get => {
            names::check(records, Kind::Queue, name).and_then(|()| peek(cloud, &queue_named(name)))
        }
        ["topics", name, "messages"] if post => publish(cloud, records, name, body).await,
        ["events"] if post => emit(cloud, body).await,
        ["streams", name, "records"] if post => write_record(cloud, records, name, body).await,
        ["tables", rest @ ..] if !rest.is_empty() => table(cloud, records, method, rest, body).await,
        ["functions", name, kind @ ("waiting" | "dead-letters")] if get || delete => {
            let of = if *kind == "waiting" { queue_of } else { dead_letters_of };
            match names::of_function(records, name, of) {
                Ok(queue) if get => peek(cloud, &queue),
                Ok(queue) => purge(cloud, &queue).await,
                Err(refusal) => Err(refusal),
            }
        }
        ["functions", name, "redrive"] if post => redrive(cloud, records, name).await,
        ["clock"] if get => Ok(clock::show(cloud)),
        ["clock"] if post => clock::turn(cloud, body).await,
        ["queues"] => return Some(method_not_allowed("GET")),
        ["queues", _, "messages"] | ["clock"] => return Some(method_not_allowed("GET, POST")),
        ["functions", _, "waiting" | "dead-letters"] => return Some(method_not_allowed("GET, DELETE")),
        ["topics", _, "messages"] | ["events"] | ["streams", _, "records"] | ["functions", _, "redrive"] => {
            return Some(method_not_allowed("POST"));
        }
        _ => return None,
    };
    Some(answered.unwrap_or_else(Refusal::respond))
}

/// Why a request could not be answered.
pub(super) enum Refusal {
    Bad(String),
    Missing(String),
    Conflict(String),
    Failed(String),
}

impl Refusal {
    fn respond(self) -> Response {
        let (status, detail) = match self {
            Self::Bad(detail) => (StatusCode::BAD_REQUEST, detail),
            Self::Missing(detail) => (StatusCode::NOT_FOUND, detail),
            Self::Conflict(detail) => (StatusCode::CONFLICT, detail),
            Self::Failed(detail) => (StatusCode::INTERNAL_SERVER_ERROR, detail),
        };
        problem(status, &detail)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<OutputErrorKind> for Refusal {
    fn from(kind: OutputErrorKind) -> Self {
        match kind {
            OutputErrorKind::ConditionFailed => Self::Conflict(kind.to_string()),
            OutputErrorKind::Unfit(_) => Self::Bad(kind.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

pub(super) type Answered = Result<Response, Refusal>;

/// Reads a body; what it ought to be is said where it is not.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8], what: &str) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Bad(format!("{what}: {error}")))
}

/// What a function's queue holds.
#[derive(Serialize)]
struct Overview {
    function: String,
    trigger: String,
    visible: usize,
    in_flight: usize,
    delayed: usize,
    dead: usize,
}

fn overview(cloud: &LocalCloud, records: &[&FunctionRecord]) -> Vec<Overview> {
    let now = cloud.clock.now();
    let of = |record: &&FunctionRecord| {
        let count = cloud.store.count(&queue_of(record)?, now);
        let dead = dead_letters_of(record).map(|dead| cloud.store.count(&dead, now)).unwrap_or_default();
        Some(Overview {
            function: record.name.clone(),
            trigger: format!("{} {}", record.trigger.name(), record.trigger.what()),
            visible: count.visible,
            in_flight: count.in_flight,
            delayed: count.delayed,
            dead: dead.visible + dead.in_flight + dead.delayed,
        })
    };
    records.iter().filter_map(of).collect()
}

/// A message as the admin API takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    // As it is written: numbers may have more digits than fit into one of ours.
    body: Box<RawValue>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    group: Option<String>,
    deduplication_id: Option<String>,
    delay: Option<String>,
}

impl Given {
    fn read(body: &[u8]) -> Result<Parcel, Refusal> {
        let what =
            "a message is `{\"body\": …}`, with `attributes`, `group`, `deduplication_id` and `delay`, all optional";
        let given: Self = read(body, what)?;
        let delay = given.delay.as_deref().map(parse_duration).transpose();
        let delay = delay.map_err(|error| Refusal::Bad(error.message()))?;
        if delay.is_some_and(|delay| delay > LONGEST_DELAY) {
            return Err(Refusal::Bad("a message can be delayed by at most 15 minutes".to_owned()));
        }
        Ok(Parcel {
            body: String::from(Box::<str>::from(given.body)).into(),
            attributes: given.attributes,
            group: given.group,
            deduplication: given.deduplication_id,
            delay,
            subject: None,
            source: String::new(),
        })
    }
}

async fn send(cloud: &LocalCloud, kind: OutputKind, name: &str, parcel: Parcel) -> Result<Vec<MessageId>, Refusal> {
    let to = Output { kind, name: name.to_owned(), access: Access::All };
    Ok(cloud.send_one(&to, parcel).await?)
}

async fn send_to_queue(cloud: &LocalCloud, records: &[&FunctionRecord], name: &str, body: &[u8]) -> Answered {
    names::check(records, Kind::Queue, name)?;
    let ids = send(cloud, OutputKind::Queue, name, Given::read(body)?).await?;
    Ok(answer(StatusCode::ACCEPTED, &json!({ "id": ids.first().map(ToString::to_string) })))
}

async fn publish(cloud: &LocalCloud, records: &[&FunctionRecord], name: &str, body: &[u8]) -> Answered {
    names::check(records, Kind::Topic, name)?;
    let parcel = Given::read(body)?;
    if parcel.group.is_some() || parcel.deduplication.is_some() || parcel.delay.is_some() {
        let why = "only a message of a queue has `group`, `deduplication_id` or `delay`; publish it without them";
        return Err(Refusal::Bad(why.to_owned()));
    }
    let wanted = send(cloud, OutputKind::Topic, name, parcel).await?.len();
    Ok(answer(StatusCode::ACCEPTED, &json!({ "functions": wanted })))
}

async fn emit(cloud: &LocalCloud, body: &[u8]) -> Answered {
    let event: EventWire =
        read(body, "an event is `{\"type\": …, \"source\": …, \"data\": …}`, as CloudEvents has it")?;
    if let Some(fault) = event.fault() {
        return Err(Refusal::Bad(fault.to_owned()));
    }
    let wanted = cloud.emit(event).await?;
    Ok(answer(StatusCode::ACCEPTED, &json!({ "functions": wanted })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenRecord {
    partition: String,
    body: Box<RawValue>,
}

async fn write_record(cloud: &LocalCloud, records: &[&FunctionRecord], stream: &str, body: &[u8]) -> Answered {
    names::check(records, Kind::Stream, stream)?;
    let given: GivenRecord = read(body, "a record is `{\"partition\": …, \"body\": …}`")?;
    if given.partition.is_empty() {
        return Err(Refusal::Bad("`partition` is empty; name what must stay in order, such as a customer".to_owned()));
    }
    let body = String::from(Box::<str>::from(given.body));
    let readers = cloud.write_record(stream, &given.partition, body.into()).await?;
    Ok(answer(StatusCode::ACCEPTED, &json!({ "functions": readers })))
}

/// `/tables/TABLE`, `/tables/TABLE/KEY`; a table may be `DATABASE/TABLE`, and is then written with `%2F`.
async fn table(
    cloud: &LocalCloud,
    records: &[&FunctionRecord],
    method: &Method,
    path: &[&str],
    body: &[u8],
) -> Answered {
    if let [table, ..] = path {
        names::check(records, Kind::Table, table)?;
    }
    match (path, method) {
        ([table], &Method::GET) => {
            let rows = cloud.store.scan(table, None, SHOWN)?;
            let item = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
            let items: Map<String, Value> = rows.into_iter().map(|row| (row.key, item(&row.value))).collect();
            Ok(answer(StatusCode::OK, &items))
        }
        ([table, key], &Method::GET) => match cloud.read_item(table, key)? {
            Some((item, _)) => Ok(answer(StatusCode::OK, &item)),
            None => Err(Refusal::Missing(format!("the table `{table}` has no item `{key}`"))),
        },
        ([table, key], &Method::PUT) => {
            let mut item: Map<String, Value> = read(body, "an item is a JSON object")?;
            item.insert(crate::output::KEY.to_owned(), (*key).into());
            let version = cloud.write_item(table, key, Some(item), Condition::None).await?;
            Ok(answer(StatusCode::OK, &json!({ "version": version })))
        }
        ([table, key], &Method::DELETE) => {
            cloud.write_item(table, key, None, Condition::None).await?;
            Ok(answer(StatusCode::OK, &json!({})))
        }
        ([_], _) => Ok(method_not_allowed("GET")),
        ([_, _], _) => Ok(method_not_allowed("GET, PUT, DELETE")),
        _ => Err(Refusal::Missing(
            "a table is /tables/NAME, and an item /tables/NAME/KEY; write `/` within a name or a key as `%2F`"
                .to_owned(),
        )),
    }
}

/// A message as the admin API shows it.
#[derive(Serialize)]
struct Shown {
    id: String,
    body: Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    enqueued_at: Timestamp,
    visible_at: Timestamp,
    attempts: u32,
    in_flight: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Shown {
    fn of(peeked: Peeked) -> Self {
        let message = peeked.message;
        let body = serde_json::from_slice(&message.body)
            .unwrap_or_else(|_| String::from_utf8_lossy(&message.body).into_owned().into());
        let (attempts, reason) = match message.death {
            Some(death) => (death.attempts, Some(death.reason)),
            None => (peeked.attempts, None),
        };
        Self {
            id: message.id.to_string(),
            body,
            attributes: message.attributes,
            group: message.group.as_deref().map(str::to_owned),
            enqueued_at: message.enqueued_at,
            visible_at: peeked.visible_at,
            attempts,
            in_flight: peeked.in_flight,
            reason,
        }
    }
}

fn peek(cloud: &LocalCloud, queue: &str) -> Answered {
    let messages: Vec<Shown> = cloud.store.peek(queue, None, SHOWN)?.into_iter().map(Shown::of).collect();
    Ok(answer(StatusCode::OK, &messages))
}

/// Throws away all messages of a queue, for good.
async fn purge(cloud: &LocalCloud, queue: &str) -> Answered {
    let removed = cloud.store.purge(queue).await?;
    Ok(answer(StatusCode::OK, &json!({ "removed": removed })))
}

/// Gives back what died in the function's own queue: others may have the same dead-letter queue.
async fn redrive(cloud: &LocalCloud, records: &[&FunctionRecord], name: &str) -> Answered {
    let (queue, dead) =
        names::of_function(records, name, |record| Some((queue_of(record)?, dead_letters_of(record)?)))?;
    let moved = cloud.store.redrive(&dead, Some(&queue), None, cloud.clock.now()).await?;
    Ok(answer(StatusCode::OK, &json!({ "moved": moved })))
}
