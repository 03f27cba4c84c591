//! What a function adds that receives the messages of a topic.
//!
//! Each function has a queue of its own between the topic and itself, so that a message is tried again for one function without
//! the others seeing it twice. What the topic says of a message stays around it: the program needs its id.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::topic::Topic;

use super::id::{self, Own};
use super::resource::Resources;
use super::{Part, Rendered, cfn, dead_letters, filter, function, iam, messages};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

pub(super) fn part(record: &FunctionRecord, topic: &Topic, resources: &Resources<'_>) -> Rendered<Part> {
    let filter = filter::policy(&topic.filter)?;
    let kept = messages::kept(record, topic.delivery)?;
    let name = record.name.as_str();
    let arn = || cfn::value(&resources.arn(ResourceKind::Topic, &topic.topic));
    let inbox = id::of(name, Own::Inbox);
    let dead_letters = || dead_letters::arn(record, resources);
    let mut part = function::part(record, resources, messages::additions(&format!("${{{inbox}.Arn}}"), topic.delivery));
    let properties = messages::properties(record, topic.delivery, dead_letters());
    let policy = |queue: &str| iam::queue_policy(queue, "sns.amazonaws.com", arn());
    let subscription = subscription(name, arn(), filter, dead_letters());
    part.resources.extend([
        (id::of(name, Own::Subscription), subscription),
        (inbox.clone(), dead_letters::sqs_queue(false, kept, properties)),
        (id::of(name, Own::InboxPolicy), policy(&inbox)),
        (id::of(name, Own::DeadLettersPolicy), policy(&id::of(name, Own::DeadLetters))),
    ]);
    part.expanded = 1; // what polls the queue
    Ok(part)
}

fn subscription(name: &str, topic: Tree, filter: Option<Tree>, dead_letters: Tree) -> Tree {
    let mut properties = entries([
        ("TopicArn", topic),
        ("Protocol", "sqs".into()),
        ("Endpoint", cfn::attribute(&id::of(name, Own::Inbox), "Arn")),
        ("RawMessageDelivery", false.into()),
    ]);
    if let Some(filter) = filter {
        properties.extend(entries([("FilterPolicyScope", "MessageAttributes".into()), ("FilterPolicy", filter)]));
    }
    properties.extend(entries([("RedrivePolicy", map([("deadLetterTargetArn", dead_letters)]))]));
    map([
        ("Type", "AWS::SNS::Subscription".into()),
        // A message that comes before it is allowed to would only go to the dead letters.
        ("DependsOn", [id::of(name, Own::InboxPolicy), id::of(name, Own::DeadLettersPolicy)].into()),
        ("Properties", Tree::Map(properties)),
    ])
}
