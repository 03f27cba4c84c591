//! What Lambda does between an event source and a function: it reads, makes the event, invokes, and acts on the reply.
//! moto has the same, but calls functions in docker.

use serde_json::{Map, Value, json};

use crate::emulator::Emulator;
use crate::moto::{Moto, REGION};

/// An event source of a function.
pub(crate) struct EventSource<'a> {
    pub(crate) moto: &'a Moto,
    pub(crate) emulator: &'a Emulator,
    /// The `AWS::Lambda::EventSourceMapping`.
    pub(crate) mapping: &'a Value,
}

impl EventSource<'_> {
    fn arn(&self) -> &str {
        self.mapping["EventSourceArn"].as_str().unwrap_or_else(|| panic!("no event source: {}", self.mapping))
    }

    /// The service in which it is.
    fn service(&self) -> &str {
        self.arn().split(':').nth(2).unwrap_or_default()
    }

    /// The URL of the queue.
    pub(crate) fn queue(&self) -> String {
        let parts: Vec<&str> = self.arn().split(':').collect();
        let [_, _, "sqs", region, account, name] = parts[..] else { panic!("no queue: {}", self.arn()) };
        format!("https://sqs.{region}.amazonaws.com/{account}/{name}")
    }

    /// Delivers messages of the queue; gives the ids of those that are to come again.
    pub(crate) fn deliver(&self, messages: &[Value]) -> Vec<String> {
        let records: Vec<Value> = messages.iter().map(|message| sqs_record(message, self.arn())).collect();
        let failed = self.invoke(&records);
        if failed.iter().any(String::is_empty) {
            // The reply stands for all of them.
            return messages.iter().map(|message| text(&message["MessageId"])).collect();
        }
        failed
    }

    /// Delivers what waits until nothing does, `already` being how much of a table's or a stream's was delivered before; gives how
    /// much that is now.
    pub(crate) fn drain(&self, already: usize) -> usize {
        let records = match self.service() {
            "sqs" => {
                self.drain_queue();
                return already;
            }
            "dynamodb" => self.changes(),
            "kinesis" => self.records(),
            other => panic!("nothing is known of {other}"),
        };
        if let Some(news) = records.get(already..).filter(|news| !news.is_empty()) {
            assert_eq!(self.invoke(news), Vec::<String>::new());
        }
        records.len()
    }

    /// Receives, delivers, and deletes what was done, until the queue is empty. What failed is visible again at once, for which AWS
    /// would wait; so this ends if messages are given up as the template says.
    fn drain_queue(&self) {
        const MOST: usize = 20;
        let queue = self.queue();
        for _ in 0..MOST {
            let messages = self.moto.receive(&queue);
            if messages.is_empty() {
                assert_eq!(self.moto.waiting(&queue), 0, "messages of {queue} are in flight");
                return;
            }
            let failed = self.deliver(&messages);
            self.settle(&queue, &messages, &failed);
        }
        panic!("{queue} is not empty after {MOST} events");
    }

    /// Deletes what was done, and lets the rest be received again.
    pub(crate) fn settle(&self, queue: &str, messages: &[Value], failed: &[String]) {
        for message in messages {
            if failed.contains(&text(&message["MessageId"])) {
                self.moto.release(queue, message);
            } else {
                self.moto.delete(queue, message);
            }
        }
    }

    /// All changes of the table.
    fn changes(&self) -> Vec<Value> {
        let streams = |operation: &str, input: &Value| {
            self.moto.call("dynamodb", &format!("DynamoDBStreams_20120810.{operation}"), input)
        };
        let stream = streams("DescribeStream", &json!({ "StreamArn": self.arn() }));
        let shard = &stream["StreamDescription"]["Shards"][0]["ShardId"];
        let start =
            json!({ "StreamArn": self.arn(), "ShardId": shard, "ShardIteratorType": self.mapping["StartingPosition"] });
        let iterator = streams("GetShardIterator", &start)["ShardIterator"].take();
        let records = streams("GetRecords", &json!({ "ShardIterator": iterator }))["Records"].take();
        let Value::Array(mut records) = records else { panic!("no records: {records}") };
        for record in &mut records {
            record["eventSourceARN"] = self.arn().into();
        }
        records
    }

    /// All records of the stream.
    fn records(&self) -> Vec<Value> {
        let kinesis =
            |operation: &str, input: &Value| self.moto.call("kinesis", &format!("Kinesis_20131202.{operation}"), input);
        // By its name, as moto's iterators know no other.
        let stream = self.arn().rsplit('/').next();
        let shards = kinesis("ListShards", &json!({ "StreamName": stream }));
        let mut all = Vec::new();
        for shard in shards["Shards"].as_array().expect("an array") {
            let position = &self.mapping["StartingPosition"];
            let start = json!({ "StreamName": stream, "ShardId": shard["ShardId"], "ShardIteratorType": position });
            let iterator = kinesis("GetShardIterator", &start)["ShardIterator"].take();
            let read = kinesis("GetRecords", &json!({ "ShardIterator": iterator }));
            let records = read["Records"].as_array().expect("an array");
            all.extend(records.iter().map(|record| kinesis_record(record, &shard["ShardId"], self.arn())));
        }
        all
    }

    /// The identifiers that the function reports; an empty one stands for everything.
    fn invoke(&self, records: &[Value]) -> Vec<String> {
        let reply = self.emulator.invoke(&json!({ "Records": records }));
        if reply.get("errorType").is_some() {
            return vec![String::new()];
        }
        // Without this Lambda does not look at the reply: all is done.
        if self.mapping["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
            return Vec::new();
        }
        let failures = reply["batchItemFailures"].as_array().cloned().unwrap_or_default();
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A message as Lambda writes it ("Using Lambda with Amazon SQS").
fn sqs_record(message: &Value, arn: &str) -> Value {
    let attribute = |(name, value): (&String, &Value)| {
        let attribute = json!({
            "dataType": value["DataType"], "stringValue": value["StringValue"], "stringListValues": [],
            "binaryListValues": [],
        });
        (name.clone(), attribute)
    };
    let attributes: Map<String, Value> =
        message["MessageAttributes"].as_object().into_iter().flatten().map(attribute).collect();
    json!({
        "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
        "attributes": message["Attributes"], "messageAttributes": attributes, "md5OfBody": message["MD5OfBody"],
        "md5OfMessageAttributes": message["MD5OfMessageAttributes"],
        "eventSource": "aws:sqs", "eventSourceARN": arn, "awsRegion": REGION,
    })
}

/// A record as Lambda writes it ("Using Lambda with Amazon Kinesis").
fn kinesis_record(record: &Value, shard: &Value, arn: &str) -> Value {
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0", "partitionKey": record["PartitionKey"], "data": record["Data"],
            "sequenceNumber": record["SequenceNumber"],
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventID": format!("{}:{}", text(shard), text(&record["SequenceNumber"])),
        "eventName": "aws:kinesis:record", "eventVersion": "1.0", "eventSource": "aws:kinesis", "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
