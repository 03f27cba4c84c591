//! What a function adds that runs on a schedule of `EventBridge` Scheduler.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::timer::Timer;

use super::dead_letters::{self, DeadLetters};
use super::function::{self, Additions};
use super::iam::{Policy, Statement, role};
use super::id::{self, Own};
use super::resource::Resources;
use super::{Part, Rendered, asynchronous, cfn};
use crate::RenderErrorKind;
use crate::yaml::{Tree, map};

/// For how long an event is tried again, in seconds: what runs later than that is likelier to do harm than good.
const LONGEST_RETRY: u64 = 3600;

pub(super) fn part(record: &FunctionRecord, timer: &Timer, resources: &Resources<'_>) -> Rendered<Part> {
    let name = record.name.as_str();
    let expression = timer.schedule.to_aws().map_err(|error| Box::new(RenderErrorKind::Schedule(error)))?;
    let mut properties = asynchronous::properties(record, resources, LONGEST_RETRY);
    let schedule = schedule(record, timer, &expression, resources);
    properties.push(("Events".to_owned(), map([(id::event::SCHEDULE, schedule)])));
    let mut part = function::part(record, resources, Additions { properties, ..Additions::default() });
    let invoke = Statement::new(&["lambda:InvokeFunction"], cfn::attribute(&id::of(name, Own::Function), "Arn"));
    let send = dead_letters::send(DeadLetters::Own(name), resources);
    let policies = vec![Policy::new("invoke", vec![invoke]), Policy::new("dead-letters", vec![send])];
    let invoker = role("scheduler.amazonaws.com", Some(this_account()), policies);
    part.resources.push((id::of(name, Own::Invoker), invoker));
    part.expanded = 2; // the schedule and the configuration of asynchronous calls
    Ok(part)
}

fn schedule(record: &FunctionRecord, timer: &Timer, expression: &str, resources: &Resources<'_>) -> Tree {
    let properties = map([
        // Without a name CloudFormation makes one up; SAM's own would be the same in every stack.
        ("OmitName", true.into()),
        ("ScheduleExpression", expression.into()),
        ("ScheduleExpressionTimezone", timer.zone.as_str().into()),
        ("FlexibleTimeWindow", map([("Mode", "OFF".into())])),
        ("Input", input(&record.name).into()),
        ("RetryPolicy", asynchronous::retry_policy(LONGEST_RETRY)),
        ("DeadLetterConfig", map([("Arn", dead_letters::arn(record, resources))])),
        ("RoleArn", cfn::attribute(&id::of(&record.name, Own::Invoker), "Arn")),
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
    map([(
        "StringEquals",
        map([
            ("aws:SourceAccount", cfn::reference("AWS::AccountId")),
            ("aws:SourceArn", cfn::substituted(&cfn::arn("scheduler", "schedule-group/default"))),
        ]),
    )])
}
