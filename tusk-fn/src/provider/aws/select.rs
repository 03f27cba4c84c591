//! Which function an event is for.
//!
//! Generated manifests name it in `TUSK_FN`, so that a process has one. Where it has several, an event tells which service it is of,
//! and one of `EventBridge` all that a function's trigger is about. It does not tell the logical name of a queue, a bucket or a
//! table: its own is the physical one. So two functions that take events of one service cannot be told apart.

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::trigger::Trigger;

use super::event::{Sent, Service};
use super::foreign;
use super::items::Heading;
use crate::dispatch::Program;
use crate::error::Failure;

/// The function that an event is for; none where those that take such events do not want this one.
pub(super) fn select(program: &Program, sent: &Sent) -> Result<Option<usize>, Failure> {
    let heading = match (sent.service, sent.records.first()) {
        (Service::EventBridge, Some(event)) => Some(Heading::of(event)?),
        _ => None,
    };
    let what = || heading.as_ref().map_or_else(|| sent.service.described().to_owned(), Heading::described);
    let all = || program.functions().iter().enumerate().filter(|(_, function)| function.record.is_for(Target::Aws));
    let wants = |trigger: &Trigger| heading.as_ref().is_none_or(|heading| heading.is_for(trigger));
    let taking = || all().filter(|(_, function)| takes(&function.record.trigger, sent.service));
    let wanting: Vec<(usize, &str)> = taking()
        .filter(|(_, function)| wants(&function.record.trigger))
        .map(|(index, function)| (index, function.record.name.as_str()))
        .collect();
    match wanting.as_slice() {
        [(index, _)] => Ok(Some(*index)),
        [] if taking().any(|(_, function)| matches!(function.record.trigger, Trigger::Event(_))) => Ok(None),
        [] => {
            let databases = all().any(|(_, function)| matches!(function.record.trigger, Trigger::Database(_)));
            Err(foreign::unsupported(&if sent.service == Service::Kinesis && databases {
                format!("{} (the changes of a table are taken from its own stream, not from Kinesis)", what())
            } else {
                what()
            }))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
            let message = format!(
                "this is {}, and several functions of this process take such an event; set `TUSK_FN` to one of: {}",
                what(),
                names.join(", ")
            );
            Err(Failure::new("AmbiguousEvent", message))
        }
    }
}

/// Whether a function of that trigger could be sent something by that service, be it in a message.
const fn takes(trigger: &Trigger, service: Service) -> bool {
    match trigger {
        Trigger::Http(_) | Trigger::Timer(_) => false,
        Trigger::Queue(_) => matches!(service, Service::Sqs),
        Trigger::Topic(_) => matches!(service, Service::Sqs | Service::Sns),
        Trigger::Blob(_) => matches!(service, Service::S3 | Service::EventBridge | Service::Sqs | Service::Sns),
        Trigger::Event(_) => matches!(service, Service::EventBridge | Service::Sqs | Service::Sns),
        Trigger::Database(_) => matches!(service, Service::DynamoDb),
        Trigger::Stream(_) => matches!(service, Service::Kinesis),
    }
}
