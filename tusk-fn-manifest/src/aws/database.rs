//! What a function adds that runs for the changes of a table.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::database::{ChangeEvent, Database};

use super::iam::{Policy, Statement};
use super::resource::Resources;
use super::shards::{self, Shards};
use super::{Part, cfn, id};
use crate::yaml::{Tree, map};

/// For how long a table's stream keeps a change, in seconds: a day.
const KEPT: u64 = 86_400;

pub(super) fn part(record: &FunctionRecord, database: &Database, resources: &Resources<'_>) -> Part {
    let log = || cfn::value(&resources.stream_of_table(&database.table));
    // Lambda asks for `ListStreams` on the stream before it reads, although listing knows no single stream.
    let read = &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"];
    let shards = Shards {
        event: ("DynamoDB", id::event::CHANGES),
        log: log(),
        batch_size: database.batch_size,
        from_oldest: true,
        kept: KEPT,
        filter: filter(&database.events),
        policy: Policy::new("changes", vec![Statement::new(read, log())]),
    };
    shards::part(record, shards, resources)
}

/// Which changes are wanted, if not all are.
fn filter(events: &[ChangeEvent]) -> Option<Tree> {
    let name = |event: ChangeEvent| match event {
        ChangeEvent::Insert => "INSERT",
        ChangeEvent::Modify => "MODIFY",
        ChangeEvent::Remove => "REMOVE",
    };
    let all = ChangeEvent::ALL.map(|(_, event)| event);
    let wanted: Vec<&str> = all.into_iter().filter(|event| events.contains(event)).map(name).collect();
    let pattern = || serde_json::json!({ "eventName": wanted }).to_string();
    (wanted.len() < all.len()).then(|| map([("Pattern", pattern().into())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_says_what_is_wanted_unless_all_is() {
        use ChangeEvent::{Insert, Modify, Remove};
        assert_eq!(filter(&[Remove, Insert, Modify]), None);
        let wanted = map([("Pattern", r#"{"eventName":["INSERT","REMOVE"]}"#.into())]);
        assert_eq!(filter(&[Remove, Insert]), Some(wanted));
    }
}
