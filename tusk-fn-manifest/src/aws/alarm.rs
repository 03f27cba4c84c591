//! Alarms: somebody is told when a queue of dead letters has some.
//!
//! Whom is for whoever deploys to decide, with the parameter `AlarmTopicArn`. Without it the alarms are there, and silent.

use super::{cfn, id};
use crate::yaml::{Tree, entries, map};

/// How often the queue is looked at, in seconds: as often as SQS counts.
const PERIOD: u64 = 60;

/// An alarm for a queue of dead letters.
pub(super) fn alarm(queue: &str, description: String) -> Tree {
    let action = map([(
        "Fn::If",
        [id::ALARMS_ARE_SENT.into(), Tree::from([cfn::reference(id::ALARM_TOPIC)]), cfn::reference("AWS::NoValue")]
            .into(),
    )]);
    cfn::resource(
        "AWS::CloudWatch::Alarm",
        entries([
            ("AlarmDescription", description.into()),
            ("AlarmActions", action),
            ("Namespace", "AWS/SQS".into()),
            ("MetricName", "ApproximateNumberOfMessagesVisible".into()),
            ("Dimensions", [map([("Name", "QueueName".into()), ("Value", cfn::attribute(queue, "QueueName"))])].into()),
            ("Statistic", "Maximum".into()),
            ("Period", PERIOD.into()),
            ("EvaluationPeriods", 1.into()),
            ("Threshold", 0.into()),
            ("ComparisonOperator", "GreaterThanThreshold".into()),
            // A queue that nobody used for hours has no figures.
            ("TreatMissingData", "notBreaching".into()),
        ]),
    )
}

/// The parameter that says who is told.
pub(super) fn parameter() -> Tree {
    map([
        ("Type", "String".into()),
        ("Description", "The ARN of the SNS topic that is told of what could not be handled; empty for nobody".into()),
        ("Default", "".into()),
    ])
}

/// The template's conditions.
pub(super) fn conditions() -> Tree {
    let empty = map([("Fn::Equals", [cfn::reference(id::ALARM_TOPIC), "".into()].into())]);
    map([(id::ALARMS_ARE_SENT, map([("Fn::Not", [empty].into())]))])
}
