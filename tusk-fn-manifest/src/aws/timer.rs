//! What a function adds that runs on a schedule.
//!
//! `EventBridge` Scheduler hands an event to Lambda, which queues it and calls the function. Each of the two tries again for a
//! while and then gives up; what they give up goes to one queue, so that no event is lost without a trace.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::AwsScheduleError;
use tusk_fn_spec::trigger::timer::Timer;

use super::function::{self, Additions, Statement, role, skip};
use super::id::{self, Own};
use super::{Part, attribute, reference, substituted};
use crate::yaml::{Tree, map};

/// For how long an event is tried again, in seconds: what runs later than that is likelier to do harm than good.
const LONGEST_RETRY: u64 = 3600;
/// How often the scheduler tries again at most: as often as it allows, so that the time above decides.
const MOST_DELIVERIES: u64 = 185;
/// How often Lambda tries again after the function failed: as often as it allows.
const MOST_RETRIES: u64 = 2;
/// For how long undelivered events are kept, in seconds: as long as SQS allows, 14 days.
const KEPT: u64 = 1_209_600;

pub(super) fn part(record: &FunctionRecord, timer: &Timer) -> Result<Part, AwsScheduleError> {
    let name = record.name.as_str();
    let expression = timer.schedule.to_aws()?;
    let queue = attribute(&id::of(name, Own::DeadLetters), "Arn");
    let send = || Statement { actions: vec!["sqs:SendMessage"], resource: queue.clone() };
    let properties = [
        ("DeadLetterQueue", map([("Type", "SQS".into()), ("TargetArn", queue.clone())])),
        (
            "EventInvokeConfig",
            map([("MaximumEventAgeInSeconds", LONGEST_RETRY.into()), ("MaximumRetryAttempts", MOST_RETRIES.into())]),
        ),
        ("Events", map([("Schedule", schedule(name, timer, &expression))])),
    ];
    let additions = Additions {
        properties: properties.map(|(key, value)| (key.to_owned(), value)).into(),
        policies: vec![("dead-letters", send())],
        skipped: Vec::new(),
    };
    let mut part = function::part(record, additions);
    let invoke =
        Statement { actions: vec!["lambda:InvokeFunction"], resource: attribute(&id::of(name, Own::Function), "Arn") };
    let invoker =
        role("scheduler.amazonaws.com", Some(this_account()), vec![("invoke", invoke), ("dead-letters", send())]);
    part.resources.push((id::of(name, Own::Invoker), invoker));
    part.resources.push((id::of(name, Own::DeadLetters), dead_letters()));
    part.outputs.push((
        id::of(name, Own::DeadLetters),
        map([
            ("Description", format!("The queue of the events that `{name}` could not handle").into()),
            ("Value", reference(&id::of(name, Own::DeadLetters))),
        ]),
    ));
    part.expanded = 2; // the schedule and the configuration of asynchronous calls
    Ok(part)
}

fn schedule(name: &str, timer: &Timer, expression: &str) -> Tree {
    let properties = map([
        // Without a name CloudFormation makes one up; SAM's own would be the same in every stack.
        ("OmitName", true.into()),
        ("ScheduleExpression", expression.into()),
        ("ScheduleExpressionTimezone", timer.zone.as_str().into()),
        ("FlexibleTimeWindow", map([("Mode", "OFF".into())])),
        ("Input", input(name).into()),
        (
            "RetryPolicy",
            map([("MaximumEventAgeInSeconds", LONGEST_RETRY.into()), ("MaximumRetryAttempts", MOST_DELIVERIES.into())]),
        ),
        ("DeadLetterConfig", map([("Arn", attribute(&id::of(name, Own::DeadLetters), "Arn"))])),
        ("RoleArn", attribute(&id::of(name, Own::Invoker), "Arn")),
    ]);
    map([("Type", "ScheduleV2".into()), ("Properties", properties)])
}

/// The event as the runtime decodes it. The scheduler fills in what stands between angle brackets.
fn input(name: &str) -> String {
    let name = serde_json::Value::from(name);
    format!(
        r#"{{"tusk_fn":{{"timer":{{"function":{name},"scheduled_at":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>"}}}}}}"#
    )
}

/// Keeps others from making the scheduler act in this account's name.
fn this_account() -> Tree {
    let group = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default";
    map([(
        "StringEquals",
        map([("aws:SourceAccount", reference("AWS::AccountId")), ("aws:SourceArn", substituted(group))]),
    )])
}

fn dead_letters() -> Tree {
    map([
        ("Type", "AWS::SQS::Queue".into()),
        // Whoever removes the function may still want its events.
        ("DeletionPolicy", "Retain".into()),
        ("UpdateReplacePolicy", "Retain".into()),
        (
            "Metadata",
            skip(&[("CKV_AWS_27", "SQS encrypts it with its own key (SqsManagedSseEnabled); another one costs money")]),
        ),
        ("Properties", map([("SqsManagedSseEnabled", true.into()), ("MessageRetentionPeriod", KEPT.into())])),
    ])
}
