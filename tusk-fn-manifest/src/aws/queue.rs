//! What a function adds that receives the messages of a queue.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::queue::Queue;

use super::resource::Resources;
use super::{Part, Rendered, function, messages};
use crate::ResourceKind;

pub(super) fn part(record: &FunctionRecord, queue: &Queue, resources: &Resources<'_>) -> Rendered<Part> {
    messages::kept(record, queue.delivery)?;
    let arn = resources.arn(ResourceKind::Queue, &queue.queue);
    let part = function::part(record, resources, messages::additions(&arn, queue.delivery));
    Ok(Part { expanded: 1, ..part }) // what polls the queue
}
