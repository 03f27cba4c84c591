//! The functions of a running program, to be called: by the admin API, by tests, and by programs with events of their own.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::{Route, Segment};
use tusk_fn_spec::suggest::nearest;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Http, Methods};

use crate::context::Delivery;
use crate::delivery::{self, Arrival, Fate, Order};
use crate::dispatch::Program;
use crate::error::Failure;
use crate::event::{Blob, BlobItem, Change, CloudEvent, Item, Message, Raw, Record};
use crate::extract::whole;
use crate::idempotency;
use crate::invocation::{Delivered, Head, HttpInput, Input, RequestBody};
use crate::metrics::FunctionMetrics;
use crate::output::Encode;
use crate::private::Outcome;
use crate::timer::Timer;

/// The functions of a program that started. Cheap to clone.
#[derive(Clone)]
pub struct Functions {
    pub(crate) program: Arc<Program>,
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list().map(|function| &function.name)).finish()
    }
}

/// What a function is invoked with.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Payload {
    /// What the trigger's kind makes of nothing: `GET` on the route for HTTP, now for a timer.
    #[default]
    Empty,
    /// A request, for an HTTP function. It goes straight to the function of that name if its path and method lead there.
    Request(http::Request<Bytes>),
    /// An instant, for a timer.
    ScheduledAt(Timestamp),
    /// A message, for a function of a queue or a topic.
    Message(Message<Raw>),
    /// An object, for a function of a bucket.
    Blob(Blob),
    /// A change, for a function of a table.
    Change(Change<serde_json::Value>),
    /// A record, for a function of a stream.
    Record(Record<Raw>),
    /// An event.
    Event(CloudEvent<Raw>),
    /// What cannot be written as JSON.
    #[doc(hidden)]
    Unfit(Failure),
}

impl From<http::Request<Bytes>> for Payload {
    fn from(request: http::Request<Bytes>) -> Self {
        Self::Request(request)
    }
}

impl From<Timestamp> for Payload {
    fn from(instant: Timestamp) -> Self {
        Self::ScheduledAt(instant)
    }
}

impl<T: Encode> From<Message<T>> for Payload {
    fn from(message: Message<T>) -> Self {
        message.into_raw().map_or_else(Self::Unfit, Self::Message)
    }
}

impl From<Blob> for Payload {
    fn from(blob: Blob) -> Self {
        Self::Blob(blob)
    }
}

impl<T: Serialize> From<Change<T>> for Payload {
    fn from(change: Change<T>) -> Self {
        change.into_raw().map_or_else(Self::Unfit, Self::Change)
    }
}

impl<T: Encode> From<Record<T>> for Payload {
    fn from(record: Record<T>) -> Self {
        record.into_raw().map_or_else(Self::Unfit, Self::Record)
    }
}

impl<T: Encode> From<CloudEvent<T>> for Payload {
    fn from(event: CloudEvent<T>) -> Self {
        event.into_raw().map_or_else(Self::Unfit, Self::Event)
    }
}

impl Payload {
    /// What it is, for a message.
    const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "nothing",
            Self::Request(_) => "a request",
            Self::ScheduledAt(_) => "an instant",
            Self::Message(_) => "a message",
            Self::Blob(_) => "a blob",
            Self::Change(_) => "a change",
            Self::Record(_) => "a record",
            Self::Event(_) => "an event",
            Self::Unfit(_) => "what cannot be written as JSON",
        }
    }
}

/// What an invocation by hand gave.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// An HTTP function's response.
    Response(http::Response<Bytes>),
    /// What another function returned, as JSON.
    Value(serde_json::Value),
    /// The event that a function answered an event with.
    Event(Box<CloudEvent<Raw>>),
}

/// Why an invocation by hand gave nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// There is no such function.
    #[error("there is no function `{name}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NoSuchFunction {
        /// The name asked for.
        name: String,
        /// The nearest name that is there.
        near: Option<String>,
    },
    /// The payload does not fit the function's trigger.
    #[error("{0}")]
    Payload(String),
    /// The function failed.
    #[error("the function failed: {0}")]
    Failed(#[source] Failure),
}

impl Functions {
    /// The functions' records, sorted by name.
    pub fn list(&self) -> impl Iterator<Item = &FunctionRecord> {
        self.program.functions().iter().map(|function| &function.record)
    }

    /// What was counted of each function so far.
    pub fn metrics(&self) -> Vec<FunctionMetrics> {
        self.program.metrics()
    }

    /// Invokes one function by its name, with all that guards an event's invocation: deadline, panics, metrics.
    ///
    /// # Errors
    /// No such function, a payload that is not for it, or the function failed. An HTTP function that answers 500 has
    /// answered: that is no error here.
    pub async fn invoke(&self, name: &str, payload: impl Into<Payload>) -> Result<Answer, InvokeError> {
        let functions = self.program.functions();
        let Some(index) = functions.iter().position(|function| function.record.name == name) else {
            let near = nearest(name, self.list().map(|record| record.name.as_str())).map(str::to_owned);
            return Err(InvokeError::NoSuchFunction { name: name.to_owned(), near });
        };
        match (&functions[index].record.trigger, payload.into()) {
            (_, Payload::Unfit(failure)) => Err(InvokeError::Payload(failure.to_string())),
            (Trigger::Timer(_), Payload::Empty) => self.fire(index, Timestamp::now()).await,
            (Trigger::Timer(_), Payload::ScheduledAt(instant)) => self.fire(index, instant).await,
            (Trigger::Http(_), Payload::Request(request)) => self.request(name, request).await,
            (Trigger::Http(http), Payload::Empty) => {
                self.request(name, RequestText::default().into_request(name, http)?).await
            }
            (Trigger::Queue(_) | Trigger::Topic(_), Payload::Message(message)) => {
                let (id, attempt) = (message.id.clone(), message.attempt);
                self.deliver(index, Item::Message(message.into_item()), id, attempt).await
            }
            (Trigger::Blob(blob), Payload::Blob(given)) => {
                let captures = blob.path.captures(&given.key).ok_or_else(|| {
                    InvokeError::Payload(format!("the blob {:?} does not match the path `{}`", given.key, blob.path))
                })?;
                let id = format!("{}/{}", given.bucket, given.key);
                self.deliver(index, Item::Blob(BlobItem { blob: given, captures }), id, 1).await
            }
            (Trigger::Database(_), Payload::Change(change)) => {
                let id = change.key().sequence.clone();
                self.deliver(index, Item::Change(change.into_item()), id, 1).await
            }
            (Trigger::Stream(_), Payload::Record(record)) => {
                let id = record.sequence.clone();
                self.deliver(index, Item::Record(record.into_item()), id, 1).await
            }
            (Trigger::Event(_), Payload::Event(event)) => {
                let id = event.delivery_id();
                self.deliver(index, Item::Event(event.into_item()), id, 1).await
            }
            (trigger, payload) => {
                let (wanted, found) = (wanted(trigger), payload.name());
                Err(InvokeError::Payload(format!("`{name}` is invoked with {wanted}, not with {found}")))
            }
        }
    }

    /// Handles an event as AWS Lambda sends it, other than a request: decoded, delivered and answered as when deployed. What a
    /// function rejects is treated as failed, since there is no dead-letter queue.
    ///
    /// [`Wire`](crate::testing::Wire) encodes events so.
    ///
    /// # Errors
    /// The event is none that a function of this process takes, or its platform would be told to deliver it again as a whole.
    #[cfg(provider_aws)]
    pub async fn deliver_aws(&self, event: impl Into<Bytes>) -> Result<serde_json::Value, Failure> {
        crate::provider::aws::deliver(&self.program, event.into()).await
    }

    /// Delivers one item, as a batch of one where the function takes batches.
    async fn deliver(&self, index: usize, item: Item, id: String, attempt: u32) -> Result<Answer, InvokeError> {
        let mut delivery = Delivery::local();
        delivery.id = Some(id);
        delivery.attempt = attempt;
        let arrival = Arrival { item, delivery };
        let fates = delivery::deliver(&self.program, index, vec![arrival], Order::Any, None).await;
        match fates.into_iter().next() {
            Some(Fate::Retry(failure) | Fate::Reject(failure)) => Err(InvokeError::Failed(failure)),
            Some(Fate::Replied(event)) => Ok(Answer::Event(Box::new(event.into_raw_data()))),
            Some(Fate::Done) | None => Ok(Answer::Value(serde_json::Value::Null)),
        }
    }

    async fn fire(&self, index: usize, instant: Timestamp) -> Result<Answer, InvokeError> {
        let function = &self.program.functions()[index].record.name;
        let mut delivery = Delivery::local();
        delivery.id = Some(format!("{function}@{instant}"));
        let delivered = Delivered { input: Input::Timer(Timer::at(instant)), delivery };
        match idempotency::run(&self.program, index, Box::new(delivered)).await {
            Outcome::Completed(value) => Ok(Answer::Value(value)),
            Outcome::Failed(failure) => Err(InvokeError::Failed(failure)),
            Outcome::Response(_) | Outcome::Reported(_) | Outcome::Replied(_) => {
                Err(InvokeError::Payload("a timer gave a response".to_owned()))
            }
        }
    }

    async fn request(&self, name: &str, request: http::Request<Bytes>) -> Result<Answer, InvokeError> {
        let (parts, body) = request.into_parts();
        if !self.program.leads_to(&parts, name) {
            let message = format!("{} {} does not lead to `{name}`", parts.method, parts.uri.path());
            return Err(InvokeError::Payload(message));
        }
        let length = Some(body.len() as u64);
        let input = Input::Http(HttpInput::new(Head::Parts(parts), RequestBody::Body(body.into()), length));
        let delivered = Delivered { input, delivery: Delivery::local() };
        let Ok(response) = self.program.respond(Box::new(delivered)).await;
        let (parts, body) = response.into_parts();
        let body = whole(body).await;
        let body = body.map_err(|error| InvokeError::Failed(Failure::new("ResponseBody", error.to_string())))?;
        Ok(Answer::Response(http::Response::from_parts(parts, body)))
    }

    /// Those of a program that started.
    pub(crate) fn of(program: Arc<Program>) -> Self {
        Self { program }
    }
}

/// What a function is invoked with, for a message.
const fn wanted(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Http(_) => "a request",
        Trigger::Timer(_) => "an instant",
        Trigger::Blob(_) => "a blob",
        Trigger::Queue(_) | Trigger::Topic(_) => "a message",
        Trigger::Database(_) => "a change",
        Trigger::Stream(_) => "a record",
        Trigger::Event(_) => "an event",
    }
}

/// A request as JSON, as the admin API takes it. What it leaves out, the function's trigger gives.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RequestText {
    method: Option<String>,
    path: Option<String>,
    headers: std::collections::BTreeMap<String, String>,
    body: Option<serde_json::Value>,
}

impl RequestText {
    /// The request, to the function of that name.
    pub(crate) fn into_request(self, name: &str, http: &Http) -> Result<http::Request<Bytes>, InvokeError> {
        let path = match self.path {
            Some(path) if path.starts_with('/') => path,
            Some(path) => {
                let message = format!("the path is {path:?}, and must begin with `/`");
                return Err(InvokeError::Payload(message));
            }
            None => plain_path(&http.route).ok_or_else(|| {
                let message = format!("`{name}` answers the paths `/{}`: a request must name one of them", http.route);
                InvokeError::Payload(message)
            })?,
        };
        let method = self.method.unwrap_or_else(|| match &http.methods {
            Methods::These(methods) => methods.first().map_or("GET", |method| method.name()).to_owned(),
            Methods::Any(_) => "GET".to_owned(),
        });
        let mut builder = http::Request::builder().method(method.as_str()).uri(path);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let typed = self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        let body = match self.body {
            None => Bytes::new(),
            Some(serde_json::Value::String(text)) => text.into(),
            Some(value) => {
                if !typed {
                    builder = builder.header(http::header::CONTENT_TYPE, "application/json");
                }
                value.to_string().into()
            }
        };
        builder.body(body).map_err(|error| InvokeError::Payload(format!("this is no request: {error}")))
    }
}

/// The path of a route, if it has one without parameters.
fn plain_path(route: &Route) -> Option<String> {
    let mut path = String::new();
    for segment in route.segments() {
        match segment {
            Segment::Literal(text) => {
                path.push('/');
                path.extend(utf8_percent_encode(text, NON_ALPHANUMERIC));
            }
            Segment::Parameter(_) => return None,
            Segment::Optional(_) | Segment::Rest(_) => break,
        }
    }
    Some(if path.is_empty() { "/".to_owned() } else { path })
}
