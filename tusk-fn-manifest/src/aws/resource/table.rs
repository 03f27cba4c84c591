//! A table whose items have a text `id`, paid for by use, with backups of every moment of the last 35 days.

use super::{Use, named};
use crate::ResourceKind;
use crate::aws::cfn::{self, Keep};
use crate::aws::{Part, idempotency};
use crate::yaml::{entries, map};

pub(super) fn part(name: &str, used: &Use<'_>) -> Part {
    let skipped = [("CKV_AWS_119", "AWS's key for DynamoDB encrypts it (SSEEnabled); another one costs money")];
    let mut properties = idempotency::key_of_text("id");
    properties.extend(entries([
        ("PointInTimeRecoverySpecification", map([("PointInTimeRecoveryEnabled", true.into())])),
        ("SSESpecification", map([("SSEEnabled", true.into())])),
    ]));
    if used.triggered().next().is_some() {
        let view = map([("StreamViewType", "NEW_AND_OLD_IMAGES".into())]);
        properties.extend(entries([("StreamSpecification", view)]));
    }
    let table = cfn::stateful("AWS::DynamoDB::Table", Keep::Always, &skipped, properties);
    named(ResourceKind::Table, name, table)
}
