//! What a function adds that reads the records of a stream.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::stream::{From, Stream};

use super::iam::{Policy, Statement};
use super::resource::Resources;
use super::shards::{self, Shards};
use super::{Part, cfn, id};
use crate::ResourceKind;

/// For how long a stream that is made here keeps a record, in seconds: a day.
const KEPT: u64 = 86_400;
/// The oldest record that Lambda can be told to try, in seconds: seven days. A stream that is there already may keep that long.
const KEPT_AT_MOST: u64 = 604_800;

pub(super) fn part(record: &FunctionRecord, stream: &Stream, resources: &Resources<'_>) -> Part {
    let log = || cfn::value(&resources.arn(ResourceKind::Stream, &stream.stream));
    let read = &[
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:ListShards",
    ];
    let is_existing = resources.is_existing(ResourceKind::Stream, &stream.stream);
    let shards = Shards {
        event: ("Kinesis", id::event::RECORDS),
        log: log(),
        batch_size: stream.batch_size,
        from_oldest: match stream.from {
            From::Oldest => true,
            From::Latest => false,
        },
        kept: if is_existing { KEPT_AT_MOST } else { KEPT },
        filter: None,
        policy: Policy::new("records", vec![Statement::new(read, log())]),
    };
    shards::part(record, shards, resources)
}
