//! Functions that do what an item says, the events that bring such items, and a queue for dead letters that can be broken.

use std::future::pending;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tusk_fn_spec::record::FunctionRecord;

use crate::context::Delivery;
use crate::dispatch::{Function, Program};
use crate::error::{BoxError, Failure, Reject};
use crate::event::{Batch, Change, CloudEvent, Message, Record, Report};
use crate::private::output::PickFallible as _;
use crate::private::{
    HandlerFn, HandlerFuture, Intake, Invocation, Pick, Requirements, boxed, handled, kind, parameter, target,
};
use crate::provider::aws::dead_letters::{DeadLetter, DeadLetters, Sending};
use crate::provider::aws::{Lambda, Reply};
use crate::provider::{EVENTS, Provider};
use crate::state::States;

/// What an item tells the function to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Ok,
    Err,
    Panic,
    Reject,
    /// Not to end.
    Hang,
    /// No word that the function can read.
    #[serde(skip_deserializing)]
    Garbage,
    /// Not to be told: the envelope lacks it.
    #[serde(skip_deserializing)]
    Broken,
}

impl Word {
    pub(super) fn text(self) -> String {
        serde_json::to_value(self).expect("JSON").as_str().expect("a text").to_owned()
    }

    async fn obey(self) -> Result<(), BoxError> {
        match self {
            Self::Ok => Ok(()),
            Self::Err => Err("it failed".into()),
            Self::Panic => panic!("it panicked"),
            Self::Reject => Err(Reject::new("it is refused").into()),
            Self::Hang => pending().await,
            Self::Garbage | Self::Broken => panic!("such a word cannot be read"),
        }
    }
}

impl FromStr for Word {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_value(text.into())
    }
}

#[derive(Deserialize)]
struct Row {
    word: Word,
}

async fn each(words: Vec<Word>, mut report: Report) -> Result<Report, BoxError> {
    for (at, word) in words.into_iter().enumerate() {
        if let Err(error) = word.obey().await {
            report.retry(at, error);
        }
    }
    Ok(report)
}

/// A function for single items and one for batches, as the attribute would write them.
macro_rules! functions {
    ($($single:ident $batch:ident $kind:ident $item:ty: $word:expr;)*) => {$(
        pub(super) fn $single(mut invocation: Invocation) -> HandlerFuture {
            boxed(async move {
                let item = kind::$kind::argument::<$item, _, target::Aws>().take(&mut invocation).await?;
                let word: fn(&$item) -> Word = $word;
                let value: Result<(), BoxError> = word(&item).obey().await;
                handled((&&Pick::<kind::$kind, _>::of(&value)).pick().prove::<Result<(), BoxError>, target::Aws>().finish(value))
            })
        }

        pub(super) fn $batch(mut invocation: Invocation) -> HandlerFuture {
            boxed(async move {
                let batch = kind::$kind::argument::<Batch<$item>, _, target::Aws>().take(&mut invocation).await?;
                let value = each(batch.iter().map($word).collect(), batch.report()).await;
                handled((&&Pick::<kind::$kind, _>::of(&value)).pick().prove::<Result<Report, BoxError>, target::Aws>().finish(value))
            })
        }
    )*};
}
functions! {
    queue queues Queue Message<Word>: |message| message.body;
    topic topics Topic Message<Word>: |message| message.body;
    stream streams Stream Record<Word>: |record| record.body;
    database databases Database Change<Row>: |change| match change {
        Change::Insert { new, .. } | Change::Modify { new, .. } | Change::Upsert { new, .. } => new.word,
        Change::Remove { .. } => Word::Ok,
    };
}

pub(super) fn blob(mut invocation: Invocation) -> HandlerFuture {
    boxed(async move {
        let word: Word = parameter::<kind::Blob, Word>(0, "word").take(&mut invocation).await?;
        let value = word.obey().await;
        handled((&&Pick::<kind::Blob, _>::of(&value)).pick().prove::<Result<(), BoxError>, target::Aws>().finish(value))
    })
}

pub(super) fn event(mut invocation: Invocation) -> HandlerFuture {
    boxed(async move {
        let event = kind::Event::argument::<CloudEvent<Word>, _, target::Aws>().take(&mut invocation).await?;
        let value = event.data.obey().await;
        handled(
            (&&Pick::<kind::Event, _>::of(&value)).pick().prove::<Result<(), BoxError>, target::Aws>().finish(value),
        )
    })
}

/// The record of a function of that trigger.
pub(super) fn record(name: &str, trigger: &Value) -> FunctionRecord {
    let source = json!({"package": "shop", "module": "shop", "function": name, "file": "lib.rs", "line": 1});
    let record = json!({"v": 1, "name": name, "trigger": trigger, "source": source});
    FunctionRecord::from_json(record.to_string().as_bytes()).expect("a record")
}

pub(super) fn function(name: &str, trigger: &Value, handler: HandlerFn, intake: Intake) -> Function {
    let requirements = Requirements { intake, events: Some(&EVENTS), ..Requirements::default() };
    Function::new(record(name, trigger), handler, &requirements)
}

/// A queue for dead letters that keeps them, or takes none.
#[derive(Default)]
pub(super) struct Mailbox {
    pub(super) broken: bool,
    pub(super) letters: Mutex<Vec<DeadLetter>>,
}

impl DeadLetters for Mailbox {
    fn send(&self, letter: DeadLetter, _: Option<Instant>) -> Sending<'_> {
        Box::pin(async move {
            if self.broken {
                return Err("the queue is closed".into());
            }
            self.letters.lock().expect("no test panicked with it").push(letter);
            Ok(())
        })
    }
}

/// A process with those functions.
pub(super) fn process(functions: Vec<Function>, mailbox: Option<&Arc<Mailbox>>) -> Lambda {
    let program = Arc::new(Program::new(Provider::Aws, functions, States::default()));
    let dead_letters = mailbox.map(|mailbox| Arc::clone(mailbox) as Arc<dyn DeadLetters>);
    Lambda { program, dead_letters }
}

/// What the process replies to an event.
pub(super) async fn reply(process: &Lambda, event: &Value, limit: Option<Duration>) -> Result<Value, Failure> {
    let mut delivery = Delivery::local();
    delivery.platform_deadline = limit.map(|limit| Instant::now() + limit);
    match process.handle(Bytes::from(event.to_string()), delivery).await? {
        Reply::Value(value) => Ok(value),
        Reply::Http(_) => panic!("the event is a request"),
    }
}

/// A message of SQS.
pub(super) fn message(at: usize, body: Option<&str>, fifo: bool) -> Value {
    let mut message = json!({
        "messageId": format!("id-{at}"),
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1520621625029"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:shop-orders-x7"
    });
    if fifo {
        message["eventSourceARN"] = "arn:aws:sqs:eu-central-1:123456789012:shop-orders-x7.fifo".into();
        message["attributes"]["MessageGroupId"] = format!("group-{}", at % 2).into();
    }
    message
}

/// What SNS sends to a queue.
pub(super) fn notification(at: usize, message: Option<&str>) -> Value {
    let mut notification = json!({
        "Type": "Notification",
        "MessageId": format!("sns-{at}"),
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:shop-paid",
        "Message": message,
        "Timestamp": "2026-01-31T12:00:00.000Z",
        "MessageAttributes": {"region": {"Type": "String", "Value": "eu"}}
    });
    if message.is_none() {
        notification.as_object_mut().expect("an object").remove("Message");
    }
    notification
}

/// A record of an S3 notification.
pub(super) fn s3_record(at: usize, key: Option<&str>) -> Value {
    json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-central-1", "eventTime": "2026-01-31T12:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "bucket": {"name": "shop-uploads-x7", "arn": "arn:aws:s3:::shop-uploads-x7"},
            "object": {"key": key, "size": 3, "eTag": "\"abc\"", "sequencer": format!("0055{at}")}
        }
    })
}

/// An event of `EventBridge`.
pub(super) fn bus_event(at: usize, detail_type: &str, source: &str, detail: &Value) -> Value {
    json!({
        "version": "0", "id": format!("event-{at}"), "detail-type": detail_type, "source": source, "account": "123456789012",
        "time": "2026-01-31T12:00:00Z", "region": "eu-central-1", "resources": ["orders/7"], "detail": detail
    })
}
