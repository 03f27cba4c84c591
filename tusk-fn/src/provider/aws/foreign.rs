//! Events that no trigger takes, called by their names: whoever wired one up by mistake reads what it is.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::error::Failure;

/// The keys that an event has at its top, and what it is. The first row all of whose keys are there counts.
const BY_KEYS: [(&[&str], &str); 36] = [
    (&["awslogs"], "a CloudWatch Logs event"),
    (&["alarmData"], "a CloudWatch alarm"),
    (&["deliveryStreamArn", "records"], "a Firehose event"),
    (&["applicationArn", "records"], "a Kinesis Data Analytics event"),
    (&["userPoolId", "triggerSource"], "a Cognito user pool event"),
    (&["identityPoolId", "datasetRecords"], "a Cognito Sync event"),
    (&["methodArn"], "a request to an authorizer of API Gateway"),
    (&["routeArn"], "a request to an authorizer of API Gateway"),
    (&["authorizationToken", "requestContext"], "a request to an authorizer of AppSync"),
    (&["arguments", "info"], "an AppSync event"),
    (&["operation", "payload"], "an AppSync event"),
    (&["getObjectContext"], "an S3 Object Lambda event"),
    (&["headObjectContext"], "an S3 Object Lambda event"),
    (&["listObjectsContext"], "an S3 Object Lambda event"),
    (&["listObjectsV2Context"], "an S3 Object Lambda event"),
    (&["job", "tasks", "invocationSchemaVersion"], "a task of S3 Batch Operations"),
    (&["RequestType", "StackId", "LogicalResourceId"], "a CloudFormation custom resource"),
    (&["CodePipeline.job"], "a CodePipeline job"),
    (&["DeploymentId", "LifecycleEventHookExecutionId"], "a CodeDeploy hook"),
    (&["configRuleArn", "invokingEvent"], "an AWS Config event"),
    (&["Name", "Details"], "an Amazon Connect event"),
    (&["currentIntent", "bot"], "an Amazon Lex event"),
    (&["sessionState", "bot"], "an Amazon Lex event"),
    (&["messageVersion", "agent"], "an Amazon Bedrock agent event"),
    (&["protocolData", "connectionMetadata"], "a request to an authorizer of AWS IoT"),
    (&["deviceEvent", "deviceInfo"], "an AWS IoT 1-Click event"),
    (&["serialNumber", "clickType"], "an AWS IoT button event"),
    (&["Step", "SecretId", "ClientRequestToken"], "a Secrets Manager rotation"),
    (&["connection-id", "endpoint-id"], "a Client VPN connection"),
    (&["raw_path", "method"], "a VPC Lattice request"),
    (&["Type", "TopicArn", "Message"], "a message of SNS as it is sent to HTTP endpoints and queues"),
    (&["dynamodb", "eventName", "tableName"], "a change of DynamoDB as Kinesis carries it"),
    (&["Messages"], "the answer of SQS to a program that asks it for messages"),
    (&["eventVersion", "eventSource", "eventName"], "a record of CloudTrail"),
    (&["defaultAuthStrategy"], "an identity of AppSync"),
    (&["cognitoIdentityAuthType"], "an identity of AppSync"),
];

/// What an event is that no trigger takes, as far as it can be told.
pub(super) fn described(event: &str) -> String {
    recognised(event).unwrap_or_else(|| "no event that AWS sends for a trigger of this program".to_owned())
}

/// The same, if it can be told.
pub(super) fn recognised(event: &str) -> Option<String> {
    let keys: BTreeMap<String, &RawValue> = serde_json::from_str(event).ok()?;
    if let Some((_, what)) = BY_KEYS.iter().find(|(all, _)| all.iter().all(|key| keys.contains_key(*key))) {
        return Some((*what).to_owned());
    }
    let source: String = serde_json::from_str(keys.get("eventSource")?.get()).ok()?;
    Some(described_source(&source))
}

/// What an event is that names that source.
pub(super) fn described_source(source: &str) -> String {
    match source {
        "aws:kafka" => "an Amazon MSK event".to_owned(),
        "SelfManagedKafka" => "an event of a self-managed Apache Kafka".to_owned(),
        "aws:mq" => "an Amazon MQ event (ActiveMQ)".to_owned(),
        "aws:rmq" => "an Amazon MQ event (RabbitMQ)".to_owned(),
        "aws:docdb" => "an Amazon DocumentDB event".to_owned(),
        "aws:ses" => "an Amazon SES event".to_owned(),
        "aws:codecommit" => "a CodeCommit event".to_owned(),
        other => format!("an event of {other:?}"),
    }
}

/// The failure of an event of that kind.
pub(super) fn unsupported(what: &str) -> Failure {
    Failure::new("UnsupportedEvent", format!("this is {what}; no function of this process takes such an event"))
}
