//! All events of `aws_lambda_events`: each is taken by the right trigger, or refused by its name.

use std::collections::BTreeMap;

use serde_json::json;

use super::all_fixtures;
use super::support::record;
use crate::context::Delivery;
use crate::event::Item;
use crate::provider::aws::event::{Event, Sent, Service, decode};
use crate::provider::aws::items::{Content, open};

/// What becomes of an event, in a word.
fn said(event: &bytes::Bytes) -> String {
    match decode(event) {
        Ok(Event::Http(..)) => "a request".to_owned(),
        Ok(Event::Scheduled(..)) => "a timer".to_owned(),
        Ok(Event::Sent(sent)) => contents(&sent),
        Err(failure) => {
            let message = failure.message();
            let what = message.strip_prefix("this is ").and_then(|it| it.split_once("; no function of this process"));
            what.map_or(message, |(what, _)| what).to_owned()
        }
    }
}

/// What a function of the right trigger is given.
fn contents(sent: &Sent) -> String {
    let trigger = match sent.service {
        Service::Sqs => json!({"kind": "queue", "queue": "q"}),
        Service::Sns => json!({"kind": "topic", "topic": "t"}),
        Service::S3 => json!({"kind": "blob", "path": "b/<name..>", "events": ["created"]}),
        Service::DynamoDb => json!({"kind": "database", "table": "t", "events": ["insert", "modify", "remove"]}),
        Service::Kinesis => json!({"kind": "stream", "stream": "s"}),
        Service::EventBridge => json!({"kind": "event", "type": "*"}),
    };
    let units = open(sent, &record("handle", &trigger), &Delivery::local()).units;
    let contents = units.into_iter().flat_map(|unit| unit.contents).map(|content| match content {
        Content::Item(arrival, _) => match arrival.item {
            Item::Message(message) => format!("message {:?}", message.id),
            Item::Blob(item) => format!("object {:?}", item.blob.key),
            Item::Change(item) => format!("change {:?}", item.key.sequence),
            Item::Record(item) => format!("record {:?}", String::from_utf8_lossy(&item.body)),
            Item::Event(_) => "an event of the bus".to_owned(),
        },
        Content::Broken(failure, _) => failure.message().to_owned(),
        Content::Unwanted => "unwanted".to_owned(),
    });
    contents.collect::<Vec<_>>().join("; ")
}

/// What becomes of each event; `example-` before its name is left out.
const EXPECTED: [(&str, &[&str]); 46] = [
    ("a Client VPN connection", &["clientvpn-connectionhandler-request"]),
    (
        "a CloudFormation custom resource",
        &[
            "cloudformation-custom-resource-create-request",
            "cloudformation-custom-resource-delete-request",
            "cloudformation-custom-resource-provider-create-request",
            "cloudformation-custom-resource-provider-delete-request",
            "cloudformation-custom-resource-provider-update-request",
            "cloudformation-custom-resource-update-request",
        ],
    ),
    ("a CloudWatch Logs event", &["cloudwatch_logs-event"]),
    ("a CloudWatch alarm", &["cloudwatch-alarm-composite", "cloudwatch-alarm-metric"]),
    ("a CodeCommit event", &["code_commit-event"]),
    ("a CodeDeploy hook", &["codedeploy-lifecycle-event"]),
    ("a CodePipeline job", &["codepipeline_job-event"]),
    ("a Cognito Sync event", &["cognito-event"]),
    (
        "a Cognito user pool event",
        &[
            "cognito-event-userpools-create-auth-challenge-user-not-found",
            "cognito-event-userpools-create-auth-challenge",
            "cognito-event-userpools-custommessage",
            "cognito-event-userpools-define-auth-challenge-optional-response-fields",
            "cognito-event-userpools-define-auth-challenge-user-not-found",
            "cognito-event-userpools-define-auth-challenge",
            "cognito-event-userpools-migrateuser-null-fields",
            "cognito-event-userpools-migrateuser",
            "cognito-event-userpools-postauthentication",
            "cognito-event-userpools-postconfirmation",
            "cognito-event-userpools-preauthentication",
            "cognito-event-userpools-presignup",
            "cognito-event-userpools-pretokengen-incoming",
            "cognito-event-userpools-pretokengen-null-group-configuration",
            "cognito-event-userpools-pretokengen-v2-incoming",
            "cognito-event-userpools-pretokengen-v2-null-group-configuration",
            "cognito-event-userpools-pretokengen-v2",
            "cognito-event-userpools-pretokengen",
            "cognito-event-userpools-verify-auth-challenge-null-answer-correct",
            "cognito-event-userpools-verify-auth-challenge-optional-answer-correct",
            "cognito-event-userpools-verify-auth-challenge-user-not-found",
            "cognito-event-userpools-verify-auth-challenge",
        ],
    ),
    ("a Firehose event", &["firehose-event", "kinesis-firehose-event"]),
    ("a Secrets Manager rotation", &["secretsmanager-secret-rotation-event"]),
    (
        "a VPC Lattice request",
        &[
            "vpc-lattice-v1-request",
            "vpc-lattice-v2-request-base64",
            "vpc-lattice-v2-request-roles-anywhere",
            "vpc-lattice-v2-request",
        ],
    ),
    (
        "a WebSocket message",
        &[
            "apigw-websocket-request-disconnect-route",
            "apigw-websocket-request-without-method",
            "apigw-websocket-request",
        ],
    ),
    ("a change of DynamoDB as Kinesis carries it", &["dynamodb-event-record-with-optional-fields"]),
    (
        "a message of SNS as it is sent to HTTP endpoints and queues",
        &["sns-subscription-confirmation", "sns-unsubscribe-confirmation"],
    ),
    (
        "a record of CloudTrail",
        &[
            "cloudwatch-cloudtrail-assumed-role",
            "cloudwatch-cloudtrail-unknown-federate",
            "cloudwatch-cloudtrail-unknown-user-auth",
            "controltower-create-managed-account",
            "controltower-deregister-organizational-unit",
            "controltower-disable-baseline",
            "controltower-disable-guardrail",
            "controltower-enable-baseline",
            "controltower-enable-guardrail",
            "controltower-precheck-organizational-unit",
            "controltower-register-organizational-unit",
            "controltower-reset-enabled-baseline",
            "controltower-setup-landing-zone",
            "controltower-update-enabled-baseline",
            "controltower-update-landing-zone",
            "controltower-update-managed-account",
        ],
    ),
    (
        "a request",
        &[
            "alb-lambda-target-request-headers-only",
            "alb-lambda-target-request-multivalue-headers",
            "apigw-console-request",
            "apigw-console-test-request",
            "apigw-request-catch-all",
            "apigw-request-multi-value-parameters",
            "apigw-request",
            "apigw-restapi-openapi-request",
            "apigw-sam-http-request",
            "apigw-sam-rest-request",
            "apigw-v2-request-iam",
            "apigw-v2-request-jwt-authorizer",
            "apigw-v2-request-lambda-authorizer",
            "apigw-v2-request-multi-value-parameters",
            "apigw-v2-request-no-authorizer",
        ],
    ),
    (
        "a request to an authorizer of API Gateway",
        &[
            "apigw-custom-auth-request-type-request",
            "apigw-custom-auth-request",
            "apigw-v2-custom-authorizer-v1-request",
            "apigw-v2-custom-authorizer-v2-request-null-maps",
            "apigw-v2-custom-authorizer-v2-request-without-cookies",
            "apigw-v2-custom-authorizer-v2-request-without-identity-source",
            "apigw-v2-custom-authorizer-v2-request",
            "apigw-v2-custom-authorizer-websocket-request",
        ],
    ),
    ("a request to an authorizer of AWS IoT", &["iot-custom-auth-request-x509", "iot-custom-auth-request"]),
    ("a request to an authorizer of AppSync", &["appsync-lambda-auth-request"]),
    ("a timer", &["eventbridge-schedule"]),
    ("an AWS Config event", &["config-event"]),
    ("an AWS IoT 1-Click event", &["iot_1_click-event"]),
    ("an AWS IoT button event", &["iot_button-event"]),
    (
        "an Amazon Bedrock agent event",
        &[
            "bedrock-agent-runtime-event-without-parameters",
            "bedrock-agent-runtime-event-without-request-body",
            "bedrock-agent-runtime-event",
        ],
    ),
    ("an Amazon Connect event", &["connect-event-without-queue", "connect-event"]),
    (
        "an Amazon DocumentDB event",
        &[
            "documentdb-delete-event",
            "documentdb-drop-database-event",
            "documentdb-drop-event",
            "documentdb-insert-event",
            "documentdb-invalidate-event",
            "documentdb-rename-event",
            "documentdb-replace-event",
            "documentdb-update-event",
        ],
    ),
    ("an Amazon Lex event", &["lex-event"]),
    ("an Amazon MQ event (ActiveMQ)", &["activemq-event-null-properties", "activemq-event"]),
    ("an Amazon MQ event (RabbitMQ)", &["rabbitmq-event"]),
    ("an Amazon MSK event", &["kafka-event"]),
    ("an Amazon SES event", &["ses-bcc-event", "ses-event", "ses-lambda-event", "ses-s3-event", "ses-sns-event"]),
    ("an AppSync event", &["appsync-batchinvoke", "appsync-direct-resolver", "appsync-invoke"]),
    (
        "an S3 Object Lambda event",
        &[
            "s3-object-lambda-event-get-object-assumed-role",
            "s3-object-lambda-event-get-object-iam",
            "s3-object-lambda-event-head-object-iam",
            "s3-object-lambda-event-list-objects-iam",
            "s3-object-lambda-event-list-objects-v2-iam",
        ],
    ),
    (
        "an event of the bus",
        &[
            "autoscaling-event-launch-successful",
            "autoscaling-event-launch-unsuccessful",
            "autoscaling-event-lifecycle-action",
            "autoscaling-event-terminate-action",
            "autoscaling-event-terminate-successful",
            "autoscaling-event-terminate-unsuccessful",
            "cloudwatch-alarm-composite-with-suppressor-alarm",
            "codebuild-phase-change",
            "codebuild-state-change",
            "codedeploy-deployment-event",
            "codedeploy-instance-event",
            "codepipeline-action-execution-stage-change-event",
            "codepipeline-execution-stage-change-event",
            "codepipeline-execution-state-change-event",
            "ecr-image-scan-event-with-missing-severities",
            "ecr-image-scan-event",
            "eventbridge-event-obj",
        ],
    ),
    ("an identity of AppSync", &["appsync-identity-cognito", "appsync-identity-iam"]),
    (r#"change "1405400000000002063282832"; change "1405400000000002063282832""#, &["dynamodb-event"]),
    (r#"message "82833b5c-8d5d-56d0-b0e1-7511f8253eb8""#, &["sns-event-obj", "sns-event-pascal-case", "sns-event"]),
    (r#"message "95df01b4-ee98-5cb9-9903-4c221d41eb5e""#, &["cloudwatch-alarm-sns-payload-single-metric"]),
    (
        r#"message "95df01b4-ee98-5cb9-9903-4c221d41eb5e"; message "95df01b4-ee98-5cb9-9903-4c221d41eb5e""#,
        &["cloudwatch-alarm-sns-payload-multiple-metrics"],
    ),
    (r#"message "MessageID_1""#, &["sqs-event-obj", "sqs-event"]),
    (
        "no event that AWS sends for a trigger of this program",
        &[
            "alb-lambda-target-response",
            "apigw-custom-auth-response-with-condition",
            "apigw-custom-auth-response-with-single-value-action",
            "apigw-custom-auth-response-with-single-value-resource",
            "apigw-custom-auth-response",
            "apigw-response",
            "appsync-lambda-auth-response",
            "cloudformation-custom-resource-provider-response",
            "cloudformation-custom-resource-response",
            "iot-custom-auth-response",
            "kinesis-firehose-response",
            "lex-response",
            "sqs-batch-response",
            "vpc-lattice-response",
        ],
    ),
    (r#"object "Happy Face.jpg""#, &["s3-event-with-decoded", "s3-event"]),
    (r#"record "Hello World"; record "Hello World""#, &["kinesis-event-encrypted", "kinesis-event"]),
    ("the answer of SQS to a program that asks it for messages", &["sqs-api-event-obj"]),
    (
        r#"the function `handle` was to be given a change of a table of DynamoDB, but `dynamodb.Keys` is missing; change "1405400000000002063282832""#,
        &["dynamodb-event-null-items"],
    ),
];

#[test]
fn every_fixture_is_taken_by_the_right_trigger_or_refused_by_its_name() {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, event) in all_fixtures() {
        found.entry(said(&event)).or_default().push(name.strip_prefix("example-").unwrap_or(name));
    }
    let expected: BTreeMap<String, Vec<&str>> =
        EXPECTED.iter().map(|(said, names)| ((*said).to_owned(), names.to_vec())).collect();
    assert_eq!(found, expected);
}
