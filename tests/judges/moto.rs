//! moto, which stands for AWS's services.

use std::process::Command;

use serde_json::{Value, json};

use crate::http::call_with;
use crate::setup::{Running, free_port, judges, output, repository, scratch};

/// Where everything is.
pub(crate) const REGION: &str = "eu-central-1";

/// A server of its own, with nothing in it.
pub(crate) struct Moto {
    port: u16,
    _process: Running,
}

impl Moto {
    /// Starts one; `name` tells the scratch folders of tests apart.
    pub(crate) fn start(name: &str) -> Self {
        let port = free_port();
        // It writes a line for each call.
        let log = std::fs::File::create(scratch(name).join("log")).expect("there is a log");
        let mut command = Command::new(judges().join("bin/moto_server"));
        command
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stderr(log.try_clone().expect("a handle"))
            .stdout(log);
        Self { port, _process: Running::start(command, port) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What makes a program of AWS's, or one that is to be deployed there, call this server.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let fixed = [
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "not-looked-at"),
        ];
        let fixed = fixed.into_iter().map(|(name, value)| (name, value.to_owned()));
        fixed.chain([("AWS_ENDPOINT_URL", self.url())]).collect()
    }

    /// Calls an operation, such as `AmazonSQS.ReceiveMessage` of `sqs`.
    pub(crate) fn call(&self, service: &str, operation: &str, input: &Value) -> Value {
        let authorization = authorization(service);
        let headers = [("authorization", &*authorization), ("content-type", JSON), ("x-amz-target", operation)];
        let (status, answer) = call_with(self.port, "POST", "/", &headers, Some(&input.to_string()));
        assert_eq!(status, 200, "{operation} {input}: {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    /// Up to ten messages of a queue, which are then in flight.
    pub(crate) fn receive(&self, queue_url: &str) -> Vec<Value> {
        let input = json!({
            "QueueUrl": queue_url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"],
            "MessageSystemAttributeNames": ["All"],
        });
        match self.call("sqs", "AmazonSQS.ReceiveMessage", &input)["Messages"].take() {
            Value::Array(messages) => messages,
            _ => Vec::new(),
        }
    }

    /// Deletes a message that was received.
    pub(crate) fn delete(&self, queue_url: &str, message: &Value) {
        let input = json!({ "QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"] });
        self.call("sqs", "AmazonSQS.DeleteMessage", &input);
    }

    /// Lets a message that was received be received again at once.
    pub(crate) fn release(&self, queue_url: &str, message: &Value) {
        let input = json!({ "QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0 });
        self.call("sqs", "AmazonSQS.ChangeMessageVisibility", &input);
    }

    /// How many messages a queue has, in flight or not.
    pub(crate) fn waiting(&self, queue_url: &str) -> u64 {
        let input = json!({ "QueueUrl": queue_url, "AttributeNames": ["All"] });
        let known = self.call("sqs", "AmazonSQS.GetQueueAttributes", &input);
        let number = |name: &str| known["Attributes"][name].as_str().and_then(|text| text.parse::<u64>().ok());
        let kinds = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        kinds.iter().map(|kind| number(kind).unwrap_or_else(|| panic!("no {kind}: {known}"))).sum()
    }

    /// An item of a table, as `DynamoDB` writes it; null if there is none.
    pub(crate) fn item(&self, table: &str, id: &str) -> Value {
        let input = json!({ "TableName": table, "Key": { "id": { "S": id } }, "ConsistentRead": true });
        self.call("dynamodb", "DynamoDB_20120810.GetItem", &input)["Item"].take()
    }

    /// An object's content; its status if it cannot be read.
    pub(crate) fn object(&self, bucket: &str, key: &str) -> Result<String, u16> {
        let authorization = authorization("s3");
        let headers = [("authorization", &*authorization)];
        match call_with(self.port, "GET", &format!("/{bucket}/{key}"), &headers, None) {
            (200, content) => Ok(content),
            (status, _) => Err(status),
        }
    }
}

const JSON: &str = "application/x-amz-json-1.1";

/// moto does not look at signatures; it finds out here which service is called, and where.
fn authorization(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/{REGION}/{service}/aws4_request, Signature=0")
}

/// The clients' own tests, those that are left out where there is no emulator of AWS.
pub(crate) fn takes_what_clients_send() {
    let moto = Moto::start("moto-clients");
    let mut tests = Command::new(env!("CARGO"));
    tests.current_dir(repository()).envs(moto.variables());
    // The only region where a bucket is made, as the tests do, without saying where.
    tests.env("AWS_REGION", "us-east-1");
    tests.args(["test", "--quiet", "-p", "tusk-fn", "--lib", "--all-features", "aws::client::tests::emulator"]);
    let printed = output(tests);
    assert!(printed.contains("test result: ok.") && !printed.contains(" 0 passed"), "{printed}");
}
