//! A stream that grows and shrinks by itself.

use super::named;
use crate::ResourceKind;
use crate::aws::Part;
use crate::aws::cfn::{self, Keep};
use crate::yaml::{entries, map};

/// For how long a record is kept, in hours: as long as it costs nothing more.
const KEPT_HOURS: u64 = 24;

pub(super) fn part(name: &str) -> Part {
    let properties = entries([
        ("StreamModeDetails", map([("StreamMode", "ON_DEMAND".into())])),
        ("RetentionPeriodHours", KEPT_HOURS.into()),
        // AWS's own key for Kinesis; whoever may read the stream in this account may use it.
        ("StreamEncryption", map([("EncryptionType", "KMS".into()), ("KeyId", "alias/aws/kinesis".into())])),
    ]);
    named(ResourceKind::Stream, name, cfn::stateful("AWS::Kinesis::Stream", Keep::Always, &[], properties))
}
